package schedule

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
)

// horizon is how far ahead the next slot is looked for: a leap day's schedule has
// one, and one whose working days are not announced yet still ends.
const horizon = 5 * 366 * 24 * time.Hour

// catchUp is how old a missed slot may be that is made up for, where the pipeline
// does not say.
const catchUp = 24 * time.Hour

// Timetable tells a pipeline's slots. It is a value that many goroutines may use.
type Timetable struct {
	pipeline string
	cron     catalog.Cron
	zone     *time.Location
	def      catalog.Pipeline
	set      catalog.Schedule
}

// NewTimetable is the timetable of a pipeline of a project; nil where it has no
// cron. The error is of kind fault.Config.
func NewTimetable(p *catalog.Project, pipeline string) (*Timetable, error) {
	def := definition(p, pipeline)
	if def.Cron == "" {
		return nil, nil
	}
	zone, err := time.LoadLocation(p.Config.Timezone)
	if err != nil {
		return nil, fault.New(fault.Config, "catalog.check.timezone", p.Config.Timezone).Because(err)
	}
	c, err := catalog.ParseCron(def.Cron)
	if err != nil {
		return nil, fault.New(fault.Config, "pipeline.cron", pipeline, def.Cron).Because(err)
	}
	return &Timetable{pipeline: pipeline, cron: c, zone: zone, def: def, set: p.Config.Schedule}, nil
}

// Between yields the slots whose time is after from and not after to.
func (t *Timetable) Between(from, to time.Time) iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		for at := range t.cron.Between(from.In(t.zone), to) {
			if worked, _ := catalog.Workday(at); t.def.Workdays && !worked {
				continue
			}
			if !yield(t.slot(at)) {
				return
			}
		}
	}
}

// Next is the first slot after a time; ok is false if there is none for years.
func (t *Timetable) Next(after time.Time) (next Slot, ok bool) {
	for s := range t.Between(after, after.Add(horizon)) {
		return s, true
	}
	return Slot{}, false
}

func (t *Timetable) slot(at time.Time) Slot {
	name := SlotName(t.pipeline, at)
	return Slot{Pipeline: t.pipeline, Name: name, Time: at, Start: at.Add(jitter(name, t.def.Jitter))}
}

// jitter is by how much a slot is put off: evenly spread below limit, in whole
// seconds, the same for every daemon.
func jitter(slot string, limit time.Duration) time.Duration {
	n := uint64(limit / time.Second)
	if limit <= 0 || n == 0 {
		return 0
	}
	sum := sha256.Sum256([]byte(slot))
	return time.Duration(binary.BigEndian.Uint64(sum[:])%n) * time.Second
}

// lasting is how long after its start a slot may still begin.
func (t *Timetable) lasting() time.Duration {
	return max(t.set.Grace, cmp.Or(t.def.CatchUp, catchUp))
}
