package deliver

import (
	"context"
	"errors"
	"fmt"

	"guiji/internal/fault"
	"guiji/publish/outbox"
)

// claim takes the waiting messages whose place those of a list are to take, before any of
// the list is there: no other process begins to send one meanwhile, so that one of the two
// goes out and not both. One that is being sent was first; of what is asked for again it
// refuses all. Whoever is killed after a claim delays the earlier message and loses none.
func (d *Deliverer) claim(ctx context.Context, list []Message, again bool) error {
	waiting, err := d.box.Waiting(ctx)
	if err != nil {
		return err
	}
	var mine []*outbox.Entry[Message]
	var before []outbox.Entry[Message]
	for _, e := range waiting {
		m, same := successor(e.Event, list, again)
		if m == nil {
			continue
		}
		was := *e
		got := false
		if !e.Busy(d.Now()) {
			if got, err = d.box.Take(ctx, e); err != nil {
				return errors.Join(err, d.giveBack(ctx, mine, before))
			}
		}
		switch {
		case got:
			mine, before = append(mine, e), append(before, was)
		case same:
			refused := fault.New(fault.Locked, "deliver.again.busy", m.Release, m.To).Try("deliver.again.busy.hint")
			return errors.Join(refused, d.giveBack(ctx, mine, before))
		}
	}
	return nil
}

// successor is the message of a list that takes the place of one that waits; same tells
// that it is the very message, asked for again.
func successor(waits Message, list []Message, again bool) (m *Message, same bool) {
	for i := range list {
		m := &list[i]
		if again && waits.topic() == m.topic() && waits.Release == m.Release {
			return m, true
		}
		if older(waits, *m) {
			return m, false
		}
	}
	return nil, false
}

// giveBack leaves claimed messages as they were.
func (d *Deliverer) giveBack(ctx context.Context, mine []*outbox.Entry[Message], before []outbox.Entry[Message]) error {
	var errs []error
	for i, e := range mine {
		if err := d.box.GiveBack(ctx, e, &before[i]); err != nil {
			errs = append(errs, fmt.Errorf("give back %s: %w", e.ID, err))
		}
	}
	return errors.Join(errs...)
}
