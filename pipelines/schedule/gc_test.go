package schedule_test

import (
	"slices"
	"testing"

	"guiji/lake"
	"guiji/pipelines/schedule"
)

// Three daemons take out what need not be kept once a day, none while a run goes on
// where it is, and no pipeline has to say so.
func TestDaemonsCollectOnceADay(t *testing.T) {
	p := project(t, `pipelines: {nightly: {cron: "0 22 * * *", resources: ["*"]}}`)
	p.Config.Schedule.GC = "0 5 * * *"
	l := newLab(t, t.TempDir(), at(t, 1, 12, 0))
	daemons := []*schedule.Daemon{l.daemon(p), l.daemon(p), l.daemon(p)}
	for day := 1; day <= 3; day++ {
		for hour := range 24 {
			l.set(at(t, day, hour, 1))
			if l.clock().Before(at(t, 1, 12, 0)) {
				continue
			}
			for _, d := range daemons {
				l.look(d)
			}
		}
	}
	want := []string{}
	for day := 1; day <= 3; day++ {
		if day > 1 {
			want = append(want, schedule.SlotName(schedule.GC, at(t, day, 5, 0)))
		}
		want = append(want, schedule.SlotName("nightly", at(t, day, 22, 0)))
	}
	equal(t, "slots", l.slots(), want...)
	list, err := schedule.List(t.Context(), p, l.objs, lake.NewChain(l.objs), l.clock(), 1)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(l schedule.Listing) bool { return l.Pipeline == schedule.GC })
	if i < 0 || len(list[i].Next) != 1 || list[i].Last == nil || list[i].Last.Outcome != lake.RunOK {
		t.Errorf("it is listed as %+v", list)
	}
}

// While a run goes on, gc waits; it is made up for afterwards.
func TestGCWaitsForARunHere(t *testing.T) {
	p := project(t, `pipelines: {nightly: {cron: "0 4 * * *", resources: ["*"]}}`)
	p.Config.Schedule.GC = "0 5 * * *"
	l := newLab(t, t.TempDir(), at(t, 1, 3, 0))
	d := l.daemon(p)
	l.look(d)
	l.held = make(chan struct{})
	l.set(at(t, 1, 4, 0))
	d.Look(t.Context())
	l.set(at(t, 1, 5, 0))
	d.Look(t.Context())
	close(l.held)
	d.Wait()
	equal(t, "while the run went on", l.slots(), schedule.SlotName("nightly", at(t, 1, 4, 0)))
	l.look(d)
	equal(t, "afterwards", l.slots(), schedule.SlotName("nightly", at(t, 1, 4, 0)), schedule.SlotName(schedule.GC, at(t, 1, 5, 0)))
}
