package onesource

import (
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// conflictColumns are those of the comparison: entity/<e>/conflicts but since, and what
// doubts are made of: witness, the department whose word the value is, where the row
// votes, said, the value as it is compared, and spoken, the record the authority speaks
// with.
const conflictColumns = "golden_id VARCHAR, entity_key VARCHAR, element VARCHAR, \"column\" VARCHAR, holder SMALLINT, " +
	"record_key VARCHAR, holder_value VARCHAR, holder_time TIMESTAMP, authority SMALLINT, authority_value VARCHAR, kind VARCHAR, witness VARCHAR, said VARCHAR, spoken VARCHAR, authority_time TIMESTAMP"

// compared are the fields in which a holder is held to golden values.
func (m Member) compared(fields []field) []field {
	return slices.DeleteFunc(slices.Clone(fields), func(f field) bool {
		return m.Elements[f.element.Code] == nil || !f.known || f.authority != nil && f.authority.Source == m.Source
	})
}

// held are the columns of a member's rows in which it is held to golden values.
func (m Member) held(fields []field) []string {
	var out []string
	for _, f := range m.compared(fields) {
		if out = append(out, fmt.Sprintf("v%d", f.index)); m.mends(f) {
			out = append(out, fmt.Sprintf("r%d", f.index))
		}
	}
	return out
}

// unlike is the condition that any value a member's row has is not stored as the golden
// one is; "" if it has no field to compare.
func (m Member) unlike(fields []field, golden func(field) string, alias string) string {
	var conds []string
	for _, f := range m.compared(fields) {
		value, held, it := golden(f), fmt.Sprintf("%s.v%d", alias, f.index), m.Elements[f.element.Code]
		if sqlType(f.typ) != sqlType(it.Type) {
			value, held = asText(value, f.typ), asText(held, it.Type)
		}
		conds = append(conds, value+" IS DISTINCT FROM "+held)
	}
	if len(conds) == 0 {
		return ""
	}
	return "(" + strings.Join(conds, " OR ") + ")"
}

// differSQL makes _differ: a holder's rows in which any value is not stored as the golden
// one is (r), each with its golden record (g). They are few, so all else that a conflict
// is told by is read of them alone. The golden table has those with a vote.
// It is of a share of the keys, and "" if the holder has no field to compare.
func (e Entity) differSQL(m Member, o Options, fields []field, share string) string {
	held := m.held(fields)
	if len(held) == 0 {
		return ""
	}
	golden := []string{"k", "id"}
	for _, f := range m.compared(fields) {
		if golden = append(golden, fmt.Sprintf("v%d", f.index)); !f.alone() {
			golden = append(golden, fmt.Sprintf("f%d", f.index))
		}
		if f.mended() {
			golden = append(golden, fmt.Sprintf("r%d", f.index))
		}
		for _, o := range speakers([]field{f}) {
			for _, has := range []string{fmt.Sprintf("w%d", o.Source), fmt.Sprintf("t%d", o.Source)} {
				if !slices.Contains(golden, has) {
					golden = append(golden, has)
				}
			}
		}
	}
	record := func(rk, seen, votes, values string) string {
		return "{'rk': " + rk + ", 'seen': " + seen + ", 'votes': " + votes + ", " + structSQL(values, held) + "} AS r, {" + structSQL("g", golden) + "} AS g"
	}
	own := fmt.Sprintf("h%d", m.Source)
	query := "SELECT " + record(fmt.Sprintf("g.w%d", m.Source), fmt.Sprintf("g.t%d", m.Source), "true", "g."+own+"[1]") + " FROM " + engine.Ident(o.Golden) + " g" + where("g."+own+" IS NOT NULL", share)
	if m.Resource.Vote == nil {
		query += " UNION ALL SELECT " + record("r.rk", "r.seen", "r.votes", "r") + " FROM (SELECT * FROM " + engine.Ident(o.Golden) + where(share) + ") g JOIN (SELECT * FROM " +
			m.rows() + where("NOT votes", share) + ") r ON r.k = g.k WHERE " + m.unlike(fields, func(f field) string { return fmt.Sprintf("g.v%d", f.index) }, "r")
	}
	return "CREATE OR REPLACE TEMP TABLE _differ AS " + query
}

// structSQL are columns as the parts of a value that has them by their names.
func structSQL(of string, columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = engine.Lit(c) + ": " + of + "." + c
	}
	return strings.Join(parts, ", ")
}

