package main

import (
	"context"
	"errors"

	"guiji/quality/orders"
)

// openOrders counts the work orders that guiji status tells of.
type openOrders struct {
	Open        int64              `json:"open"`      // to be mended, returned, being mended, to be verified
	ToVerify    int64              `json:"to_verify"` // of those, said to be mended: the next run decides
	Overdue     int64              `json:"overdue"`   // of those
	Waiting     int64              `json:"waiting"`   // objections and requests that the bureau is to answer
	Departments []departmentOrders `json:"departments"`
}

// departmentOrders are those of one department.
type departmentOrders struct {
	Department string `json:"department"` // id
	Open       int64  `json:"open"`
	ToVerify   int64  `json:"to_verify"`
	Overdue    int64  `json:"overdue"`
	Waiting    int64  `json:"waiting"`
}

// openOrders counts the newest release's orders, by the departments that have any to deal
// with. A store without one is not read.
func (w *workspace) openOrders(ctx context.Context) (n openOrders, err error) {
	n.Departments = []departmentOrders{}
	rel, err := w.chain.Head(ctx)
	if err != nil || rel == nil {
		return n, err
	}
	var some bool
	for _, res := range w.project.Resources {
		some = some || rel.Datasets[orders.Dataset(res.ID)].Rows > 0
	}
	if !some {
		return n, nil
	}
	b, err := w.bookOf(ctx, rel)
	if err != nil {
		return n, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	counts, err := b.Counts(ctx, 0)
	if err != nil {
		return n, err
	}
	for _, c := range counts {
		if c.Open+c.Waiting == 0 {
			continue
		}
		n.Open, n.ToVerify, n.Overdue, n.Waiting = n.Open+c.Open, n.ToVerify+c.ToVerify, n.Overdue+c.Overdue, n.Waiting+c.Waiting
		n.Departments = append(n.Departments, departmentOrders{Department: c.Department, Open: c.Open, ToVerify: c.ToVerify, Overdue: c.Overdue, Waiting: c.Waiting})
	}
	return n, nil
}

// ordersLine tells of work orders in a line; "" where there is nothing to do.
func (a *app) ordersLine(n openOrders) string {
	var s string
	if n.Open > 0 {
		s = a.say("command.status.orders", n.Open, n.ToVerify, n.Overdue)
	}
	if n.Waiting > 0 {
		if s != "" {
			s += a.say("report.and")
		}
		s += a.say("command.status.waiting", n.Waiting)
	}
	return s
}
