package onesource

import (
	"fmt"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// conflictColumns are those of the comparison: entity/<e>/conflicts but since and the
// authority's time, and what doubts are made of: witness, the department whose word
// the value is, where the row votes, and said, the value as it is compared.
const conflictColumns = "golden_id VARCHAR, entity_key VARCHAR, element VARCHAR, \"column\" VARCHAR, holder SMALLINT, " +
	"record_key VARCHAR, holder_value VARCHAR, holder_time TIMESTAMP, authority SMALLINT, authority_value VARCHAR, kind VARCHAR, witness VARCHAR, said VARCHAR"

// conflictsSQL compares a holder's rows with the golden records and makes a line
// of each field that differs. It joins once and unnests only the rows with a
// difference. "" if the holder has no field to compare.
func (e Entity) conflictsSQL(m Member, o Options, fields []field) string {
	var conds, lines []string
	for _, f := range fields {
		it := m.Elements[f.element.Code]
		if it == nil || !f.known || (f.authority != nil && f.authority.Source == m.Source) {
			continue
		}
		cond := f.conflictSQL(m, it)
		conds = append(conds, cond)
		lines = append(lines, "CASE WHEN "+cond+" THEN "+f.lineSQL(it, e.witness(m, f))+" END")
	}
	if len(conds) == 0 {
		return ""
	}
	where := "(" + strings.Join(conds, " OR ") + ")"
	if m.Resource.Vote != nil {
		where += " AND r.votes"
	}
	return "SELECT id, k, c.element, c.name, " + number(m.Source) + ", rk, c.holder_value, seen, c.authority, c.authority_value, c.kind, c.witness, c.said FROM (" +
		"SELECT g.id, g.k, r.rk, r.seen, unnest([" + strings.Join(lines, ", ") + "]) AS c FROM " + m.rows() + " r JOIN " +
		engine.Ident(o.Golden) + " g ON g.k = r.k WHERE " + where + ") WHERE c IS NOT NULL"
}

// conflictSQL is the condition that a holder's value conflicts: somebody is
// accountable for the golden value, or the authority has the record and is empty,
// it is not the holder, and they do not say the same.
func (f field) conflictSQL(m Member, it *catalog.Item) string {
	accountable := fmt.Sprintf("g.f%d IS NOT NULL", f.index)
	if f.authority != nil {
		accountable = fmt.Sprintf("(%s OR g.h%d)", accountable, f.authority.Source)
	}
	return fmt.Sprintf("(%s AND g.f%d IS DISTINCT FROM %s AND %s)", accountable, f.index, number(m.Source),
		differs(fmt.Sprintf("g.v%d", f.index), f.typ, fmt.Sprintf("r.v%d", f.index), it.Type))
}

// lineSQL is the conflict: both values as pulled, who is accountable, what kind it is,
// and whose word the holder's value is.
func (f field) lineSQL(it *catalog.Item, witness string) string {
	authority := fmt.Sprintf("g.f%d", f.index)
	if f.authority != nil {
		authority = "coalesce(" + authority + ", " + number(f.authority.Source) + ")"
	}
	held := fmt.Sprintf("coalesce(r.r%d, CAST(r.v%d AS VARCHAR))", f.index, f.index)
	value := fmt.Sprintf("coalesce(g.r%d, CAST(g.v%d AS VARCHAR))", f.index, f.index)
	kind := "CASE WHEN " + normal(asText(fmt.Sprintf("g.v%d", f.index), f.typ)) + " IS NULL THEN 'copy_has' WHEN " +
		normal(held) + " IS NULL THEN 'authority_has' ELSE 'differs' END"
	return "{'element': " + engine.Lit(f.element.Code) + ", 'name': " + engine.Lit(f.element.Column) + ", 'holder_value': " + held +
		", 'authority': " + authority + ", 'authority_value': " + value + ", 'kind': " + kind +
		", 'witness': CASE WHEN r.votes THEN " + engine.Lit(witness) + " END, 'said': CASE WHEN r.votes THEN coalesce(" +
		normal(asText(fmt.Sprintf("r.v%d", f.index), it.Type)) + ", " + normal(held) + ") END}"
}

// spokenSQL finds, for the conflicts, the record each authority speaks with: k, source,
// its record key and time.
func (e Entity) spokenSQL(fields []field) string {
	parts := []string{"SELECT NULL::VARCHAR AS k, NULL::SMALLINT AS source, NULL::VARCHAR AS rk, NULL::TIMESTAMP AS seen LIMIT 0"}
	for _, m := range speakers(fields) {
		parts = append(parts, "SELECT r.k, "+number(m.Source)+", r.rk, r.seen FROM "+m.rows()+
			" r SEMI JOIN (SELECT entity_key FROM _conflicts WHERE authority = "+number(m.Source)+") c ON c.entity_key = r.k WHERE r.votes")
	}
	return "(" + strings.Join(parts, ") UNION ALL (") + ")"
}

// sinceSQL adds the authority's record and its time, and the release that first carried
// each conflict: the previous one's word where it had the same, else the release being
// made.
func (e Entity) sinceSQL() string {
	since, previous := fmt.Sprintf("CAST(%d AS BIGINT)", e.Version), ""
	if e.Previous != "" {
		since = "coalesce(p.since, " + since + ")"
		previous = " LEFT JOIN " + e.Previous + " p ON " +
			"c.entity_key = p.entity_key AND c.element = p.element AND c.holder = p.holder AND c.record_key = p.record_key AND " +
			"c.holder_value IS NOT DISTINCT FROM p.holder_value AND c.authority_value IS NOT DISTINCT FROM p.authority_value"
	}
	return "SELECT c.*, s.seen AS authority_time, s.rk AS spoken, " + since + " AS since FROM _conflicts c " +
		"LEFT JOIN _spoken s ON s.k = c.entity_key AND s.source = c.authority" + previous
}

// ConflictsQuery is the content of entity/<e>/conflicts, by entity key, element,
// holder, record key.
func ConflictsQuery(_ Entity, o Options) string {
	return "SELECT golden_id, entity_key, element, \"column\", holder, record_key, holder_value, holder_time, authority, authority_value, authority_time, kind, since FROM " +
		engine.Ident(o.filled().Conflicts) + " ORDER BY entity_key, element, holder, record_key"
}
