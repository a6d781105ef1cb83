package notify

import (
	"fmt"
	"strings"
	"time"

	"guiji/internal/text"
)

func (n *Notifier) say(key text.Key, args ...any) string { return text.Format(n.Lang, key, args...) }

func (n *Notifier) stamp(t time.Time) string { return t.In(n.Zone).Format("2006-01-02 15:04") }

// subject is a mail's.
func (n *Notifier) subject(e Event) string {
	switch e.Kind {
	case Missed:
		return n.say("notify.subject.missed", e.Project, e.Pipeline)
	case Late:
		return n.say("notify.subject.late", e.Project, e.named())
	default:
		return n.say("notify.subject.failed", e.Project, e.Pipeline, n.say(text.Key("notify.result."+e.result())))
	}
}

// body is a mail's: plain text as an office would write it.
func (n *Notifier) body(e Event) string {
	var lines []string
	switch e.Kind {
	case Missed:
		lines = n.missed(e)
	case Late:
		lines = n.late(e)
	default:
		lines = n.failed(e)
	}
	return strings.Join(append(lines, "", n.say("notify.closing")), "\r\n") + "\r\n"
}

func (n *Notifier) failed(e Event) []string {
	at := e.At
	if !e.Started.IsZero() {
		at = e.Started
	}
	lines := []string{n.say("notify.opening.failed", e.Pipeline, n.stamp(at), n.say(text.Key("notify.result."+e.result()))), ""}
	if !e.Time.IsZero() {
		lines = append(lines, n.say("notify.line.slot", n.stamp(e.Time)))
	}
	if e.Run != "" {
		lines = append(lines, n.say("notify.line.run", e.Run))
	}
	if !e.Started.IsZero() {
		lines = append(lines, n.say("notify.line.time", n.stamp(e.Started), n.stamp(e.Ended)))
	}
	if e.Release > 0 {
		lines = append(lines, n.say("notify.line.release", e.Release))
	} else {
		lines = append(lines, n.say("notify.line.no_release"))
	}
	if e.Reason != "" {
		lines = append(lines, n.say("notify.line.reason", e.Reason))
	}
	lines = append(lines, n.resources(e)...)
	switch {
	case e.Again:
		lines = append(lines, "", n.say("notify.line.again"))
	case e.LastTry:
		lines = append(lines, "", n.say("notify.line.last"))
	}
	if e.Run == "" {
		return append(lines, n.say("notify.advice.status"))
	}
	return append(lines, n.say("notify.advice.run", e.Run))
}

// shown is how many resources a message names.
const shown = 20

func (n *Notifier) resources(e Event) []string {
	if len(e.Resources) == 0 {
		return nil
	}
	lines := []string{"", n.say("notify.line.resources", len(e.Resources), max(e.Planned, len(e.Resources)))}
	for i, r := range e.Resources {
		if i == shown {
			lines = append(lines, "  …")
			break
		}
		line := fmt.Sprintf("  %d. %s（%s，%s）%s", i+1, r.Title, r.ID, r.Department, n.say(text.Key("notify.result."+r.result())))
		if n.Lang == text.EN {
			line = fmt.Sprintf("  %d. %s (%s, %s) %s", i+1, r.Title, r.ID, r.Department, n.say(text.Key("notify.result."+r.result())))
		}
		if r.Reason != "" {
			line += ": " + r.Reason
		}
		lines = append(lines, line)
	}
	return lines
}

func (n *Notifier) missed(e Event) []string {
	lines := []string{n.say("notify.opening.missed", e.Pipeline), ""}
	first := e.First
	if first.IsZero() {
		first = e.Time
	}
	lines = append(lines, n.say("notify.line.slots", max(1, e.Slots), n.stamp(first), n.stamp(e.Time)))
	if e.Why == "busy" {
		lines = append(lines, n.say("notify.line.why.busy"))
	} else {
		lines = append(lines, n.say("notify.line.why.down"))
	}
	if e.CaughtUp {
		lines = append(lines, n.say("notify.line.caught_up"))
	} else {
		lines = append(lines, n.say("notify.line.not_caught"))
	}
	return append(lines, n.say("notify.advice.status"))
}

func (n *Notifier) late(e Event) []string {
	since := n.say("notify.line.never")
	if !e.Since.IsZero() {
		since = n.say("notify.line.since", n.stamp(e.Since))
	}
	return []string{
		n.say("notify.opening.late"), "", n.say("notify.line.resource", e.named()), n.say("notify.line.cycle", e.Cycle), since,
		n.say("notify.advice.status"),
	}
}

// named is a late resource with its title.
func (e Event) named() string {
	if e.Title == "" {
		return e.Resource
	}
	return e.Title + " (" + e.Resource + ")"
}

func (e Event) result() string { return known(e.Outcome) }

func (r Resource) result() string { return known(r.Outcome) }

// known is an outcome that has a word.
func known(outcome string) string {
	switch outcome {
	case "ok", "partial", "gated":
		return outcome
	}
	return "failed"
}
