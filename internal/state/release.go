package state

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"guiji/internal/fault"
)

// Release lets rows that a rule keeps out of the clean tables into them, although they
// fail it, until its day has passed or it is withdrawn.
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

// Withdraw ends releases of a resource's rows from a rule before their day: those of the
// numbers, or without numbers every one of that rule, those of single rows included. It
// returns what it ended. A number of which no release holds refuses all (fault.Config),
// and so does a rule without any. before is as in LetIn.
func (s *Store) Withdraw(ctx context.Context, resource, rule string, numbers []string, at time.Time, before func() error) (ended []Release, err error) {
	err = s.within(ctx, func(tx *sql.Tx) error {
		holding, ids, err := releases(ctx, tx, at.Format(time.DateOnly))
		if err != nil {
			return err
		}
		found := map[string]bool{}
		var end []int64
		for i, r := range holding {
			if r.Resource == resource && r.Rule == rule && (len(numbers) == 0 || slices.Contains(numbers, r.Number)) {
				end, ended, found[r.Number] = append(end, ids[i]), append(ended, r), true
			}
		}
		for i, n := range numbers {
			if !found[n] {
				return fault.New(fault.Config, "quarantine.withdraw.key", i+1, rule).Try("quarantine.withdraw.key.hint")
			}
		}
		if len(end) == 0 {
			return fault.New(fault.Config, "quarantine.withdraw.none", resource, rule)
		}
		if err := before(); err != nil {
			return err
		}
		for _, id := range end {
			if _, err := tx.ExecContext(ctx, "UPDATE quarantine_release SET withdrawn = ? WHERE id = ?", at.UTC().Format(time.RFC3339Nano), id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// Releases are all that hold on a day, in the order they were made; none of a nil store.
func (s *Store) Releases(ctx context.Context, day string) (out []Release, err error) {
	if s == nil {
		return nil, nil
	}
	err = s.within(ctx, func(tx *sql.Tx) (err error) {
		out, _, err = releases(ctx, tx, day)
		return err
	})
	return out, err
}

// releases are those that hold on a day, with their ids.
func releases(ctx context.Context, tx *sql.Tx, day string) (out []Release, ids []int64, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, resource, rule, number, reason, approver, at, until FROM quarantine_release WHERE until >= ? AND withdrawn = '' ORDER BY id", day)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r Release
		var id int64
		var at string
		if err := rows.Scan(&id, &r.Resource, &r.Rule, &r.Number, &r.Reason, &r.Approver, &at, &r.Until); err != nil {
			return nil, nil, err
		}
		if r.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return nil, nil, fmt.Errorf("time of a release: %w", err)
		}
		out, ids = append(out, r), append(ids, id)
	}
	return out, ids, rows.Err()
}
