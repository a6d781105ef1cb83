package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines/metrics"
	"guiji/pipelines/schedule"
	"guiji/publish/notify"
)

const (
	resumeEvery = 5 * time.Minute // the outbox is looked through
	waiting     = 256             // events that may wait for a hook
	hookLimit   = 2 * time.Minute // of one event's way to its hooks
)

// hookTime bounds one event's way to its hooks. It does not end with the daemon, so
// that a last word is said.
func hookTime() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), hookLimit)
}

// watch is the observer that tells people: hooks and the heartbeat file.
type watch struct {
	app  *app
	base *workspace
	log  *slog.Logger
	read func(*catalog.Project) // told of a project read anew

	mu      sync.Mutex
	project *catalog.Project
	resumed time.Time

	*errands
}

func newWatch(a *app, w *workspace, log *slog.Logger, read func(*catalog.Project)) *watch {
	return &watch{app: a, base: w, log: log, read: read, project: w.project, errands: newErrands(waiting, hookLimit, log)}
}

func (o *watch) now() *catalog.Project {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.project
}

// Started reads the project anew: its hooks may be others since the daemon began.
func (o *watch) Started(schedule.Slot) {
	p, err := catalog.Load(o.app.dir)
	if err != nil {
		return // the run tells
	}
	o.mu.Lock()
	o.project = p
	o.mu.Unlock()
	o.read(p)
}

// Ended tells of a run that did not end well: with the first failure of a slot, and
// once more when it is given up.
func (o *watch) Ended(s schedule.Slot, rec *lake.RunRecord, err error) {
	p := o.now()
	e, ok := o.app.failureOf(o.base, p, s.Pipeline, s.Name, rec, err)
	if !ok {
		return
	}
	e.Again, e.LastTry = !s.Last, s.Last && s.Try > 1
	o.tell(p, e)
}

// Missed tells of what did not happen in time.
func (o *watch) Missed(m schedule.Missed) {
	p := o.now()
	o.tell(p, missedOf(p, m))
}

func (o *watch) tell(p *catalog.Project, e notify.Event) {
	o.later(e.Kind, func(ctx context.Context) { o.app.notifier(o.base, p, o.log).Tell(ctx, e) })
}

// Beat writes the heartbeat, and has the outbox looked through now and then.
func (o *watch) Beat(at time.Time) {
	p := o.now()
	if file := p.Config.Schedule.Heartbeat; file != "" {
		if err := o.heartbeat(p, at).Write(o.base.folder(file)); err != nil {
			o.log.Error("no heartbeat", "error", err.Error())
		}
	}
	o.mu.Lock()
	due := at.Sub(o.resumed).Abs() >= resumeEvery
	if due {
		o.resumed = at
	}
	o.mu.Unlock()
	if due && len(p.Config.Hooks.OnFailure)+len(p.Config.Hooks.OnMissed) > 0 {
		o.later("outbox", func(ctx context.Context) {
			if err := o.app.notifier(o.base, p, o.log).Resume(ctx); err != nil {
				o.log.Warn("outbox not looked through", "error", err.Error())
			}
		})
	}
}

// heartbeat tells the next slot over all pipelines.
func (o *watch) heartbeat(p *catalog.Project, at time.Time) notify.Heartbeat {
	h := notify.NewHeartbeat(at.In(o.base.zone), Version)
	for _, name := range schedule.Names(p) {
		t, err := schedule.NewTimetable(p, name)
		if err != nil || t == nil {
			continue
		}
		if s, ok := t.Next(at); ok && (h.Next == nil || s.Start.Before(*h.Next) || s.Start.Equal(*h.Next) && s.Name < h.Slot) {
			h.Next, h.Slot = &s.Start, s.Name
		}
	}
	return h
}

// observers are who is told of the schedule; done ends what they keep open, after the
// last run.
func (a *app) observers(ctx context.Context, w *workspace, log *slog.Logger) (os schedule.Observers, done func(), err error) {
	m := metrics.New(metrics.Options{Project: w.project, Objects: w.objects, Chain: w.chain, Version: Version, Now: w.now,
		OnError: func(err error) { log.Warn("metrics are old: the store cannot be read", "error", err.Error()) }})
	stop, err := a.serveMetrics(ctx, w.project, m, log)
	if err != nil {
		return nil, nil, err
	}
	watch, courier := newWatch(a, w, log, m.Read), newCourier(a, w, log)
	done = func() {
		watch.close()
		courier.cut()
		stop()
	}
	return schedule.Observers{m, watch, courier, &systemd{log: log}}, done, nil
}

// serveMetrics opens /metrics and /healthz where schedule.metrics says; stop closes.
func (a *app) serveMetrics(ctx context.Context, p *catalog.Project, m *metrics.Metrics, log *slog.Logger) (stop func(), err error) {
	address := p.Config.Schedule.Metrics
	if address == "" {
		return func() {}, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fault.New(fault.Config, "command.schedule.metrics", address).Because(err)
	}
	server := &http.Server{Handler: m.Handler(), ReadHeaderTimeout: 10 * time.Second, WriteTimeout: time.Minute}
	var both sync.WaitGroup
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // the last run's end is still shown
	both.Go(func() { m.Watch(ctx) })
	both.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics are no longer served", "error", err.Error())
		}
	})
	log.Info("metrics", "address", l.Addr().String(), "paths", "/metrics /healthz", "project", filepath.Base(p.Dir))
	return func() {
		cancel()
		_ = server.Close() // whoever asks just now asks again
		both.Wait()
	}, nil
}
