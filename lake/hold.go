package lake

import (
	"context"
	"errors"
	"time"
)

// Care is the lease of whoever changes releases that were made (gc, erase). No
// pipeline's name begins with an underscore.
const Care = "_care"

// Held are several leases, renewed until they are given back.
type Held struct {
	// Context ends when one of them is lost.
	Context    context.Context
	Generation int64 // of the first

	leases []*Lease
	stop   context.CancelCauseFunc
	done   chan struct{}
}

// Hold takes leases in the order given and renews them. Where one is another's, the
// error is of kind fault.Locked and none is held.
func Hold(ctx context.Context, objs Objects, owner string, ttl time.Duration, names ...string) (*Held, error) {
	h := &Held{done: make(chan struct{})}
	h.Context, h.stop = context.WithCancelCause(ctx)
	for _, name := range names {
		l, err := Acquire(ctx, objs, name, owner, ttl)
		if err != nil {
			close(h.done)
			return nil, errors.Join(err, h.Release())
		}
		h.leases = append(h.leases, l)
	}
	h.Generation = h.leases[0].Generation()
	go h.renew(ttl / 3)
	return h, nil
}

// renew extends the leases three times in their life. A renewal that does not reach
// the store is no loss before the lease has ended.
func (h *Held) renew(every time.Duration) {
	defer close(h.done)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-h.Context.Done():
			return
		case <-tick.C:
		}
		for _, l := range h.leases {
			if err := l.Renew(h.Context); err != nil && time.Now().After(l.Expiry()) {
				h.stop(err)
				return
			}
		}
	}
}

// Release gives the leases back, within 10 s.
func (h *Held) Release() error {
	h.stop(nil)
	<-h.done
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.Context), 10*time.Second)
	defer cancel()
	var errs []error
	for _, l := range h.leases {
		errs = append(errs, l.Release(ctx))
	}
	return errors.Join(errs...)
}
