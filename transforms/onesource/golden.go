package onesource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// makeGolden fills the golden table in the order of its keys: k, id, of each member that
// has landed w<source> and t… (the record that votes, and its time; NULL where it has none
// of the subject) and, where it is held to golden values, h… (what it holds, where any of it differs:
// a list of one, for most have none), and per field v… (value), f… (source, where it is not the authority alone), r… (pulled
// text of the value, or of the authority's empty cell). x are the records without a vote, where there are any. It goes
// in passes over ranges of keys, so that the joins' memory is a pass's share.
func (e Entity) makeGolden(ctx context.Context, s *engine.Session, o Options, fields []field, shares []string) (more bool, err error) {
	if more, err = e.listMore(ctx, s); err != nil {
		return false, err
	}
	for pass, share := range shares {
		head := "INSERT INTO " + engine.Ident(o.Golden) + " "
		if pass == 0 {
			head = "CREATE OR REPLACE TEMP TABLE " + engine.Ident(o.Golden) + " AS "
		}
		if err := s.Exec(ctx, "onesource.golden", head+e.goldenSQL(fields, share, more)+" ORDER BY g.k"); err != nil {
			return false, err
		}
	}
	return more, nil
}

// shares are conditions on a key that part those of a query's column of its name into ranges
// of about one size.
func shares(ctx context.Context, s *engine.Session, key, keys string, parts int) ([]string, error) {
	if parts <= 1 {
		return []string{""}, nil
	}
	query := fmt.Sprintf("SELECT min(%[1]s) FROM (SELECT %[1]s, ntile(%[2]d) OVER (ORDER BY %[1]s) AS part FROM (%[3]s)) GROUP BY part ORDER BY part", key, parts, keys)
	var from []string
	if err := pairs(ctx, s, "SELECT k, k FROM ("+query+") t(k)", func(k, _ string) { from = append(from, k) }); err != nil {
		return nil, err
	}
	out := []string{}
	for i := range max(1, len(from)) {
		var conds []string
		if i > 0 {
			conds = append(conds, key+" >= "+engine.Lit(from[i]))
		}
		if i+1 < len(from) {
			conds = append(conds, key+" < "+engine.Lit(from[i+1]))
		}
		out = append(out, strings.Join(conds, " AND "))
	}
	return out, nil
}

