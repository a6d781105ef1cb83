package orders

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"guiji/internal/engine"
)

// Order is one work order as it is shown.
type Order struct {
	Number     string    `json:"number"`
	Resource   string    `json:"resource"`
	Rule       string    `json:"rule"`
	Version    string    `json:"version"`       // of the rule it last failed
	Key        []string  `json:"-"`             // as Query.Key has it; nil of one that ended with its key
	Status     Status    `json:"status"`        //
	State      State     `json:"state"`         //
	Because    Because   `json:"why,omitempty"` //
	Overdue    bool      `json:"overdue"`
	Unverified bool      `json:"unverified"` // said to be mended, and found again
	Item       string    `json:"item"`       // names, joined by a comma
	Title      string    `json:"title"`
	Severity   string    `json:"severity"`
	Due        time.Time `json:"-"`
	Soft       bool      `json:"provisional"` // Due is
	Opened     uint64    `json:"opened"`      // releases
	OpenedAt   time.Time `json:"opened_at"`   // in the time zone of Input.Now, as all of these
	Seen       uint64    `json:"seen"`
	SeenAt     time.Time `json:"seen_at"`
	Periods    int64     `json:"periods"`
	Returns    int64     `json:"returns"`
	Reopened   uint64    `json:"reopened,omitempty"`
	ReopenedAt time.Time `json:"reopened_at,omitzero"`
	Closed     uint64    `json:"closed,omitempty"`
	ClosedAt   time.Time `json:"closed_at,omitzero"`
	Assigned   string    `json:"assigned,omitempty"`
	Until      string    `json:"exempt_until,omitempty"`
	Approver   string    `json:"approver,omitempty"`
	Requested  bool      `json:"requested"` // an exemption was asked for and waits for its answer
	Objected   bool      `json:"objected"`  // an objection waits for the bureau's answer
	Dispute    string    `json:"dispute,omitempty"`
}

// Query chooses orders; the zero value is all.
type Query struct {
	Department string // id
	Resource   string // id
	Rule       string
	Statuses   []Status
	Overdue    bool
	Waiting    bool                                 // of those, what the bureau is to answer: requests and objections
	Numbers    []string                             // as Number makes them
	Key        func(resource, column string) string // SQL of a key column, to mask it; nil: as it is
	Limit      int                                  // 0: none
	Offset     int
}

// Each calls f for the orders of a query: overdue ones first, then by due date, resource,
// rule and key. They are streamed.
func (b *Book) Each(ctx context.Context, q Query, f func(Order) error) error {
	from, err := b.chosen(ctx, q)
	if err != nil || from == "" {
		return err
	}
	query := "SELECT resource, number, _key, rule, version, shown_status, order_state, coalesce(because, ''), shown_overdue, shown_unverified, coalesce(rule_item, ''), coalesce(rule_title, rule), coalesce(severity, ''), " +
		"due, provisional, opened, opened_at, seen, seen_at, periods, returns, coalesce(reopened, 0), coalesce(reopened_at, TIMESTAMP '0001-01-01'), coalesce(closed, 0), coalesce(closed_at, TIMESTAMP '0001-01-01'), " +
		"coalesce(act_assigned, ''), coalesce(strftime(act_until, '%Y-%m-%d'), ''), coalesce(act_approver, ''), act_requested IS NOT NULL, act_objected IS NOT NULL, coalesce(act_dispute, '') FROM (" + from +
		") ORDER BY shown_overdue DESC, due, resource, rule, _key, number"
	if q.Limit > 0 {
		query += fmt.Sprintf(" LIMIT %d OFFSET %d", q.Limit, q.Offset)
	}
	return b.in.Session.Each(ctx, "orders", query, func(scan engine.Scanner) error {
		var o Order
		var key string
		if err := scan(&o.Resource, &o.Number, &key, &o.Rule, &o.Version, &o.Status, &o.State, &o.Because, &o.Overdue, &o.Unverified, &o.Item, &o.Title, &o.Severity,
			&o.Due, &o.Soft, &o.Opened, &o.OpenedAt, &o.Seen, &o.SeenAt, &o.Periods, &o.Returns, &o.Reopened, &o.ReopenedAt, &o.Closed, &o.ClosedAt,
			&o.Assigned, &o.Until, &o.Approver, &o.Requested, &o.Objected, &o.Dispute); err != nil {
			return fmt.Errorf("read the orders: %w", err)
		}
		if o.Because != Rekeyed {
			if err := json.Unmarshal([]byte(key), &o.Key); err != nil {
				return fmt.Errorf("key of an order: %w", err)
			}
		}
		for _, t := range []*time.Time{&o.OpenedAt, &o.SeenAt, &o.ReopenedAt, &o.ClosedAt} {
			*t = b.zoned(*t)
		}
		return f(o)
	})
}

