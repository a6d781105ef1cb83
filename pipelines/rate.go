package pipelines

import (
	"context"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/lake"
)

// rateWindow is how long a source may stay below the least rate.
const rateWindow = time.Minute

// meter measures how fast a resource's rows come, and ends its reading when they come
// slower than the pipeline's min_rate for a whole window: a source that trickles would
// hold the run for ever without an error. Time in which a part's rows are being worked
// on or written is not the source's and does not count.
type meter struct {
	resource string
	least    int64 // rows/s
	window   time.Duration
	stop     context.CancelCauseFunc

	mu    sync.Mutex
	busy  int       // parts whose rows are worked on
	since time.Time // when the clock last went on
	spent time.Duration
	rows  int64
}

// measured starts to measure a resource's reading; without a least rate ctx is as it
// was. end stops it, and tells why it was cut, nil if it was not.
func (r *run) measured(ctx context.Context, resource string) (_ context.Context, m *meter, end func() error) {
	least := r.Project.Config.Pipelines[r.req.Pipeline].MinRate
	if least <= 0 {
		return ctx, nil, func() error { return nil }
	}
	m = &meter{resource: resource, least: least, window: rateWindow, since: time.Now()}
	if r.RateWindow > 0 {
		m.window = r.RateWindow
	}
	ctx, m.stop = context.WithCancelCause(ctx)
	var cut error
	done := make(chan struct{})
	go func() {
		defer close(done)
		cut = m.watch(ctx)
	}()
	return ctx, m, func() error {
		m.stop(nil)
		<-done
		return cut
	}
}

// watch looks at the meter until ctx ends or the source is too slow.
func (m *meter) watch(ctx context.Context) error {
	tick := time.NewTicker(max(m.window/8, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := m.look(); err != nil {
			m.stop(err)
			return err
		}
	}
}

// look judges a window that is over and begins the next.
func (m *meter) look() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tell()
	if m.spent < m.window {
		return nil
	}
	rows, spent := m.rows, m.spent
	m.rows, m.spent = 0, 0
	if rate := float64(rows) / spent.Seconds(); rate < float64(m.least) {
		return fault.New(fault.Unreachable, "pipeline.slow", m.resource, rate, m.least, m.window).Try("pipeline.slow.hint")
	}
	return nil
}

// tell adds the source's time up to now.
func (m *meter) tell() {
	now := time.Now()
	if m.busy == 0 {
		m.spent += now.Sub(m.since)
	}
	m.since = now
}

// work runs f as work on rows that came from the source.
func (m *meter) work(rows int64, f func() error) error {
	m.mu.Lock()
	m.tell()
	m.busy++
	m.rows += rows
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.tell()
		m.busy--
	}()
	return f()
}

// sink measures what goes into a sink; a nil meter leaves it as it is.
func (m *meter) sink(to connectors.Sink) connectors.Sink {
	if m == nil {
		return to
	}
	return meteredSink{m, to}
}

type meteredSink struct {
	m  *meter
	to connectors.Sink
}

func (s meteredSink) Batch(rec arrow.RecordBatch) error {
	return s.m.work(rec.NumRows(), func() error { return s.to.Batch(rec) })
}

func (s meteredSink) Bad(row lake.BadRow) error {
	return s.m.work(1, func() error { return s.to.Bad(row) })
}
