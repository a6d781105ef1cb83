package pipelines

import (
	"context"

	"guiji/lake"
	"guiji/lake/compare"
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
	e, err := r.openEngine(ctx)
	if err != nil {
		return err
	}
	defer e.Close()
	c, err := compare.Unique(ctx, e, compare.Table{From: before, Columns: old.Columns, Rows: old.Rows},
		compare.Table{From: fresh.relation(), Columns: fresh.Columns, Rows: fresh.Rows}, keys(s.res))
	state.Added, state.Removed, state.Changed = c.Added, c.Removed, c.Changed
	return err
}
