package pipelines

import (
	"context"
	"regexp"
	"slices"

	"github.com/sourcegraph/conc/pool"

	"guiji/internal/engine"
	"guiji/lake"
)

// pullAll pulls the plan's resources, some at once. One that fails does not stop
// the others; only the end of ctx does.
func (r *run) pullAll(ctx context.Context) ([]*pulled, error) {
	var err error
	if r.copier, err = r.openEngine(ctx); err != nil {
		return nil, err
	}
	defer r.copier.Close()
	out := make([]*pulled, len(r.plan.Resources))
	p := pool.New().WithMaxGoroutines(max(1, r.Project.Config.Defaults.Parallel))
	for i := range r.plan.Resources {
		plan := &r.plan.Resources[i]
		p.Go(func() {
			one, err := r.pullAgain(ctx, plan)
			if err != nil {
				r.fail(plan.Resource, err)
				return
			}
			out[i] = one
		})
	}
	p.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return slices.DeleteFunc(out, func(p *pulled) bool { return p == nil }), nil
}

// settleAll runs the set steps, a resource at a time: DuckDB uses all cores by
// itself, and memory stays that of one.
func (r *run) settleAll(ctx context.Context, head *lake.Release, pulls []*pulled) ([]*settled, error) {
	refs, err := r.references(ctx, head, pulls)
	if err != nil {
		return nil, err
	}
	var out []*settled
	for _, p := range pulls {
		var one *settled
		err := guarded(func() (err error) { one, err = r.settle(ctx, p, refs); return err })
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			r.fail(p.plan.Resource, err)
			continue
		}
		out = append(out, one)
	}
	return out, nil
}

// references are the current images foreign keys look into: those pulled by this
// run, else the last release's.
func (r *run) references(ctx context.Context, head *lake.Release, pulls []*pulled) (map[string]string, error) {
	refs := map[string]string{}
	if head != nil {
		for _, id := range referenced(pulls) {
			rel, err := r.relation(ctx, head, datasetName("raw", id))
			if err != nil {
				return nil, err
			}
			if rel != "" {
				refs[id] = rel
			}
		}
	}
	for _, p := range pulls {
		refs[p.plan.Resource] = engine.Parquet(p.files)
	}
	return refs, nil
}

// referenced are the resources that rules of the pulled ones refer to and that
// this run did not pull.
func referenced(pulls []*pulled) []string {
	var out []string
	for _, p := range pulls {
		for _, id := range p.refersTo() {
			now := slices.ContainsFunc(pulls, func(o *pulled) bool { return o.plan.Resource == id })
			if !now && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

var referenceName = regexp.MustCompile(`\{ref:([^}]*)\}`)

// refersTo are the resources the set rules' SQL names.
func (p *pulled) refersTo() []string {
	var out []string
	for _, r := range p.rules {
		if r.Check.Set == nil || r.Reason != "" {
			continue
		}
		q, err := r.Check.Set(r, p.env)
		if err != nil {
			continue // sets.Evaluate reports it as NOT EVALUATED
		}
		for _, m := range referenceName.FindAllStringSubmatch(q.Bad, -1) {
			out = append(out, m[1])
		}
	}
	return out
}

// relation is a release's dataset as SQL over locally cached files; "" if the
// release has none of that name.
func (r *run) relation(ctx context.Context, rel *lake.Release, dataset string) (string, error) {
	d, ok := rel.Datasets[dataset]
	if !ok {
		return "", nil
	}
	files, err := r.Cache.Files(ctx, d)
	if err != nil {
		return "", err
	}
	return engine.Parquet(files), nil
}
