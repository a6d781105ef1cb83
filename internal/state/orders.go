package state

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// OnOrders adds acts on work orders, all of them or none; an act that is refused
// (fault.Config) refuses all. before is called when all is in order, and nothing is kept
// if it fails: what goes to the audit chain goes there first. That an order of a number
// is there is for the caller to know.
func (s *Store) OnOrders(ctx context.Context, acts []OrderAct, before func() error) error {
	return s.within(ctx, func(tx *sql.Tx) error { return onOrders(ctx, tx, acts, before) })
}

// onOrders is OnOrders within a transaction.
func onOrders(ctx context.Context, tx *sql.Tx, acts []OrderAct, before func() error) error {
	next := make([]int, len(acts))
	standing, count := map[string]OrderStanding{}, map[string]int{}
	for i, a := range acts {
		at, known := standing[a.Number]
		if !known {
			err := orderActs(ctx, tx, a.Number, func(done OrderAct) error {
				at = at.Apply(done)
				count[a.Number]++
				return nil
			})
			if err != nil {
				return err
			}
		}
		if err := at.Admit(a); err != nil {
			return err
		}
		standing[a.Number], next[i] = at.Apply(a), count[a.Number]
		count[a.Number]++
	}
	if err := before(); err != nil {
		return err
	}
	return insertOrderActs(ctx, tx, acts, next)
}

func insertOrderActs(ctx context.Context, tx *sql.Tx, acts []OrderAct, seq []int) error {
	put, err := tx.PrepareContext(ctx, "INSERT INTO order_act (number, seq, verb, at, department, office, assigned, reason, approver, until, dispute) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer put.Close()
	for i, a := range acts {
		if _, err := put.ExecContext(ctx, a.Number, seq[i], string(a.Verb), a.At.UTC().Format(time.RFC3339Nano), a.Department, a.Office, a.To, a.Reason, a.Approver, a.Until, a.Dispute); err != nil {
			return err
		}
	}
	return nil
}

// OrderActs are the acts on one order, in their order; none of a nil store.
func (s *Store) OrderActs(ctx context.Context, number string) (acts []OrderAct, err error) {
	if s == nil {
		return nil, nil
	}
	err = s.within(ctx, func(tx *sql.Tx) error {
		return orderActs(ctx, tx, number, func(a OrderAct) error {
			acts = append(acts, a)
			return nil
		})
	})
	return acts, err
}

// EachOrder calls f with the standing of every order that anybody has acted on, by
// number; of a nil store with none.
func (s *Store) EachOrder(ctx context.Context, f func(OrderStanding) error) error {
	if s == nil {
		return nil
	}
	return s.within(ctx, func(tx *sql.Tx) error {
		var at OrderStanding
		err := orderActs(ctx, tx, "", func(a OrderAct) error {
			if a.Number != at.Number && at.Number != "" {
				if err := f(at); err != nil {
					return err
				}
			}
			if a.Number != at.Number {
				at = OrderStanding{}
			}
			at = at.Apply(a)
			return nil
		})
		if err != nil || at.Number == "" {
			return err
		}
		return f(at)
	})
}

// orderActs calls f with the acts on one order, or with "" on all, by number and in
// their order.
func orderActs(ctx context.Context, tx *sql.Tx, number string, f func(OrderAct) error) error {
	query, args := "SELECT number, verb, at, department, office, assigned, reason, approver, until, dispute FROM order_act", []any{}
	if number != "" {
		query, args = query+" WHERE number = ?", append(args, number)
	}
	rows, err := tx.QueryContext(ctx, query+" ORDER BY number, seq", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a OrderAct
		var at string
		if err := rows.Scan(&a.Number, &a.Verb, &at, &a.Department, &a.Office, &a.To, &a.Reason, &a.Approver, &a.Until, &a.Dispute); err != nil {
			return err
		}
		if a.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return fmt.Errorf("time of an act: %w", err)
		}
		if err := f(a); err != nil {
			return err
		}
	}
	return rows.Err()
}
