package pipelines

import (
	"context"
	"errors"
	"sync"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

// heldLease renews a lease while a run goes on and ends the run's context when
// the lease is lost.
type heldLease struct {
	lease *lake.Lease
	ttl   time.Duration // how long it outlives a run that was killed
	ctx   context.Context
	stop  context.CancelCauseFunc
	done  sync.WaitGroup
	mu    sync.Mutex
	err   error
}

// holdLease takes the pipeline's lease and keeps it. A store that ignores conditions is
// refused: without them neither the lease nor the commit means anything.
func holdLease(ctx context.Context, objs lake.Objects, pipeline, owner string, ttl time.Duration) (*heldLease, error) {
	l, err := lake.Acquire(ctx, objs, pipeline, owner, ttl)
	if err != nil {
		return nil, err
	}
	if err := l.Conditional(ctx); err != nil {
		return nil, errors.Join(err, l.Release(ctx))
	}
	h := &heldLease{lease: l, ttl: ttl}
	h.ctx, h.stop = context.WithCancelCause(ctx)
	h.done.Go(h.renew)
	return h, nil
}

// renew extends the lease three times in its life. One renewal that does not reach the
// store is no loss yet, only that none has for the lease's whole life, counted by a clock
// that nobody sets; that another holds it is one at once. Either way the commit decides,
// not the lease.
func (h *heldLease) renew() {
	tick := time.NewTicker(h.ttl / 3)
	defer tick.Stop()
	renewed := time.Now()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
		}
		asked := time.Now()
		err := h.lease.Renew(h.ctx)
		switch {
		case err == nil:
			renewed = asked
		case h.ctx.Err() == nil && (fault.KindOf(err) == fault.Locked || time.Since(renewed) > h.ttl):
			h.mu.Lock()
			h.err = err
			h.mu.Unlock()
			h.stop(err)
			return
		}
	}
}

// lost is why the lease was lost; nil while it is held.
func (h *heldLease) lost() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

// release gives the lease back, within 10 s whatever became of the run.
func (h *heldLease) release() error {
	h.stop(nil)
	h.done.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return h.lease.Release(ctx)
}
