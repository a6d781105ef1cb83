package state

import (
	"context"
	"database/sql"
)

// writtenAbout are the orders of a table about which people wrote.
func writtenAbout(ctx context.Context, tx *sql.Tx, table string) (map[string]bool, error) {
	rows, err := tx.QueryContext(ctx, "SELECT DISTINCT number FROM "+table+" WHERE reason <> ''")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var number string
		if err := rows.Scan(&number); err != nil {
			return nil, err
		}
		out[number] = true
	}
	return out, rows.Err()
}

// ForgetOrders takes what people wrote out of the acts on orders of records that were
// erased, and out of what let such records into the clean tables. That there were orders,
// and what was done, stays. It returns how many acts it changed.
func (s *Store) ForgetOrders(ctx context.Context, numbers []string) (n int64, err error) {
	if s == nil {
		return 0, nil
	}
	err = s.within(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"order_act", "quarantine_release"} {
			written, err := writtenAbout(ctx, tx, table)
			if err != nil {
				return err
			}
			for _, number := range numbers {
				if !written[number] {
					continue
				}
				result, err := tx.ExecContext(ctx, "UPDATE "+table+" SET reason = '' WHERE number = ? AND reason <> ''", number)
				if err != nil {
					return err
				}
				changed, err := result.RowsAffected()
				if err != nil {
					return err
				}
				n += changed
			}
		}
		return nil
	})
	if err == nil && n > 0 {
		err = s.shred(ctx)
	}
	return n, err
}
