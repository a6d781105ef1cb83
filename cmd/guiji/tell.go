package main

import (
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines"
	"guiji/pipelines/schedule"
	"guiji/publish/notify"
	"guiji/publish/post"
)

// notifier tells events of a project to its hooks.
func (a *app) notifier(w *workspace, p *catalog.Project, log *slog.Logger) *notify.Notifier {
	host, _ := os.Hostname() // only named in the outbox
	return &notify.Notifier{
		Hooks: p.Config.Hooks, Mail: p.Config.Mail, Dir: p.Dir, Objects: w.objects, Post: post.New(post.Options{}), Lang: a.lasting(),
		Zone: w.zone, Owner: fmt.Sprintf("%s/%d", host, os.Getpid()), Log: log, Now: w.now,
	}
}

// failureOf is the event of a run that did not end well; not ok for one that did, and
// for those nobody need be called for: stopped by a person, or kept out by another run.
func (a *app) failureOf(w *workspace, p *catalog.Project, pipeline, slot string, rec *lake.RunRecord, err error) (e notify.Event, ok bool) {
	kind := fault.KindOf(err)
	if err == nil || kind == fault.Interrupted || kind == fault.Locked {
		return e, false
	}
	e = notify.Event{Kind: notify.Failed, Project: p.Config.Name, Pipeline: pipeline, Slot: slot, At: w.now(),
		Outcome: lake.RunFailed, Error: kind.String(), Reason: notify.Line(fault.Message(a.lasting(), err))}
	if _, at, scheduled := schedule.SlotTime(slot, w.zone); scheduled {
		e.Time = at
	}
	if rec == nil {
		return e, true
	}
	e.Run, e.Outcome, e.Release, e.Started, e.Ended, e.Planned = rec.ID, rec.Outcome, rec.Release, rec.Started, rec.Ended, len(rec.Resources)
	if e.Slot == "" {
		e.Slot = rec.Slot
	}
	for _, id := range slices.Sorted(maps.Keys(rec.Resources)) {
		if r := rec.Resources[id]; r.Outcome != lake.RunOK {
			e.Resources = append(e.Resources, troubled(p, id, r))
		}
	}
	return e, true
}

func troubled(p *catalog.Project, id string, r lake.RunResource) notify.Resource {
	out := notify.Resource{ID: id, Title: id, Outcome: r.Outcome, Error: r.Kind, Reason: notify.Line(r.Reason)}
	if res := p.Resource(id); res != nil {
		out.Title, out.Department = res.Name, res.Provider
		if d := p.Department(res.Provider); d != nil {
			out.Department = d.Name
		}
	}
	return out
}

// missedOf is the event of slots that did not begin, or of a resource that is late.
func missedOf(p *catalog.Project, m schedule.Missed) notify.Event {
	e := notify.Event{Kind: notify.Missed, Project: p.Config.Name, Pipeline: m.Pipeline, Slot: m.Slot, Time: m.Time,
		Why: m.Why, Slots: m.Slots, First: m.First, CaughtUp: m.CaughtUp}
	if m.Why == schedule.MissedLate {
		e = notify.Event{Kind: notify.Late, Project: p.Config.Name, Pipeline: m.Pipeline, Resource: m.Resource, Cycle: m.Cycle, Since: m.Since}
		if r := p.Resource(m.Resource); r != nil {
			e.Title = r.Name
		}
	}
	return e
}

// tellByHand tells of a run that a person started, a sample apart, and waits for the
// hooks.
func (a *app) tellByHand(w *workspace, log *slog.Logger, req pipelines.Request, rec *lake.RunRecord, err error) {
	if req.Sample > 0 || len(w.project.Config.Hooks.OnFailure) == 0 {
		return
	}
	if e, ok := a.failureOf(w, w.project, req.Pipeline, req.Slot, rec, err); ok {
		ctx, cancel := hookTime()
		defer cancel()
		a.notifier(w, w.project, log).Tell(ctx, e)
	}
}
