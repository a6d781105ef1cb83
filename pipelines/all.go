package pipelines

import (
	"context"
	"slices"

	"github.com/sourcegraph/conc/pool"

	"guiji/internal/engine"
	"guiji/internal/fault"
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
	reading, cancel := r.withinDeadline(ctx)
	defer cancel()
	p := pool.New().WithMaxGoroutines(max(1, r.Project.Config.Defaults.Parallel))
	for i := range r.plan.Resources {
		plan := &r.plan.Resources[i]
		p.Go(func() {
			one, err := r.pullAgain(reading, plan)
			if err != nil {
				r.fail(plan.Resource, r.why(reading, plan.Resource, err))
				if k := fault.KindOf(err); k == fault.Config || k == fault.Data {
					r.resume.drop(plan.Resource) // no later run takes these parts up
				}
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
