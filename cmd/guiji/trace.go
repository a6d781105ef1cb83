package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines"
	"guiji/pipelines/schedule"
	"guiji/publish/lineage"
	"guiji/publish/post"
	"guiji/transforms/onesource"
)

// traced runs a pipeline and tells its lineage, where the project says where to. A
// sample leaves none. Afterwards the store has what people decided.
func (a *app) traced(ctx context.Context, w *workspace, r *pipelines.Runner, req pipelines.Request) (*lake.RunRecord, error) {
	if req.Sample > 0 {
		var err error
		if req.Disputed, err = w.marks(ctx); err != nil {
			return nil, err
		}
		return r.Run(ctx, req)
	}
	return a.told(ctx, w, r, req, false, func(req pipelines.Request) (*lake.RunRecord, error) { return r.Run(ctx, req) })
}

// told tells the lineage of what do makes of a request. stored: no source is opened.
func (a *app) told(ctx context.Context, w *workspace, r *pipelines.Runner, req pipelines.Request, stored bool, do func(pipelines.Request) (*lake.RunRecord, error)) (*lake.RunRecord, error) {
	defer a.keepStateAfter(ctx, w)
	var err error
	if req.Disputed, err = w.marks(ctx); err != nil {
		return nil, err
	}
	to := lineage.NewEmitter(w.project.Config.Lineage, w.project.Dir, post.New(post.Options{}), r.Log)
	if to == nil {
		return do(req)
	}
	defer to.Close()
	m := lineageOf(ctx, w, r.Log)
	m.Stored = stored
	begun := lineage.Begun{ID: lineage.NewID(), Pipeline: req.Pipeline, Resources: req.Resources, Slot: req.Slot, At: w.now()}
	if _, at, ok := schedule.SlotTime(req.Slot, w.zone); ok {
		begun.Time = at
	}
	to.Emit(m.Start(begun))
	rec, err := do(req)
	kind, message := "", ""
	if err != nil {
		kind, message = fault.KindOf(err).String(), fault.Message(r.Lang, err)
	}
	var rel *lake.Release
	if rec != nil && rec.Release > 0 {
		var lost error
		if rel, lost = w.chain.At(context.WithoutCancel(ctx), rec.Release); lost != nil {
			r.Log.Warn("lineage lacks the release", "run", rec.ID, "error", lost.Error())
		}
	}
	to.Emit(m.End(begun, rec, rel, kind, message, w.now()))
	return rec, err
}

// lineageOf makes the events of a project's runs.
func lineageOf(ctx context.Context, w *workspace, log *slog.Logger) lineage.Maker {
	p := w.project
	m := lineage.Maker{Project: p, Version: Version, Voices: voices(p)}
	m.Place = func(r *catalog.Resource) (string, string, bool) {
		_, settings, err := connectorOf(p.Config.Connections[r.Source.Connection], false) // references stay: none belongs into a name
		placed, ok := settings.(connectors.Placed)
		if err != nil || !ok {
			return "", "", false
		}
		ns, name := placed.Place(p.Dir, r.Source.Table)
		return ns, name, true
	}
	m.Checks = func(rel *lake.Release, r *catalog.Resource) []lineage.Assertion {
		list, err := lineage.Checks(context.WithoutCancel(ctx), w.cache, rel, r)
		if err != nil {
			log.Warn("lineage lacks the checks", "resource", r.ID, "error", err.Error())
		}
		return list
	}
	return m
}

// voices are the items that speak for the columns of entities: what one source
// resolves from. Copies are compared and do not speak.
func voices(p *catalog.Project) []lineage.Voice {
	var out []lineage.Voice
	for _, member := range onesource.Members(p, nil) {
		for _, code := range slices.Sorted(maps.Keys(member.Elements)) {
			it, el := member.Elements[code], p.Element(code)
			if el != nil && !it.RawOnly() {
				out = append(out, lineage.Voice{Entity: member.Subject.Entity, Column: el.Column, Resource: member.Resource.ID, Item: it.Name})
			}
		}
	}
	return out
}
