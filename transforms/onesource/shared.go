package onesource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/internal/engine"
)

// oneEach reports whether a member's records are meant to be one a subject: its rows
// are about nobody else, no vote rule says that there may be many, and the key is what
// its records are told apart or de-duplicated by.
func (m Member) oneEach() bool {
	if m.Resource.Vote != nil || !m.own() {
		return false
	}
	d := m.Resource.Duplicates
	return slices.Equal(m.Keys, []string{m.Subject.Key}) || d != nil && slices.Contains(d.By, m.Subject.Key)
}

// apartBy are the fields that tell subjects apart, of those a member has.
func (e Entity) apartBy(m Member, fields []field) []field {
	var out []field
	for _, f := range fields {
		if slices.Contains(e.Entity.Distinguish, f.element.Code) && m.Elements[f.element.Code] != nil {
			out = append(out, f)
		}
	}
	return out
}

// keepApart takes the links from the records of a de-duplicated source that have one key
// and are two subjects by what the entity is told apart by: whose the key is nobody can
// say, and joining two persons is worse than missing a link. Rows that de-duplication
// took away count too. A decision that names a record speaks for it.
func (e Entity) keepApart(ctx context.Context, s *engine.Session, m Member, fields []field) error {
	by := e.apartBy(m, fields)
	if len(by) == 0 || !m.oneEach() {
		return nil
	}
	steps := []string{"CREATE OR REPLACE TEMP TABLE _claims AS " + e.claimsSQL(m, by)}
	var differ []string
	for i := range by {
		differ = append(differ, fmt.Sprintf("min(n%[1]d) <> max(n%[1]d)", i))
	}
	apart := "(SELECT k FROM _claims GROUP BY k HAVING " + strings.Join(differ, " OR ") + ")"
	stays := ""
	if in := isIn("rk", e.about(m, mustLink)); in != "" {
		stays = " AND NOT (" + in + ")"
	}
	steps = append(steps,
		"INSERT INTO _problems SELECT DISTINCT "+engine.Lit(sharedKey)+", NULL, "+number(m.Source)+", rk, NULL, NULL, 1 FROM _claims WHERE k IN "+apart+stays,
		"DELETE FROM "+m.stored()+" WHERE k IN "+apart+stays,
		"DROP TABLE _claims")
	for _, step := range steps {
		if err := s.Exec(ctx, "onesource.shared", step); err != nil {
			return err
		}
	}
	return nil
}

// claimsSQL are the records that claim a key: k, rk, and what each calls its subject.
// One that a decision has step out of its key claims none.
func (e Entity) claimsSQL(m Member, by []field) string {
	stepping := append(e.about(m, parted), e.about(m, excluded)...)
	names := func(value func(f field) string) string {
		var out []string
		for i, f := range by {
			out = append(out, fmt.Sprintf("%s AS n%d", normal(asText(value(f), m.Elements[f.element.Code].Type)), i))
		}
		return strings.Join(out, ", ")
	}
	not := func(rk string) string {
		if in := isIn(rk, stepping); in != "" {
			return " AND NOT (" + in + ")"
		}
		return ""
	}
	query := "SELECT k, rk, " + names(func(f field) string { return fmt.Sprintf("v%d", f.index) }) + " FROM " + m.rows() + " WHERE k IS NOT NULL" + not("rk")
	if m.Losers == "" {
		return query
	}
	good := e.keySQL(m) + " IS NOT NULL"
	if m.Valid != "" {
		good += " AND coalesce(" + m.Valid + ", false)"
	}
	return query + " UNION ALL SELECT " + e.keySQL(m) + ", " + recordKey("r", m.Keys) + ", " + names(func(f field) string { return spokenValue(m.Elements[f.element.Code]) }) +
		" FROM (SELECT r.* FROM " + m.Raw + " r SEMI JOIN " + m.Losers + " l ON " + sameKeys("r", "l", m.Keys) + ") r WHERE " + good + not(recordKey("r", m.Keys))
}
