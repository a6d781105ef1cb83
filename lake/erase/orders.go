package erase

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
)

// orders finds the work orders of the records that go, table gone_order (number): by
// their keys, and by the numbers they have or had of every rule that a release knows: where a
// resource has another key since, or where an order was closed so long ago that no release
// carries it, what people wrote about it is there all the same.
func (w *rewriter) orders(ctx context.Context, releases []*lake.Release) error {
	if err := w.Session.Exec(ctx, "orders", "CREATE OR REPLACE TEMP TABLE gone_order (number VARCHAR)"); err != nil {
		return err
	}
	rules := map[string][]string{} // by resource
	for _, r := range releases {
		for name, d := range r.Datasets {
			resource := resourceOf(name)
			isOrders := strings.HasSuffix(name, "/orders") && has(d, "order_number", "rule")
			if !isOrders && !(strings.HasSuffix(name, "/metrics") && has(d, "rule")) || !w.once("orders "+name, d) {
				continue
			}
			more, err := w.ordersIn(ctx, r, name, resource, isOrders)
			if err != nil {
				return fmt.Errorf("release %d, dataset %s: %w", r.Version, name, err)
			}
			rules[resource] = append(rules[resource], more...)
		}
	}
	if w.OrderNumber == nil {
		return nil
	}
	for _, resource := range slices.Sorted(maps.Keys(rules)) {
		records, err := w.texts(ctx, "SELECT DISTINCT record_key FROM gone_record WHERE record_key <> '' AND resource = "+engine.Lit(resource)+" ORDER BY record_key")
		if err != nil {
			return err
		}
		slices.Sort(rules[resource])
		if err := w.numbers(ctx, resource, slices.Compact(rules[resource]), records); err != nil {
			return fmt.Errorf("orders of %s: %w", resource, err)
		}
	}
	return nil
}

// ordersIn adds the orders of records that go, as a dataset of orders has them by their
// keys, and returns the rules that a dataset of orders or metrics names.
func (w *rewriter) ordersIn(ctx context.Context, r *lake.Release, name, resource string, isOrders bool) (rules []string, err error) {
	paths, err := w.Cache.Files(ctx, r.Datasets[name])
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	from := engine.Parquet(paths)
	if cond := w.condition(r, name, resource); isOrders && cond != "" {
		if err := w.Session.Exec(ctx, "orders", "INSERT INTO gone_order SELECT DISTINCT order_number FROM "+from+" WHERE "+cond); err != nil {
			return nil, err
		}
	}
	return w.texts(ctx, "SELECT DISTINCT rule FROM "+from+" WHERE rule IS NOT NULL ORDER BY rule")
}

// numbers adds what the orders of records are called, of every rule.
func (w *rewriter) numbers(ctx context.Context, resource string, rules, records []string) error {
	const most = 1000 // in one statement
	var values []string
	put := func() error {
		if len(values) == 0 {
			return nil
		}
		err := w.Session.Exec(ctx, "orders", "INSERT INTO gone_order VALUES "+strings.Join(values, ", "))
		values = values[:0]
		return err
	}
	for _, record := range records {
		var key []string
		if err := json.Unmarshal([]byte(record), &key); err != nil {
			continue // no key in one column: no order is called after it
		}
		for _, rule := range rules {
			values = append(values, "("+engine.Lit(w.OrderNumber(resource, rule, key))+")")
		}
		if len(values) >= most {
			if err := put(); err != nil {
				return err
			}
		}
	}
	return put()
}

// texts are the one column of a query.
func (w *rewriter) texts(ctx context.Context, query string) ([]string, error) {
	var out []string
	err := w.Session.Each(ctx, "orders", query, func(scan engine.Scanner) error {
		var s string
		if err := scan(&s); err != nil {
			return fmt.Errorf("orders that go: %w", err)
		}
		out = append(out, s)
		return nil
	})
	return out, err
}
