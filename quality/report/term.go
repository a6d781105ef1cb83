package report

import (
	"context"
	"fmt"
	"time"
)

// term is by when a conflict or a doubt is to be mended. It begins with the release that
// first carried it and does not move, as that of a work order.
type term struct {
	Text string    // as it is shown; "" where no term is known
	Late bool      // overdue
	day  time.Time // without a zone, as today
	soft bool      // provisional
}

// termSince is the term of what a release was the first to carry.
func (b *builder) termSince(ctx context.Context, since uint64) (*term, error) {
	if have := b.terms[since]; have != nil {
		return have, nil
	}
	t := &term{}
	if b.Deadline != nil {
		at, err := b.made(ctx, since)
		if err != nil {
			return nil, err
		}
		due, soft := b.Deadline(at.In(b.Now.Location()))
		t.day, t.soft = time.Date(due.Year(), due.Month(), due.Day(), 0, 0, 0, 0, time.UTC), soft
		t.Late = t.day.Before(b.today())
		t.Text = b.termText(t.day, t.Late, soft)
	}
	b.terms[since] = t
	return t, nil
}

// made is when a release was made: the line of scores has read the newest, of older ones,
// expired or not, what is left in the chain tells. Where that cannot be read the earliest
// release after it counts, which asks for nothing sooner.
func (b *builder) made(ctx context.Context, version uint64) (time.Time, error) {
	for v := version; v > 0 && v < b.Release.Version; v++ {
		for _, m := range b.history {
			if m.release == v {
				return m.day, nil
			}
		}
		if b.Made == nil {
			continue
		}
		at, err := b.Made(ctx, v)
		if err == nil {
			return at, nil
		}
		if !isGone(err) {
			return at, fmt.Errorf("time of release %d: %w", v, err)
		}
	}
	return b.Release.Created, nil
}

// termText is a due date as it is shown: provisional or overdue where it is.
func (b *builder) termText(day time.Time, late, soft bool) string {
	due := b.date(day)
	switch {
	case late:
		return b.t("report.due.over", due)
	case soft:
		return b.t("report.provisional", due)
	}
	return due
}

// owe counts a term among the department's: what is late, or the next day something is due.
func (d *department) owe(t *term, late *int64, today time.Time) {
	if t.Late {
		*late++
	} else if near := nearest(d.Term, t.day, today); !near.Equal(d.Term) {
		d.Term, d.DueSoft = near, t.soft
	}
}

// Late counts all that is overdue: work orders, conflicts, doubts.
func (d *department) Late() int64 { return d.Overdue + d.DisputedLate + d.DoubtfulLate }

// termless reports whether anything is to be mended that has no term of its own: what no
// release carries on.
func (d *department) termless() bool {
	for _, r := range d.Resources {
		if r.orders == "" && r.Problems() > 0 {
			return true
		}
	}
	return d.Quarantined > 0 || d.Wholes > 0
}
