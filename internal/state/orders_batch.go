package state

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"guiji/internal/fault"
)

// Returned is what a department's work list that came back filled in amounts to.
type Returned struct {
	Digest     string // of the files: a list is taken over once
	Department string // whose list it is
	At         time.Time
	Acts       []OrderAct
	Filings    []Filing
}

// Filing is an objection to a value that has an authority: a dispute is opened.
type Filing struct {
	Dispute Dispute
	By      Act
	Order   string // the work order the objection was made to; "" where it was made to a disagreement
}

// TakeBack takes a returned list over: disputes are filed, each told to its work order,
// and the acts added, all of it or nothing. An act or a dispute that is refused, or a list
// that was taken over before, refuses all (fault.Config). before is called with the
// disputes as filed when all is in order, and nothing is kept if it fails: what goes to
// the audit chain goes there first.
func (s *Store) TakeBack(ctx context.Context, r Returned, before func(filed []Dispute) error) (filed []Dispute, err error) {
	err = s.within(ctx, func(tx *sql.Tx) error {
		if _, again, err := taken(ctx, tx, r.Digest); err != nil {
			return err
		} else if again {
			return fault.New(fault.Config, "returned.taken")
		}
		acts := r.Acts
		for _, f := range r.Filings {
			d := f.Dispute
			if err := file(ctx, tx, &d, f.By, func(string) error { return nil }); err != nil {
				return err
			}
			filed = append(filed, d)
			if f.Order != "" {
				acts = append(acts, OrderAct{Number: f.Order, Verb: Object, At: r.At, Department: r.Department, Office: f.By.Office, Reason: f.By.Reason, Dispute: d.Number})
			}
		}
		if err := onOrders(ctx, tx, acts, func() error { return before(filed) }); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO order_return (digest, department, at, acts) VALUES (?, ?, ?, ?)", r.Digest, r.Department, r.At.UTC().Format(time.RFC3339Nano), len(acts))
		return err
	})
	if err != nil {
		return nil, err
	}
	return filed, nil
}

// Taken tells when a list was taken over; ok is false where it was not, and of a nil store.
func (s *Store) Taken(ctx context.Context, digest string) (at time.Time, ok bool, err error) {
	if s == nil {
		return time.Time{}, false, nil
	}
	err = s.within(ctx, func(tx *sql.Tx) error {
		at, ok, err = taken(ctx, tx, digest)
		return err
	})
	return at, ok, err
}

func taken(ctx context.Context, tx *sql.Tx, digest string) (at time.Time, ok bool, err error) {
	var text string
	err = tx.QueryRowContext(ctx, "SELECT at FROM order_return WHERE digest = ?", digest).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return at, false, nil
	}
	if err == nil {
		at, err = time.Parse(time.RFC3339Nano, text)
	}
	return at, err == nil, err
}
