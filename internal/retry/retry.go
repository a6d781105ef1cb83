// Package retry is the one place that decides whether a call that failed is made
// again, and when: by the kind of its error. Any room may import it; it imports
// internal/fault only.
package retry

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"

	"guiji/internal/fault"
)

// Policy says how patiently a call is repeated.
type Policy struct {
	Tries   int           // at most, the first one included
	First   time.Duration // the pause before the second try; it grows by half with each, give or take half
	Changed int           // how often at most it is repeated where the source changed under its reader; 0 is never
	// Worth is asked before each further try; no ends them. nil is yes.
	Worth func() bool
	// Note is told of each failed try that is followed by another; nil is nobody.
	Note func(try int, err error)
}

// Do calls f until it succeeds, fails for good or was tried often enough, and returns
// what the last call did. Out of reach (fault.Unreachable) is tried again after a
// pause; changed (fault.Changed) at once; everything else never: neither time nor luck
// mends what was refused or wrongly configured, and what is in doubt must not be done
// twice blindly. When ctx ends in a pause, its error is returned; a pause that would
// reach over its deadline is not begun.
func Do[T any](ctx context.Context, p Policy, f func() (T, error)) (T, error) {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = p.First
	changed := 0
	for try := 1; ; try++ {
		v, err := f()
		if err == nil {
			return v, nil
		}
		if ctx.Err() != nil {
			return v, ctx.Err()
		}
		var pause time.Duration
		switch kind := fault.KindOf(err); {
		case try >= p.Tries:
			return v, err
		case kind == fault.Changed && changed < p.Changed:
			changed++
		case kind == fault.Unreachable:
			pause = pauses.NextBackOff()
		default:
			return v, err
		}
		end, ends := ctx.Deadline()
		if ends && time.Until(end) < pause || p.Worth != nil && !p.Worth() {
			return v, err
		}
		if p.Note != nil {
			p.Note(try, err)
		}
		select {
		case <-ctx.Done():
			return v, ctx.Err()
		case <-time.After(pause):
		}
	}
}
