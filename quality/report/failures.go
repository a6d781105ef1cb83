package report

import (
	"context"
	"fmt"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/quality/orders"
)

// failureQuery finds the relations of a resource's failures; nil without any.
func (b *builder) failureQuery(ctx context.Context, r *resource) (*failureQuery, error) {
	id := r.Entry.ID
	fails, err := b.table(ctx, b.Release, "quality/"+id+"/failures")
	if err != nil || fails == nil || b.Release.Datasets["quality/"+id+"/failures"].Rows == 0 {
		return nil, err
	}
	q := &failureQuery{place: b.Place, fails: fails, keys: keyColumns(fails), rules: r.Rules, entry: r.Entry}
	if q.image, err = b.image(ctx, r); err != nil {
		return nil, err
	}
	q.orders, q.run = r.orders, r.run
	if r.HasThen && !(r.orders != "" && r.folded) { // the orders know what is new
		if q.before, err = b.table(ctx, r.Before, "quality/"+id+"/failures"); err != nil {
			return nil, err
		}
	}
	if !q.before.has(append([]string{"rule", "version"}, q.keys...)...) {
		q.before = nil
	}
	q.conflicts, err = b.conflictRelation(ctx, r)
	return q, err
}

// image is the relation a resource's values are in: raw, or after a shut gate the
// image that was refused.
func (b *builder) image(ctx context.Context, r *resource) (*table, error) {
	if r.Gated() {
		if t, err := b.table(ctx, b.Release, "quality/"+r.Entry.ID+"/held"); t != nil || err != nil {
			return t, err
		}
	}
	return b.table(ctx, b.Release, "raw/"+r.Entry.ID)
}

// keyColumns are the columns of failures that are not the rule's.
func keyColumns(fails *table) []string {
	var out []string
	for _, c := range fails.names {
		if c != "rule" && c != "version" {
			out = append(out, c)
		}
	}
	return out
}

// failureQuery is one statement over failures, values, the failures before and the
// conflicts.
type failureQuery struct {
	fails, image, before *table
	conflicts            string // record_key, element, suggestion; "" without
	keys                 []string
	rules                []*rule
	entry                *catalog.Resource
	orders               string // of the resource, as orders.Book.Shown; "" without
	run                  uint64 // that judged it last
	place                string // the column that tells where a row stands; "" without
}

func (q *failureQuery) keyless() bool { return len(q.keys) == 1 && q.keys[0] == "_key" }

// text is the statement: keys, rule, version, known, value, empty, suggestion,
// open, shown, place, standing.
func (q *failureQuery) text() string {
	var s strings.Builder
	s.WriteString("SELECT ")
	for _, k := range q.keys {
		fmt.Fprintf(&s, "coalesce(f.%s::VARCHAR, ''), ", engine.Ident(k))
	}
	value, suggest, open, shown, place := "NULL::VARCHAR", "NULL::VARCHAR", "false", "NULL::VARCHAR", "''"
	known, join := "false", ""
	if q.joins() {
		value, known = q.valueByRule(), "r._found IS NOT NULL"
		join += " LEFT JOIN (" + q.values() + ") r ON " + q.on("f", "r")
		if q.keyless() {
			shown = "r._shown"
		}
		if q.placed() {
			place = "coalesce(r._stands, '')"
		}
	}
	if q.before != nil {
		open = "p.rule IS NOT NULL"
		join += fmt.Sprintf(" LEFT JOIN (SELECT DISTINCT %s, rule, version FROM %s) p ON p.rule = f.rule AND p.version = f.version AND %s",
			engine.Idents(q.keys), q.before.sql, sameText("p", "f", q.keys))
	}
	stands := standingOfNone()
	if q.orders != "" {
		stands = standingColumns("o", q.run)
		join += fmt.Sprintf(" LEFT JOIN (SELECT s.* FROM %s s SEMI JOIN %s w ON w.rule = s.rule AND %s WHERE s.order_state = '%s') o ON o.rule = f.rule AND %s",
			q.orders, q.fails.sql, sameKeys("w", "s", q.keys), orders.Open, sameKeys("o", "f", q.keys))
	}
	if q.conflicts != "" {
		suggest = "c.suggestion"
		join += fmt.Sprintf(" LEFT JOIN (%s) c ON c.record_key = %s AND c.element = %s", q.conflicts, recordKey("f", q.keys), q.elementByRule())
	}
	fmt.Fprintf(&s, "f.rule, f.version, %s, coalesce(%s, ''), %s IS NULL, coalesce(%s, ''), %s, coalesce(%s, ''), %s, %s FROM %s f%s ORDER BY %s",
		known, value, value, suggest, open, shown, place, stands, q.fails.sql, join, q.order())
	return s.String()
}

