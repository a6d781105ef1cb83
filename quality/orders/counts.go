package orders

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// Counts is how a department stands with its work orders on a day: counts and dates,
// never a key or a value.
type Counts struct {
	Department string `json:"department"` // id
	Open       int64  `json:"open"`       // to be mended, returned, being mended, to be verified
	Overdue    int64  `json:"overdue"`    // of those
	Soon       int64  `json:"soon"`       // of those, not overdue and due within the days asked for
	Returned   int64  `json:"returned"`   // of those, mended once and found again in this release
	ToVerify   int64  `json:"to_verify"`  // of those, said to be mended
	Unverified int64  `json:"unverified"` // of those, said to be mended and still found
	Exempt     int64  `json:"exempt"`
	Requested  int64  `json:"requested"`          // exemptions asked for that wait for their answer
	Waiting    int64  `json:"waiting"`            // what the bureau is to answer: those, and objections
	Opened     int64  `json:"opened"`             // by this release
	Mended     int64  `json:"mended"`             // closed by this release as mended
	Gone       int64  `json:"gone"`               // closed by this release, the record being gone
	Due        string `json:"due,omitempty"`      // the earliest day an open one is due, 2006-01-02
	SoonDue    string `json:"soon_due,omitempty"` // of Soon
}

// Counts counts every department's orders, in the order of the catalogue, those without
// any too; soon is in calendar days from the book's day on.
func (b *Book) Counts(ctx context.Context, soon int) ([]Counts, error) {
	out := make([]Counts, len(b.in.Project.Departments))
	var parts []string
	for i, d := range b.in.Project.Departments {
		out[i].Department = d.ID
		for _, id := range b.Resources(d.ID) {
			shown, _ := b.Shown(id)
			parts = append(parts, fmt.Sprintf("SELECT %d AS department, shown_status, shown_overdue, shown_unverified, order_state, due, opened, reopened, closed, act_requested, act_objected FROM %s", i, shown))
		}
	}
	if len(parts) == 0 {
		return out, nil
	}
	return out, b.count(ctx, strings.Join(parts, " UNION ALL "), soon, out)
}

func (b *Book) count(ctx context.Context, from string, soon int, out []Counts) error {
	open := "shown_status IN ('" + strings.Join(words(Pending, Returned, InProgress, ToVerify), "', '") + "')"
	is := func(s Status) string { return "shown_status = '" + string(s) + "'" }
	now := fmt.Sprint(b.in.Release.Version)
	soonDue := fmt.Sprintf("%s AND NOT shown_overdue AND due <= %s + %d", open, b.today(), soon)
	first := func(of string) string {
		return "coalesce(strftime(min(due) FILTER (WHERE " + of + "), '%Y-%m-%d'), '')"
	}
	conditions := []string{
		open, "shown_overdue", soonDue, open + " AND reopened = " + now, is(ToVerify), "shown_unverified", is(Exempted),
		open + " AND act_requested IS NOT NULL", waiting(), "opened = " + now, "order_state = '" + string(Mended) + "' AND closed = " + now, "order_state = '" + string(Gone) + "' AND closed = " + now,
	}
	columns := make([]string, len(conditions))
	for i, c := range conditions {
		columns[i] = "count(*) FILTER (WHERE " + c + ")"
	}
	return b.in.Session.Each(ctx, "orders", "SELECT department, "+strings.Join(columns, ", ")+", "+first(open)+", "+first(soonDue)+" FROM ("+from+") GROUP BY department ORDER BY department", func(scan engine.Scanner) error {
		var i int
		var c Counts
		if err := scan(&i, &c.Open, &c.Overdue, &c.Soon, &c.Returned, &c.ToVerify, &c.Unverified, &c.Exempt, &c.Requested, &c.Waiting, &c.Opened, &c.Mended, &c.Gone, &c.Due, &c.SoonDue); err != nil {
			return fmt.Errorf("count the orders: %w", err)
		}
		c.Department = out[i].Department
		out[i] = c
		return nil
	})
}
