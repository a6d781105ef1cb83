package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"guiji/catalog"
	"guiji/lake"
	"guiji/pipelines/schedule"
	"guiji/publish/deliver"
)

const (
	courierTime = 30 * time.Minute // of one look at what is to be delivered
	lookEvery   = 5 * time.Minute  // the outbox is looked through
	remindEvery = time.Hour        // and what is due or overdue
	stillNew    = 24 * time.Hour   // a release whose messages were never written is told of for so long
)

// courier is the observer that delivers reports, where the project has it so.
type courier struct {
	app  *app
	base *workspace
	log  *slog.Logger
	*errands
	busy atomic.Bool // a look waits or goes on

	mu        sync.Mutex
	project   *catalog.Project
	deliverer *deliver.Deliverer // of project; nil where it cannot deliver
	looked    time.Time
	reminded  time.Time
}

func newCourier(a *app, w *workspace, log *slog.Logger) *courier {
	c := &courier{app: a, base: w, log: log, errands: newErrands(waiting, courierTime, log)}
	c.read(w.project)
	return c
}

// read takes a project up as it is now. One that breaks rules is not delivered by, as it is
// not run: its addresses may be another's.
func (c *courier) read(p *catalog.Project) {
	if slices.ContainsFunc(p.Check(time.Now()), func(v catalog.Violation) bool { return v.Severity == catalog.Error }) {
		c.log.Error("reports are delivered as before: the project breaks rules")
		return
	}
	var d *deliver.Deliverer
	if p.Config.Delivery != nil {
		var err error
		if d, err = c.app.deliverer(c.base.of(p), c.log); err != nil {
			c.log.Error("reports are not delivered", "error", err.Error())
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.project, c.deliverer = p, d
}

func (c *courier) now() (*workspace, *deliver.Deliverer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.deliverer == nil {
		return nil, nil
	}
	return c.base.of(c.project), c.deliverer
}

// Started reads the project anew.
func (c *courier) Started(schedule.Slot) {
	own := *c.app
	if p, err := own.project(); err == nil { // else the run tells
		c.read(p)
	}
}

// Ended delivers the release that a run made.
func (c *courier) Ended(_ schedule.Slot, rec *lake.RunRecord, _ error) {
	w, d := c.now()
	if d == nil || rec == nil || rec.Release == 0 {
		return
	}
	c.later("delivery", func(ctx context.Context) { c.app.deliverRelease(ctx, w, d, rec.Release, c.log) })
}

// Missed is no concern of a courier's.
func (c *courier) Missed(schedule.Missed) {}

// Beat has the outbox looked through now and then: for what waits, for a release whose
// messages were never written as somebody died, and for what is overdue.
func (c *courier) Beat(at time.Time) {
	w, d := c.now()
	if d == nil {
		return
	}
	c.mu.Lock()
	look := at.Sub(c.looked).Abs() >= lookEvery
	remind := look && at.Sub(c.reminded).Abs() >= remindEvery
	if look = look && c.busy.CompareAndSwap(false, true); look {
		c.looked = at
		if remind {
			c.reminded = at
		}
	}
	c.mu.Unlock()
	if !look {
		return
	}
	c.later("outbox", func(ctx context.Context) {
		defer c.busy.Store(false)
		if err := c.app.lookThrough(ctx, w, d, remind); err != nil && ctx.Err() == nil {
			c.log.Warn("outbox of reports not looked through", "error", err.Error())
		}
	})
}
