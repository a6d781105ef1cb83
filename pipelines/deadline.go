package pipelines

import (
	"context"
	"errors"
	"time"

	"guiji/internal/fault"
)

// errDeadline is why a context ended whose run has taken too long.
var errDeadline = errors.New("the pipeline's deadline has passed")

// deadline is how long the run may read its sources; 0 is no limit.
func (r *run) deadline() time.Duration { return r.Project.Config.Pipelines[r.req.Pipeline].Deadline }

// withinDeadline bounds the reading: what was read whole by then lands, the rest fails.
func (r *run) withinDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return r.bounded(ctx, r.deadline())
}

// withinTwice bounds the run as a whole: landing gets as long again as reading.
func (r *run) withinTwice(ctx context.Context) (context.Context, context.CancelFunc) {
	return r.bounded(ctx, 2*r.deadline())
}

// bounded ends ctx so long after the run's start as its own clock counts: one that was
// set meanwhile changes nothing.
func (r *run) bounded(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithDeadlineCause(ctx, r.began.Add(limit), errDeadline)
}

// why says of a resource whose reading ended with ctx what ended that: the deadline, the
// loss of the lease, or a person. Other errors stay.
func (r *run) why(ctx context.Context, resource string, err error) error {
	cause := context.Cause(ctx)
	switch {
	case cause == nil:
		return err
	case errors.Is(cause, errDeadline):
		return fault.New(fault.Unreachable, "pipeline.deadline", resource, r.deadline()).Try("pipeline.deadline.hint")
	case fault.KindOf(cause) != fault.Internal:
		return cause
	}
	return fault.New(fault.Interrupted, "pipeline.interrupted.resource")
}

// overdue says of a run that ended with twice its deadline that it did. A commit in doubt
// stays one.
func (r *run) overdue(ctx context.Context, err error) error {
	if err == nil || !errors.Is(context.Cause(ctx), errDeadline) || fault.KindOf(err) == fault.Unknown {
		return err
	}
	return fault.New(fault.Unreachable, "pipeline.deadline.run", r.deadline())
}
