package metrics

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"guiji/catalog"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

// How many records are looked at: back to the last success of each pipeline at the
// start, then those that may be new.
const (
	firstLook = 500
	laterLook = 20
)

// state is what the store held at the last look.
type state struct {
	at   time.Time // zero before the first
	head *lake.Release
	runs map[string]pipelineRuns
	held map[string]bool
}

type pipelineRuns struct {
	last    lake.RunRecord
	success time.Time
}

// Watch looks at the store whenever something happened, and with every beat, until
// ctx ends.
func (m *Metrics) Watch(ctx context.Context) {
	for {
		if err := m.Refresh(ctx); err != nil && ctx.Err() == nil && m.opts.OnError != nil {
			m.opts.OnError(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-m.wake:
		}
	}
}

// Refresh reads what the gauges show from the store. After an error they stay as
// they were, and guiji_store_read_timestamp_seconds tells their age.
func (m *Metrics) Refresh(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	m.mu.Lock()
	before, project := m.seen, m.project
	m.mu.Unlock()
	now := m.opts.Now()
	head, err := m.opts.Chain.Head(ctx)
	if err != nil {
		return fmt.Errorf("read the newest release: %w", err)
	}
	next := state{at: now, head: head, held: map[string]bool{}}
	for _, name := range schedule.Names(project) {
		_, _, held, err := lake.Holder(ctx, m.opts.Objects, schedule.Lease(name), now)
		if err != nil {
			return err
		}
		next.held[name] = held
	}
	n := laterLook
	if before.at.IsZero() {
		n = firstLook
	}
	records, err := lake.Runs(ctx, m.opts.Objects, n)
	if err != nil {
		return err
	}
	next.runs = latest(before.runs, records)
	m.mu.Lock()
	m.seen = next
	m.mu.Unlock()
	return nil
}

// latest brings the pipelines' last runs up to date. Records come newest first.
func latest(before map[string]pipelineRuns, records []lake.RunRecord) map[string]pipelineRuns {
	runs := map[string]pipelineRuns{}
	for name, r := range before {
		runs[name] = r
	}
	for _, rec := range records {
		r := runs[rec.Pipeline]
		if rec.ID > r.last.ID {
			r.last = rec
		}
		if rec.Outcome == lake.RunOK && rec.Ended.After(r.success) {
			r.success = rec.Ended
		}
		runs[rec.Pipeline] = r
	}
	return runs
}

// Describe sends nothing: what is shown follows the project and the release.
func (m *Metrics) Describe(chan<- *prometheus.Desc) {}

// Collect sends the gauges. Those of time are of the moment they are asked for.
func (m *Metrics) Collect(out chan<- prometheus.Metric) {
	m.mu.Lock()
	seen, beat, project := m.seen, m.beat, m.project
	m.mu.Unlock()
	g := gauges{out: out, descs: m.descs, now: m.opts.Now()}
	g.set(heartbeat, unix(beat))
	g.set(up, truth(g.now.Sub(beat) <= silence))
	if seen.at.IsZero() {
		return
	}
	g.set(storeRead, unix(seen.at))
	for _, name := range schedule.Names(project) {
		g.pipeline(name, seen.runs[name], seen.held[name])
	}
	head := seen.head
	if head == nil {
		head = &lake.Release{}
	}
	g.set(releaseVersion, float64(head.Version))
	g.set(releaseCreated, unix(head.Created))
	for _, r := range project.Resources {
		if r.Status == catalog.Published {
			landed, ok := head.Resources[r.ID]
			g.resource(r.ID, landed, ok, catalog.LateAfter(r.Cycle))
		}
	}
	g.tasks(project, head)
}
