package main

import (
	"context"
	"errors"

	"guiji/internal/state"
	"guiji/transforms/onesource"
)

// decided opens what people decided; it is made where nothing was yet.
func (w *workspace) decided(ctx context.Context) (*state.Store, error) {
	return state.Open(ctx, w.folder(w.project.Config.State))
}

// disputes are all that were ever filed.
func (w *workspace) disputes(ctx context.Context) ([]state.Dispute, error) {
	s, err := state.OpenExisting(ctx, w.folder(w.project.Config.State))
	if err != nil {
		return nil, err
	}
	all, err := s.Disputes(ctx)
	return all, errors.Join(err, s.Close())
}

// marks are the values in dispute that readers of golden records are to see: an input
// of a run.
func (w *workspace) marks(ctx context.Context) ([]onesource.Mark, error) {
	all, err := w.disputes(ctx)
	var out []onesource.Mark
	for _, d := range all {
		if d.Flagged() {
			out = append(out, onesource.Mark{Entity: d.Entity, GoldenID: d.GoldenID, Key: d.Key, Element: d.Element})
		}
	}
	return out, err
}
