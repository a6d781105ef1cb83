package onesource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// table is the resource's image as the duplicates rules see it.
func (m Member) table() Table {
	return Table{Resource: m.Resource, Items: m.Items, Keys: m.Keys, Raw: m.Raw}
}

// suffix tells the member's temporary tables apart.
func (m Member) suffix() string { return fmt.Sprintf("_%d", m.Source) }

// rows names a member's rows, a temporary view of the table stored: what other columns of a
// row tell stands in none of its own, as there are many rows and they are sorted.
func (m Member) rows() string   { return "_rows" + m.suffix() }
func (m Member) stored() string { return "_stored" + m.suffix() }

// load fills a member's rows: k (entity key), rk (record key), seen (source time),
// votes, o… (record key, typed), q… (keys by route), own (the key the row gave
// itself, where it is not k) and decided (number of the decision that moved it), and
// per field it holds v… (value) and r… (pulled text where it differs). It tells of keys
// that do not count and returns how many rows take part, those that link to nobody
// included.
func (e Entity) load(ctx context.Context, s *engine.Session, o Options, m Member, fields []field) (int64, error) {
	from, all, err := m.taking(ctx, s)
	if err != nil {
		return 0, err
	}
	if out := isIn(recordKey("r", m.Keys), e.about(m, excluded)); out != "" {
		if err := s.Row(ctx, "onesource.rows", "SELECT count(*) FROM ("+from+") r WHERE NOT ("+out+")", &all); err != nil {
			return 0, err
		}
	}
	var linked int64
	query := "CREATE OR REPLACE TEMP TABLE " + m.stored() + " AS " + e.rowsSQL(m, from, fields)
	if o.Passes > 1 { // so that a pass reads its share alone
		query += " ORDER BY k"
	}
	for _, step := range []string{query, "CREATE OR REPLACE TEMP VIEW " + m.rows() + " AS " + e.viewSQL(m, fields)} {
		if err := s.Exec(ctx, "onesource.rows", step); err != nil {
			return 0, err
		}
	}
	if err := s.Row(ctx, "onesource.rows", "SELECT count(k) FROM "+m.rows(), &linked); err != nil {
		return 0, err
	}
	if linked < all {
		if err := e.tellInvalid(ctx, s, m, from); err != nil {
			return 0, err
		}
	}
	if err := errors.Join(e.tellRoutes(ctx, s, m, from), e.tellExcluded(ctx, s, m, from)); err != nil {
		return 0, err
	}
	return all, e.keepApart(ctx, s, m, fields)
}

// taking is the relation of the rows that are in standard, with the columns of
// raw, and how many they are. Those that are not are few, and to leave them out is
// cheaper than to look for all others. Where several raw rows share a whole key, standard has one
// of them, and it is found by the same order.
func (m Member) taking(ctx context.Context, s *engine.Session) (from string, all int64, err error) {
	from = "SELECT r.* FROM " + m.Raw + " r"
	if m.Standard == "" {
		return from, all, s.Row(ctx, "onesource.rows", "SELECT count(*) FROM "+m.Raw, &all)
	}
	absent := "_absent" + m.suffix()
	query := "CREATE OR REPLACE TEMP TABLE " + absent + " AS SELECT " + qualifiedList("r", m.Keys) + " FROM " + m.Raw + " r ANTI JOIN " + m.Standard + " s ON " + sameKeys("r", "s", m.Keys)
	if err := s.Exec(ctx, "onesource.rows", query); err != nil {
		return "", 0, err
	}
	from += " ANTI JOIN " + absent + " s ON " + sameKeys("r", "s", m.Keys)
	var want int64
	counts := "SELECT (SELECT count(*) FROM " + m.Raw + ") - (SELECT count(*) FROM " + absent + "), (SELECT count(*) FROM " + m.Standard + ")"
	if err := s.Row(ctx, "onesource.rows", counts, &all, &want); err != nil || all == want || m.table().keyless() {
		return from, all, err
	}
	if from, err = m.table().distinct(ctx, s, from, m.suffix()); err != nil {
		return "", 0, err
	}
	return from, all, s.Row(ctx, "onesource.rows", "SELECT count(*) FROM ("+from+")", &all)
}

