package pipelines

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/quality"
)

// modeRecheck is how a release says that today's rules were applied to what was stored.
const modeRecheck = "recheck"

// rechecking is a recheck under way: it reads what the head holds in place of sources.
type rechecking struct {
	dry  bool // nothing is written
	told []Rechecked
}

// Recheck applies today's rules to what the newest release holds of a pipeline's
// resources, as a run does to what it pulls, and makes a release of it; no source is
// opened. Pulled data, cursors and fingerprints stay as they are. A resource whose gate
// is shut is rechecked by the image that was held back: with today's rules its gate may
// open. Of the request only pipeline and resources count.
//
// With dry nothing is written and there is no record: only what would become of each rule
// is told, and the error is that of the run: a gate that would be shut is one.
func (r *Runner) Recheck(ctx context.Context, req Request, dry bool) (*lake.RunRecord, []Rechecked, error) {
	re := &rechecking{dry: dry}
	req = Request{Pipeline: req.Pipeline, Resources: req.Resources, Disputed: req.Disputed, recheck: re}
	if !dry {
		rec, err := r.Run(ctx, req)
		return rec, re.told, err
	}
	u := r.newRun(req, r.Now())
	var err error
	if u.plan, err = MakePlan(r.Project, req.Pipeline, req.Resources, r.Now()); err != nil {
		return nil, nil, err
	}
	err = guarded(func() error { return u.work(ctx) })
	return nil, re.told, cmp.Or(err, u.worst())
}

// recheckAll reads the stored images of the plan's resources, one at a time. A resource
// of which nothing is stored is left out.
func (r *run) recheckAll(ctx context.Context) ([]*pulled, error) {
	var err error
	if r.copier, err = r.openEngine(ctx); err != nil {
		return nil, err
	}
	defer r.copier.Close()
	var out []*pulled
	r.plan.Resources = slices.DeleteFunc(slices.Clone(r.plan.Resources), func(p PlannedPull) bool { return !r.isStored(p.Resource) })
	if len(r.plan.Resources) == 0 {
		return nil, fault.New(fault.Config, "recheck.nothing", r.req.Pipeline).Try("recheck.nothing.hint")
	}
	for i := range r.plan.Resources {
		plan := &r.plan.Resources[i]
		var one *pulled
		err := guarded(func() (err error) { one, err = r.recheckOne(ctx, plan); return err })
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil:
			r.fail(plan.Resource, err)
		default:
			out = append(out, one)
		}
	}
	return out, nil
}

// isStored reports whether the head holds an image of a resource, be it one held back.
func (r *run) isStored(id string) bool {
	return r.head != nil && len(r.head.Datasets[datasetName("raw", id)].Files)+len(r.head.Datasets[datasetName("quality", id, "held")].Files) > 0
}

// recheckOne takes the stored image of one resource through today's row steps.
func (r *run) recheckOne(ctx context.Context, plan *PlannedPull) (*pulled, error) {
	if err := plan.collectable(); err != nil {
		return nil, err
	}
	im, err := r.storedImage(ctx, plan)
	if err != nil {
		return nil, err
	}
	defer im.s.Close()
	if err := im.judge(ctx); err != nil {
		return nil, err
	}
	was := im.was
	out := &pulled{plan: im.plan, dir: r.scratchFor(plan.Resource), at: was.Pulled, fetched: was.Fetched, consistent: !was.Inconsistent,
		counts: map[string]quality.Count{}, stored: map[string]storedItem{}, reach: im.reach(), quiet: true}
	for name := range im.stuck {
		out.stored[name] = im.defined[name]
	}
	path, err := im.write(ctx, filepath.Join(out.dir, "image"))
	if err != nil {
		return nil, err
	}
	image, err := openImage(path, plan.Parts, r.Project.Config.Defaults.Batch, r.alloc)
	if err != nil {
		return nil, err
	}
	steps, err := newRecheckSteps(r.Project, im)
	if err != nil {
		return nil, err
	}
	if out.env, out.rules, err = im.bind(steps.Schema()); err != nil {
		return nil, err
	}
	checks, err := quality.NewRowSet(out.rules, steps.Schema(), out.env)
	if err != nil {
		return nil, err
	}
	if err := r.pullParts(ctx, out, image, steps, checks); err != nil {
		return nil, err
	}
	if err := im.beside(ctx, out); err != nil {
		return nil, err
	}
	return out, r.readUnread(ctx, out)
}

// reach is how far the image goes: as far as it went. An image of which an item is another
// now is none that an increment may be merged into.
func (im *storedImage) reach() *reach {
	was := im.was
	w := &reach{mode: modeRecheck, was: was, follows: was.Image != "" || was.Cursor != ""}
	switch {
	case im.held: // where its next increment begins did not land
	case im.current, was.Image == imageShared, was.Image == imageUnreadable:
		w.cursor, w.kind, w.image = was.Cursor, connectors.CursorKind(was.CursorKind), was.Image
	default:
		w.cursor, w.kind = was.Cursor, connectors.CursorKind(was.CursorKind)
	}
	return w
}

// beside adds what lies beside an image: rows in quarantine, keys gone from the source.
func (im *storedImage) beside(ctx context.Context, out *pulled) error {
	r, id := im.run, im.plan.Resource
	if d := r.head.Datasets[datasetName("quality", id, "quarantine")]; d.Rows > 0 {
		files, err := r.Cache.Files(ctx, d)
		if err != nil {
			return err
		}
		out.bad = append(out.bad, files...)
		out.badRows, out.read = out.badRows+d.Rows, out.read+d.Rows
	}
	d, ok := r.head.Datasets[datasetName("quality", id, "deleted")]
	if !ok || !im.plan.res.Source.DeleteDetection {
		return nil
	}
	files, err := r.Cache.Files(ctx, d)
	if err != nil {
		return err
	}
	out.gone = &deletes{file: files[0], n: d.Rows, limit: 1} // they have landed
	if im.held {
		out.gone.of, out.gone.limit = r.head.Datasets[datasetName("raw", id)].Rows, im.plan.maxDeletes()
	}
	return nil
}

// tellStored puts into a resource's state what a recheck leaves as it was.
func (p *pulled) tellStored(state *lake.Resource) {
	was := p.reach.was
	state.Slot, state.Columns, state.Entry = was.Slot, was.Columns, was.Entry
}

// metricsOf reads the metrics of a release.
func (r *run) metricsOf(ctx context.Context, s *engine.Session, resource string) (map[string]quality.Metric, error) {
	relation, err := r.relation(ctx, r.head, datasetName("quality", resource, "metrics"))
	if err != nil || relation == "" {
		return nil, err
	}
	out := map[string]quality.Metric{}
	err = s.Each(ctx, "metrics", "SELECT rule, version, title, status, failed FROM "+relation, func(scan engine.Scanner) error {
		var m quality.Metric
		if err := scan(&m.Rule, &m.Version, &m.Title, &m.Status, &m.Failed); err != nil {
			return err
		}
		out[m.Rule] = m
		return nil
	})
	return out, err
}
