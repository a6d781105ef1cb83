package report

import (
	"context"
	"fmt"
)

// chunk is how many rows of a long list are in memory at once.
const chunk = 50_000

// stream runs a query whose rows grow with the data, and hands them over in its order.
// The driver holds a result whole, outside the session's memory limit: so the rows go
// into a temporary table first, which spills, and are read back in chunks.
func (b *builder) stream(ctx context.Context, step, query string, row func(scanner) error) (err error) {
	const name = "report_rows"
	if err := b.Session.Exec(ctx, step, "CREATE OR REPLACE TEMP TABLE "+name+" AS "+query); err != nil {
		return err
	}
	defer func() {
		if end := b.Session.Exec(ctx, step, "DROP TABLE "+name); err == nil {
			err = end
		}
	}()
	for from, seen := 0, chunk; seen == chunk; from += chunk {
		seen = 0
		part := fmt.Sprintf("SELECT * FROM %s WHERE rowid >= %d AND rowid < %d ORDER BY rowid", name, from, from+chunk)
		err := b.each(ctx, step, part, func(scan scanner) error {
			seen++
			return row(scan)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
