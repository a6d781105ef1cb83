package onesource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// The kinds of problems: why a record was not linked, or a link is doubtful.
const (
	invalidKey     = "invalid_key"     // reason check: it failed its checks, form: it is not written as its route says; linked to nobody
	invalidRoute   = "invalid_route"   // another of its keys does not count, reason as above; linked by the one that does
	valueUnfit     = "value_unfit"     // a value of a fallback does not fit the element's type; it never speaks
	sharedKey      = "shared_key"      // records of one de-duplicated source have one key and are two subjects; linked to nobody
	ambiguousRoute = "ambiguous_route" // a later key that stands beside two keys; it ties nothing
	manyRecords    = "many_records"    // one key on very many records of a source; linked, with one vote
	leftOut        = "excluded"        // a decision leaves it out
)

// manyFrom is from how many records of one source a key is told of where nothing is
// set.
const manyFrom = 1000

// ProblemsQuery is the content of entity/<e>/problems: what links could not be made or
// are doubtful, with the record's key and no value, by kind, source, record key, and
// all else.
func ProblemsQuery(Entity, Options) string {
	return "SELECT kind, reason, source, record_key, element, decision, records FROM _problems ORDER BY kind, source, record_key, reason, element, decision, records"
}

// problem is one line.
type problem struct {
	kind, reason, decision string
	source                 *int16
	record                 string
}

// openProblems makes the table, with the members that decisions leave out.
func (e Entity) openProblems(ctx context.Context, s *engine.Session) error {
	err := s.Exec(ctx, "onesource.problems", "CREATE OR REPLACE TEMP TABLE _problems (kind VARCHAR, reason VARCHAR, source SMALLINT, "+
		"record_key VARCHAR, element VARCHAR, decision VARCHAR, records BIGINT)")
	for _, m := range e.out {
		if err == nil {
			err = e.tellExcluded(ctx, s, m, "")
		}
	}
	return err
}

// countKinds counts a table's lines by kind.
func countKinds(ctx context.Context, s *engine.Session, table, where string, into *map[string]int64) error {
	*into = map[string]int64{}
	return s.Each(ctx, "onesource.count", "SELECT kind, count(*) FROM "+table+where+" GROUP BY kind", func(scan engine.Scanner) error {
		var kind string
		var n int64
		if err := scan(&kind, &n); err != nil {
			return fmt.Errorf("count %s: %w", table, err)
		}
		(*into)[kind] = n
		return nil
	})
}

// addProblems adds lines that are about decisions.
func addProblems(ctx context.Context, s *engine.Session, lines []problem) error {
	if len(lines) == 0 {
		return nil
	}
	var values []string
	for _, p := range lines {
		source, record := "NULL", "NULL"
		if p.source != nil {
			source = number(*p.source)
		}
		if p.record != "" {
			record = engine.Lit(p.record)
		}
		values = append(values, fmt.Sprintf("(%s, nullif(%s, ''), %s, %s, NULL, %s, NULL)", engine.Lit(p.kind), engine.Lit(p.reason), source, record, engine.Lit(p.decision)))
	}
	return s.Exec(ctx, "onesource.problems", "INSERT INTO _problems SELECT DISTINCT * FROM (VALUES "+strings.Join(values, ", ")+")")
}

// tellInvalid adds the records of a member that give a key which does not count. It
// looks at the rows again, so it is for members that have any without a link.
func (e Entity) tellInvalid(ctx context.Context, s *engine.Session, m Member, from string) error {
	var given, whens []string
	for i, it := range m.Routes {
		if it != nil {
			given = append(given, keyText(it))
			whens = append(whens, "WHEN "+keyText(it)+" IS NOT NULL THEN "+engine.Lit(e.Entity.Keys[i]))
		}
	}
	bad := "coalesce(" + strings.Join(given, ", ") + ") IS NOT NULL"
	reason := "'form'"
	if checked := m.checked(); checked != "" {
		reason = "CASE WHEN " + checked + " THEN 'form' ELSE 'check' END"
	}
	switch { // what tells most rows apart comes first, and the rest is asked of few
	case e.plainKey(m) && m.Valid == "":
		return nil
	case e.plainKey(m):
		bad = "CASE WHEN coalesce(" + m.Valid + ", false) THEN false ELSE " + bad + " END"
	case m.Valid == "":
		bad += " AND " + e.keySQL(m) + " IS NULL"
	default:
		bad += " AND NOT (" + e.keySQL(m) + " IS NOT NULL AND coalesce(" + m.Valid + ", false))"
	}
	where := bad
	if out := isIn(recordKey("r", m.Keys), e.about(m, excluded)); out != "" {
		where += " AND NOT (" + out + ")"
	}
	return s.Exec(ctx, "onesource.problems", "INSERT INTO _problems SELECT "+engine.Lit(invalidKey)+", "+reason+", "+number(m.Source)+", "+recordKey("r", m.Keys)+
		", CASE "+strings.Join(whens, " ")+" END, NULL, 1 FROM ("+from+") r WHERE "+where)
}

