package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

// Send takes the pending steps of a claimed entry one after the other and notes each as
// soon as it is done. It ends early where another took the entry over meanwhile. What
// goes wrong with a step is logged and kept; the others go on.
func (b *Box[T]) Send(ctx context.Context, e *Entry[T], send func(ctx context.Context, step string) error) {
	steps := slices.Clone(e.Pending)
	for i, step := range steps {
		err := send(ctx, step)
		if i == len(steps)-1 {
			e.Owner = "" // nobody is at it any more
		} else {
			e.Claimed = b.Now() // slow servers: nobody takes it over while this goes on
		}
		switch {
		case err == nil:
			e.settle(step)
			e.Done, e.Sent = append(e.Done, step), b.Now()
			b.Log.Info("told", "step", step, "event", e.ID)
		case errors.Is(err, ErrGone):
			e.settle(step)
		default:
			if e.Why == nil {
				e.Why = map[string]string{}
			}
			e.Why[step] = b.say(err)
			b.Log.Warn("step failed", "step", step, "event", e.ID, "kind", fault.KindOf(err).String(), "error", err.Error())
		}
		if e.etag == "" { // it could not be put where others see it: there is nothing to note
			continue
		}
		if err := b.put(context.WithoutCancel(ctx), e, lake.Condition{ETag: e.etag}); errors.Is(err, lake.ErrConflict) {
			b.Log.Warn("another process took the message over", "event", e.ID)
			return
		} else if err != nil {
			b.Log.Warn("the outbox does not know what was told", "event", e.ID, "error", err.Error())
		}
	}
}

// Again puts a step that was done back among the pending ones, before the others.
func (e *Entry[T]) Again(step string) {
	e.Done = slices.DeleteFunc(e.Done, func(s string) bool { return s == step })
	if !slices.Contains(e.Pending, step) {
		e.Pending = slices.Insert(e.Pending, 0, step)
	}
}

func (e *Entry[T]) settle(step string) {
	e.Pending = slices.DeleteFunc(e.Pending, func(s string) bool { return s == step })
	delete(e.Why, step)
}

func (b *Box[T]) say(err error) string {
	if b.Lang != nil {
		return b.Lang(err)
	}
	return fault.KindOf(err).String()
}

// Open tells whether anything is left to be sent.
func (e *Entry[T]) Open() bool { return len(e.Pending) > 0 && e.Ended == "" }

// GivenUp tells whether an open entry was taken up as often as may be.
func (b *Box[T]) GivenUp(e *Entry[T]) bool { return e.Open() && e.Tries >= b.Tries }

// Next is when an open entry may be taken up again; the zero time, so at once, where
// nobody claimed it. A claim of a clock that was far ahead counts for nothing.
func (b *Box[T]) Next(e *Entry[T]) time.Time {
	if e.Claimed.IsZero() || e.Claimed.Sub(b.Now()) > Stale {
		return time.Time{}
	}
	return e.Claimed.Add(b.Pause(e.Tries))
}

// Take claims an entry by compare-and-swap; false where another was faster.
func (b *Box[T]) Take(ctx context.Context, e *Entry[T]) (bool, error) {
	e.Owner, e.Claimed, e.Tries = b.Owner, b.Now(), e.Tries+1
	err := b.put(ctx, e, lake.Condition{ETag: e.etag})
	if errors.Is(err, lake.ErrConflict) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("take over %s: %w", b.key(e.ID), err)
	}
	return true, nil
}

// GiveBack undoes a claim of which nothing was sent: the entry is as it was before.
func (b *Box[T]) GiveBack(ctx context.Context, e, was *Entry[T]) error {
	e.Owner, e.Claimed, e.Tries = was.Owner, was.Claimed, was.Tries
	if err := b.put(ctx, e, lake.Condition{ETag: e.etag}); err != nil && !errors.Is(err, lake.ErrConflict) {
		return err
	}
	return nil
}

// End closes an entry: its pending steps are not tried any more. Who changed it
// meanwhile goes first.
func (b *Box[T]) End(ctx context.Context, e *Entry[T], why string) error {
	e.Ended = why
	if err := b.put(ctx, e, lake.Condition{ETag: e.etag}); err != nil && !errors.Is(err, lake.ErrConflict) {
		return fmt.Errorf("end %s: %w", b.key(e.ID), err)
	}
	return nil
}

// All reads every entry, in order of id.
func (b *Box[T]) All(ctx context.Context) ([]*Entry[T], error) {
	var out []*Entry[T]
	err := b.each(ctx, func(id string, _ lake.Object) error {
		e, err := b.Read(ctx, id)
		if e != nil {
			out = append(out, e)
		}
		return err
	})
	return out, err
}

// Waiting reads the entries that something is left to do of, those given up too, in order
// of id, and removes others and given up ones that are old. An entry that was seen settled
// is not read again.
func (b *Box[T]) Waiting(ctx context.Context) ([]*Entry[T], error) {
	var out []*Entry[T]
	err := b.each(ctx, func(id string, o lake.Object) error {
		old := b.Now().Sub(o.Modified) > Forget
		if b.known(o) && !old {
			return nil
		}
		e, err := b.Read(ctx, id)
		switch {
		case err != nil:
			return err
		case e != nil && e.Open() && !(old && b.GivenUp(e)):
			out = append(out, e)
		case old:
			if err := b.Objects.Delete(ctx, o.Key); err != nil {
				return fmt.Errorf("forget %s: %w", o.Key, err)
			}
		default:
			b.remember(o)
		}
		return nil
	})
	return out, err
}

func (b *Box[T]) known(o lake.Object) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	etag, ok := b.settled[o.Key]
	return ok && etag == o.ETag
}

func (b *Box[T]) remember(o lake.Object) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.settled == nil {
		b.settled = map[string]string{}
	}
	b.settled[o.Key] = o.ETag
}

// IsDone tells whether a step was done.
func (e *Entry[T]) IsDone(step string) bool { return slices.Contains(e.Done, step) }

// Busy tells whether somebody may be at an entry just now.
func (e *Entry[T]) Busy(now time.Time) bool {
	age := now.Sub(e.Claimed)
	return e.Owner != "" && age < Stale && age > -Stale
}
