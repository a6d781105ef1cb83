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
// out of reach or changed under the snapshot. Nothing of a failed try is kept.
func (r *run) pullAgain(ctx context.Context, plan *PlannedPull) (*pulled, error) {
	policy := pullPolicy
	policy.Note = func(try int, err error) {
		r.Log.Warn("pull failed", "run", r.id, "resource", plan.Resource, "try", try, "kind", fault.KindOf(err).String(), "error", err.Error())
	}
	return retry.Do(ctx, policy, func() (one *pulled, err error) {
		if err = os.RemoveAll(r.scratchFor(plan.Resource)); err == nil {
			err = guarded(func() (err error) { one, err = r.pull(ctx, plan); return err })
		}
		return one, err
	})
}
