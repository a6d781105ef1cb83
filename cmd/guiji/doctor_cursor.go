package main

import (
	"context"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/fault"
)

// doctorCursors compares the cursors of a connection's catalogue entries with the source's
// columns: one without an index makes each increment read the whole table, and one that may
// be NULL has rows that every increment reads again. A key that the source does not keep
// unique is told too: a row that takes over the key of another hides it.
func (a *app) doctorCursors(ctx context.Context, w *workspace, source connectors.Source, name string) []diagnosis {
	var out []diagnosis
	for _, r := range w.project.Resources {
		if r.Source.Connection != name || r.Status == catalog.Withdrawn || !r.Incremental() || r.CursorColumn() == "" {
			continue
		}
		where := "connection " + name
		tables, err := source.Discover(ctx, r.Source.Table)
		if err != nil {
			out = append(out, a.bad(where, err))
			continue
		}
		if key := loose(r, tables[0]); key != "" {
			out = append(out, diagnosis{Where: where, Warning: true, Text: a.say("command.doctor.key", r.ID, r.Source.Table, key)})
		}
		found := false
		for _, c := range tables[0].Columns {
			if !strings.EqualFold(c.Name, r.CursorColumn()) {
				continue
			}
			found = true
			if !c.Indexed {
				out = append(out, diagnosis{Where: where, Warning: true, Text: a.say("command.doctor.cursor.index", r.ID, r.Source.Table, c.Name)})
			}
			if c.Nullable {
				out = append(out, diagnosis{Where: where, Warning: true, Text: a.say("command.doctor.cursor.nulls", r.ID, r.Source.Table, c.Name)})
			}
		}
		if !found {
			out = append(out, a.bad(where, fault.New(fault.Config, "command.doctor.cursor.none", r.ID, r.Source.Table, r.CursorColumn())))
		}
	}
	return out
}

// loose is the source's own key where an entry's key does not hold it, so that the source
// lets several rows share the entry's; "" where it does, where the source names none, or
// where all keys are read each time to detect deletes.
func loose(r *catalog.Resource, t connectors.Table) string {
	if r.Source.DeleteDetection || len(r.KeyItems()) == 0 {
		return ""
	}
	for _, k := range t.Key {
		if !slices.ContainsFunc(r.KeyItems(), func(it *catalog.Item) bool { return strings.EqualFold(it.Column, k) }) {
			return strings.Join(t.Key, ", ")
		}
	}
	return ""
}