// conflictsSQL makes a line of each row of _differ that conflicts in a field.
func (e Entity) conflictsSQL(m Member, f field) string {
	it := m.Elements[f.element.Code]
	return "SELECT g.id, g.k, " + engine.Lit(f.element.Code) + ", " + engine.Lit(f.element.Column) + ", " + number(m.Source) + ", r.rk, " +
		f.lineSQL(m, it, e.witness(m, f)) + " FROM _differ WHERE " + f.conflictSQL(m, it) + e.unlikeNumbers(f, it)
}

// unlikeNumbers is the condition besides that two values of a key which is written in
// several ways are not one number: what links two records is no conflict between them.
func (e Entity) unlikeNumbers(f field, it *catalog.Item) string {
	at := slices.Index(e.Entity.Keys, f.element.Code)
	if at < 0 || e.form(at) == "" {
		return ""
	}
	plain := func(value string, t catalog.Type) string { return formed(e.form(at), blankIsNull(asText(value, t))) }
	return " AND coalesce(" + plain(fmt.Sprintf("g.v%d", f.index), f.typ) + " <> " + plain(fmt.Sprintf("r.v%d", f.index), it.Type) + ", true)"
}

// conflictSQL is the condition that a holder's value conflicts: somebody is
// accountable for the golden value, or the authority has the record and is empty,
// it is not the holder, and they do not say the same.
func (f field) conflictSQL(m Member, it *catalog.Item) string {
	accountable := f.from("g.") + " IS NOT NULL"
	if f.authority != nil {
		accountable = fmt.Sprintf("(%s OR g.w%d IS NOT NULL)", accountable, f.authority.Source)
	}
	return fmt.Sprintf("(%s AND %s IS DISTINCT FROM %s AND %s)", accountable, f.from("g."), number(m.Source),
		differs(fmt.Sprintf("g.v%d", f.index), f.typ, fmt.Sprintf("r.v%d", f.index), it.Type))
}

// lineSQL is the rest of a conflict's line: both values as pulled, when the holder's was
// so, who is accountable, what kind it is, and whose word the holder's value is.
func (f field) lineSQL(m Member, it *catalog.Item, witness string) string {
	authority := f.from("g.")
	if f.authority != nil {
		authority = "coalesce(" + authority + ", " + number(f.authority.Source) + ")"
	}
	held := fmt.Sprintf("coalesce(%s, CAST(r.v%d AS VARCHAR))", m.pulled(f, "r"), f.index)
	value := fmt.Sprintf("coalesce(%s, CAST(g.v%d AS VARCHAR))", f.pulled(), f.index)
	kind := "CASE WHEN " + normal(asText(fmt.Sprintf("g.v%d", f.index), f.typ)) + " IS NULL THEN 'copy_has' WHEN " +
		normal(held) + " IS NULL THEN 'authority_has' ELSE 'differs' END"
	return held + ", r.seen, " + authority + ", " + value + ", " + kind +
		", CASE WHEN r.votes THEN " + engine.Lit(witness) + " END, CASE WHEN r.votes THEN coalesce(" +
		normal(asText(fmt.Sprintf("r.v%d", f.index), it.Type)) + ", " + normal(held) + ") END, " + f.recordOf(authority, "w") + ", " + f.recordOf(authority, "t")
}

// recordOf is, of the record that a source of the field speaks with, the key (w) or the
// time (t).
func (f field) recordOf(source, what string) string {
	var whens []string
	for _, m := range speakers([]field{f}) {
		whens = append(whens, fmt.Sprintf("WHEN %s = %d THEN g.%s%d", source, m.Source, what, m.Source))
	}
	return choice(whens)
}

// sinceSQL adds the release that first carried each conflict: the previous one's word where it had the same, else the release being
// made.
func (e Entity) sinceSQL() string {
	since, previous := fmt.Sprintf("CAST(%d AS BIGINT)", e.Version), ""
	if e.Previous != "" {
		since = "coalesce(p.since, " + since + ")"
		previous = " LEFT JOIN " + e.Previous + " p ON " +
			"c.entity_key = p.entity_key AND c.element = p.element AND c.holder = p.holder AND c.record_key = p.record_key AND " +
			"c.holder_value IS NOT DISTINCT FROM p.holder_value AND c.authority_value IS NOT DISTINCT FROM p.authority_value"
	}
	return "SELECT c.*, " + since + " AS since FROM _conflicts c" + previous
}

// ConflictsQuery is the content of entity/<e>/conflicts, by entity key, element,
// holder, record key.
func ConflictsQuery(_ Entity, o Options) string {
	return "SELECT golden_id, entity_key, element, \"column\", holder, record_key, holder_value, holder_time, authority, authority_value, authority_time, kind, since FROM " +
		engine.Ident(o.filled().Conflicts) + " ORDER BY entity_key, element, holder, record_key"
}
