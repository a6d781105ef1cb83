package catalog

import (
	"errors"
	"net"
	"strconv"
	"time"
)

// The least of what the daemon's settings may say: shorter than the clock is looked
// at, they would promise what is not kept.
const leastPause = time.Second

// schedule judges the daemon's settings.
func (j *judge) schedule() {
	s := j.p.Config.Schedule
	for _, d := range []struct {
		name string
		is   time.Duration
	}{{"retry", s.Retry}, {"grace", s.Grace}} {
		if d.is < leastPause {
			j.file(configFile, "schedule."+d.name, "", "catalog.check.schedule.least", d.name, d.is.String(), leastPause.String())
		}
	}
	if s.Tries < 1 || s.Tries > 100 {
		j.file(configFile, "schedule.tries", "", "catalog.check.schedule.tries", s.Tries)
	}
	if _, err := ParseCron(s.GC); err != nil && s.GC != NoGC {
		j.file(configFile, "schedule.gc", "", "catalog.check.schedule.gc", s.GC)
	}
	if s.Metrics == "" {
		return
	}
	_, port, err := net.SplitHostPort(s.Metrics)
	if n, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil || n == 0 {
		j.file(configFile, "schedule.metrics", "", "catalog.check.schedule.listen", s.Metrics)
	}
}

// retention judges which releases are kept: a sign too many would keep nothing but the
// newest.
func (j *judge) retention() {
	r := j.p.Config.Retention
	for _, n := range []struct {
		name     string
		negative bool
	}{{"last", r.Last < 0}, {"daily", r.Daily < 0}, {"monthly", r.Monthly < 0}, {"orphans", r.Orphans < 0}, {"orders", r.Orders < 0}} {
		if n.negative {
			j.file(configFile, "retention."+n.name, "", "catalog.check.negative", "retention."+n.name)
		}
	}
}

// times judges when a pipeline runs.
func (j *judge) times(name string, pl Pipeline) {
	path := "pipelines." + name
	if pl.Due != "" && pl.Due != DueAll && pl.Due != DueCycle {
		j.file(configFile, path+".due", "", "catalog.check.due", name, string(pl.Due))
	}
	for _, n := range []struct {
		name     string
		negative bool
	}{{"jitter", pl.Jitter < 0}, {"catch_up", pl.CatchUp < 0}, {"deadline", pl.Deadline < 0}, {"min_rate", pl.MinRate < 0}} {
		if n.negative {
			j.file(configFile, path+"."+n.name, "", "catalog.check.negative", "pipelines."+name+"."+n.name)
		}
	}
	if pl.Cron == "" {
		for _, n := range []struct {
			name string
			set  bool
		}{{"due", pl.Due != ""}, {"workdays", pl.Workdays}, {"jitter", pl.Jitter > 0}, {"catch_up", pl.CatchUp > 0}} {
			if n.set {
				j.tell(Warning, j.p.at(configFile, path+"."+n.name), "", "catalog.check.unscheduled", name, n.name)
			}
		}
		return
	}
	c, err := ParseCron(pl.Cron)
	switch {
	case errors.Is(err, errNever):
		j.file(configFile, path+".cron", "", "catalog.check.cron.never", name, pl.Cron)
	case err != nil:
		j.file(configFile, path+".cron", "", "catalog.check.cron", name, pl.Cron)
	default:
		j.spacing(name, pl, c)
	}
}

// lookAhead is how many of a pipeline's times are judged, within a year.
const lookAhead = 1000

// spacing judges the times to come: that no two change places by jitter, and that
// there are any.
func (j *judge) spacing(name string, pl Pipeline, c Cron) {
	path := "pipelines." + name
	zone, err := time.LoadLocation(j.p.Config.Timezone)
	if err != nil {
		return // told elsewhere
	}
	from, err := time.ParseInLocation(time.DateOnly, j.date, zone)
	if err != nil {
		return // it is a time's own text
	}
	var last time.Time
	least, unknown, comes, n := time.Duration(0), 0, false, 0
	for t := range c.Between(from, from.AddDate(1, 0, 0)) {
		if gap := t.Sub(last); !last.IsZero() && (least == 0 || gap < least) {
			least = gap
		}
		worked, known := Workday(t)
		if comes = comes || worked; !known && unknown == 0 && t.Before(from.AddDate(0, 1, 0)) {
			unknown = t.Year()
		}
		if last = t; n == lookAhead {
			break
		}
		n++
	}
	if least > 0 && pl.Jitter >= least {
		j.file(configFile, path+".jitter", "", "catalog.check.jitter", name, pl.Jitter.String(), least.String())
	}
	if !pl.Workdays {
		return
	}
	if !comes {
		j.tell(Warning, j.p.at(configFile, path+".cron"), "", "catalog.check.cron.workdays", name, pl.Cron)
	}
	if unknown > 0 {
		j.tell(Warning, j.p.at(configFile, path+".workdays"), "", "catalog.check.workdays", name, unknown)
	}
}