// goldenSQL makes the golden records of a share of the keys.
func (e Entity) goldenSQL(fields []field, share string, more bool) string {
	cols, joins := []string{"g.k", goldenID(e.Entity.ID, "g.k") + " AS id"}, ""
	for _, m := range e.landed() {
		alias := fmt.Sprintf("s%d", m.Source)
		cols = append(cols, fmt.Sprintf("%[1]s.rk AS w%[2]d, %[1]s.seen AS t%[2]d", alias, m.Source))
		if differs := m.unlike(fields, func(f field) string { return f.value() }, alias); differs != "" {
			cols = append(cols, fmt.Sprintf("CASE WHEN %s.k IS NOT NULL AND %s THEN [{%s}] END AS h%d", alias, differs, structSQL(alias, m.held(fields)), m.Source))
		}
		joins += " LEFT JOIN (SELECT " + m.sayingSQL(fields) + " FROM " + m.rows() + where("votes", share) + ") " + alias + " ON " + alias + ".k = g.k"
	}
	if more {
		cols = append(cols, "x.x")
		joins += " LEFT JOIN _more x ON x.k = g.k"
	}
	for _, f := range fields {
		cols = append(cols, f.columns()...)
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM (SELECT k FROM _subjects" + where(share) + ") g" + joins
}

// where joins the conditions that are there.
func where(conds ...string) string {
	if conds = slices.DeleteFunc(conds, func(c string) bool { return c == "" }); len(conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conds, " AND ")
}

// sayingSQL are the columns of a member's rows that golden records are made of.
func (m Member) sayingSQL(fields []field) string {
	cols := []string{"k", "rk", "seen"}
	for _, f := range fields {
		if m.Elements[f.element.Code] == nil {
			continue
		}
		speaks := slices.ContainsFunc(speakers([]field{f}), func(o Member) bool { return o.Source == m.Source })
		if !speaks && !slices.Contains(m.held(fields), fmt.Sprintf("v%d", f.index)) {
			continue
		}
		if cols = append(cols, fmt.Sprintf("v%d", f.index)); m.mends(f) {
			cols = append(cols, fmt.Sprintf("r%d", f.index))
		}
	}
	return strings.Join(cols, ", ")
}

// goldenID is the id a key forms: 128 bits of SHA-256 over the entity and it.
func goldenID(entity, key string) string {
	return "left(sha256(CAST(to_json([" + engine.Lit(entity) + ", " + key + "]) AS VARCHAR)), 32)"
}

// speakers are the members that can win a field, each once, in order of number
// of first use.
func speakers(fields []field) []Member {
	var out []Member
	seen := map[int16]bool{}
	add := func(m Member) {
		if !seen[m.Source] {
			seen[m.Source] = true
			out = append(out, m)
		}
	}
	for _, f := range fields {
		if f.authority != nil {
			add(*f.authority)
		}
		for _, m := range slices.Concat(f.fallbacks, f.candidates) {
			add(m)
		}
	}
	return out
}

// columns are the field's value, source and pulled text. An element that by decision has
// no authority follows its rule of survivorship.
func (f field) columns() []string {
	if f.rule != "" {
		v, from := f.survivor()
		value, source := f.goldenTypes()
		return []string{fmt.Sprintf("CAST(%s AS %s) AS v%d", v, value, f.index), fmt.Sprintf("CAST(%s AS %s) AS f%d", from, source, f.index)}
	}
	_, from, raw := f.spoken()
	out := []string{fmt.Sprintf("%s AS v%d", f.value(), f.index)}
	if !f.alone() {
		out = append(out, fmt.Sprintf("CAST(%s AS SMALLINT) AS f%d", choice(from), f.index))
	}
	if f.mended() {
		out = append(out, fmt.Sprintf("CAST(%s AS VARCHAR) AS r%d", choice(raw), f.index))
	}
	return out
}

// alone reports whether nobody but one authority may say the field, so that whose a value
// is needs no column.
func (f field) alone() bool { return f.rule == "" && len(f.fallbacks) == 0 }

// from is the source of the golden value, of rows of the golden table.
func (f field) from(alias string) string {
	if !f.alone() {
		return fmt.Sprintf("%sf%d", alias, f.index)
	}
	return f.fromAlone(fmt.Sprintf("%sv%d", alias, f.index))
}

// fromAlone is the source of a golden value that one authority alone may say.
func (f field) fromAlone(value string) string {
	if f.authority == nil {
		return "CAST(NULL AS SMALLINT)"
	}
	return "CASE WHEN " + value + " IS NOT NULL THEN " + number(f.authority.Source) + " END"
}

// value is the golden value, out of the members' rows that vote.
func (f field) value() string {
	value, _, _ := f.spoken()
	return fmt.Sprintf("CAST(%s AS %s)", choice(value), sqlType(f.typ))
}

// spoken are the cases of a field's value, source and pulled text. The authority speaks
// first. Where it is empty, its fallbacks speak only if the element says so; where
// it has no record of the subject, they do. Nobody else ever wins.
func (f field) spoken() (value, from, raw []string) {
	when := func(cond string, m Member, v string) {
		value = append(value, "WHEN "+cond+" THEN "+v)
		from = append(from, "WHEN "+cond+" THEN "+number(m.Source))
		raw = append(raw, "WHEN "+cond+" THEN "+m.pulled(f, fmt.Sprintf("s%d", m.Source)))
	}
	if a := f.authority; a != nil {
		v := fmt.Sprintf("s%d.v%d", a.Source, f.index)
		when(v+" IS NOT NULL", *a, v)
		if f.element.WhenEmpty != catalog.EmptyMeansFallback {
			has := fmt.Sprintf("s%d.k IS NOT NULL", a.Source)
			value, from = append(value, "WHEN "+has+" THEN NULL"), append(from, "WHEN "+has+" THEN NULL")
			raw = append(raw, "WHEN "+has+" THEN "+a.pulled(f, fmt.Sprintf("s%d", a.Source)))
		}
	}
	for _, m := range f.fallbacks {
		v := converted(fmt.Sprintf("s%d.v%d", m.Source, f.index), m.Elements[f.element.Code].Type, f.typ)
		when(v+" IS NOT NULL", m, v)
	}
	if a := f.authority; a != nil {
		raw = append(raw, "ELSE "+a.pulled(f, fmt.Sprintf("s%d", a.Source)))
	}
	return value, from, raw
}

func choice(whens []string) string {
	if len(whens) == 0 {
		return "NULL"
	}
	return "CASE " + strings.Join(whens, " ") + " END"
}

// GoldenQuery is the content of entity/<e>, by entity key, which a column named k is not. Resolve
// must have run. The table is in that order already; sorted, its rows are cut into the same
// groups however many passes filled it.
func GoldenQuery(e Entity, o Options) string {
	cols := []string{"id AS golden_id", "k AS entity_key"}
	for i, f := range e.leaveOut().fields() {
		cols = append(cols, fmt.Sprintf("v%d AS %s, %s AS %s", i, engine.Ident(f.element.Column), f.from(""), engine.Ident(f.element.Column+"__from")))
	}
	return "SELECT " + strings.Join(append(cols, "d.disputed"), ", ") + " FROM " + engine.Ident(o.filled().Golden) + " g LEFT JOIN _disputed d USING (k) ORDER BY g.k"
}

// told are the columns of entity/<e> in their order, of its rows without those that the
// others tell, and these.
func (e Entity) told() (columns, told []string) {
	columns = []string{"golden_id", "entity_key"}
	for _, f := range e.leaveOut().fields() {
		value, from := engine.Ident(f.element.Column), engine.Ident(f.element.Column+"__from")
		if columns = append(columns, value); f.alone() {
			columns, told = append(columns, f.fromAlone(value)+" AS "+from), append(told, from)
		} else {
			columns = append(columns, from)
		}
	}
	return append(columns, "disputed"), told
}
