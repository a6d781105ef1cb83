package pipelines

import (
	"context"
	"errors"
	"slices"
	"time"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/arrowpool"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/quality"
)

// Rehearsal asks what would become of a resource's rows if they were reported: rows of
// another source than its own go through the steps and checks of a run, and nothing is
// stored (上报前自检).
type Rehearsal struct {
	Resource string
	// Open gives the source in place of the resource's connection: one table, asked for by
	// the resource's own names of table and columns.
	Open    func(ctx context.Context, env connectors.Env) (connectors.Source, error)
	Without []string      // items that the source lacks: what judges them is not evaluated
	Head    *lake.Release // what references and comparisons look into; nil: those are not evaluated
}

// Rehearsed is what came of it. Its files are in a scratch folder and go with it.
type Rehearsed struct {
	Project  *catalog.Project // as the rows were judged: the resource without what the source lacks
	Resource *catalog.Resource
	Release  *lake.Release // of this resource alone, without version; in memory
	Metrics  []quality.Metric
	Refused  []Refused // items the rows have that are collected elsewhere, and not here
	Warnings []string

	datasets map[string]*staged
}

// Relation is a dataset of the release as SQL, as in report.Input.
func (d *Rehearsed) Relation(_ context.Context, _ *lake.Release, dataset string) (sql string, ok bool, err error) {
	s, ok := d.datasets[dataset]
	if !ok {
		return "", false, nil
	}
	return s.relation(), true, nil
}

// Rehearse checks rows as a run would and hands over what came of it; when use returns,
// all of it is gone. It takes no lease, writes no object and needs no source of the
// project. A key that the source lacks is fault.Config.
func (r *Runner) Rehearse(ctx context.Context, q Rehearsal, use func(*Rehearsed) error) error {
	res := r.Project.Resource(q.Resource)
	if res == nil {
		return fault.New(fault.Config, "pipeline.no_resource", q.Resource).Try("pipeline.no_resource.hint")
	}
	runner := *r
	runner.Project, res = reported(r.Project, res, q.Without)
	runner.OpenSource = func(ctx context.Context, _ string, env connectors.Env) (connectors.Source, error) {
		return q.Open(ctx, env)
	}
	u := &run{Runner: &runner, began: time.Now(), id: runID(r.Now()), slot: "rehearsal", alloc: r.Alloc, places: true,
		record: &lake.RunRecord{Resources: map[string]lake.RunResource{}}, failures: map[string]error{}, drifts: map[string]*drift{}}
	if u.alloc == nil {
		u.alloc = arrowpool.New(poolLimit)
	}
	folder, err := newScratch(r.Project.Scratch(), u.id)
	if err != nil {
		return err
	}
	defer folder.remove()
	u.scratch = folder.path
	out, err := u.rehearse(ctx, runner.plan(res), q)
	if err != nil {
		return err
	}
	out.Project, out.Resource = runner.Project, res
	return use(out)
}

// reported is the project with a resource as a file of its rows can be judged: read in
// full, each row as it is, without the items that the file lacks.
func reported(p *catalog.Project, res *catalog.Resource, without []string) (*catalog.Project, *catalog.Resource) {
	project, one := *p, *res
	one.Source.Mode, one.Source.DeleteDetection, one.History = catalog.ModeFull, false, false
	if d := one.Duplicates; d != nil && (slices.Contains(without, d.Keep.Item) || slices.ContainsFunc(d.By, func(it string) bool { return slices.Contains(without, it) })) {
		one.Duplicates = nil
	}
	project.Resources = slices.Clone(p.Resources)
	for i, r := range project.Resources {
		if r.ID == res.ID {
			project.Resources[i] = &one
		}
	}
	return &project, &one
}

// plan is a resource as its pipeline pulls it: the first that holds it tells the gate.
func (r *Runner) plan(res *catalog.Resource) *PlannedPull {
	var def catalog.Pipeline
	if names, err := PipelineOf(r.Project, []string{res.ID}); err == nil {
		def = r.Project.Config.Pipelines[names[0]]
	}
	var refusals []catalog.Refusal
	for _, refusal := range r.Project.CollectOnce(r.Now()) {
		if refusal.Resource == res.ID {
			refusals = append(refusals, refusal)
		}
	}
	out := planPull(r.Project, res, def, refusals)
	for i := range out.Refused {
		f := &out.Refused[i]
		f.Why, f.Obtain = f.refusal.Message(r.Lang), f.refusal.Way.Message(r.Lang)
	}
	return &out
}

// rehearse pulls, checks and settles one resource over the head.
func (r *run) rehearse(ctx context.Context, plan *PlannedPull, q Rehearsal) (_ *Rehearsed, err error) {
	for _, k := range plan.res.Source.Key {
		if slices.Contains(q.Without, k) {
			return nil, fault.New(fault.Config, "rehearse.key", k)
		}
	}
	plan.items = slices.DeleteFunc(plan.items, func(it *catalog.Item) bool { return slices.Contains(q.Without, it.Name) })
	r.sources = newSources(r)
	defer func() { err = errors.Join(err, r.sources.close()) }()
	if r.copier, err = r.openEngine(ctx); err != nil {
		return nil, err
	}
	defer r.copier.Close()
	var p *pulled
	if err := guarded(func() (err error) { p, err = r.pull(ctx, plan, ""); return err }); err != nil {
		return nil, err
	}
	set := newSettling(r, []*pulled{p})
	if err := set.over(ctx, q.Head); err != nil {
		return nil, err
	}
	if err := r.failures[plan.Resource]; err != nil {
		return nil, err
	}
	return r.gathered(set.done[plan.Resource], plan), nil
}

// gathered makes the release in memory.
func (r *run) gathered(s *settled, plan *PlannedPull) *Rehearsed {
	out := &Rehearsed{Metrics: s.metrics, Refused: plan.Refused, Warnings: s.warnings, datasets: s.datasets, Release: &lake.Release{
		Created: r.Now(), RunID: r.id, Guiji: r.Version, Datasets: map[string]lake.Dataset{}, Resources: map[string]lake.Resource{s.res.ID: s.state},
	}}
	for name, d := range s.datasets {
		out.Release.Datasets[name] = d.Dataset
	}
	return out
}