func (e Entity) rowsSQL(m Member, from string, fields []field) string {
	cols := []string{e.counted(m, e.keySQL(m)) + " AS k", m.timeSQL() + " AS seen", "true AS votes"}
	if e.moves() {
		cols = append(cols, recordKey("r", m.Keys)+" AS rk", "CAST(NULL AS VARCHAR) AS own", "CAST(NULL AS SMALLINT) AS decided")
	}
	for i, k := range m.Keys {
		cols = append(cols, fmt.Sprintf("%s AS o%d", engine.Qualified("r", k), i))
	}
	if m.voteColumn() == "vote" {
		cols = append(cols, engine.Qualified("r", m.Resource.Vote.Item)+" AS vote")
	}
	for i, it := range m.Routes {
		if len(m.Routes) > 1 && it != nil {
			cols = append(cols, fmt.Sprintf("%s AS q%d", e.counted(m, e.routeKey(m, i)), i))
		}
	}
	for _, f := range fields {
		if it := m.Elements[f.element.Code]; it != nil {
			value := spokenValue(it)
			if e.isKey(m, it) {
				value = "CASE WHEN " + value + " = " + e.keySQL(m) + " THEN NULL ELSE coalesce(" + value + ", '') END"
			}
			cols = append(cols, fmt.Sprintf("%s AS v%d", value, f.index))
			if m.mends(f) {
				cols = append(cols, fmt.Sprintf("%s AS r%d", engine.Qualified("r", rawName(it.Name)), f.index))
			}
		}
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM (" + from + ") r WHERE " + e.takes(m)
}

// isKey reports whether an item's value is mostly its row's k: the text that k is made of,
// where rows stay under it. Its column is then NULL where it is k, and empty, which no
// value is, where there is none.
func (e Entity) isKey(m Member, it *catalog.Item) bool {
	return !e.moves() && it == m.Routes[0] && sqlType(it.Type) == "VARCHAR"
}

// viewSQL makes the rows whole.
func (e Entity) viewSQL(m Member, fields []field) string {
	columns, keys := "r.*", []string(nil)
	for _, f := range fields {
		if it := m.Elements[f.element.Code]; it != nil && e.isKey(m, it) {
			keys = append(keys, fmt.Sprintf("CASE WHEN v%[1]d IS NULL THEN k ELSE nullif(v%[1]d, '') END AS v%[1]d", f.index))
		}
	}
	if len(keys) > 0 {
		columns += " REPLACE (" + strings.Join(keys, ", ") + ")"
	}
	if !e.moves() { // else it is looked for, to tell which rows move
		columns += ", " + recordKey("r", m.ordered()) + " AS rk"
	}
	return "SELECT " + columns + " FROM " + m.stored() + " r"
}

// ordered are the columns of a record key in its row.
func (m Member) ordered() []string { return numbered("o", len(m.Keys)) }

// takes is the condition that a row takes part: it has a key that counts, or a decision
// links it, and none leaves it out.
func (e Entity) takes(m Member) string {
	where := "(" + e.keySQL(m) + ") IS NOT NULL"
	if m.Valid != "" {
		where += " AND coalesce(" + m.Valid + ", false)"
	}
	rk := recordKey("r", m.Keys)
	if in := isIn(rk, e.about(m, mustLink)); in != "" {
		where = "(" + where + " OR " + in + ")"
	}
	if out := isIn(rk, e.about(m, excluded)); out != "" {
		where += " AND NOT (" + out + ")"
	}
	return where
}

// counted is a key of a row that may take part though its key failed its checks: NULL
// then.
func (e Entity) counted(m Member, key string) string {
	if m.Valid == "" || len(e.about(m, mustLink)) == 0 {
		return key
	}
	return "CASE WHEN coalesce(" + m.Valid + ", false) THEN " + key + " END"
}

// spokenValue is an item's value; a text of blanks alone says nothing. Only a text that
// begins as one of blanks may is looked at whole: no Chinese one does.
func spokenValue(it *catalog.Item) string {
	value := engine.Qualified("r", it.Name)
	if sqlType(it.Type) != "VARCHAR" {
		return value
	}
	return "CASE WHEN (" + value + " < '!' OR " + value + " BETWEEN '\u0085' AND '\u3001') AND regexp_full_match(" + value + `, '[\s\x0B\x{85}\p{Z}]*') THEN NULL ELSE ` + value + " END"
}

// keyText is a key item's value as text, NULL where blank. Only what has blanks around is
// trimmed: it costs more than all else that is done with a key.
func keyText(it *catalog.Item) string {
	value := engine.Qualified("r", it.Name)
	if sqlType(it.Type) != "VARCHAR" {
		return blankIsNull(value)
	}
	return "CASE WHEN prefix(" + value + ", ' ') OR suffix(" + value + ", ' ') THEN " + blankIsNull(value) + " ELSE nullif(" + value + ", '') END"
}

// blankIsNull is a value as text without blanks around, NULL where nothing is left.
func blankIsNull(expr string) string {
	return "nullif(trim(CAST(" + expr + " AS VARCHAR)), '')"
}

// keySQL is the entity key a row gives by itself: the value of the first route
// that has one; the element's code stands before it for all but the entity's
// first, so that numbers of two kinds never meet.
func (e Entity) keySQL(m Member) string {
	var parts []string
	for i, it := range m.Routes {
		switch {
		case it == nil:
		case i == 0:
			parts = append(parts, e.routeKey(m, i))
		default:
			parts = append(parts, engine.Lit(e.Entity.Keys[i]+":")+" || "+e.routeKey(m, i))
		}
	}
	return "coalesce(" + strings.Join(parts, ", ") + ")"
}

// timeSQL is the source's own time of a row.
func (m Member) timeSQL() string {
	if it := m.timeItem(); it != nil {
		return "CAST(" + engine.Qualified("r", it.Name) + " AS TIMESTAMP)"
	}
	return "CAST(NULL AS TIMESTAMP)"
}

// voteColumn is the column of the item that the resource's vote goes by, "" if it goes by none.
func (m Member) voteColumn() string {
	switch v, it := m.Resource.Vote, m.timeItem(); {
	case v == nil || v.Item == "":
		return ""
	case it != nil && it.Name == v.Item:
		return "seen"
	}
	return "vote"
}

// timeItem is the item of the source's own time: its cursor, else what its vote goes by, where
// that is a day or a time; nil if there is none.
func (m Member) timeItem() *catalog.Item {
	var candidates []*catalog.Item
	if c := m.Resource.Source.Cursor; c != "" {
		candidates = append(candidates, find(m.Items, c))
		at := slices.IndexFunc(m.Items, func(it *catalog.Item) bool { return it.Column == c })
		if at >= 0 {
			candidates = append(candidates, m.Items[at])
		}
	}
	if m.Resource.Vote != nil {
		candidates = append(candidates, find(m.Items, m.Resource.Vote.Item))
	}
	for _, it := range candidates {
		if it != nil && (it.Type.Kind == catalog.Time || it.Type.Kind == catalog.Date) {
			return it
		}
	}
	return nil
}

// list makes _subjects (k, many: a member may have several records of it).
func (e Entity) list(ctx context.Context, s *engine.Session) error {
	parts := []string{"SELECT NULL::VARCHAR AS k, 0::BIGINT AS member LIMIT 0"}
	for i, m := range e.landed() {
		parts = append(parts, fmt.Sprintf("SELECT k, %d::BIGINT FROM %s", int64(1)<<(i%62), m.rows()))
	}
	return s.Exec(ctx, "onesource.subjects", "CREATE OR REPLACE TEMP TABLE _subjects AS SELECT k, count(*) > bit_count(bit_or(member)) AS many FROM (("+
		strings.Join(parts, ") UNION ALL (")+")) GROUP BY k")
}

// silence takes the vote from all but one row of each subject: the one the
// resource's vote rule picks, ties to the smallest record key.
func (m Member) silence(ctx context.Context, s *engine.Session) error {
	return s.Exec(ctx, "onesource.vote", "UPDATE "+m.stored()+" SET votes = false WHERE rowid IN ("+m.silentSQL()+")")
}

func (m Member) silentSQL() string {
	by := ""
	if m.Resource.Vote != nil {
		by = keepOrder("r", catalog.KeepRule{Fn: m.Resource.Vote.Fn, Item: m.voteColumn()})
	}
	return "SELECT id FROM (SELECT r.rowid AS id, row_number() OVER (PARTITION BY r.k ORDER BY " + order(by, qualifiedList("r", m.ordered())) +
		") AS _rank FROM " + m.stored() + " r SEMI JOIN (SELECT k FROM _subjects WHERE many) d ON r.k = d.k) WHERE _rank > 1"
}
