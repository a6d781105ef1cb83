package catalog

import (
	"slices"
	"time"
)

const aDay = 24 * time.Hour

// cycle is an update cycle (更新周期) of 发改高技〔2017〕1272号: where its period
// begins, and how long a resource of it may stay unpulled: the cycle and a tenth,
// as runs do not start to the minute.
type cycle struct {
	name  string
	start func(time.Time) time.Time // nil: it has no period
	late  time.Duration             // 0: never late
}

// Daily is the update cycle of a day.
const Daily = "每日"

var cycles = []cycle{
	{"实时", func(t time.Time) time.Time { return t }, 2 * time.Hour},
	{Daily, func(t time.Time) time.Time { return dayOf(t, t.Month(), t.Day()) }, 27 * time.Hour},
	{"每周", func(t time.Time) time.Time { return dayOf(t, t.Month(), t.Day()-int(t.Weekday()+6)%7) }, 8 * aDay}, // from Monday
	{"每月", func(t time.Time) time.Time { return dayOf(t, t.Month(), 1) }, 34 * aDay},
	{"每季度", func(t time.Time) time.Time { return dayOf(t, (t.Month()-1)/3*3+1, 1) }, 101 * aDay},
	{"每半年", func(t time.Time) time.Time { return dayOf(t, (t.Month()-1)/6*6+1, 1) }, 201 * aDay},
	{"每年", func(t time.Time) time.Time { return dayOf(t, time.January, 1) }, 402 * aDay},
	{"不定期", nil, 0},
}

// dayOf is the first moment of a day of t's year, in t's zone.
func dayOf(t time.Time, month time.Month, day int) time.Time {
	return time.Date(t.Year(), month, day, 0, 0, 0, 0, t.Location())
}

// Cycles are the update cycles an entry may name, the shortest first.
func Cycles() []string {
	var out []string
	for _, c := range cycles {
		out = append(out, c.name)
	}
	return out
}

// PeriodStart is when the period of a cycle that at lies in began, in at's zone: at
// itself for 实时, Monday for 每周. It is not ok for 不定期 and for what is no cycle.
func PeriodStart(cycle string, at time.Time) (start time.Time, ok bool) {
	c := cycleOf(cycle)
	if c.start == nil {
		return time.Time{}, false
	}
	return c.start(at), true
}

// LateAfter is how long after its last landing a resource of a cycle is late; 0 is
// never.
func LateAfter(cycle string) time.Duration { return cycleOf(cycle).late }

func cycleOf(name string) cycle {
	i := slices.IndexFunc(cycles, func(c cycle) bool { return c.name == name })
	if i < 0 {
		return cycle{}
	}
	return cycles[i]
}
