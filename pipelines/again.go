package pipelines

import (
	"context"
	"os"
	"time"

	"guiji/internal/fault"
	"guiji/internal/retry"
)

// pullPolicy is how often a resource is pulled before its source counts as down, or as
// never at rest.
var pullPolicy = retry.Policy{Tries: 3, First: 500 * time.Millisecond, Changed: 2}

// pullAgain pulls a resource, and once more from its beginning where the source was
// out of reach or changed under the snapshot. It is nil where drift stops the resource.
func (r *run) pullAgain(ctx context.Context, plan *PlannedPull) (*pulled, error) {
	policy := pullPolicy
	policy.Note = func(try int, err error) {
		r.Log.Warn("pull failed", "run", r.id, "resource", plan.Resource, "try", try, "kind", fault.KindOf(err).String(), "error", err.Error())
	}
	return retry.Do(ctx, policy, func() (one *pulled, err error) {
		if err = os.RemoveAll(r.scratchFor(plan.Resource)); err == nil {
			err = guarded(func() (err error) { one, err = r.pullCompared(ctx, plan); return err })
		}
		return one, err
	})
}

// pullCompared compares the source's table with the catalogue, pulls it, and looks
// whether it is still the same: columns that changed meanwhile are a changed source.
func (r *run) pullCompared(ctx context.Context, plan *PlannedPull) (*pulled, error) {
	before, err := r.lookAt(ctx, plan)
	if err != nil {
		return nil, err
	}
	if len(before.stops()) > 0 {
		r.keepDrift(plan.Resource, before)
		return nil, nil
	}
	one, err := r.pull(ctx, plan, r.rebuilt(plan, before))
	if err != nil {
		return nil, err
	}
	after, err := r.lookAt(ctx, plan)
	if err != nil {
		return nil, err
	}
	if !before.sameColumns(after) {
		return nil, fault.New(fault.Changed, "pipeline.columns_changed", plan.Resource)
	}
	r.keepDrift(plan.Resource, before)
	return one, nil
}