// zoned is a time whose wall clock the release holds.
func (b *Book) zoned(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), b.in.Now.Location())
}

// Total counts the orders of a query, and of those the overdue ones; Limit is left out.
func (b *Book) Total(ctx context.Context, q Query) (all, overdue int64, err error) {
	from, err := b.chosen(ctx, q)
	if err != nil || from == "" {
		return 0, 0, err
	}
	err = b.in.Session.Row(ctx, "orders", "SELECT count(*), count(*) FILTER (WHERE shown_overdue) FROM ("+from+")", &all, &overdue)
	return all, overdue, err
}

// waiting is the condition that an order waits for an answer of the bureau.
func waiting() string {
	return "(act_requested IS NOT NULL OR act_objected IS NOT NULL) AND shown_status NOT IN ('" + strings.Join(words(Closed, Deleted, Lapsed), "', '") + "')"
}

// chosen is the SQL of a query's orders in the columns of all resources alike; "" for none.
func (b *Book) chosen(ctx context.Context, q Query) (string, error) {
	var cond []string
	if q.Rule != "" {
		cond = append(cond, "rule = "+engine.Lit(q.Rule))
	}
	if len(q.Statuses) > 0 {
		cond = append(cond, "shown_status IN ('"+strings.Join(words(q.Statuses...), "', '")+"')")
	}
	if q.Overdue {
		cond = append(cond, "shown_overdue")
	}
	if q.Waiting {
		cond = append(cond, waiting())
	}
	if q.Numbers != nil {
		if err := b.asked(ctx, q.Numbers); err != nil {
			return "", err
		}
		cond = append(cond, "order_number IN (SELECT number FROM ord_asked)")
	}
	where := ""
	if len(cond) > 0 {
		where = " WHERE " + strings.Join(cond, " AND ")
	}
	var parts []string
	for _, id := range b.Resources(q.Department) {
		if q.Resource != "" && q.Resource != id {
			continue
		}
		shown, _ := b.Shown(id)
		keys := make([]string, len(b.Keys(id)))
		for i, k := range b.Keys(id) {
			keys[i] = engine.Ident(k)
			if q.Key != nil {
				keys[i] = q.Key(id, k)
			}
			keys[i] = "coalesce((" + keys[i] + ")::VARCHAR, '')"
		}
		parts = append(parts, "SELECT "+engine.Lit(id)+" AS resource, order_number AS number, to_json(["+strings.Join(keys, ", ")+"])::VARCHAR AS _key, * EXCLUDE ("+
			engine.Idents(append(slices.Clone(b.Keys(id)), "order_number"))+") FROM "+shown+where)
	}
	return strings.Join(parts, " UNION ALL BY NAME "), nil
}

// asked makes ord_asked of numbers.
func (b *Book) asked(ctx context.Context, numbers []string) error {
	if err := b.in.Session.Exec(ctx, "orders", "CREATE OR REPLACE TEMP TABLE ord_asked (number VARCHAR)"); err != nil {
		return err
	}
	for part := range slices.Chunk(numbers, 1000) {
		rows := make([]string, len(part))
		for i, n := range part {
			rows[i] = "(" + engine.Lit(n) + ")"
		}
		if err := b.in.Session.Exec(ctx, "orders", "INSERT INTO ord_asked VALUES "+strings.Join(rows, ", ")); err != nil {
			return err
		}
	}
	return nil
}

// Near are the numbers of orders, three at most, that a mistyped one may mean.
func (b *Book) Near(ctx context.Context, number string) ([]string, error) {
	var parts []string
	for _, id := range b.Resources("") {
		parts = append(parts, "SELECT order_number AS n FROM "+b.tables[id].sql)
	}
	if len(parts) == 0 {
		return nil, nil
	}
	var out []string
	err := b.in.Session.Each(ctx, "orders", "SELECT n FROM (SELECT DISTINCT n, damerau_levenshtein(n, "+engine.Lit(number)+") AS d FROM ("+strings.Join(parts, " UNION ALL ")+")) WHERE d <= 2 ORDER BY d, n LIMIT 3", func(scan engine.Scanner) error {
		var n string
		if err := scan(&n); err != nil {
			return fmt.Errorf("read the orders: %w", err)
		}
		out = append(out, n)
		return nil
	})
	return out, err
}
