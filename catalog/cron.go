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
	times, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.DowOrDom).Parse(spec)
	if err != nil {
		return Cron{}, err
	}
	if times.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Cron{}, errNever
	}
	return Cron{times: times, anyHour: strings.HasPrefix(strings.Fields(spec)[1], "*")}, nil
}

// gapReach is how far behind a moment its search begins: a time that a clock put
// forward leaves out is made up for within it.
const gapReach = 3 * time.Hour

// Between yields the times after from and not after to, in from's zone. A time that
// the clocks leave out comes an hour later; one that they show twice comes once, but
// for a schedule of every hour or every few.
func (c Cron) Between(from, to time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for t := c.times.Next(from.Add(-gapReach)); !t.IsZero() && !t.After(to); t = c.times.Next(t) {
			if t.After(from) && (c.anyHour || !again(t)) && !yield(t) {
				return
			}
		}
	}
}

// again tells whether the clocks showed the same an hour ago: the end of summer time.
func again(t time.Time) bool {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return false
	}
	_, now := t.Zone()
	_, before := start.Add(-time.Second).Zone()
	return t.Sub(start) < time.Duration(before-now)*time.Second
}
