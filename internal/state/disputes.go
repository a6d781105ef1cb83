package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"guiji/internal/fault"
)

// File files a dispute whose one act is its filing, and gives it its number. A second
// one of the same department about the same value is refused while the first is open.
// before is called with the number when all is in order, and nothing is kept if it
// fails: what goes to the audit chain goes there first.
func (s *Store) File(ctx context.Context, d Dispute, by Act, before func(number string) error) (*Dispute, error) {
	err := s.within(ctx, func(tx *sql.Tx) error { return file(ctx, tx, &d, by, before) })
	if err != nil {
		return nil, err
	}
	return &d, nil
}

// file is File within a transaction.
func file(ctx context.Context, tx *sql.Tx, d *Dispute, by Act, before func(number string) error) error {
	by.Verb = File
	d.Acts = nil
	all, err := disputes(ctx, tx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Status() != Closed && o.Entity == d.Entity && o.Element == d.Element && o.Department == d.Department && (o.GoldenID == d.GoldenID || o.Key == d.Key) {
			return fault.New(fault.Config, "dispute.filed", o.Number)
		}
	}
	if d.Number, err = nextNumber(ctx, tx, by.At); err != nil {
		return err
	}
	if err := d.Take(by); err != nil {
		return err
	}
	if err := before(d.Number); err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, "INSERT INTO dispute (number, entity, golden_id, entity_key, element, department, authority, release, value, known) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		d.Number, d.Entity, d.GoldenID, d.Key, d.Element, d.Department, d.Authority, int64(d.Release), d.Value, d.Known)
	if err != nil {
		return err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	return insertAct(ctx, tx, id, 0, d.Acts[0])
}

// Act adds an act to a dispute, or refuses it (fault.Config): no such dispute, out of
// order, done before. before is as for File.
func (s *Store) Act(ctx context.Context, number string, by Act, before func(d Dispute) error) (*Dispute, error) {
	var d *Dispute
	err := s.within(ctx, func(tx *sql.Tx) error {
		var id int64
		var err error
		if d, id, err = one(ctx, tx, number); err != nil {
			return err
		}
		if err := d.Take(by); err != nil {
			return err
		}
		if err := before(*d); err != nil {
			return err
		}
		return insertAct(ctx, tx, id, len(d.Acts)-1, d.Acts[len(d.Acts)-1])
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Dispute is one by its number; fault.Config if there is none.
func (s *Store) Dispute(ctx context.Context, number string) (d *Dispute, err error) {
	if s == nil {
		return nil, unknown(number)
	}
	err = s.within(ctx, func(tx *sql.Tx) error {
		d, _, err = one(ctx, tx, number)
		return err
	})
	return d, err
}

// Disputes are all, in the order they were filed; none of a nil store.
func (s *Store) Disputes(ctx context.Context) (all []Dispute, err error) {
	if s == nil {
		return nil, nil
	}
	err = s.within(ctx, func(tx *sql.Tx) error {
		all, err = disputes(ctx, tx)
		return err
	})
	return all, err
}

// nextNumber is the next of a year: D2026-0001.
func nextNumber(ctx context.Context, tx *sql.Tx, at time.Time) (string, error) {
	year := fmt.Sprintf("D%04d-", at.Year())
	var n int64
	err := tx.QueryRowContext(ctx, "SELECT coalesce(max(CAST(substr(number, 7) AS INTEGER)), 0) FROM dispute WHERE substr(number, 1, 6) = ?", year).Scan(&n)
	return fmt.Sprintf("%s%04d", year, n+1), err
}

func insertAct(ctx context.Context, tx *sql.Tx, dispute int64, seq int, a Act) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO dispute_act (dispute, seq, verb, at, department, office, outcome, reason, release) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		dispute, seq, string(a.Verb), a.At.UTC().Format(time.RFC3339), a.Department, a.Office, string(a.Outcome), a.Reason, int64(a.Release))
	return err
}

const disputeColumns = "SELECT id, number, entity, golden_id, entity_key, element, department, authority, release, value, known FROM dispute"

func one(ctx context.Context, tx *sql.Tx, number string) (*Dispute, int64, error) {
	var d Dispute
	var id int64
	err := d.scan(tx.QueryRowContext(ctx, disputeColumns+" WHERE number = ?", number), &id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, unknown(number)
	}
	if err != nil {
		return nil, 0, err
	}
	acts, err := actsOf(ctx, tx, " WHERE dispute = ?", id)
	d.Acts = acts[id]
	return &d, id, err
}

func unknown(number string) error {
	return fault.New(fault.Config, "dispute.none", number).Try("dispute.none.hint")
}

func disputes(ctx context.Context, tx *sql.Tx) ([]Dispute, error) {
	acts, err := actsOf(ctx, tx, "")
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, disputeColumns+" ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Dispute
	for rows.Next() {
		var d Dispute
		var id int64
		if err := d.scan(rows, &id); err != nil {
			return nil, err
		}
		d.Acts = acts[id]
		out = append(out, d)
	}
	return out, rows.Err()
}

func (d *Dispute) scan(row interface{ Scan(...any) error }, id *int64) error {
	return row.Scan(id, &d.Number, &d.Entity, &d.GoldenID, &d.Key, &d.Element, &d.Department, &d.Authority, &d.Release, &d.Value, &d.Known)
}

// actsOf are acts by dispute, in their order.
func actsOf(ctx context.Context, tx *sql.Tx, where string, args ...any) (map[int64][]Act, error) {
	rows, err := tx.QueryContext(ctx, "SELECT dispute, verb, at, department, office, outcome, reason, release FROM dispute_act"+where+" ORDER BY dispute, seq", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64][]Act{}
	for rows.Next() {
		var id int64
		var a Act
		var at string
		if err := rows.Scan(&id, &a.Verb, &at, &a.Department, &a.Office, &a.Outcome, &a.Reason, &a.Release); err != nil {
			return nil, err
		}
		if a.At, err = time.Parse(time.RFC3339, at); err != nil {
			return nil, fmt.Errorf("time of an act: %w", err)
		}
		out[id] = append(out[id], a)
	}
	return out, rows.Err()
}
