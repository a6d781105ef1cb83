package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// errands are done one after the other by a goroutine of their own, as a schedule does
// not wait for a mail server.
type errands struct {
	jobs chan func(ctx context.Context)
	done sync.WaitGroup
	stop context.CancelFunc
	log  *slog.Logger
}

// newErrands takes so many at once, each for so long at most.
func newErrands(room int, each time.Duration, log *slog.Logger) *errands {
	ctx, stop := context.WithCancel(context.Background())
	e := &errands{jobs: make(chan func(context.Context), room), stop: stop, log: log}
	e.done.Go(func() {
		for job := range e.jobs {
			bound, cancel := context.WithTimeout(ctx, each)
			job(bound)
			cancel()
		}
	})
	return e
}

// close waits for what is to be done.
func (e *errands) close() {
	close(e.jobs)
	e.done.Wait()
	e.stop()
}

// cut is close for what can go on later: it ends what is being done.
func (e *errands) cut() {
	e.stop()
	e.close()
}

func (e *errands) later(what string, job func(ctx context.Context)) {
	select {
	case e.jobs <- job:
	default:
		e.log.Error("dropped: too much waits to be told", "what", what)
	}
}
