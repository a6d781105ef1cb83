package metrics

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"guiji/catalog"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

// counters are of this process: they begin at zero with it, as Prometheus expects.
type counters struct {
	runs, failures, resources, missed, fetched *prometheus.CounterVec
	took, stages                               *prometheus.HistogramVec
}

func newCounters() counters {
	counter := func(name string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(counterOpts(name), labelsOf(name))
	}
	histogram := func(name string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(histogramOpts(name), labelsOf(name))
	}
	return counters{
		runs: counter(runsTotal), failures: counter(runFailures), resources: counter(resourceFailures),
		missed: counter(slotsMissed), fetched: counter(fetchedTotal),
		took: histogram(runDuration), stages: histogram(stageDuration),
	}
}

func (c counters) all() []prometheus.Collector {
	return []prometheus.Collector{c.runs, c.failures, c.resources, c.missed, c.fetched, c.took, c.stages}
}

// begin shows the zeros: a counter that appears with its first event has no increase.
func (c counters) begin(p *catalog.Project) {
	for _, name := range schedule.Names(p) {
		for _, o := range outcomes() {
			c.runs.WithLabelValues(name, o)
		}
		c.missed.WithLabelValues(name)
	}
	for _, r := range p.Resources {
		if r.Status == catalog.Published {
			c.fetched.WithLabelValues(r.ID, department(r.ID))
		}
	}
}

func outcomes() []string { return []string{lake.RunOK, lake.RunGated, lake.RunPartial, lake.RunFailed} }

// department is the first half of a resource's id.
func department(resource string) string {
	d, _, _ := strings.Cut(resource, "/")
	return d
}

func (c counters) ended(rec *lake.RunRecord) {
	c.runs.WithLabelValues(rec.Pipeline, rec.Outcome).Inc()
	if rec.Kind != "" {
		c.failures.WithLabelValues(rec.Pipeline, rec.Kind).Inc()
	}
	c.took.WithLabelValues(rec.Pipeline).Observe(rec.Ended.Sub(rec.Started).Seconds())
	for _, s := range rec.Stages {
		c.stages.WithLabelValues(rec.Pipeline, s.Name).Observe(s.Took.Seconds())
	}
	for id, r := range rec.Resources {
		if r.Kind != "" {
			c.resources.WithLabelValues(id, department(id), r.Kind).Inc()
		}
		if r.Resource.Pulled.IsZero() { // it did not come to counting
			continue
		}
		c.fetched.WithLabelValues(id, department(id)).Add(float64(fetched(r.Resource)))
	}
}

// failed counts a run that left no record here.
func (c counters) failed(pipeline, kind string) {
	c.runs.WithLabelValues(pipeline, lake.RunFailed).Inc()
	c.failures.WithLabelValues(pipeline, kind).Inc()
}

// fetched are the rows a source gave. Releases of before increments do not say:
// there all that was read was fetched.
func fetched(r lake.Resource) int64 {
	if r.Fetched == 0 && (r.Mode == "" || r.Mode == string(catalog.ModeFull)) {
		return r.Read
	}
	return r.Fetched
}
