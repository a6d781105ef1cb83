package mysql

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"guiji/connectors"
)

// bounds are a part's rows: those with From <= key < To, each open where it is "". The texts
// are numbers that JSON's would round.
type bounds struct {
	Key  string `json:"key,omitempty"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// worthDividing is the least distance between the ends of a key that makes parts: below it
// a second query costs more than it saves.
const worthDividing = 1000

// divide plans the parts: ranges of the primary key's first column where that is an integer,
// else one. Ranges are even in the key; the first and the last are open, so that together
// they cover every row in whatever snapshot they are read.
func (n *snapshot) divide(ctx context.Context, p *session) ([]connectors.Part, error) {
	one := []connectors.Part{{ID: "p0000", Rows: n.table.rows}}
	if n.request.Parts < 2 || n.request.Limit > 0 || len(n.table.key) == 0 || n.table.view {
		return one, nil
	}
	key, ok := n.table.find(n.table.key[0])
	if !ok || !key.integral() || !n.table.transactional() {
		return one, nil
	}
	var low, high sql.NullString
	err := each(ctx, p.conn, fmt.Sprintf("SELECT MIN(%[1]s), MAX(%[1]s) FROM %[2]s", quote(key.name), quote(n.table.name)), nil, 2,
		func(v []sql.NullString) { low, high = v[0], v[1] })
	if err != nil || !low.Valid || !high.Valid {
		return one, err
	}
	cuts := evenCuts(low.String, high.String, n.request.Parts)
	if len(cuts) == 0 {
		return one, nil
	}
	var parts []connectors.Part
	for i := range len(cuts) + 1 {
		b := bounds{Key: key.name}
		if i > 0 {
			b.From = cuts[i-1]
		}
		if i < len(cuts) {
			b.To = cuts[i]
		}
		spec, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		rows := int64(-1)
		if n.table.rows >= 0 {
			rows = n.table.rows / int64(len(cuts)+1)
		}
		parts = append(parts, connectors.Part{ID: fmt.Sprintf("p%04d", i), Spec: spec, Rows: rows})
	}
	return parts, nil
}

// evenCuts returns parts-1 rising numbers between low and high, none where the distance is
// not worth it. Both may lie anywhere in int64 or in uint64.
func evenCuts(low, high string, parts int) []string {
	signed := strings.HasPrefix(low, "-")
	from, ok1 := parseKey(low)
	to, ok2 := parseKey(high)
	// Two's complement: the distance is right whether the numbers are signed or not.
	distance := to - from
	if !ok1 || !ok2 || distance < worthDividing || distance < uint64(parts) {
		return nil
	}
	var cuts []string
	for i := 1; i < parts; i++ {
		at := from + distance/uint64(parts)*uint64(i)
		if signed {
			cuts = append(cuts, strconv.FormatInt(int64(at), 10))
		} else {
			cuts = append(cuts, strconv.FormatUint(at, 10))
		}
	}
	return cuts
}

func parseKey(s string) (uint64, bool) {
	if strings.HasPrefix(s, "-") {
		v, err := strconv.ParseInt(s, 10, 64)
		return uint64(v), err == nil
	}
	v, err := strconv.ParseUint(s, 10, 64)
	return v, err == nil
}

// statement is the SELECT of one part. Rows come in the order of the clustered key, or as
// the table lies: never by another index that happens to cover the columns.
func (n *snapshot) statement(part connectors.Part) (string, error) {
	var b bounds
	if len(part.Spec) > 0 {
		if err := json.Unmarshal(part.Spec, &b); err != nil {
			return "", fmt.Errorf("part %s: %w", part.ID, err)
		}
	}
	var q strings.Builder
	q.WriteString(n.collected.list() + " FROM " + quote(n.table.name))
	clustered := len(n.table.key) > 0 && n.table.transactional()
	if clustered && n.window == nil {
		q.WriteString(" FORCE INDEX (" + quote("PRIMARY") + ")")
	}
	var terms []string
	if b.Key != "" {
		key, ok := n.table.find(b.Key)
		if !ok || !key.integral() {
			return "", fmt.Errorf("part %s: no integer column %q", part.ID, b.Key)
		}
		var err error
		if terms, err = b.where(quote(key.name)); err != nil {
			return "", fmt.Errorf("part %s: %w", part.ID, err)
		}
	}
	if n.window != nil {
		if where := n.window.where(); where != "" {
			terms = append(terms, where)
		}
	}
	if len(terms) > 0 {
		q.WriteString(" WHERE " + strings.Join(terms, " AND "))
	}
	if clustered {
		q.WriteString(" ORDER BY ")
		for i, k := range n.table.key {
			if i > 0 {
				q.WriteString(", ")
			}
			q.WriteString(quote(k))
		}
	}
	if n.request.Limit > 0 {
		fmt.Fprintf(&q, " LIMIT %d", n.request.Limit)
	}
	return q.String(), nil
}

// where bounds the rows. A part may come from another process: nothing but numbers passes.
func (b bounds) where(key string) ([]string, error) {
	var terms []string
	for _, t := range []struct{ op, at string }{{">=", b.From}, {"<", b.To}} {
		if t.at == "" {
			continue
		}
		if _, ok := parseKey(t.at); !ok {
			return nil, fmt.Errorf("%q is no number", t.at)
		}
		terms = append(terms, key+" "+t.op+" "+t.at)
	}
	return terms, nil
}
