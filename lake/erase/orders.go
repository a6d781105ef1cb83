package erase

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
)

// orders finds the work orders of the records that go, table gone_order (number): by
// their keys, and by their numbers where a resource has another key since.
func (w *rewriter) orders(ctx context.Context, releases []*lake.Release) error {
	if err := w.Session.Exec(ctx, "orders", "CREATE OR REPLACE TEMP TABLE gone_order (number VARCHAR)"); err != nil {
		return err
	}
	for _, r := range releases {
		for name, d := range r.Datasets {
			resource := resourceOf(name)
			if !strings.HasSuffix(name, "/orders") || !has(d, "order_number", "rule") || !w.once("orders "+name, d) {
				continue
			}
			if err := w.ordersIn(ctx, r, name, resource); err != nil {
				return fmt.Errorf("release %d, dataset %s: %w", r.Version, name, err)
			}
		}
	}
	return nil
}

func (w *rewriter) ordersIn(ctx context.Context, r *lake.Release, name, resource string) error {
	paths, err := w.Cache.Files(ctx, r.Datasets[name])
	if err != nil || len(paths) == 0 {
		return err
	}
	from := engine.Parquet(paths)
	if cond := w.condition(r, name, resource); cond != "" {
		if err := w.Session.Exec(ctx, "orders", "INSERT INTO gone_order SELECT DISTINCT order_number FROM "+from+" WHERE "+cond); err != nil {
			return err
		}
	}
	keys := w.keys(r, resource)
	if w.OrderNumber == nil || len(keys) == 0 || !has(r.Datasets[name], keys[0]...) {
		return nil
	}
	rules, err := w.texts(ctx, "SELECT DISTINCT rule FROM "+from+" WHERE "+engine.Ident(keys[0][0])+" IS NULL ORDER BY rule")
	if err != nil || len(rules) == 0 {
		return err
	}
	records, err := w.texts(ctx, "SELECT DISTINCT record_key FROM gone_record WHERE record_key <> '' AND resource = "+engine.Lit(resource)+" ORDER BY record_key")
	if err != nil {
		return err
	}
	return w.numbers(ctx, resource, rules, records)
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
