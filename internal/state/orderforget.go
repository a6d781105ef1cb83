package state

import (
	"context"
	"database/sql"
)

// ForgetOrders takes what people wrote out of the acts on orders of records that were
// erased, and out of what let such records into the clean tables. That there were orders,
// and what was done, stays. It returns how many acts it changed.
func (s *Store) ForgetOrders(ctx context.Context, numbers []string) (n int64, err error) {
	if s == nil {
		return 0, nil
	}
	err = s.within(ctx, func(tx *sql.Tx) error {
		for _, number := range numbers {
			for _, table := range []string{"order_act", "quarantine_release"} {
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
