package schedule

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"guiji/catalog"
	"guiji/lake"
)

// lateEvery is how often resources are looked at for lateness.
const lateEvery = 10 * time.Minute

// findLate tells of each resource of a pipeline with a cron that is late, once in a
// period of its update cycle, over all daemons.
func (d *Daemon) findLate(ctx context.Context, p *catalog.Project) error {
	zone, err := time.LoadLocation(p.Config.Timezone)
	if err != nil {
		return err
	}
	head, err := d.Chain.Head(ctx)
	if err != nil {
		return err
	}
	now := d.Now().In(zone)
	for _, name := range slices.Sorted(maps.Keys(p.Config.Pipelines)) {
		if p.Config.Pipelines[name].Cron == "" {
			continue
		}
		j, err := ReadJournal(ctx, d.Objects, name)
		if err != nil {
			return err
		}
		missed, changed := j.tellLate(p, name, head, now)
		if !changed {
			continue
		}
		if err := j.put(ctx, d.Objects, name); errors.Is(err, lake.ErrConflict) {
			d.checked = time.Time{} // look again soon
			continue
		} else if err != nil {
			return err
		}
		for _, m := range missed {
			d.Log.Warn("resource late", "pipeline", m.Pipeline, "resource", m.Resource, "since", m.Since)
			d.Observer.Missed(m)
		}
	}
	return nil
}

// tellLate notes which resources are late and returns those it was not told of in
// their present period. A resource that never landed is late when its pipeline has
// been scheduled for longer than its cycle.
func (j *Journal) tellLate(p *catalog.Project, pipeline string, head *lake.Release, now time.Time) (missed []Missed, changed bool) {
	told := map[string]time.Time{}
	for _, r := range p.InPipeline(pipeline) {
		if r.Status != catalog.Published {
			continue
		}
		since, late := Late(r, head, now)
		if !late || since.IsZero() && now.Sub(j.Since) <= catalog.LateAfter(r.Cycle) {
			continue
		}
		period := latePeriod(r.Cycle, now)
		told[r.ID] = period
		if !j.Late[r.ID].Equal(period) {
			missed = append(missed, Missed{Pipeline: pipeline, Why: MissedLate, Resource: r.ID, Cycle: r.Cycle, Since: since})
		}
	}
	if !maps.EqualFunc(told, j.Late, time.Time.Equal) {
		j.Late, changed = told, true
	}
	return missed, changed
}

// latePeriod is the period in which lateness is told once: that of the cycle, a day of
// what comes more often.
func latePeriod(cycle string, now time.Time) time.Time {
	daily, _ := catalog.PeriodStart(catalog.Daily, now)
	if start, ok := catalog.PeriodStart(cycle, now); ok && start.Before(daily) {
		return start
	}
	return daily
}
