package schedule

import (
	"cmp"
	"strings"
	"time"

	"guiji/lake"
)

// reach bounds how far back missed slots are counted.
const reach = 366 * 24 * time.Hour

// view is what a decision rests on beside the journal.
type view struct {
	now    time.Time
	busy   bool                   // a run of the pipeline goes on, here or elsewhere
	landed func(slot string) bool // by the release chain
	due    func(Slot) []string
}

// decision is what to do about a pipeline's slots. Where it changed the journal, that
// is put before anything else is done.
type decision struct {
	changed bool
	begin   *Slot
	missed  []Missed
	died    *Slot // a try that was begun and never ended
}

// stretch is slots that came and that nobody ran.
type stretch struct {
	first, last Slot
	n           int
}

func (s *stretch) add(slot Slot) {
	if s.n == 0 {
		s.first = slot
	}
	s.last = slot
	s.n++
}

// decide looks at the slots since the last one accounted for. Of several only the
// newest is begun, if it is not too old; the others are missed.
func (t *Timetable) decide(j *Journal, v view) decision {
	d := decision{changed: j.Nonce == ""}
	if j.Since.IsZero() {
		j.Since = v.now
	}
	newest, skipped := t.come(j.base(v.now), v)
	switch e, begun := j.begun(newest, v.now); {
	case begun:
		d.again(t, j, v, e)
	case newest == nil:
	case v.landed(newest.Name): // by hand, or before the journal was lost
		d.pass(j, v, skipped)
		j.write(Entry{Slot: newest.Name, Time: newest.Time, Outcome: lake.RunOK})
	case v.now.Sub(newest.Start) > t.lasting():
		skipped.add(*newest)
		d.pass(j, v, skipped)
	case v.busy:
		d.wait(t, j, v, *newest)
	default:
		d.late(t, j, v, *newest, &skipped)
		d.start(t, j, v, *newest, Entry{})
	}
	return d
}

// come finds the newest slot after base whose start has come, and those before it.
func (t *Timetable) come(base time.Time, v view) (newest *Slot, skipped stretch) {
	if oldest := v.now.Add(-reach); base.Before(oldest) {
		base = oldest
	}
	for s := range t.Between(base, v.now) {
		if s.Start.After(v.now) {
			break
		}
		if newest != nil && !v.landed(newest.Name) {
			skipped.add(*newest)
		}
		newest = &s
	}
	return newest, skipped
}

// pass accounts for slots that are not run any more, and for what was open before.
func (d *decision) pass(j *Journal, v view, skipped stretch) {
	d.changed = true
	why := MissedDown
	if last := j.Last(v.now); last != nil && last.Outcome == Open {
		why = d.close(j, v, *last, skipped)
	} else if last != nil && last.Outcome != Skipped && last.Ended.After(skipped.first.Start) {
		why = MissedBusy
	}
	for _, e := range j.Entries {
		if e.Outcome == Waiting {
			why = MissedBusy
			j.drop(e.Slot)
			break // there is one at most
		}
	}
	if skipped.n == 0 {
		return
	}
	j.write(Entry{Slot: skipped.last.Name, Time: skipped.last.Time, Outcome: Skipped, Ended: v.now, First: skipped.first.Time, Slots: skipped.n})
	d.missed = append(d.missed, Missed{
		Pipeline: skipped.last.Pipeline, Why: why, Slot: skipped.last.Name, Time: skipped.last.Time, First: skipped.first.Time, Slots: skipped.n,
	})
}

// close gives up an open entry as its last try left it.
func (d *decision) close(j *Journal, v view, e Entry, over stretch) (why string) {
	d.changed = true
	why = MissedDown
	if e.UnderWay() {
		d.died = &Slot{Pipeline: pipelineOf(e.Slot), Name: e.Slot, Time: e.Time, Start: e.Begun, Try: e.Tries, Last: true}
		e.Ended = v.now
	} else if e.Ended.After(over.first.Start) {
		why = MissedBusy
	}
	e.Outcome, e.Result, e.Next = cmp.Or(e.Result, lake.RunFailed), "", time.Time{}
	if v.landed(e.Slot) {
		e.Outcome, d.died = lake.RunOK, nil
	}
	j.write(e)
	return why
}

// wait notes that a slot did not begin in time because the pipeline runs; it is told
// once.
func (d *decision) wait(t *Timetable, j *Journal, v view, s Slot) {
	if _, told := j.find(s.Name); told || v.now.Sub(s.Start) <= t.set.Grace {
		return
	}
	for _, e := range j.Entries {
		if e.Outcome == Waiting {
			j.drop(e.Slot)
			break
		}
	}
	d.changed = true
	j.write(Entry{Slot: s.Name, Time: s.Time, Outcome: Waiting, Told: true})
	d.missed = append(d.missed, Missed{Pipeline: s.Pipeline, Why: MissedBusy, Slot: s.Name, Time: s.Time, First: s.Time, Slots: 1, CaughtUp: true})
}

// late accounts for what was missed before a slot that begins now; the slot itself is
// among it where it begins later than it may and that was not told.
func (d *decision) late(t *Timetable, j *Journal, v view, s Slot, skipped *stretch) {
	_, told := j.find(s.Name)
	over := *skipped
	if !told && v.now.Sub(s.Start) > t.set.Grace {
		over.add(s)
	}
	d.pass(j, v, *skipped)
	switch {
	case over.n == skipped.n:
	case skipped.n > 0:
		m := &d.missed[len(d.missed)-1]
		m.Slot, m.Time, m.Slots, m.CaughtUp = s.Name, s.Time, over.n, true
	default:
		d.missed = append(d.missed, Missed{Pipeline: s.Pipeline, Why: MissedDown, Slot: s.Name, Time: s.Time, First: s.Time, Slots: 1, CaughtUp: true})
	}
}

// start begins a slot, or notes that it has nothing to take.
func (d *decision) start(t *Timetable, j *Journal, v view, s Slot, e Entry) {
	d.changed = true
	e.Slot, e.Time, e.Begun = s.Name, s.Time, v.now
	if s.Resources = v.due(s); len(s.Resources) == 0 && t.pipeline != GC {
		e.Outcome, e.Begun = cmp.Or(e.Result, Idle), time.Time{}
		j.write(e)
		return
	}
	e.Outcome, e.Next = Open, time.Time{}
	e.Tries++
	j.write(e)
	s.Try, s.Last = e.Tries, e.Tries >= t.set.Tries
	d.begin = &s
}

// again looks at a slot that was begun where no newer one has come: one that failed,
// or whose run died, is tried again.
func (d *decision) again(t *Timetable, j *Journal, v view, e Entry) {
	if e.Outcome != Open || v.busy {
		return
	}
	s := t.slot(e.Time)
	next := e.Next
	if e.UnderWay() {
		next = e.Begun.Add(t.set.Retry)
	}
	if wait := next.Sub(v.now); wait > 0 && wait <= t.set.Retry && !v.landed(e.Slot) { // longer waits are those of another clock
		return
	}
	if v.landed(e.Slot) || e.Tries >= t.set.Tries || v.now.Sub(s.Start) > t.lasting() {
		d.close(j, v, e, stretch{})
		return
	}
	if e.UnderWay() {
		d.died = &Slot{Pipeline: s.Pipeline, Name: s.Name, Time: s.Time, Start: s.Start, Try: e.Tries}
	}
	d.start(t, j, v, s, e)
}

func pipelineOf(slot string) string {
	pipeline, _, _ := strings.Cut(slot, "@")
	return pipeline
}
