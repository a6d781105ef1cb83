package deliver

import (
	"context"
	"slices"
	"time"

	"guiji/internal/fault"
	"guiji/publish/outbox"
)

// State is where a message stands.
type State string

// The states.
const (
	Sent       State = "sent"
	Waiting    State = "waiting"  // for its turn, or for quiet hours to end
	Failing    State = "failed"   // a step failed; tried again
	GivenUp    State = "given_up" // tried as often as may be; guiji deliver tries again
	Superseded State = "superseded"
	Nobody     State = "nobody" // no way leads to its receiver
)

// Standing is a message of the outbox as people see it.
type Standing struct {
	ID      string    `json:"id"`
	Kind    Kind      `json:"kind"`
	To      string    `json:"to"`
	Release uint64    `json:"release,omitempty"`
	State   State     `json:"state"`
	At      time.Time `json:"at"` // when it was written
	Sent    time.Time `json:"sent,omitzero"`
	Next    time.Time `json:"next,omitzero"` // when it is tried next
	Tries   int       `json:"tries"`
	Steps   []Step    `json:"steps"`
}

// Step is one way of a message.
type Step struct {
	Name  string `json:"step"`
	Place string `json:"place,omitempty"` // in the project's files; "" where it is no longer there
	Done  bool   `json:"done"`
	Why   string `json:"why,omitempty"` // it failed last
}

// Status lists the outbox, the newest messages first.
func (d *Deliverer) Status(ctx context.Context) ([]Standing, error) {
	all, err := d.box.All(ctx)
	if err != nil {
		return nil, err
	}
	out := []Standing{}
	for _, e := range all {
		out = append(out, d.standing(e))
	}
	slices.SortStableFunc(out, func(a, b Standing) int { return b.At.Compare(a.At) })
	return out, nil
}

func (d *Deliverer) standing(e *outbox.Entry[Message]) Standing {
	m := e.Event
	s := Standing{ID: m.ID, Kind: m.Kind, To: m.To, Release: m.Release, At: m.At.In(d.Zone), Tries: e.Tries, Steps: []Step{}}
	if !e.Sent.IsZero() {
		s.Sent = e.Sent.In(d.Zone)
	}
	places := map[string]string{}
	for _, t := range d.targets(m.To, len(m.Files) > 0) {
		places[t.step] = t.place
	}
	for _, name := range e.Done {
		s.Steps = append(s.Steps, Step{Name: name, Place: places[name], Done: true})
	}
	for _, name := range e.Pending {
		s.Steps = append(s.Steps, Step{Name: name, Place: places[name], Why: e.Why[name]})
	}
	s.State, s.Next = d.state(e)
	return s
}

func (d *Deliverer) state(e *outbox.Entry[Message]) (State, time.Time) {
	switch {
	case e.Ended != "":
		return Superseded, time.Time{}
	case !e.Open() && len(e.Done) == 0:
		return Nobody, time.Time{}
	case !e.Open():
		return Sent, time.Time{}
	case d.box.GivenUp(e):
		return GivenUp, time.Time{}
	}
	next := d.box.Next(e).In(d.Zone)
	if now := d.Now().In(d.Zone); next.Before(now) {
		next = now
	}
	if until, yes := d.quiet(next); yes {
		next = until
	}
	if len(e.Why) > 0 {
		return Failing, next
	}
	return Waiting, next
}

// Complete tells whether the messages of a release are all in the outbox.
func (d *Deliverer) Complete(ctx context.Context, release uint64) (bool, error) {
	e, err := d.box.Read(ctx, id(release, bureau))
	return e != nil, err
}

// Password shows the password of a department's newest attachments that were sent, and
// keeps it no longer. Of a release where one is named.
func (d *Deliverer) Password(ctx context.Context, department string, release uint64) (m Message, password string, err error) {
	if d.Project.Department(department) == nil {
		return m, "", fault.New(fault.Config, "deliver.department", department)
	}
	all, err := d.box.All(ctx)
	if err != nil {
		return m, "", err
	}
	for _, e := range slices.Backward(all) {
		if e.Event.To != department || len(e.Event.Files) == 0 || release > 0 && e.Event.Release != release || !d.filesSent(e) {
			continue
		}
		password, err := d.kept(e.ID)
		if err != nil {
			return m, "", err
		}
		if password == "" {
			continue
		}
		if err := d.Audit("deliver.password", department+" "+e.ID+": shown", ""); err != nil {
			return m, "", err
		}
		return e.Event, password, d.forget(e.ID)
	}
	return m, "", fault.New(fault.Config, "deliver.password.none", department).Try("deliver.password.none.hint", department)
}

// filesSent tells whether the attachments of a message are on their way: before, another
// password might still be made.
func (d *Deliverer) filesSent(e *outbox.Entry[Message]) bool {
	return slices.ContainsFunc(d.targets(e.Event.To, true), func(t target) bool { return t.role == roleFile && e.IsDone(t.step) })
}
