package mysql

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"guiji/connectors"
)

// worthDividing is the least number of rows that makes parts: below it a second query costs
// more than it saves.
const worthDividing = 1000

// divide plans the parts: ranges of an index, about even in rows, in its order; else one. The
// first and the last are open, so that together they cover every row in whatever snapshot
// they are read.
func (n *snapshot) divide(ctx context.Context, p *session) ([]connectors.Part, error) {
	b := &probe{snapshot: n, session: p}
	if err := b.choose(ctx); err != nil {
		return nil, err
	}
	whole := stretch{rows: n.table.rows}
	if b.route == nil {
		return n.numbered(nil, []stretch{whole})
	}
	if n.request.Parts < 2 || n.request.Limit > 0 || b.route.bounds == 0 {
		if b.route.index != "PRIMARY" && b.window == nil {
			return n.numbered(nil, []stretch{whole}) // a secondary index is a detour
		}
		return n.numbered(b.route, []stretch{whole})
	}
	var err error
	if whole.rows, err = b.estimate(ctx, bounds{}); err != nil {
		return nil, err
	}
	if whole.rows < 0 || n.source.inTheDark {
		// Guesses are taken as they come, as if rows were even in the key.
		b.blind, whole.rows = true, 1<<40
	}
	if whole.rows < worthDividing {
		return n.numbered(b.route, []stretch{whole})
	}
	all, err := b.even(ctx, whole.rows, n.request.Parts)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if b.blind {
			all[i].rows = -1
		}
	}
	return n.numbered(b.route, all)
}

// choose finds the route: the cursor's index where the window is a small part of the table,
// else the key. Then each part reads what it needs and little else.
func (b *probe) choose(ctx context.Context) error {
	t, w := b.snapshot.table, b.snapshot.window
	keyed, ok := t.keyed()
	if ok {
		b.route = keyed
	}
	if w == nil || w.where() == "" {
		return nil
	}
	x, ok := t.index(w.column.name)
	if !ok {
		return nil
	}
	r, ok := t.route(x)
	if !ok {
		return nil
	}
	narrow := &probe{snapshot: b.snapshot, session: b.session, route: r}
	all, err := narrow.estimate(ctx, bounds{})
	if err != nil {
		return err
	}
	narrow.window = []string{w.where()}
	some, err := narrow.estimate(ctx, bounds{})
	if err != nil {
		return err
	}
	if some < 0 || some <= all/4 || keyed == nil {
		b.route, b.window = r, narrow.window
	}
	return nil
}

// numbered makes the parts of stretches of a route; nil is the table as it lies.
func (n *snapshot) numbered(r *route, all []stretch) ([]connectors.Part, error) {
	var parts []connectors.Part
	for i, s := range all {
		part := connectors.Part{ID: fmt.Sprintf("p%04d", i), Rows: s.rows}
		if r != nil {
			spec, err := json.Marshal(bounds{Index: r.index, From: s.from, To: s.to})
			if err != nil {
				return nil, fmt.Errorf("part %s: %w", part.ID, err)
			}
			part.Spec = spec
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// statement is the SELECT of one part. Rows come in the order of the part's index, or as the
// table lies: never by another index that happens to cover the columns.
func (n *snapshot) statement(part connectors.Part) (string, error) {
	var b bounds
	if len(part.Spec) > 0 {
		if err := json.Unmarshal(part.Spec, &b); err != nil {
			return "", fmt.Errorf("part %s: %w", part.ID, err)
		}
	}
	var terms []string
	table, order := quote(n.table.name), ""
	if b.Index != "" {
		r, ok := n.table.named(b.Index)
		if !ok {
			return "", fmt.Errorf("part %s: no index to read by", part.ID)
		}
		var err error
		if terms, err = b.where(r, n.source.zone); err != nil {
			return "", fmt.Errorf("part %s: %w", part.ID, err)
		}
		table, order = r.table(n.table.name), r.order("")
	} else if len(b.From)+len(b.To) > 0 {
		return "", fmt.Errorf("part %s: bounds of no index", part.ID)
	}
	if n.window != nil {
		if w := n.window.where(); w != "" {
			terms = append(terms, w)
		}
	}
	var q strings.Builder
	q.WriteString(n.collected.list() + " FROM " + table + and(terms) + order)
	if n.request.Limit > 0 {
		fmt.Fprintf(&q, " LIMIT %d", n.request.Limit)
	}
	return q.String(), nil
}
