package schedule_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

const everyHour = `pipelines: {a: {cron: "0 * * * *", resources: ["gongan/r0"]}, b: {cron: "0 * * * *", resources: ["gongan/r1"]}}
schedule: {retry: 10m, tries: 3, grace: 15m}
`

// Eight daemons look at once: each slot of each pipeline runs once, and is told once.
func TestEightDaemons(t *testing.T) {
	p := project(t, everyHour, "每日")
	l := newLab(t, t.TempDir(), at(t, 22, 9, 30))
	var daemons []*schedule.Daemon
	for range 8 {
		daemons = append(daemons, l.daemon(p))
	}
	var want []string
	for hour := 9; hour < 15; hour++ {
		l.set(at(t, 22, hour, 30))
		if hour > 9 && hour != 12 { // nobody is there at noon
			want = append(want, schedule.SlotName("a", at(t, 22, hour, 0)), schedule.SlotName("b", at(t, 22, hour, 0)))
		}
		if hour == 12 {
			continue
		}
		for range 2 {
			var all sync.WaitGroup
			for _, d := range daemons {
				all.Go(func() { l.look(d) })
			}
			all.Wait()
		}
	}
	slices.Sort(want)
	equal(t, "landed", slices.Sorted(slices.Values(l.landed)), want...)
	if len(l.ended) != len(want) || len(l.begun) != len(want) {
		t.Errorf("%d begun, %d ended, %d slots", len(l.begun), len(l.ended), len(want))
	}
	down := 0
	for _, m := range l.missed {
		down += m.Slots
	}
	if late := len(want) + 2; down != late { // each began half an hour late, and noon's two never did
		t.Errorf("%d missed, want %d: %+v", down, late, l.missed)
	}
}

// A daemon that is stopped ends its run and another goes on at once; the try does not
// count.
func TestTakenOver(t *testing.T) {
	p := project(t, nightly)
	l := newLab(t, t.TempDir(), at(t, 22, 21, 0))
	first, second := l.daemon(p), l.daemon(p)
	l.look(first)
	l.set(at(t, 22, 22, 0))
	l.held = make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	first.Look(ctx)
	l.look(second) // the first one runs
	stop()
	first.Wait()
	close(l.held)
	l.look(second)
	slot := "nightly@2026-11-22T22:00+0800"
	equal(t, "ended", l.ended, slot+"=failed", slot+"=ok")
	j, err := schedule.ReadJournal(t.Context(), l.objs, "nightly")
	if err != nil {
		t.Fatal(err)
	}
	if e := j.Last(l.clock()); e == nil || e.Tries != 1 || e.Outcome != lake.RunOK || e.UnderWay() {
		t.Errorf("the journal says %+v", e)
	}
}

// A run that outlasts the next slot keeps it waiting; of several that came meanwhile
// the newest is run, and that they waited is told once.
func TestNoOverlap(t *testing.T) {
	p := project(t, everyHour, "每日")
	l := newLab(t, t.TempDir(), at(t, 22, 9, 30))
	d := l.daemon(p)
	d.Run = func(ctx context.Context, pipeline string, resources []string, slot string) (*lake.RunRecord, error) {
		if pipeline == "b" {
			return &lake.RunRecord{Outcome: lake.RunOK}, nil
		}
		return l.run(ctx, pipeline, resources, slot)
	}
	l.held = make(chan struct{})
	d.Look(t.Context())
	for _, now := range []time.Time{at(t, 22, 10, 0), at(t, 22, 11, 5), at(t, 22, 11, 20), at(t, 22, 11, 40), at(t, 22, 12, 1)} {
		l.set(now)
		d.Look(t.Context())
	}
	l.held <- struct{}{}
	d.Wait()
	go func() { l.held <- struct{}{} }()
	l.look(d)
	equal(t, "begun", l.slots(), "a@2026-11-22T10:00+0800", "a@2026-11-22T12:00+0800")
	var a []schedule.Missed
	for _, m := range l.missed {
		if m.Pipeline == "a" {
			a = append(a, m)
		}
	}
	if len(a) != 2 || a[0].Why != schedule.MissedBusy || !a[0].CaughtUp || a[1].CaughtUp || a[1].Slots != 1 || a[1].Slot != "a@2026-11-22T11:00+0800" {
		t.Errorf("missed: %+v", a)
	}
}

// A daemon that was killed in a run leaves a try that counts: no slot is begun for
// ever, and its death is told.
func TestKilledTriesCount(t *testing.T) {
	p := project(t, nightly)
	l := newLab(t, t.TempDir(), at(t, 22, 21, 0))
	l.look(l.daemon(p))
	gone := make(chan struct{})
	var tries atomic.Int32
	var daemons []*schedule.Daemon
	for now := at(t, 22, 22, 0); now.Before(at(t, 23, 21, 0)); now = now.Add(5 * time.Minute) {
		l.set(now)
		d := l.daemon(p) // each dies in its run: nothing of it is heard again
		d.Run = func(context.Context, string, []string, string) (*lake.RunRecord, error) {
			tries.Add(1)
			<-gone
			return nil, fault.New(fault.Locked, "command.interrupted")
		}
		d.Look(t.Context())
		daemons = append(daemons, d)
	}
	l.mu.Lock()
	ended := slices.Clone(l.ended)
	l.mu.Unlock()
	close(gone)
	for _, d := range daemons {
		d.Wait()
	}
	slot := "nightly@2026-11-22T22:00+0800"
	equal(t, "ended", ended, slot+"=failed", slot+"=failed", slot+"=failed")
	if tries.Load() != 3 {
		t.Errorf("%d tries", tries.Load())
	}
}

// Rubbish in the journal is written over: slots that landed do not run again.
func TestRubbishJournal(t *testing.T) {
	for name, rubbish := range map[string]string{"none": "", "cut": `{"since": "2026-11-2`, "other": `[1, 2]`, "empty": `{}`} {
		t.Run(name, func(t *testing.T) {
			p := project(t, nightly)
			l := newLab(t, t.TempDir(), at(t, 22, 21, 0))
			d := l.daemon(p)
			l.look(d)
			l.set(at(t, 22, 22, 0))
			l.look(d)
			l.overwrite("schedule/nightly.json", rubbish)
			l.set(at(t, 22, 22, 1))
			l.look(d)
			l.set(at(t, 23, 22, 0))
			l.look(d)
			equal(t, "begun", l.slots(), "nightly@2026-11-22T22:00+0800", "nightly@2026-11-23T22:00+0800")
		})
	}
}
