package main

import (
	"context"
	"strings"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/fault"
)

// doctorCursors compares the cursors of a connection's catalogue entries with the source's
// columns: one without an index makes each increment read the whole table, and one that may
// be NULL has rows that every increment reads again.
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
