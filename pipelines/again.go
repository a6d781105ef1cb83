package pipelines

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/cenkalti/backoff/v5"

	"guiji/internal/fault"
)

// pullTries is how often a resource is pulled before its source counts as down.
const pullTries = 3

// pullAgain pulls a resource, and once more from its beginning where the source was
// out of reach or changed under the snapshot. Nothing of a failed try is kept. This
// is the one place that repeats what sources do.
func (r *run) pullAgain(ctx context.Context, plan *PlannedPull) (*pulled, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = 500 * time.Millisecond
	try := 0
	out, err := backoff.Retry(ctx, func() (one *pulled, err error) {
		try++
		if err = os.RemoveAll(r.scratchFor(plan.Resource)); err == nil {
			err = guarded(func() (err error) { one, err = r.pull(ctx, plan); return err })
		}
		kind := fault.KindOf(err)
		if err == nil || !kind.Retryable() && kind != fault.Changed {
			return one, permanent(err)
		}
		r.Log.Warn("pull failed", "run", r.id, "resource", plan.Resource, "try", try, "kind", kind.String(), "error", err.Error())
		return nil, err
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(pullTries), backoff.WithMaxElapsedTime(0))
	if p := new(backoff.PermanentError); errors.As(err, &p) {
		err = p.Unwrap()
	}
	return out, err
}

// permanent marks an error as one that no repetition mends.
func permanent(err error) error {
	if err == nil {
		return nil
	}
	return backoff.Permanent(err)
}
