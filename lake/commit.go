package lake

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"guiji/internal/fault"
)

// Commit makes a release visible by one put with create-if-absent. It fills in
// Nonce and Previous where they are empty. Errors: ErrConflict if another release
// has that version (rebase on the new head, never extract again); fault.Unknown
// if it could not be learned what became of the put: then nothing may be deleted.
// A second Commit of the same release is safe.
func (c *Chain) Commit(ctx context.Context, next *Release) error {
	if next.Nonce == "" {
		next.Nonce = rand.Text()
	}
	if next.Version > 1 && next.Previous == nil {
		before, sum, err := c.load(ctx, next.Version-1)
		if err != nil {
			return err
		}
		if before.Expired != nil { // what was the head long ago
			return fmt.Errorf("release %d has expired: %w", before.Version, ErrConflict)
		}
		next.Previous = &Link{Version: next.Version - 1, SHA256: sum}
	}
	if err := next.Validate(); err != nil {
		return fault.New(fault.Internal, "lake.release.bad", releaseKey(next.Version)).Because(err)
	}
	body, err := encode(next)
	if err != nil {
		return fmt.Errorf("encode release %d: %w", next.Version, err)
	}
	if err := c.settle(ctx, next, body); err != nil {
		return err
	}
	c.seen.Store(next.Version)
	c.hint(context.WithoutCancel(ctx), next.Version, digest(body))
	return nil
}

// settle sends the body until it is known who has the version. A put that was
// sent stays in doubt until the version can be read: not even "not found" ends
// the doubt, for the put may still be on its way; the same body is sent again.
func (c *Chain) settle(ctx context.Context, next *Release, body []byte) error {
	key, doubt := releaseKey(next.Version), error(nil)
	deadline := time.Now().Add(c.Patience)
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		_, err := c.objs.Put(ctx, key, bytes.NewReader(body), int64(len(body)), Condition{Absent: true})
		if err == nil {
			return nil
		}
		if errors.Is(err, ErrConflict) || fault.KindOf(err) == fault.Unknown {
			switch {
			case !errors.Is(err, ErrConflict):
				doubt = err
			case doubt == nil: // as text alone: who asks for ErrConflict must not find it in a doubt
				doubt = fault.New(fault.Unknown, "lake.conflict")
			}
			decided, err := c.decide(ctx, next)
			if decided {
				return err
			}
		} else if fault.KindOf(err) != fault.Unreachable && doubt == nil {
			return err // refused: nothing was written, nothing ever will be
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			if doubt == nil {
				return err
			}
			return fault.New(fault.Unknown, "lake.commit.unknown", next.Version).Because(doubt).Try("lake.commit.unknown.hint")
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// decide reads the version back, even when ctx has ended: the answer is worth
// some seconds more.
func (c *Chain) decide(ctx context.Context, next *Release) (decided bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	there, _, err := c.load(ctx, next.Version) // one that has expired meanwhile still has its nonce
	switch {
	case err != nil:
		return false, err
	case there.Nonce == next.Nonce:
		return true, nil
	}
	return true, fmt.Errorf("release %d is another run's: %w", next.Version, ErrConflict)
}
