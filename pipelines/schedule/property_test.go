package schedule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/pipelines/schedule"
)

var timetables = []string{
	`{cron: "0 22 * * *", resources: ["*"]}`,
	`{cron: "*/20 * * * *", jitter: 7m, resources: ["*"]}`,
	`{cron: "30 1-3 * * *", catch_up: 2h, resources: ["*"]}`,
	`{cron: "15 8,20 * * 1-5", workdays: true, jitter: 1h, resources: ["*"]}`,
}

// Whatever the clock does and whenever daemons live: a slot lands at most once, none
// begins before its time, and the newest one that came is made up for.
func TestAnyDowntimeAndAnyClock(t *testing.T) {
	var projects []*catalog.Project
	for _, tt := range timetables {
		for _, zone := range []string{"Asia/Shanghai", "Europe/Berlin"} {
			projects = append(projects, project(t, "timezone: "+zone+"\npipelines: {p: "+tt+"}\nschedule: {retry: 5m, tries: 2, grace: 10m}\n"))
		}
	}
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		p := rapid.SampledFrom(projects).Draw(rt, "project")
		begin := time.Date(2026, rapid.SampledFrom([]time.Month{3, 10, 11}).Draw(rt, "month"), 24, 12, 0, 0, 0, time.UTC)
		l := newLab(rt, fmt.Sprintf("%s/%d", dir, n), begin)
		failing := rapid.Bool().Draw(rt, "runs fail")
		if failing {
			l.fails = func(_ string, try int) error {
				if try == 1 {
					return fault.New(fault.Unreachable, "command.interrupted")
				}
				return nil
			}
		}
		daemons := []*schedule.Daemon{l.daemon(p), l.daemon(p)}
		tt, err := schedule.NewTimetable(p, "p")
		if err != nil {
			rt.Fatal(err)
		}
		l.look(daemons[0])
		for range rapid.IntRange(1, 12).Draw(rt, "looks") {
			step := rapid.OneOf(rapid.IntRange(1, 90), rapid.IntRange(90, 6000), rapid.IntRange(-3000, -1)).Draw(rt, "minutes")
			l.set(l.clock().Add(time.Duration(step) * time.Minute))
			d := rapid.SampledFrom(daemons).Draw(rt, "daemon")
			if rapid.Bool().Draw(rt, "new") {
				d = l.daemon(p)
			}
			l.look(d)
			if !failing {
				caughtUp(rt, l, tt, p, begin)
			}
		}
		once(rt, l)
	})
}

// once asserts that each slot landed once and began not before its time.
func once(rt *rapid.T, l *lab) {
	landed := slices.Sorted(slices.Values(l.landed))
	if len(slices.Compact(slices.Clone(landed))) != len(landed) {
		rt.Fatalf("landed twice: %q", landed)
	}
	for _, b := range l.begun {
		_, at, ok := schedule.SlotTime(b.slot, time.UTC)
		if !ok || b.at.Before(at) {
			rt.Fatalf("%s began at %s", b.slot, b.at)
		}
	}
}

// caughtUp asserts that the newest slot that has come since the first look has landed,
// unless it is too old.
func caughtUp(rt *rapid.T, l *lab, tt *schedule.Timetable, p *catalog.Project, begin time.Time) {
	now := l.clock()
	var newest schedule.Slot
	for s := range tt.Between(begin, now) {
		if !s.Start.After(now) {
			newest = s
		}
	}
	limit := p.Config.Pipelines["p"].CatchUp
	if limit == 0 {
		limit = 24 * time.Hour
	}
	if newest.Name != "" && now.Sub(newest.Start) <= limit && !slices.Contains(l.landed, newest.Name) {
		rt.Fatalf("at %s: %s has not landed; landed %q, missed %+v", now, newest.Name, l.landed, l.missed)
	}
}
