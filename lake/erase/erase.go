package erase

import (
	"context"
	"errors"
	"slices"

	"guiji/internal/fault"
	"guiji/lake"
)

// Outcome is what an erasure did.
type Outcome struct {
	Release  uint64   `json:"release"`  // that it made
	Releases []uint64 `json:"releases"` // earlier ones that were made anew
	Datasets []string `json:"datasets"`
	Rows     int64    `json:"rows"`  // taken out, over all releases
	Files    int      `json:"files"` // deleted
	// Waiting is a pipeline whose killed run may have left files with what was erased.
	Waiting string `json:"waiting,omitempty"`
	// Subjects are those that nobody speaks of any more, by all keys and golden ids they
	// had: what is kept about them elsewhere goes too.
	Subjects []Target `json:"-"`
	// Records are those that went, as far as their resource has a key: other files of the
	// project may name them.
	Records []Target `json:"-"`
	// Orders are the numbers that work orders of the records which went have, or had in a
	// release that is kept no more: of every rule a release knows, whether or not there was one.
	Orders []string `json:"-"`
}

// ErrNone is what Erase fails with where no release holds any of the targets.
var ErrNone = errors.New("no release holds the targets")

// tries is how often an erasure that another release overtook plans anew.
const tries = 5

// Erase takes records and persons out of every release that is kept and makes a new
// one without them; why is recorded in each. The caller holds the lease Care and those
// of all pipelines. What a killed erasure left is ended first. The sources are not
// touched: what they still have returns with the next pull. fault.Config if no release
// holds any of the targets; no error shows a key.
func Erase(ctx context.Context, in Input, targets []Target, why string, by lake.By) (*Outcome, error) {
	if _, err := in.Chain.Resume(ctx); err != nil {
		return nil, err
	}
	for range tries {
		out, err := erase(ctx, in, targets, why, by)
		if !errors.Is(err, lake.ErrConflict) {
			return out, err
		}
	}
	return nil, fault.New(fault.Unreachable, "lake.gc.overtaken", tries)
}

// noneError is an ErrNone that a person can read.
type noneError struct{ error }

func (noneError) Is(target error) bool { return target == ErrNone }
func (e noneError) Unwrap() error      { return e.error }

func erase(ctx context.Context, in Input, targets []Target, why string, by lake.By) (*Outcome, error) {
	releases, err := in.Chain.Releases(ctx)
	if err != nil {
		return nil, err
	}
	w := newRewriter(in, by.Now)
	w.reason = why
	if err := w.targets(ctx, releases, targets); err != nil {
		return nil, err
	}
	edits, err := w.all(ctx, releases)
	if err != nil {
		return nil, err
	}
	if len(edits) == 0 {
		return nil, noneError{fault.New(fault.Config, "lake.erase.none").Try("lake.erase.none.hint")}
	}
	head := releases[len(releases)-1]
	out := &Outcome{}
	for _, r := range edits {
		if r.Version == head.Version {
			head = r
		}
		e := r.Erasures[len(r.Erasures)-1]
		out.Releases, out.Rows = append(out.Releases, r.Version), out.Rows+e.Rows
		out.Datasets = append(out.Datasets, e.Datasets...)
	}
	slices.Sort(out.Datasets)
	out.Datasets = slices.Compact(out.Datasets)
	next := head.Successor(by)
	if head.Version != edits[len(edits)-1].Version { // the act stands in the chain's newest release, whatever that held
		next.Erasures = append(slices.Clone(next.Erasures), lake.Erasure{At: by.Now, Reason: why, Datasets: []string{}})
	}
	if err := w.tell(ctx, out); err != nil {
		return nil, errors.Join(err, w.discard(ctx))
	}
	done, err := in.Chain.Amend(ctx, next, releases, edits, w.staged)
	if err != nil {
		return out, err
	}
	out.Release, out.Files = done.Release, done.Files
	return out, nil
}

// tell fills in whom and what the erasure takes out, and calls Before with it.
func (w *rewriter) tell(ctx context.Context, out *Outcome) (err error) {
	if out.Subjects, err = w.subjects(ctx); err != nil {
		return err
	}
	if out.Records, err = w.goneRecords(ctx); err != nil {
		return err
	}
	if out.Orders, err = w.texts(ctx, "SELECT DISTINCT number FROM gone_order ORDER BY number"); err != nil {
		return err
	}
	if w.Before == nil {
		return nil
	}
	return w.Before(ctx, out)
}
