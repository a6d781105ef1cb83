package orders

import (
	"context"
	"fmt"
	"strings"
	"time"

	"guiji/internal/engine"
)

// Late counts, by department id, the orders that are overdue and were due on a day or
// before it: what a department above is told of.
func (b *Book) Late(ctx context.Context, due time.Time) (map[string]int64, error) {
	var parts []string
	for i, d := range b.in.Project.Departments {
		for _, id := range b.Resources(d.ID) {
			shown, _ := b.Shown(id)
			parts = append(parts, fmt.Sprintf("SELECT %d AS department, shown_overdue, due FROM %s", i, shown))
		}
	}
	out := map[string]int64{}
	if len(parts) == 0 {
		return out, nil
	}
	err := b.in.Session.Each(ctx, "orders", "SELECT department, count(*) FROM ("+strings.Join(parts, " UNION ALL ")+
		") WHERE shown_overdue AND due <= DATE '"+due.Format(time.DateOnly)+"' GROUP BY department", func(scan engine.Scanner) error {
		var i int
		var n int64
		if err := scan(&i, &n); err != nil {
			return fmt.Errorf("count late orders: %w", err)
		}
		out[b.in.Project.Departments[i].ID] = n
		return nil
	})
	return out, err
}
