package deliver

import (
	"cmp"
	"context"
	"strings"
	"time"

	"guiji/publish/outbox"
)

const (
	endSuperseded = "superseded"
	// remindFor is how long a reminder is worth sending: what was due then may be overdue
	// or mended since, and the next week has one of its own.
	remindFor = 7 * 24 * time.Hour
)

// topic is what a message tells a receiver of: a later one takes its place.
func (m Message) topic() string {
	switch m.Kind {
	case OfReport, OfAll:
		return "report/" + m.To
	case OfParent:
		return "parent/" + m.Orders.Department + "/" + m.To
	}
	return "orders/" + m.To
}

// older tells whether a message is out of date beside another of its topic: it is of an
// earlier release, or was asked for again since; a reminder is of an earlier week.
func older(a, b Message) bool {
	if a.topic() != b.topic() {
		return false
	}
	if a.Kind == OfReport || a.Kind == OfAll { // …@10 comes after …@2
		return cmp.Or(cmp.Compare(a.Release, b.Release), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) < 0
	}
	return week(a) < week(b)
}

// week is that of a reminder, as its id begins: 2026-W47.
func week(m Message) string {
	w, _, _ := strings.Cut(m.ID, "/")
	return w
}

// waiting are the messages that are to be sent. Those that a later one takes the place of
// are ended: after weeks without a mail server one comes, not one a day or week.
func (d *Deliverer) waiting(ctx context.Context) ([]*outbox.Entry[Message], error) {
	all, err := d.box.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	newest := map[string]Message{}
	for _, e := range all {
		if last, ok := newest[e.Event.topic()]; !ok || older(last, e.Event) {
			newest[e.Event.topic()] = e.Event
		}
	}
	var left []*outbox.Entry[Message]
	for _, e := range all {
		if !older(e.Event, newest[e.Event.topic()]) && !d.stale(e.Event) {
			left = append(left, e)
		} else if err := d.box.End(ctx, e, endSuperseded); err != nil {
			return nil, err
		}
	}
	return left, d.forgetUnsent(ctx)
}

// stale tells that a reminder has waited too long.
func (d *Deliverer) stale(m Message) bool {
	return m.Kind != OfReport && m.Kind != OfAll && d.Now().Sub(m.At) > remindFor
}
