package catalog

import (
	"strconv"
	"sync"
	"time"
)

// calendar is the State Council's yearly arrangement of working days (调休).
type calendar struct {
	years map[int]bool
	off   map[string]bool // weekdays without work
	work  map[string]bool // Saturdays and Sundays worked
}

var workCalendar = sync.OnceValue(func() calendar {
	var years map[string]map[string]struct {
		Off  []string `yaml:"off,omitempty"`
		Work []string `yaml:"work,omitempty"`
	}
	embedded("workdays", &years)
	c := calendar{years: map[int]bool{}, off: map[string]bool{}, work: map[string]bool{}}
	for year, holidays := range years {
		y, _ := strconv.Atoi(year)
		c.years[y] = true
		for _, h := range holidays {
			for _, d := range h.Off {
				c.off[year+"-"+d] = true
			}
			for _, d := range h.Work {
				c.work[year+"-"+d] = true
			}
		}
	}
	return c
})

// Workday tells whether a day is worked; known is false in a year whose
// arrangement is not announced, where only the weekday counts.
func Workday(day time.Time) (worked, known bool) {
	c := workCalendar()
	date := day.Format(time.DateOnly)
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	return c.work[date] || !weekend && !c.off[date], c.years[day.Year()]
}

// AddWorkdays is the n-th working day after start, which is not counted itself.
// It is provisional when a day in between lies in a year not yet announced. The
// time of day is dropped.
func AddWorkdays(start time.Time, n int) (due time.Time, provisional bool) {
	y, m, d := start.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, start.Location())
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		worked, known := Workday(day)
		provisional = provisional || !known
		if worked {
			n--
		}
	}
	return day, provisional
}

// MendBy is when a department has to have mended what was found on a day: defaults.mend_days
// working days later, provisional as AddWorkdays says.
func (p *Project) MendBy(found time.Time) (due time.Time, provisional bool) {
	return AddWorkdays(found, p.Config.Defaults.MendDays)
}

// Workdays counts the working days after from, up to and including to; negative
// where to lies before from.
func Workdays(from, to time.Time) int {
	if to.Before(from) {
		return -Workdays(to, from)
	}
	n, end := 0, to.Format(time.DateOnly)
	for day := from; day.Format(time.DateOnly) < end; {
		day = day.AddDate(0, 0, 1)
		if worked, _ := Workday(day); worked {
			n++
		}
	}
	return n
}

// Deadline is when something is due under one profile.
type Deadline struct {
	Due         time.Time
	Days        int    // working days
	Basis       string // the citation in full
	Provisional bool   // reaches into a year whose holidays are not announced
	Unverified  bool   // the figure was not checked against the promulgated text
}

// Deadlines are those of every profile active at start that knows the term
// (catalogue_update, reply_conditional, …), the strictest first: that one counts,
// and all are shown.
func (p *Project) Deadlines(term string, start time.Time) []Deadline {
	var out []Deadline
	for _, pr := range p.active(start.Format(time.DateOnly)) {
		t, ok := pr.Deadlines[term]
		if !ok {
			continue
		}
		due, provisional := AddWorkdays(start, t.Days)
		d := Deadline{Due: due, Days: t.Days, Basis: pr.Cite(t.Article), Provisional: provisional, Unverified: t.Unverified}
		at := len(out)
		for at > 0 && out[at-1].Days > d.Days {
			at--
		}
		out = append(out[:at], append([]Deadline{d}, out[at:]...)...)
	}
	return out
}
