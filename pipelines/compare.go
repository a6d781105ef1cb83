package pipelines

import (
	"context"
	"slices"

	"guiji/internal/engine"
	"guiji/lake"
)

// compareImages counts what changed in a resource's standard table against the
// head's: rows added, removed and changed, by key. Only columns that both have, of
// one type, count; where a key column is none of them, all rows are others.
func (r *run) compareImages(ctx context.Context, head *lake.Release, s *settled, state *lake.Resource) error {
	name := datasetName("standard", s.res.ID)
	fresh := s.datasets[name]
	var old lake.Dataset
	if head != nil {
		old = head.Datasets[name]
	}
	if len(old.Files) == 0 {
		state.Added = fresh.Rows
		return nil
	}
	if len(fresh.paths) == 1 {
		if _, same, err := held(old, fresh.paths[0]); err != nil || same {
			return err
		}
	}
	before, err := r.relation(ctx, head, name)
	if err != nil {
		return err
	}
	var common []string
	for _, c := range fresh.Columns {
		if slices.ContainsFunc(old.Columns, func(o lake.Column) bool { return o.Name == c.Name && o.Type == c.Type }) {
			common = append(common, c.Name)
		}
	}
	k := keys(s.res)
	for _, key := range k {
		if !slices.Contains(common, key) { // another key: all rows are others
			state.Added, state.Removed = fresh.Rows, old.Rows
			return nil
		}
	}
	e, err := r.openEngine(ctx)
	if err != nil {
		return err
	}
	defer e.Close()
	side := func(rel string) string {
		return "(SELECT " + engine.Idents(k) + ", hash(" + engine.Idents(common) + ") AS _content FROM " + rel + ")"
	}
	return e.Row(ctx, "compare", "SELECT count(*) FILTER (o._content IS NULL), count(*) FILTER (n._content IS NULL), "+
		"count(*) FILTER (o._content <> n._content) FROM "+side(fresh.relation())+" n FULL JOIN "+side(before)+" o USING ("+engine.Idents(k)+")",
		&state.Added, &state.Removed, &state.Changed)
}