// joins reports whether the values can be found by key.
func (q *failureQuery) joins() bool {
	if q.keyless() {
		return q.image.has("_hash")
	}
	return q.image.has(q.keys...)
}

func (q *failureQuery) on(left, right string) string {
	if q.keyless() {
		return fmt.Sprintf("%s._hash = left(%s._key, 32)", right, left)
	}
	return sameKeys(left, right, q.keys)
}

// sameKeys compares keys of one type.
func sameKeys(left, right string, keys []string) string {
	conds := make([]string, len(keys))
	for i, k := range keys {
		conds[i] = engine.Qualified(left, k) + " = " + engine.Qualified(right, k)
	}
	return strings.Join(conds, " AND ")
}

// values reduces the image to the failing records and the columns their rules
// look at. Records are one a key; min keeps the statement right where equal rows
// of a keyless resource share a hash.
func (q *failureQuery) values() string {
	keys, wanted := engine.Idents(q.keys), engine.Idents(q.keys)
	by := fmt.Sprintf("SELECT DISTINCT %s FROM %s", keys, q.fails.sql)
	if q.keyless() {
		wanted, by = "_hash", fmt.Sprintf("SELECT DISTINCT left(_key, 32) AS _hash FROM %s", q.fails.sql)
	}
	var s strings.Builder
	fmt.Fprintf(&s, "SELECT %s, true AS _found", wanted)
	for i, it := range q.items() {
		fmt.Fprintf(&s, ", min(%s) AS v%d", q.pulled(it), i)
	}
	if q.keyless() {
		fmt.Fprintf(&s, ", min(%s) AS _shown", q.wholeRow())
	}
	if q.placed() {
		fmt.Fprintf(&s, ", %s AS _stands", q.places())
	}
	fmt.Fprintf(&s, " FROM %s SEMI JOIN (%s) w USING (%s) GROUP BY %s", q.image.sql, by, wanted, wanted)
	return s.String()
}

// pulled is an item's value as text as the department's system had it.
func (q *failureQuery) pulled(it *catalog.Item) string {
	text := engine.Ident(it.Name) + "::VARCHAR"
	if it.Type.Kind == catalog.Binary {
		text = "'0x' || hex(" + engine.Ident(it.Name) + ")"
	}
	if q.image.has(it.Name + "_raw") {
		return "coalesce(" + engine.Ident(it.Name+"_raw") + ", " + text + ")"
	}
	return text
}

// items are the items that failing rules look at and the image has.
func (q *failureQuery) items() []*catalog.Item {
	var out []*catalog.Item
	seen := map[string]bool{}
	for _, r := range q.rules {
		for _, it := range r.Items {
			if r.Failed > 0 && !seen[it.Name] && q.image.has(it.Name) {
				seen[it.Name], out = true, append(out, it)
			}
		}
	}
	return out
}

// wholeRow names a row that has no key by what is in it.
func (q *failureQuery) wholeRow() string {
	var parts []string
	for i := range q.entry.Items {
		if it := &q.entry.Items[i]; q.image.has(it.Name) && it.Type.Kind != catalog.Binary {
			parts = append(parts, fmt.Sprintf("%s || %s", engine.Lit(label(it)+"："), q.pulled(it)))
		}
	}
	if len(parts) == 0 {
		return "NULL::VARCHAR"
	}
	return "concat_ws('；', " + strings.Join(parts, ", ") + ")"
}
