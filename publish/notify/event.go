// Package notify tells people and other systems what went wrong, or did not happen:
// by a command, a webhook or a mail, each event once over all daemons of a store. It
// keeps the heartbeat file too. Messages carry counts, dates and names, never a value
// of a row. cmd imports it; it imports publish/post, publish/mail, publish/outbox, lake, catalog and internal.
package notify

import (
	"strings"
	"time"
)

// Kinds of events.
const (
	Failed = "failed" // a run ended failed, partial or gated
	Missed = "missed" // slots did not begin in time
	Late   = "late"   // a resource has not landed within its update cycle
)

// Event is what a hook is told, as JSON.
type Event struct {
	ID       string    `json:"id"` // the same event has the same id in every daemon
	Kind     string    `json:"kind"`
	At       time.Time `json:"at"` // when it was noticed
	Project  string    `json:"project"`
	Pipeline string    `json:"pipeline"`
	Slot     string    `json:"slot,omitempty"`
	Time     time.Time `json:"time,omitzero"` // of the slot

	Run       string     `json:"run,omitempty"` // id of the run's record; none where it never began
	Outcome   string     `json:"outcome,omitempty"`
	Error     string     `json:"error,omitempty"`  // kind of the error
	Reason    string     `json:"reason,omitempty"` // its message in the project's language, one line
	Release   uint64     `json:"release,omitempty"`
	Started   time.Time  `json:"started,omitzero"`
	Ended     time.Time  `json:"ended,omitzero"`
	Planned   int        `json:"planned,omitempty"`   // resources of the run
	Resources []Resource `json:"resources,omitempty"` // those that did not land as they should
	Again     bool       `json:"again,omitempty"`     // the slot is tried again by itself
	LastTry   bool       `json:"last_try,omitempty"`  // it was, and is not any more

	Why      string    `json:"why,omitempty"` // of missed slots: down, busy
	Slots    int       `json:"slots,omitempty"`
	First    time.Time `json:"first,omitzero"`
	CaughtUp bool      `json:"caught_up,omitempty"`

	Resource string    `json:"resource,omitempty"` // that is late
	Title    string    `json:"title,omitempty"`    // its name
	Cycle    string    `json:"update_cycle,omitempty"`
	Since    time.Time `json:"since,omitzero"` // when it last landed
}

// Resource is one resource that did not land as it should.
type Resource struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Department string `json:"department"`
	Outcome    string `json:"outcome"`
	Error      string `json:"error,omitempty"`
	Reason     string `json:"reason,omitempty"`
}

// Identify gives an event its id: of a slot that fails the first failure and the last
// try, of a run by hand each.
func (e *Event) Identify() {
	parts := []string{e.Kind, e.Pipeline}
	switch {
	case e.Kind == Late && e.Since.IsZero():
		parts = append(parts, e.Resource, "never")
	case e.Kind == Late:
		parts = append(parts, e.Resource, e.Since.UTC().Format("20060102T150405Z"))
	case e.Slot == "" || strings.HasPrefix(e.Slot, "manual@"):
		parts = append(parts, e.Run)
	case e.LastTry:
		parts = append(parts, e.Slot, "last")
	default:
		parts = append(parts, e.Slot)
	}
	for i, p := range parts {
		parts[i] = plain(p)
	}
	e.ID = strings.Join(parts, "/")
}

// plain makes a part of an id fit for an object's key.
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("@-_", c) {
			return c
		}
		return '-'
	}, s)
}

// reasonLimit is in runes: a message is read on a telephone.
const reasonLimit = 300

// Line is the first line of a reason, cut short.
func Line(reason string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(reason), "\n")
	r := []rune(line)
	if len(r) > reasonLimit {
		return string(r[:reasonLimit]) + "…"
	}
	return line
}
