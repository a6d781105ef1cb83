package main

import (
	"context"
	"errors"
	"strings"

	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality/returned"
)

// filings are the disputes that a list's objections open, with the fingerprints of their
// subjects for the audit. Where an objection to a problem cannot open one, its words are
// kept with the work order; one to a disagreement is told back.
func (w *workspace) filings(ctx context.Context, list *returned.List, o *returned.Outcome) ([]state.Filing, []string, error) {
	var out []state.Filing
	var prints []string
	for _, want := range o.Disputes {
		by := act{by: o.Department, reason: want.Reason}
		d, print, err := w.newDispute(ctx, by, want.Entity, want.Key, want.Element)
		var refused *fault.Error
		switch {
		case err == nil:
		case !errors.As(err, &refused) || refused.Kind != fault.Config:
			return nil, nil, err
		case want.Order != "":
			o.Acts = append(o.Acts, state.OrderAct{Number: want.Order, Verb: state.Object, At: w.now(), Department: o.Department, Reason: want.Reason})
			continue
		default:
			list.Findings = append(list.Findings, returned.Finding{Place: want.Place, Key: refused.Key, Args: refused.Args})
			continue
		}
		done, err := w.act(by, state.File)
		if err != nil {
			return nil, nil, err
		}
		out, prints = append(out, state.Filing{Dispute: *d, By: done, Order: want.Order}), append(prints, print)
	}
	return out, prints, nil
}

// tell counts what a list comes to.
func (t *takenBack) tell(list *returned.List, o *returned.Outcome, rel *lake.Release, filings []state.Filing) {
	t.Department, t.Made, t.Release = o.Department, list.Release, rel.Version
	t.Rows, t.Blank, t.Skipped, t.Unchanged, t.Settled = list.Rows, list.Blank, list.Skipped, o.Unchanged, o.Settled
	t.Findings = append(t.Findings, list.Findings...)
	for _, a := range o.Acts {
		switch a.Verb {
		case state.Done:
			t.Done++
		case state.Start:
			t.Started++
		case state.Note:
			t.Noted++
		case state.RequestExempt:
			t.Requested++
		case state.Object:
			t.Objections++
		}
	}
	if t.DryRun {
		t.Opening = len(filings)
	}
}

// shownFindings is how many rows that were not taken over a terminal lists; --json has all.
const shownFindings = 100

// takenBackText is the outcome for a person.
func (a *app) takenBackText(w *workspace, t *takenBack) string {
	if t.Before != "" {
		return a.say("orders.import.before", strings.Join(t.Files, a.say("check_file.and")), t.Before)
	}
	name := t.Department
	if d := w.project.Department(t.Department); d != nil {
		name = d.Name
	}
	lines := []string{a.say("orders.import.read", strings.Join(t.Files, a.say("check_file.and")), name, t.Rows, t.Blank)}
	opened := len(t.Disputes) + t.Opening
	for _, c := range []struct {
		key text.Key
		n   int64
	}{{"done", t.Done}, {"started", t.Started}, {"noted", t.Noted}, {"requested", t.Requested}, {"disputes", int64(opened)}, {"objections", t.Objections},
		{"unchanged", t.Unchanged}, {"settled", t.Settled}, {"skipped", t.Skipped}} {
		if c.n > 0 {
			lines = append(lines, "  "+a.say("orders.import."+c.key, c.n))
		}
	}
	if len(t.Disputes) > 0 {
		lines = append(lines, "  "+strings.Join(t.Disputes, a.say("check_file.and")))
	}
	if t.Made > 0 && t.Made < t.Release {
		lines = append(lines, a.say("orders.import.older", t.Made, t.Release))
	}
	if n := len(t.Findings); n > 0 {
		lines = append(lines, a.say("orders.import.refused", n))
		for i, f := range t.Findings {
			if i == shownFindings {
				lines = append(lines, a.say("orders.import.more", n-i))
				break
			}
			lines = append(lines, "  "+printable(f.At())+"  "+f.Text)
		}
		if t.written != "" {
			lines = append(lines, a.say("orders.import.written", t.written))
		}
	}
	if t.dropped != "" {
		lines = append(lines, a.say("orders.import.dropped", t.dropped))
	}
	if t.kept != "" {
		lines = append(lines, a.say("orders.import.kept", t.kept))
	}
	switch {
	case t.DryRun:
		lines = append(lines, a.say("orders.import.dried"))
	case t.Done+t.Started+t.Noted+t.Requested+t.Objections+int64(opened) == 0:
		lines = append(lines, a.say("orders.import.nothing"))
	}
	return strings.Join(lines, "\n")
}
