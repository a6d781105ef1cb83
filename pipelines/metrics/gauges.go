package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"guiji/catalog"
	"guiji/lake"
)

// gauges sends the gauges of one scrape.
type gauges struct {
	out   chan<- prometheus.Metric
	descs map[string]*prometheus.Desc
	now   time.Time
}

func (g gauges) set(name string, v float64, labels ...string) {
	g.out <- prometheus.MustNewConstMetric(g.descs[name], prometheus.GaugeValue, v, labels...)
}

func (g gauges) pipeline(name string, r pipelineRuns, held bool) {
	g.set(leaseHeld, truth(held), name)
	g.set(lastSuccess, unix(r.success), name)
	if r.last.ID == "" {
		return
	}
	g.set(lastRun, unix(r.last.Ended), name)
	g.set(lastTook, r.last.Ended.Sub(r.last.Started).Seconds(), name)
	for _, o := range outcomes() {
		g.set(lastOutcome, truth(r.last.Outcome == o), name, o)
	}
}

// resource shows what the newest release says of a resource: a run that failed
// changes nothing here but the lag.
func (g gauges) resource(id string, r lake.Resource, landed bool, limit time.Duration) {
	set := func(name string, v float64) { g.set(name, v, id, department(id)) }
	set(cycle, limit.Seconds())
	if !landed {
		set(late, truth(limit > 0))
		return
	}
	since := g.now.Sub(r.Pulled)
	set(late, truth(limit > 0 && since > limit))
	set(lag, max(0, since.Seconds()))
	set(pulled, unix(r.Pulled))
	set(readRows, float64(r.Read))
	set(fetchedRows, float64(fetched(r)))
	set(landedRows, float64(r.Landed))
	set(quarantinedRows, float64(r.Quarantined+r.Withheld))
	set(failedRows, float64(r.FailedRows))
	set(errorRows, float64(r.ErrorRows))
	set(deletedRows, float64(r.Deleted))
	set(gated, truth(r.Outcome == lake.RunGated))
}

// tasks shows every department, those without tasks too.
func (g gauges) tasks(p *catalog.Project, head *lake.Release) {
	today := g.now.Format(time.DateOnly)
	open, overdue := map[string]int{}, map[string]int{}
	for _, d := range p.Departments {
		open[d.ID] = 0
	}
	for _, t := range head.Tasks {
		asked := t.Departments()
		if len(asked) == 0 { // the bureau itself
			asked = []string{""}
		}
		for _, d := range asked {
			open[d]++
			if t.Due != "" && t.Due < today {
				overdue[d]++
			}
		}
	}
	for d, n := range open {
		g.set(tasksOpen, float64(n), d)
		g.set(tasksOverdue, float64(overdue[d]), d)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// unix is a time in seconds; 0 for none.
func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
