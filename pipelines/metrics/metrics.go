// Package metrics tells Prometheus how the schedule goes: counts of what this daemon
// ran, and gauges of what the store holds, which are right again after a restart and
// the same in every daemon. It is an observer of the schedule, compiles without
// DuckDB and is imported by cmd only; it imports pipelines/schedule, lake and catalog.
// Labels are names of pipelines, resources and departments of the project and words
// of fixed lists: never a value, a reason or an id of a run.
package metrics

import (
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

// silence is how long a daemon may go without a beat before /healthz fails.
const silence = 3 * time.Minute

// Options are what metrics are taken from.
type Options struct {
	Project *catalog.Project
	Objects lake.Objects
	Chain   *lake.Chain
	Version string           // of the program
	Now     func() time.Time // in the project's time zone
	OnError func(error)      // told when the store cannot be read; the gauges stay as they were
}

// Metrics has a registry of its own. Its methods may be called from several goroutines.
type Metrics struct {
	opts     Options
	registry *prometheus.Registry
	counters counters
	descs    map[string]*prometheus.Desc
	wake     chan struct{}

	mu      sync.Mutex
	project *catalog.Project
	seen    state
	beat    time.Time
}

// New makes the metrics of a daemon. The gauges of the store appear with the first
// Refresh.
func New(o Options) *Metrics {
	m := &Metrics{opts: o, registry: prometheus.NewRegistry(), counters: newCounters(), descs: map[string]*prometheus.Desc{},
		wake: make(chan struct{}, 1), project: o.Project, beat: o.Now()}
	for _, d := range All() {
		m.descs[d.Name] = prometheus.NewDesc(d.Name, d.Help, d.Labels, nil)
	}
	m.registry.MustRegister(m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(m.counters.all()...)
	build := prometheus.NewGaugeVec(gaugeOpts(buildInfo), labelsOf(buildInfo))
	build.WithLabelValues(o.Version, runtime.Version()).Set(1)
	m.registry.MustRegister(build)
	m.counters.begin(o.Project)
	return m
}

// Handler serves /metrics and /healthz. The latter answers 503 when there was no beat
// for three minutes.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		m.mu.Lock()
		quiet := m.opts.Now().Sub(m.beat)
		m.mu.Unlock()
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if quiet > silence {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("no beat for " + quiet.Round(time.Second).String() + "\n"))
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
	return mux
}

// Read takes the project as it was read anew: what it gained or lost shows from now on.
func (m *Metrics) Read(p *catalog.Project) {
	m.counters.begin(p)
	m.mu.Lock()
	m.project = p
	m.mu.Unlock()
	m.poke()
}

// Started has nothing to count: a run counts when it ends. The lease gauge is read anew.
func (m *Metrics) Started(schedule.Slot) { m.poke() }

// Ended counts a run. One that never began, as another holds its pipeline, is none.
func (m *Metrics) Ended(s schedule.Slot, rec *lake.RunRecord, err error) {
	switch {
	case rec != nil:
		m.counters.ended(rec)
	case err != nil && fault.KindOf(err) != fault.Locked:
		m.counters.failed(s.Pipeline, fault.KindOf(err).String())
	}
	m.poke()
}

// Missed counts slots that did not begin in time. A resource that is late is a gauge.
func (m *Metrics) Missed(missed schedule.Missed) {
	if missed.Why != schedule.MissedLate {
		m.counters.missed.WithLabelValues(missed.Pipeline).Add(float64(max(1, missed.Slots)))
	}
}

// Beat notes that the daemon lives, and has the store looked at.
func (m *Metrics) Beat(at time.Time) {
	m.mu.Lock()
	m.beat = at
	m.mu.Unlock()
	m.poke()
}

// poke asks Watch for a look at the store; it never waits.
func (m *Metrics) poke() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}