// tellRoutes adds the keys that do not count of records which another key links: what they
// would have tied is not tied.
func (e Entity) tellRoutes(ctx context.Context, s *engine.Session, m Member, from string) error {
	for i, it := range m.Routes {
		if it == nil || len(m.Routes) == 1 {
			continue
		}
		reason := "'form'"
		if i < len(m.RouteValid) && m.RouteValid[i] != "" {
			reason = "CASE WHEN coalesce(" + m.RouteValid[i] + ", false) THEN 'form' ELSE 'check' END"
		}
		bad := keyText(it) + " IS NOT NULL AND (" + e.routeKey(m, i) + ") IS NULL AND " + e.takes(m)
		query := "INSERT INTO _problems SELECT " + engine.Lit(invalidRoute) + ", " + reason + ", " + number(m.Source) + ", " + recordKey("r", m.Keys) + ", " +
			engine.Lit(e.Entity.Keys[i]) + ", NULL, 1 FROM (" + from + ") r WHERE " + bad
		if err := s.Exec(ctx, "onesource.problems", query); err != nil {
			return err
		}
	}
	return nil
}

// tellUnfit adds the records that would speak for an element with a value that does not
// fit its type without loss. Votes must be settled.
func (e Entity) tellUnfit(ctx context.Context, s *engine.Session, m Member, fields []field) error {
	for _, f := range fields {
		it := m.Elements[f.element.Code]
		speaks := slices.ContainsFunc(append(slices.Clone(f.fallbacks), f.candidates...), func(o Member) bool { return o.Source == m.Source })
		if it == nil || !speaks || f.rule == catalog.SurviveList || sqlType(it.Type) == sqlType(f.typ) {
			continue
		}
		value := fmt.Sprintf("v%d", f.index)
		query := "INSERT INTO _problems SELECT " + engine.Lit(valueUnfit) + ", NULL, " + number(m.Source) + ", rk, " + engine.Lit(f.element.Code) + ", NULL, 1 FROM " + m.rows() +
			" WHERE votes AND " + value + " IS NOT NULL AND " + converted(value, it.Type, f.typ) + " IS NULL"
		if err := s.Exec(ctx, "onesource.problems", query); err != nil {
			return err
		}
	}
	return nil
}

// plainKey reports whether the member's only key counts whatever it looks like, unless a
// check says otherwise.
func (e Entity) plainKey(m Member) bool {
	return len(e.Entity.Keys) == 1 && e.form(0) == "" && m.Routes[0] != nil && strings.Join(m.RouteValid, "") == ""
}

// checked is the condition that all keys of a row passed their checks; "" is always.
func (m Member) checked() string {
	var conds []string
	for _, v := range append([]string{m.Valid}, m.RouteValid...) {
		if v != "" {
			conds = append(conds, "coalesce("+v+", false)")
		}
	}
	return strings.Join(conds, " AND ")
}

// tellMany adds the keys that very many records of a member have. Votes must be
// settled: only rows without one are looked at.
func (e Entity) tellMany(ctx context.Context, s *engine.Session, m Member) error {
	from := e.Entity.ManyRecords
	if from <= 0 {
		from = manyFrom
	}
	return s.Exec(ctx, "onesource.problems", fmt.Sprintf("INSERT INTO _problems SELECT %s, NULL, %s, min(rk), NULL, NULL, count(*) + 1 FROM %s WHERE NOT votes GROUP BY k HAVING count(*) + 1 >= %d",
		engine.Lit(manyRecords), number(m.Source), m.rows(), from))
}

// tellExcluded adds the records that decisions leave out, and the decisions that name
// records which are not there.
func (e Entity) tellExcluded(ctx context.Context, s *engine.Session, m Member, from string) error {
	var lines []problem
	for _, d := range e.Decisions {
		for _, l := range d.Exclude {
			if l.Resource != m.Name() {
				continue
			}
			p := problem{kind: leftOut, decision: d.ID, source: &m.Source}
			if len(l.Record) > 0 {
				p.record = recordText(l.Record)
			}
			lines = append(lines, p)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	there := map[string]bool{}
	if in := isIn(recordKey("r", m.Keys), e.about(m, excluded)); in != "" && from != "" {
		err := pairs(ctx, s, "SELECT rk, rk FROM (SELECT "+recordKey("r", m.Keys)+" AS rk FROM ("+from+") r WHERE "+in+")", func(rk, _ string) { there[rk] = true })
		if err != nil {
			return err
		}
	}
	for i, p := range lines {
		if p.record != "" && !there[p.record] && from != "" {
			lines[i].kind, lines[i].reason = decisionUnmatched, "record"
		}
	}
	return addProblems(ctx, s, lines)
}
