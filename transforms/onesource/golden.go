package onesource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// makeGolden fills the golden table: k, id, h<source> (that source has a record
// of the subject), and per field v… (value), f… (source), r… (pulled text of the
// value, or of the authority's empty cell). It goes in passes over the hash of the
// key, so that the joins' memory is a pass's share.
func (e Entity) makeGolden(ctx context.Context, s *engine.Session, o Options, fields []field) error {
	for pass := range o.Passes {
		query := e.goldenSQL(o, fields, pass)
		head := "INSERT INTO " + engine.Ident(o.Golden) + " "
		if pass == 0 {
			head = "CREATE OR REPLACE TEMP TABLE " + engine.Ident(o.Golden) + " AS "
		}
		if err := s.Exec(ctx, "onesource.golden", head+query); err != nil {
			return err
		}
	}
	return nil
}

func (e Entity) goldenSQL(o Options, fields []field, pass int) string {
	share := ""
	if o.Passes > 1 {
		share = fmt.Sprintf(" AND hash(k) %% %d = %d", o.Passes, pass)
	}
	var all []string
	for _, m := range e.landed() {
		all = append(all, "SELECT k FROM "+m.rows()+" WHERE votes"+share)
	}
	if len(all) == 0 { // nobody speaks of it any more
		all = []string{"SELECT NULL::VARCHAR AS k LIMIT 0"}
	}
	cols := []string{"g.k", goldenID(e.Entity.ID, "g.k") + " AS id"}
	joins := ""
	for _, m := range speakers(fields) {
		alias := fmt.Sprintf("s%d", m.Source)
		cols = append(cols, fmt.Sprintf("%s.k IS NOT NULL AS h%d", alias, m.Source))
		joins += " LEFT JOIN (SELECT * FROM " + m.rows() + " WHERE votes" + share + ") " + alias + " ON " + alias + ".k = g.k"
	}
	for _, f := range fields {
		cols = append(cols, f.columns()...)
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM (SELECT DISTINCT k FROM (" + strings.Join(all, " UNION ALL ") + ")) g" + joins
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

// columns are the field's value, source and pulled text. The authority speaks
// first. Where it is empty, its fallbacks speak only if the element says so; where
// it has no record of the subject, they do. Nobody else ever wins. An element that by
// decision has no authority follows its rule of survivorship.
func (f field) columns() []string {
	if f.rule != "" {
		v, from := f.survivor()
		value, source := f.goldenTypes()
		return []string{fmt.Sprintf("CAST(%s AS %s) AS v%d", v, value, f.index), fmt.Sprintf("CAST(%s AS %s) AS f%d", from, source, f.index),
			fmt.Sprintf("CAST(NULL AS VARCHAR) AS r%d", f.index)}
	}
	var value, from, raw []string
	when := func(cond string, m Member, v string) {
		value = append(value, "WHEN "+cond+" THEN "+v)
		from = append(from, "WHEN "+cond+" THEN "+number(m.Source))
		raw = append(raw, fmt.Sprintf("WHEN %s THEN s%d.r%d", cond, m.Source, f.index))
	}
	if a := f.authority; a != nil {
		v := fmt.Sprintf("s%d.v%d", a.Source, f.index)
		when(v+" IS NOT NULL", *a, v)
		if f.element.WhenEmpty != catalog.EmptyMeansFallback {
			has := fmt.Sprintf("s%d.k IS NOT NULL", a.Source)
			value, from = append(value, "WHEN "+has+" THEN NULL"), append(from, "WHEN "+has+" THEN NULL")
			raw = append(raw, fmt.Sprintf("WHEN %s THEN s%d.r%d", has, a.Source, f.index))
		}
	}
	for _, m := range f.fallbacks {
		v := converted(fmt.Sprintf("s%d.v%d", m.Source, f.index), m.Elements[f.element.Code].Type, f.typ)
		when(v+" IS NOT NULL", m, v)
	}
	if a := f.authority; a != nil {
		raw = append(raw, fmt.Sprintf("ELSE s%d.r%d", a.Source, f.index))
	}
	return []string{
		fmt.Sprintf("CAST(%s AS %s) AS v%d", choice(value), sqlType(f.typ), f.index),
		fmt.Sprintf("CAST(%s AS SMALLINT) AS f%d", choice(from), f.index),
		fmt.Sprintf("CAST(%s AS VARCHAR) AS r%d", choice(raw), f.index),
	}
}

func choice(whens []string) string {
	if len(whens) == 0 {
		return "NULL"
	}
	return "CASE " + strings.Join(whens, " ") + " END"
}

// GoldenQuery is the content of entity/<e>, by entity key. Resolve must have run.
func GoldenQuery(e Entity, o Options) string {
	cols := []string{"id AS golden_id", "k AS entity_key"}
	for i, el := range e.Elements {
		cols = append(cols, fmt.Sprintf("v%d AS %s, f%d AS %s", i, engine.Ident(el.Column), i, engine.Ident(el.Column+"__from")))
	}
	cols = append(cols, "d.disputed")
	return "SELECT " + strings.Join(cols, ", ") + " FROM " + engine.Ident(o.filled().Golden) + " g LEFT JOIN _disputed d USING (k) ORDER BY k"
}

// CrosswalkQuery is the content of entity/<e>/crosswalk: every record that links
// to a subject, by entity key, source, record key.
func CrosswalkQuery(_ Entity, o Options) string {
	return "SELECT golden_id, entity_key, source, record_key, source_time, votes, own_key, route, decision FROM " + engine.Ident(o.filled().Crosswalk) +
		" ORDER BY n, source, record_key"
}

func (e Entity) crosswalkSQL() string {
	var parts []string
	for _, m := range e.landed() {
		parts = append(parts, "SELECT g.id AS golden_id, g.k AS entity_key, "+number(m.Source)+
			" AS source, r.rk AS record_key, r.seen AS source_time, r.votes, "+e.linkedBy(m)+", g.n FROM "+m.rows()+" r JOIN _subjects g ON g.k = r.k")
	}
	if len(parts) == 0 {
		return "SELECT NULL::VARCHAR AS golden_id, NULL::VARCHAR AS entity_key, NULL::SMALLINT AS source, NULL::VARCHAR AS record_key, NULL::TIMESTAMP AS source_time, " +
			"NULL::BOOLEAN AS votes, NULL::VARCHAR AS own_key, NULL::VARCHAR AS route, NULL::VARCHAR AS decision, NULL::BIGINT AS n LIMIT 0"
	}
	return strings.Join(parts, " UNION ALL ")
}
