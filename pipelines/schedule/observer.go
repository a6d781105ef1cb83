package schedule

import (
	"time"

	"guiji/lake"
)

// Observer is told what becomes of the schedule: for hooks, metrics and the
// heartbeat. Calls come from several goroutines and are waited for, so they return
// soon; over all daemons of a store each event is told once, but for Beat.
type Observer interface {
	// Started: a slot begins. It is told before its project is read anew.
	Started(Slot)
	// Ended: it is over. The record is nil where the run never began; the error is
	// the run's own, of a gated one fault.Gate, of a stopped daemon fault.Interrupted.
	Ended(Slot, *lake.RunRecord, error)
	// Missed: slots did not begin in time, or a resource is late.
	Missed(Missed)
	// Beat: the daemon lives; at least once a minute while it does.
	Beat(time.Time)
}

// Slot is one scheduled start of a pipeline.
type Slot struct {
	Pipeline  string    `json:"pipeline"`
	Name      string    `json:"slot"`                // pipeline@2026-11-22T22:00+0800
	Time      time.Time `json:"time"`                // by the cron, in the project's time zone
	Start     time.Time `json:"start"`               // with the pipeline's jitter
	Resources []string  `json:"resources,omitempty"` // what it takes, ids in order
	Try       int       `json:"try,omitempty"`       // from 1; 0 of a slot to come
	Last      bool      `json:"last_try,omitempty"`  // it is not tried again
}

// Why something counts as missed.
const (
	MissedDown = "down" // no daemon was there
	MissedBusy = "busy" // an earlier run of the pipeline went on
	MissedLate = "late" // a resource has not landed within its update cycle
)

// Missed is what did not happen in time: slots of a pipeline, or the landing of one
// of its resources.
type Missed struct {
	Pipeline string    `json:"pipeline"`
	Why      string    `json:"why"`
	Slot     string    `json:"slot,omitempty"`      // the newest one missed
	Time     time.Time `json:"time,omitzero"`       // its time
	First    time.Time `json:"first,omitzero"`      // time of the oldest one missed
	Slots    int       `json:"slots,omitempty"`     // how many
	CaughtUp bool      `json:"caught_up,omitempty"` // the newest one is made up for now, or when the pipeline is free
	Resource string    `json:"resource,omitempty"`  // of MissedLate
	Cycle    string    `json:"cycle,omitempty"`     // its update cycle
	Since    time.Time `json:"since,omitzero"`      // when it last landed; zero if never
}

// Observers are told one after the other.
type Observers []Observer

// Started tells each of them.
func (os Observers) Started(s Slot) {
	for _, o := range os {
		o.Started(s)
	}
}

// Ended tells each of them.
func (os Observers) Ended(s Slot, rec *lake.RunRecord, err error) {
	for _, o := range os {
		o.Ended(s, rec, err)
	}
}

// Missed tells each of them.
func (os Observers) Missed(m Missed) {
	for _, o := range os {
		o.Missed(m)
	}
}

// Beat tells each of them.
func (os Observers) Beat(now time.Time) {
	for _, o := range os {
		o.Beat(now)
	}
}
