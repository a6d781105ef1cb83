package state

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Subject is whom an erasure takes out: by a key or a golden id it had.
type Subject struct{ Entity, Key string }

// BeginErasure notes that an erasure is under way, before anything of it is done. What
// was begun earlier stays begun.
func (s *Store) BeginErasure(ctx context.Context, at time.Time) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO erasure (begun) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM erasure)", at.UTC().Format(time.RFC3339))
		return err
	})
}

// Erasing is when an erasure was begun that has not ended; zero where none was, and of a
// nil store.
func (s *Store) Erasing(ctx context.Context) (begun time.Time, err error) {
	if s == nil {
		return begun, nil
	}
	err = s.within(ctx, func(tx *sql.Tx) error {
		var at string
		err := tx.QueryRowContext(ctx, "SELECT begun FROM erasure").Scan(&at)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		begun, err = time.Parse(time.RFC3339, at)
		return err
	})
	return begun, err
}

// EndErasure notes that all of it is done. What Forget took out is in no free page of the
// file then, nor in its log, whenever an earlier one was stopped.
func (s *Store) EndErasure(ctx context.Context) error {
	if err := s.shred(ctx); err != nil {
		return err
	}
	return s.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM erasure")
		return err
	})
}

// Forget takes subjects that are erased out of the disputes about them: keys, ids, the
// disputed values and what people wrote. That there were disputes, and what was done,
// stays; those that were open are closed by the act by, whose verb is Erase. It returns
// how many it changed.
func (s *Store) Forget(ctx context.Context, subjects []Subject, by Act) (n int64, err error) {
	by.Verb, by.Reason, by.Outcome = Erase, "", ""
	err = s.within(ctx, func(tx *sql.Tx) error {
		all, err := disputes(ctx, tx)
		if err != nil {
			return err
		}
		gone := map[Subject]bool{}
		for _, subject := range subjects {
			gone[subject] = subject.Key != ""
		}
		for _, d := range all {
			named := gone[Subject{d.Entity, d.Key}] || gone[Subject{d.Entity, d.GoldenID}]
			if !named && (!d.Forgotten() || d.Status() == Closed) {
				continue
			}
			if err := forget(ctx, tx, d, by); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err == nil && n > 0 {
		err = s.shred(ctx)
	}
	return n, err
}

func forget(ctx context.Context, tx *sql.Tx, d Dispute, by Act) error {
	_, id, err := one(ctx, tx, d.Number)
	if err != nil {
		return err
	}
	for _, q := range []string{
		"UPDATE dispute_act SET reason = '' WHERE dispute = ?",
		"UPDATE dispute SET entity_key = '', golden_id = '', value = NULL, known = 0 WHERE id = ?",
	} {
		if _, err := tx.ExecContext(ctx, q, id); err != nil {
			return err
		}
	}
	if d.Status() == Closed {
		return nil
	}
	return insertAct(ctx, tx, id, len(d.Acts), by)
}

// shred leaves nothing that was taken out in free pages of the file, nor in its log.
func (s *Store) shred(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, "VACUUM")
	if err == nil {
		_, err = s.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return explain(s.dir, err)
}
