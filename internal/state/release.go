package state

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Release lets rows that a rule keeps out of the clean tables into them, although they
// fail it, until its day has passed.
type Release struct {
	Resource string    `json:"resource"`
	Rule     string    `json:"rule"`
	Number   string    `json:"number,omitempty"` // of the row's problem; "" is all rows that fail the rule
	Reason   string    `json:"reason"`
	Approver string    `json:"approver"`
	At       time.Time `json:"at"`
	Until    string    `json:"until"` // 2006-01-02, included
}

// LetIn adds releases, all of them or none. before is called when all is in order, and
// nothing is kept if it fails: what goes to the audit chain goes there first.
func (s *Store) LetIn(ctx context.Context, all []Release, before func() error) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		if err := before(); err != nil {
			return err
		}
		for _, r := range all {
			_, err := tx.ExecContext(ctx, "INSERT INTO quarantine_release (resource, rule, number, reason, approver, at, until) VALUES (?, ?, ?, ?, ?, ?, ?)",
				r.Resource, r.Rule, r.Number, r.Reason, r.Approver, r.At.UTC().Format(time.RFC3339Nano), r.Until)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Releases are all that hold on a day, in the order they were made; none of a nil store.
func (s *Store) Releases(ctx context.Context, day string) (out []Release, err error) {
	if s == nil {
		return nil, nil
	}
	err = s.within(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT resource, rule, number, reason, approver, at, until FROM quarantine_release WHERE until >= ? ORDER BY id", day)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r Release
			var at string
			if err := rows.Scan(&r.Resource, &r.Rule, &r.Number, &r.Reason, &r.Approver, &at, &r.Until); err != nil {
				return err
			}
			if r.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
				return fmt.Errorf("time of a release: %w", err)
			}
			out = append(out, r)
		}
		return rows.Err()
	})
	return out, err
}
