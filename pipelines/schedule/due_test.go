package schedule_test

import (
	"slices"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

// Which resources a slot takes, by what has landed when.
func TestDueByCycle(t *testing.T) {
	p := project(t, `pipelines: {p: {cron: "0 22 * * *", due: cycle, resources: ["*"]}}`, "实时", "每周", "每月", "不定期")
	const daily, live, weekly, monthly = "gongan/r0", "gongan/r1", "gongan/r2", "gongan/r3"
	slot := schedule.Slot{Pipeline: "p", Name: schedule.SlotName("p", at(t, 18, 22, 0)), Time: at(t, 18, 22, 0)} // a Wednesday
	ok := func(by string, pulled time.Time) lake.Resource {
		return lake.Resource{Outcome: lake.RunOK, Slot: by, Pulled: pulled}
	}
	for name, c := range map[string]struct {
		landed map[string]lake.Resource
		want   []string
	}{
		"nothing has":                        {nil, []string{daily, live, weekly, monthly}},
		"all yesterday":                      {each(p, ok("p@2026-11-17T22:00+0800", at(t, 17, 22, 1))), []string{daily, live}},
		"all on Sunday":                      {each(p, ok("p@2026-11-15T22:00+0800", at(t, 15, 22, 1))), []string{daily, live, weekly}},
		"all in October":                     {each(p, ok("p@2026-10-31T22:00+0800", time.Date(2026, 10, 31, 22, 1, 0, 0, shanghai(t)))), []string{daily, live, weekly, monthly}},
		"yesterday's slot made up for today": {each(p, ok("p@2026-11-17T22:00+0800", at(t, 18, 9, 1))), []string{daily, live}},
		"by hand today":                      {each(p, ok("manual@x", at(t, 18, 9, 1))), []string{live}},
		"under this slot, which failed":      {each(p, ok(slot.Name, at(t, 18, 22, 1))), []string{daily, live, weekly, monthly}},
		"gates shut":                         {each(p, lake.Resource{Outcome: lake.RunGated, Slot: "p@2026-11-17T22:00+0800", Pulled: at(t, 17, 22, 1)}), []string{daily, live, weekly, monthly}},
		"a window read again today":          {each(p, lake.Resource{Outcome: lake.RunOK, Mode: "backfill", Slot: "manual@x", Pulled: at(t, 18, 9, 1)}), []string{daily, live, weekly, monthly}},
		"one has not":                        {map[string]lake.Resource{monthly: ok("p@2026-11-02T22:00+0800", at(t, 2, 22, 1))}, []string{daily, live, weekly}},
	} {
		var head *lake.Release
		if c.landed != nil {
			head = &lake.Release{Resources: c.landed}
		}
		if got := schedule.Due(p, slot, head); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	p.Resource(weekly).Status = catalog.Withdrawn
	if got := schedule.Due(p, slot, nil); slices.Contains(got, weekly) {
		t.Errorf("withdrawn is due: %q", got)
	}
	all := project(t, `pipelines: {p: {cron: "0 22 * * *", resources: ["*"]}}`, "不定期")
	if got := schedule.Due(all, slot, &lake.Release{Resources: each(all, ok("manual@x", at(t, 18, 9, 1)))}); len(got) != 2 {
		t.Errorf("due: all takes %q", got)
	}
}

func each(p *catalog.Project, state lake.Resource) map[string]lake.Resource {
	out := map[string]lake.Resource{}
	for _, r := range p.Resources {
		out[r.ID] = state
	}
	return out
}

// A slot with nothing due is done without a run.
func TestNothingDue(t *testing.T) {
	p := project(t, `pipelines: {p: {cron: "0 22 * * *", due: cycle, resources: ["gongan/r1"]}}`, "每月")
	l := newLab(t, t.TempDir(), at(t, 1, 9, 0))
	d := l.daemon(p)
	for day := 1; day < 30; day++ {
		for hour := 10; hour < 24; hour += 6 {
			l.set(at(t, day, hour, 1))
			l.look(d)
		}
	}
	equal(t, "begun", l.slots(), "p@2026-11-01T22:00+0800")
	if len(l.missed)+len(l.late) > 0 {
		t.Errorf("missed %+v, late %+v", l.missed, l.late)
	}
}

// Working days only: the holidays of October 2026 are left out, the Saturday worked
// instead is not.
func TestWorkdays(t *testing.T) {
	p := project(t, `pipelines: {p: {cron: "0 22 * * *", workdays: true, resources: ["*"]}}`)
	tt, err := schedule.NewTimetable(p, "p")
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{"2026-09-30": "2026-10-08", "2026-10-09": "2026-10-10", "2026-10-10": "2026-10-12", "2028-01-07": "2028-01-10"} {
		day, err := time.ParseInLocation(time.DateOnly, from, shanghai(t))
		if err != nil {
			t.Fatal(err)
		}
		next, ok := tt.Next(day.Add(22 * time.Hour))
		if !ok || next.Time.Format(time.DateOnly) != want {
			t.Errorf("after %s: %s, want %s", from, next.Time, want)
		}
	}
}

// Jitter is the same for every daemon, spread, and short of its limit.
func TestJitter(t *testing.T) {
	p := project(t, `pipelines: {p: {cron: "0 * * * *", jitter: 10m, resources: ["*"]}}`)
	tt, err := schedule.NewTimetable(p, "p")
	if err != nil {
		t.Fatal(err)
	}
	quarters := map[time.Duration]int{}
	for s := range tt.Between(at(t, 1, 0, 0), at(t, 9, 0, 0)) {
		off := s.Start.Sub(s.Time)
		if off < 0 || off >= 10*time.Minute {
			t.Fatalf("%s is put off by %s", s.Name, off)
		}
		quarters[off/(150*time.Second)]++
	}
	for q := range time.Duration(4) {
		if quarters[q] < 25 {
			t.Errorf("of 192 slots %d in quarter %d", quarters[q], q)
		}
	}
}

// Lateness is told once in a period of the resource's cycle, over all daemons, and
// again in the next; a resource that never landed is not late before its time.
func TestLateIsToldOnce(t *testing.T) {
	p := project(t, `pipelines: {p: {cron: "0 22 1 1 *", resources: ["*"]}}`, "每周", "不定期")
	l := newLab(t, t.TempDir(), at(t, 2, 9, 0)) // a Monday
	for day := 2; day < 16; day++ {
		for hour := range 24 {
			l.set(at(t, day, hour, 30))
			l.look(l.daemon(p))
		}
	}
	told := map[string]int{}
	for _, m := range l.late {
		told[m.Resource]++
	}
	if told["gongan/r0"] != 13 || told["gongan/r1"] != 1 || len(told) != 2 {
		t.Errorf("told %v", told)
	}
}
