package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"guiji/internal/fault"
)

// Restore takes over what another state's file holds, a copy of this one that Open has
// brought up to date, and returns how many rows that changed: none where the copy says
// the same. A state that holds what the copy does not is left as it is (fault.Config): it
// is newer, or another one. Other processes wait meanwhile.
func (s *Store) Restore(ctx context.Context, path string) (rows int64, err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return 0, explain(s.dir, err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "ATTACH DATABASE ? AS copied", path); err != nil {
		return 0, explain(s.dir, err)
	}
	defer func() {
		_, lost := conn.ExecContext(context.WithoutCancel(ctx), "DETACH DATABASE copied")
		err = errors.Join(err, explain(s.dir, lost))
	}()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return 0, explain(s.dir, err)
	}
	if rows, err = s.takeOver(ctx, tx); err != nil {
		return 0, errors.Join(explain(s.dir, err), ended(tx.Rollback()))
	}
	return rows, explain(s.dir, tx.Commit())
}

func (s *Store) takeOver(ctx context.Context, tx *sql.Tx) (rows int64, err error) {
	tables, err := tables(ctx, tx)
	if err != nil {
		return 0, err
	}
	for _, t := range tables {
		var own, new int64
		if err := tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM (SELECT * FROM main."+t+" EXCEPT SELECT * FROM copied."+t+")), "+
			"(SELECT count(*) FROM (SELECT * FROM copied."+t+" EXCEPT SELECT * FROM main."+t+"))").Scan(&own, &new); err != nil {
			return 0, fmt.Errorf("table %s: %w", t, err)
		}
		if own > 0 {
			return 0, fault.New(fault.Config, "state.newer.local", s.dir).Try("state.newer.local.hint")
		}
		rows += new
	}
	if rows == 0 {
		return 0, nil
	}
	if _, err := tx.ExecContext(ctx, "PRAGMA defer_foreign_keys = ON"); err != nil {
		return 0, err
	}
	for _, t := range tables {
		for _, q := range []string{"DELETE FROM main." + t, "INSERT INTO main." + t + " SELECT * FROM copied." + t} {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return 0, fmt.Errorf("table %s: %w", t, err)
			}
		}
	}
	return rows, nil
}

// tables are those that hold what people decided, quoted.
func tables(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT '"' || name || '"' FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'goose\_%' ESCAPE '\' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, rows.Err()
}

// Sound reads the whole file: fault.Data where it is damaged.
func (s *Store) Sound(ctx context.Context) error {
	var said string
	if err := s.db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil {
		return explain(s.dir, err)
	}
	if said != "ok" {
		return fault.New(fault.Data, "state.damaged", s.dir).Try("state.damaged.hint")
	}
	return nil
}
