package onesource

import (
	"context"
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

// rows names the temporary table of a member's rows.
func (m Member) rows() string { return "_rows" + m.suffix() }

// load fills a member's rows: k (entity key), rk (record key), seen (source time),
// votes, o… (record key, typed), q… (keys by route), own (the key the row gave
// itself, where it is not k) and decided (number of the decision that moved it), and
// per field it holds v… (value) and r… (pulled text where it differs). It tells of keys
// that do not count and returns how many rows take part, those that link to nobody
// included.
func (e Entity) load(ctx context.Context, s *engine.Session, m Member, fields []field) (all int64, err error) {
	from, err := m.taking(ctx, s)
	if err != nil {
		return 0, err
	}
	counting := "SELECT count(*) FROM (" + from + ") r"
	if out := isIn(recordKey("r", m.Keys), e.about(m, excluded)); out != "" {
		counting += " WHERE NOT (" + out + ")"
	}
	var linked int64
	if err := s.Row(ctx, "onesource.rows", counting, &all); err != nil {
		return 0, err
	}
	if err := s.Exec(ctx, "onesource.rows", "CREATE OR REPLACE TEMP TABLE "+m.rows()+" AS "+e.rowsSQL(m, from, fields)); err != nil {
		return 0, err
	}
	if err := s.Row(ctx, "onesource.rows", "SELECT count(k) FROM "+m.rows(), &linked); err != nil {
		return 0, err
	}
	if linked < all {
		if err := e.tellInvalid(ctx, s, m, from); err != nil {
			return 0, err
		}
	}
	if err := e.tellExcluded(ctx, s, m, from); err != nil {
		return 0, err
	}
	return all, e.keepApart(ctx, s, m, fields)
}

// taking is the relation of the rows that are in standard, with the columns of
// raw. Where several raw rows share a whole key, standard has one of them, and it
// is found by the same order.
func (m Member) taking(ctx context.Context, s *engine.Session) (string, error) {
	if m.Standard == "" {
		return "SELECT r.* FROM " + m.Raw + " r", nil
	}
	from := "SELECT r.* FROM " + m.Raw + " r SEMI JOIN " + m.Standard + " s ON " + sameKeys("r", "s", m.Keys)
	if m.table().keyless() {
		return from, nil
	}
	var in, want int64
	counts := "SELECT (SELECT count(*) FROM (" + from + ")), (SELECT count(*) FROM " + m.Standard + ")"
	if err := s.Row(ctx, "onesource.rows", counts, &in, &want); err != nil || in == want {
		return from, err
	}
	return m.table().distinct(ctx, s, from, m.suffix())
}

func (e Entity) rowsSQL(m Member, from string, fields []field) string {
	cols := []string{e.counted(m, e.keySQL(m)) + " AS k", recordKey("r", m.Keys) + " AS rk", m.timeSQL() + " AS seen", "true AS votes"}
	if e.moves() {
		cols = append(cols, "CAST(NULL AS VARCHAR) AS own", "CAST(NULL AS SMALLINT) AS decided")
	}
	for i, k := range m.Keys {
		cols = append(cols, fmt.Sprintf("%s AS o%d", engine.Qualified("r", k), i))
	}
	if m.Resource.Vote != nil && m.Resource.Vote.Item != "" {
		cols = append(cols, engine.Qualified("r", m.Resource.Vote.Item)+" AS vote")
	}
	for i, it := range m.Routes {
		if len(m.Routes) > 1 && it != nil {
			cols = append(cols, fmt.Sprintf("%s AS q%d", e.counted(m, e.routeKey(m, i)), i))
		}
	}
	for _, f := range fields {
		if it := m.Elements[f.element.Code]; it != nil {
			cols = append(cols, fmt.Sprintf("%s AS v%d, %s AS r%d", spokenValue(it), f.index,
				engine.Qualified("r", rawName(it.Name)), f.index))
		}
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM (" + from + ") r WHERE " + e.takes(m)
}

// takes is the condition that a row takes part: it has a key that counts, or a decision
// links it, and none leaves it out.
func (e Entity) takes(m Member) string {
	where := e.keySQL(m) + " IS NOT NULL"
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

// spokenValue is an item's value; a text of no characters says nothing.
func spokenValue(it *catalog.Item) string {
	if sqlType(it.Type) == "VARCHAR" {
		return "nullif(" + engine.Qualified("r", it.Name) + ", '')"
	}
	return engine.Qualified("r", it.Name)
}

// keyText is a key item's value as text, NULL where blank.
func keyText(it *catalog.Item) string {
	return blankIsNull(engine.Qualified("r", it.Name))
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

// timeSQL is the source's own time of a row: its cursor, else the item its vote
// goes by, where that is a day or a time.
func (m Member) timeSQL() string {
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
			return "CAST(" + engine.Qualified("r", it.Name) + " AS TIMESTAMP)"
		}
	}
	return "CAST(NULL AS TIMESTAMP)"
}

// silence takes the vote from all but one row of each subject: the one the
// resource's vote rule picks, ties to the smallest record key.
func (m Member) silence(ctx context.Context, s *engine.Session) error {
	return s.Exec(ctx, "onesource.vote", "UPDATE "+m.rows()+" SET votes = false WHERE rowid IN ("+m.silentSQL()+")")
}

func (m Member) silentSQL() string {
	by := ""
	if m.Resource.Vote != nil {
		by = keepOrder("r", catalog.KeepRule{Fn: m.Resource.Vote.Fn, Item: "vote"})
	}
	var keys []string
	for i := range m.Keys {
		keys = append(keys, fmt.Sprintf("o%d", i))
	}
	return "SELECT id FROM (SELECT r.rowid AS id, row_number() OVER (PARTITION BY r.k ORDER BY " + order(by, qualifiedList("r", keys)) +
		") AS _rank FROM " + m.rows() + " r SEMI JOIN (SELECT k FROM " + m.rows() +
		" GROUP BY k HAVING count(*) > 1) d ON r.k = d.k) WHERE _rank > 1"
}
