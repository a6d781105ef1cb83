package pipelines

import (
	"context"
	"fmt"
	"slices"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/quality"
	"guiji/quality/orders"
)

// ordering folds what a run found into the work orders of the release it lands on. The
// fold waits for the head: a rebase makes it anew.
type ordering struct {
	run  *run
	s    *engine.Session // nil until the first resource
	said string          // relation of what people did
}

func (o *ordering) close() error {
	if o.s == nil {
		return nil
	}
	return o.s.Close()
}

// dataset is a settled resource's orders in the release version that follows head.
func (o *ordering) dataset(ctx context.Context, head *lake.Release, s *settled, version uint64) (d *staged, err error) {
	r, id := o.run, s.res.ID
	if o.s == nil {
		if o.s, err = r.openEngine(ctx); err != nil {
			return nil, err
		}
		if o.said, err = orders.ReadActs(ctx, o.s, r.zone(), r.Acts); err != nil {
			return nil, err
		}
	}
	f := orders.Fold{
		Session: o.s, Resource: id, Keys: keys(s.res), Release: version, Rules: s.metrics, Known: r.ruleIDs(s.res), Read: r.wallClock(s.state.Pulled), Now: r.wallClock(r.Now()),
		Failures: s.quality("failures").relation(), Unread: s.unread, Nameless: s.nameless, Image: s.imaged().relation(),
		Torn: s.state.Inconsistent, Whole: s.state.Mode == modeFull, Said: o.said, Standardised: s.standardised,
	}
	f.Due, f.Soft = r.Project.MendBy(f.Now)
	f.Forget = f.Now.Add(-r.Project.Config.Retention.Orders)
	switch {
	case s.gated():
		f.Doubt = orders.GateShut
	case r.req.Sample > 0:
		f.Doubt = orders.Partial
	}
	if head != nil {
		if f.Before, err = r.relation(ctx, head, orders.Dataset(id)); err != nil {
			return nil, err
		}
	}
	queries, err := f.Queries(ctx)
	if err != nil {
		return nil, err
	}
	return writeEach(ctx, o.s, s.dir, fmt.Sprintf("orders-%d", version), queries, lake.Dataset{
		Layer: "quality", Table: table(id) + "__orders", Label: s.res.Name + "（整改事项）", Sorted: slices.Concat([]string{"rule"}, f.Keys, []string{"order_number"}),
	}, orderLabels(s.res, f.Keys))
}

// orderLabels labels the key columns by their items and all others by what guiji makes of
// them: an item beside the key may be called as one of those.
func orderLabels(res *catalog.Resource, keys []string) labels {
	items := itemLabels(res)
	return func(c *lake.Column) {
		if slices.Contains(keys, c.Name) {
			items(c)
		} else {
			plainLabels(c)
		}
	}
}

// quality is one of the datasets that land whether or not the gate is open.
func (s *settled) quality(name string) *staged {
	return s.datasets[datasetName("quality", s.res.ID, name)]
}

// imaged is what the rules judged: behind a shut gate the one that was refused.
func (s *settled) imaged() *staged {
	if s.gated() {
		return s.quality("held")
	}
	return s.datasets[datasetName("raw", s.res.ID)]
}

// ruleIDs are the ids of all rules the catalogue has for a resource, those of items that
// this run does not collect included.
func (r *run) ruleIDs(res *catalog.Resource) []string {
	items := make([]*catalog.Item, len(res.Items))
	for i := range res.Items {
		items[i] = &res.Items[i]
	}
	rules, _ := quality.Bind(&quality.Env{Project: r.Project, Resource: res, Today: r.Now().Format("2006-01-02")}, items, nil, r.Checks) // what cannot be bound no run would have
	out := make([]string, len(rules))
	for i, one := range rules {
		out[i] = one.ID
	}
	return out
}
