package pipelines

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/internal/text"
)

// doubt is why what was read cannot be merged: only its rows could tell. The resource
// is read in full instead.
type doubt struct{ reason text.Key }

// Error is for a log.
func (d *doubt) Error() string { return "not merged: " + string(d.reason) }

// doubts looks for what no honest increment does: rows that share a key, and rows that
// the window must have given again and did not.
func (m *merging) doubts(ctx context.Context) error {
	if !m.out.reach.merges() {
		return nil
	}
	shared, err := m.shared(ctx)
	if err != nil {
		return err
	}
	if shared {
		return &doubt{"pipeline.mode.sharing"}
	}
	strayed, err := m.strayed(ctx)
	if err != nil || !strayed {
		return err
	}
	return &doubt{"pipeline.mode.strayed"}
}

// shared reports whether rows of the source share a key once it is standardised: among
// what was read, among all keys where they were read, or a row read and one of the
// image whose keys the source writes differently.
func (m *merging) shared(ctx context.Context) (bool, error) {
	k := engine.Idents(m.keys)
	twice := func(relation string) string {
		return "EXISTS (SELECT 1 FROM " + relation + " GROUP BY " + k + " HAVING count(*) > 1)"
	}
	var differs []string
	for _, key := range m.keys {
		differs = append(differs, asWritten("r", key)+" <> "+asWritten("g", key))
	}
	any := []string{twice(m.delta), "EXISTS (SELECT 1 FROM " + m.old + " r JOIN " + m.delta + " g ON " + equalKeys("r", "g", m.keys) +
		" WHERE " + strings.Join(differs, " OR ") + ")"}
	if m.out.gone != nil {
		any = append(any, twice(m.presentKeys()))
	}
	var found bool
	err := m.s.Row(ctx, "doubt", "SELECT "+strings.Join(any, " OR "), &found)
	return found, err
}

// asWritten is a cell as the source has it, as text.
func asWritten(alias, item string) string {
	return "coalesce(" + engine.Qualified(alias, item+"_raw") + ", CAST(" + engine.Qualified(alias, item) + " AS VARCHAR))"
}

// strayed reports whether the image has rows inside an increment's window that it did
// not give: their cursor was set back, or they are gone. The first would stay as they
// were for good. With all keys at hand only those that are still there count. A
// backfill's rows may well have moved on.
func (m *merging) strayed(ctx context.Context) (bool, error) {
	w, it := m.out.reach, m.out.plan.res.CursorItem()
	if w.mode != modeIncremental || it == nil || !slices.ContainsFunc(m.out.plan.items, func(o *catalog.Item) bool { return o.Name == it.Name }) {
		return false, nil
	}
	cell, raw := engine.Qualified("r", it.Name), engine.Qualified("r", it.Name+"_raw")
	inside := cell + " >= " + w.window.From
	switch numeric := w.kind == connectors.CursorNumber; {
	case numeric != (it.Type.Kind == catalog.Number), !numeric && it.Type.Kind != catalog.Date && it.Type.Kind != catalog.Time:
		return false, nil // it is kept as something else
	case !numeric:
		inside = fmt.Sprintf("CAST(%s AS TIMESTAMP) >= TIMESTAMP %s", cell, engine.Lit(w.window.From))
	}
	none := fmt.Sprintf("%s IS NULL AND (%s IS NULL OR %s LIKE '0000-00-00%%')", cell, raw, raw)
	query := "FROM " + m.old + " r WHERE (" + inside + " OR " + none + ") AND NOT EXISTS (FROM reread g WHERE " + equalKeys("r", "g", m.keys) + ")"
	if m.out.gone != nil {
		query += " AND EXISTS (FROM " + m.presentKeys() + " g WHERE " + equalKeys("r", "g", m.keys) + ")"
	}
	var found bool
	err := m.s.Row(ctx, "doubt", "SELECT EXISTS ("+query+")", &found)
	return found, err
}
