package catalog

import (
	"errors"
	"iter"
	"strings"
	"time"

	cron "github.com/netresearch/go-cron"
)

// Cron is a schedule of five fields: minute, hour, day of month, month, day of
// week, read as crontab(5) does: where both days are restricted either fits.
type Cron struct {
	times   cron.Schedule
	anyHour bool
}

// errNever is what is wrong with a schedule as 30 February.
var errNever = errors.New("the day never comes")

// ParseCron reads a schedule. One that never comes is refused.
func ParseCron(spec string) (Cron, error) {
	if strings.Contains(spec, "=") { // a zone of its own: the project has one
		return Cron{}, errors.New("a schedule names no time zone")
	}
	times, err := cron.MustNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.DowOrDom).Parse(spec)
	if err != nil {
		return Cron{}, err
	}
	if times.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Cron{}, errNever
	}
	return Cron{times: times, anyHour: strings.HasPrefix(strings.Fields(spec)[1], "*")}, nil
}

// reach is how far before a moment its search begins, so that a change of the clocks
// is seen alike from both its sides.
const reach = 4 * time.Hour

// Between yields the times after from and not after to, in from's zone. A time that
// the clocks leave out comes when they go on; one that they show twice comes once. A
// schedule of every hour or every few goes by the hours that pass instead.
func (c Cron) Between(from, to time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		last := from.Add(-reach)
		emit := func(t time.Time) bool {
			if !t.After(last) || t.After(to) {
				return !t.After(to)
			}
			last = t
			return !t.After(from) || yield(t)
		}
		var repeated []time.Time // what the clocks show for the second time
		for w := c.times.Next(reading(last)); !w.IsZero(); w = c.times.Next(w) {
			first, second, shown := moments(w, from.Location())
			for len(repeated) > 0 && repeated[0].Before(first) {
				if !emit(repeated[0]) {
					return
				}
				repeated = repeated[1:]
			}
			if c.anyHour && !second.IsZero() {
				repeated = append(repeated, second)
			}
			if (shown || !c.anyHour) && !emit(first) {
				return
			}
		}
	}
}

// reading is what the clock shows at t, as a time in UTC.
func reading(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// moments are when a zone's clocks show a reading: once, twice, or not at all; then
// first is when they go on after the gap.
func moments(w time.Time, zone *time.Location) (first, second time.Time, shown bool) {
	t := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), 0, 0, zone)
	start, end := t.ZoneBounds()
	switch shows := reading(t); {
	case shows.After(w):
		return start, second, false
	case shows.Before(w):
		return end, second, false
	}
	if !start.IsZero() {
		if other := t.Add(change(start)); other.Before(start) && reading(other).Equal(w) {
			return other, t, true
		}
	}
	if !end.IsZero() {
		if other := t.Add(-change(end)); !other.Before(end) && reading(other).Equal(w) {
			return t, other, true
		}
	}
	return t, second, true
}

// change is by how much the clocks go forward at a moment.
func change(at time.Time) time.Duration {
	_, now := at.Zone()
	_, before := at.Add(-time.Second).Zone()
	return time.Duration(now-before) * time.Second
}
