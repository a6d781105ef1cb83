package schedule_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

func shanghai(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

const nightly = `pipelines: {nightly: {cron: "0 22 * * *", resources: ["*"]}}
schedule: {retry: 10m, tries: 3, grace: 15m}
`

// at is a time of November 2026 in Shanghai.
func at(t testing.TB, day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, shanghai(t))
}

func equal(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// A slot runs at its time, once, and nothing that came before the first daemon.
func TestSlotRunsAtItsTime(t *testing.T) {
	p := project(t, nightly)
	l := newLab(t, t.TempDir(), at(t, 22, 9, 0))
	d := l.daemon(p)
	for _, now := range []time.Time{at(t, 22, 9, 0), at(t, 22, 21, 59), at(t, 22, 22, 0), at(t, 22, 22, 1), at(t, 23, 21, 59)} {
		l.set(now)
		l.look(d)
	}
	equal(t, "begun", l.slots(), "nightly@2026-11-22T22:00+0800")
	if b := l.begun[0]; !b.at.Equal(at(t, 22, 22, 0)) || !slices.Equal(b.resources, []string{"gongan/r0"}) {
		t.Errorf("begun at %s with %q", b.at, b.resources)
	}
	l.set(at(t, 23, 22, 0))
	l.look(d)
	equal(t, "landed", l.landed, "nightly@2026-11-22T22:00+0800", "nightly@2026-11-23T22:00+0800")
	if len(l.missed) > 0 {
		t.Errorf("missed: %+v", l.missed)
	}
}

// After a downtime the newest slot is made up for, the others are missed, and both
// are told once.
func TestCatchUp(t *testing.T) {
	p := project(t, nightly)
	l := newLab(t, t.TempDir(), at(t, 10, 9, 0))
	l.look(l.daemon(p))
	l.set(at(t, 15, 9, 0))
	for range 3 {
		l.look(l.daemon(p)) // a new one each time
	}
	equal(t, "begun", l.slots(), "nightly@2026-11-14T22:00+0800")
	if len(l.missed) != 1 {
		t.Fatalf("missed: %+v", l.missed)
	}
	if m := l.missed[0]; m.Slots != 5 || !m.CaughtUp || m.Why != schedule.MissedDown || !m.First.Equal(at(t, 10, 22, 0)) || !m.Time.Equal(at(t, 14, 22, 0)) {
		t.Errorf("missed: %+v", m)
	}
	l.set(at(t, 15, 22, 0))
	l.look(l.daemon(p))
	l.set(at(t, 18, 22, 30)) // that of the 18th is half an hour late
	l.look(l.daemon(p))
	equal(t, "begun", l.slots(), "nightly@2026-11-14T22:00+0800", "nightly@2026-11-15T22:00+0800", "nightly@2026-11-18T22:00+0800")
	if len(l.missed) != 2 || l.missed[1].Slots != 3 {
		t.Errorf("missed: %+v", l.missed)
	}
}

// What is older than catch_up is not run any more.
func TestTooOldToCatchUp(t *testing.T) {
	p := project(t, `pipelines: {nightly: {cron: "0 22 * * *", catch_up: 6h, resources: ["*"]}}`)
	l := newLab(t, t.TempDir(), at(t, 10, 9, 0))
	l.look(l.daemon(p))
	l.set(at(t, 11, 4, 1))
	l.look(l.daemon(p))
	if len(l.begun) > 0 || len(l.missed) != 1 || l.missed[0].CaughtUp {
		t.Errorf("begun %q, missed %+v", l.slots(), l.missed)
	}
	l.set(at(t, 12, 3, 59))
	l.look(l.daemon(p))
	equal(t, "begun", l.slots(), "nightly@2026-11-11T22:00+0800")
}

// A slot that fails is tried again after a pause, so often and no more; the count
// outlives the daemon.
func TestTries(t *testing.T) {
	p := project(t, nightly)
	l := newLab(t, t.TempDir(), at(t, 22, 21, 0))
	l.fails = func(string, int) error { return fault.New(fault.Unreachable, "command.interrupted") }
	l.look(l.daemon(p))
	for now := at(t, 22, 22, 0); now.Before(at(t, 23, 21, 0)); now = now.Add(time.Minute) {
		l.set(now)
		l.look(l.daemon(p))
	}
	if len(l.begun) != 3 || !l.begun[1].at.Equal(at(t, 22, 22, 10)) || !l.begun[2].at.Equal(at(t, 22, 22, 20)) {
		t.Errorf("begun: %+v", l.begun)
	}
	l.fails = nil
	l.set(at(t, 23, 22, 0))
	l.look(l.daemon(p))
	equal(t, "landed", l.landed, "nightly@2026-11-23T22:00+0800")
}

// A shut gate is an outcome: the slot is done.
func TestGatedIsDone(t *testing.T) {
	p := project(t, nightly)
	l := newLab(t, t.TempDir(), at(t, 22, 21, 0))
	d := l.daemon(p)
	runs := 0
	run := d.Run
	d.Run = func(ctx context.Context, pipeline string, resources []string, slot string) (*lake.RunRecord, error) {
		runs++
		rec, _ := run(ctx, pipeline, resources, slot)
		rec.Outcome = lake.RunGated
		return rec, fault.New(fault.Gate, "command.interrupted")
	}
	for now := at(t, 22, 21, 0); now.Before(at(t, 22, 23, 0)); now = now.Add(5 * time.Minute) {
		l.set(now)
		l.look(d)
	}
	if runs != 1 {
		t.Errorf("%d runs", runs)
	}
}

// A panic is a failed try, told like any other, and the daemon goes on.
func TestPanic(t *testing.T) {
	p := project(t, nightly)
	l := newLab(t, t.TempDir(), at(t, 22, 21, 0))
	l.fails = func(_ string, try int) error {
		if try == 1 {
			panic("row of a citizen")
		}
		return nil
	}
	d := l.daemon(p)
	for _, now := range []time.Time{at(t, 22, 21, 0), at(t, 22, 22, 0), at(t, 22, 22, 10)} {
		l.set(now)
		l.look(d)
	}
	slot := "nightly@2026-11-22T22:00+0800"
	equal(t, "landed", l.landed, slot)
	equal(t, "ended", l.ended, slot+"=failed", slot+"=ok")
}

// A slot that landed already is a no-op, whoever ran it.
func TestRunByHandUnderTheSlot(t *testing.T) {
	p := project(t, nightly)
	l := newLab(t, t.TempDir(), at(t, 22, 21, 0))
	d := l.daemon(p)
	l.look(d)
	if _, err := l.run(t.Context(), "nightly", nil, "nightly@2026-11-22T22:00+0800"); err != nil {
		t.Fatal(err)
	}
	l.set(at(t, 22, 22, 0))
	l.look(d)
	if len(l.begun) != 1 || len(l.missed) > 0 {
		t.Errorf("begun %q, missed %+v", l.slots(), l.missed)
	}
}

// A clock that was wrong for a while starts one slot too many at most, and stops none
// from running when it is right again.
func TestClockJumps(t *testing.T) {
	p := project(t, nightly)
	l := newLab(t, t.TempDir(), at(t, 22, 21, 0))
	d := l.daemon(p)
	l.look(d)
	l.set(time.Date(2031, 3, 1, 22, 5, 0, 0, shanghai(t)))
	for range 3 {
		l.look(d)
	}
	for _, now := range []time.Time{at(t, 22, 21, 5), at(t, 22, 22, 0), at(t, 22, 21, 0), at(t, 22, 22, 0), at(t, 20, 23, 0), at(t, 22, 22, 10), at(t, 23, 22, 0)} {
		l.set(now)
		l.look(d)
	}
	equal(t, "begun", l.slots(), "nightly@2031-03-01T22:00+0800", "nightly@2026-11-22T22:00+0800", "nightly@2026-11-23T22:00+0800")
}
