package main

import (
	"context"
	"errors"
	"time"

	"guiji/internal/state"
	"guiji/lake"
	"guiji/lake/erase"
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

// forget takes erased subjects out of the disputes about them, and of the acts on work
// orders of their records, and out of the store's copy; again says that this was begun before, and may have stopped between the two.
func (w *workspace) forget(ctx context.Context, targets []erase.Target, orders []string, again bool) error {
	s, err := state.OpenExisting(ctx, w.folder(w.project.Config.State))
	if err != nil || s == nil {
		return err
	}
	var gone []state.Subject
	for _, t := range targets {
		if t.Entity != "" {
			gone = append(gone, state.Subject{Entity: t.Entity, Key: t.Key})
		}
	}
	n, err := s.Forget(ctx, gone, state.Act{At: w.now(), Office: w.project.Config.Bureau.Office})
	if err == nil {
		var more int64
		more, err = s.ForgetOrders(ctx, orders)
		n += more
	}
	if err = errors.Join(err, s.Close()); err != nil || n == 0 && !again {
		return err
	}
	return w.keepStateAgain(ctx)
}

// keepStateAgain makes the store's copy anew, where it has one.
func (w *workspace) keepStateAgain(ctx context.Context) error {
	if _, err := w.objects.Head(ctx, stateKey); errors.Is(err, lake.ErrNotFound) {
		return nil
	}
	return w.keepState(ctx)
}

// beginErasure notes that an erasure is under way.
func (w *workspace) beginErasure(ctx context.Context) error {
	s, err := w.decided(ctx)
	if err != nil {
		return err
	}
	return errors.Join(s.BeginErasure(ctx, w.now()), s.Close())
}

// unfinishedErasure is when an erasure was begun that has not ended.
func (w *workspace) unfinishedErasure(ctx context.Context) (time.Time, error) {
	s, err := state.OpenExisting(ctx, w.folder(w.project.Config.State))
	if err != nil {
		return time.Time{}, err
	}
	begun, err := s.Erasing(ctx)
	return begun, errors.Join(err, s.Close())
}

// endErasure notes that no copy on this machine holds any more what was erased.
func (w *workspace) endErasure(ctx context.Context) error {
	s, err := state.OpenExisting(ctx, w.folder(w.project.Config.State))
	if err != nil || s == nil {
		return err
	}
	if err := errors.Join(s.EndErasure(ctx), s.Close()); err != nil {
		return err
	}
	return w.keepStateAgain(ctx)
}

// acted calls f for every work order that anybody has acted on: an input of a run.
func (w *workspace) acted(ctx context.Context, f func(state.OrderStanding) error) error {
	s, err := state.OpenExisting(ctx, w.folder(w.project.Config.State))
	if err != nil {
		return err
	}
	return errors.Join(s.EachOrder(ctx, f), s.Close())
}
