package pipelines

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
	"guiji/quality"
)

// settling runs the set steps of what a run pulled. Foreign keys look into the
// images the release will hold: of this run where they pass their gate, else the
// head's. So what others refer to is settled first, and what looked into an image
// that does not land after all, or into a head that is no longer the head, is
// settled again.
type settling struct {
	run    *run
	pulls  []*pulled
	order  []*pulled           // what is referred to comes first
	refers map[string][]string // by resource: the resources its rules name
	done   map[string]*settled
	failed map[string]bool
	stored map[string]string // images of the head, by resource; "" where it has none
}

func newSettling(r *run, pulls []*pulled) *settling {
	s := &settling{run: r, pulls: pulls, refers: map[string][]string{}, done: map[string]*settled{}, failed: map[string]bool{}}
	byID := map[string]*pulled{}
	for _, p := range pulls {
		byID[p.plan.Resource], s.refers[p.plan.Resource] = p, p.refersTo()
	}
	seen := map[string]bool{}
	var visit func(p *pulled)
	visit = func(p *pulled) {
		if p == nil || seen[p.plan.Resource] {
			return
		}
		seen[p.plan.Resource] = true
		for _, id := range s.refers[p.plan.Resource] {
			visit(byID[id])
		}
		s.order = append(s.order, p)
	}
	for _, p := range pulls {
		visit(p)
	}
	return s
}

// over settles what has not been settled over this head, a resource at a time:
// DuckDB uses all cores by itself, and memory stays that of one. A resource that
// fails does not stop the others; only the end of ctx does. Resources that refer to
// each other in a circle may shut each other's gates in turn; the rounds are bounded.
func (s *settling) over(ctx context.Context, head *lake.Release) error {
	s.stored = map[string]string{}
	for range len(s.pulls) + 1 {
		again := false
		for _, p := range s.order {
			fresh, err := s.settle(ctx, head, p)
			if err != nil {
				return err
			}
			again = again || fresh
		}
		if !again {
			return nil
		}
	}
	return nil
}

// settle settles one resource unless it has looked into these very images before.
func (s *settling) settle(ctx context.Context, head *lake.Release, p *pulled) (fresh bool, err error) {
	id := p.plan.Resource
	if s.failed[id] {
		return false, nil
	}
	refs := map[string]string{}
	for _, other := range s.refers[id] {
		image, err := s.image(ctx, head, p, other)
		if err != nil {
			return false, err
		}
		if image != "" {
			refs[other] = image
		}
	}
	if past, err := s.past(ctx, head, p); err != nil {
		return false, err
	} else if past != "" {
		refs[pastMetrics] = past
	}
	if was := s.done[id]; was != nil && maps.Equal(was.refs, refs) {
		return false, nil
	}
	var one *settled
	err = guarded(func() (err error) { one, err = s.run.settle(ctx, p, refs); return err })
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if err != nil {
		delete(s.done, id)
		s.failed[id] = true
		s.run.fail(id, err)
		return true, nil
	}
	s.done[id] = one
	return true, nil
}

// image is what the release will hold of a resource, as p's foreign keys see it; ""
// for nothing. References of a resource to itself stay within its new image.
func (s *settling) image(ctx context.Context, head *lake.Release, p *pulled, id string) (string, error) {
	now := slices.IndexFunc(s.pulls, func(o *pulled) bool { return o.plan.Resource == id })
	if p.plan.Resource == id || now >= 0 && !s.failed[id] && !(s.done[id] != nil && s.done[id].gated()) {
		return engine.Parquet(s.pulls[now].files), nil
	}
	if rel, ok := s.stored[id]; ok || head == nil {
		return rel, nil
	}
	rel, err := s.run.relation(ctx, head, datasetName("raw", id))
	if err == nil {
		s.stored[id] = rel
	}
	return rel, err
}

// pastMetrics stands, among the images a resource's rules look into, for the metrics
// of its own run before.
const pastMetrics = "metrics before"

// past is the head's metrics of a resource whose rules look back on them; "" for none,
// and where they are from before there was a past.
func (s *settling) past(ctx context.Context, head *lake.Release, p *pulled) (string, error) {
	looksBack := slices.ContainsFunc(p.rules, func(r *quality.Rule) bool {
		if r.Check.Table == nil {
			return false
		}
		q, err := r.Check.Table(r, p.env)
		return err == nil && q.LooksBack
	})
	if head == nil || !looksBack {
		return "", nil
	}
	name := datasetName("quality", p.plan.Resource, "metrics")
	if !slices.ContainsFunc(head.Datasets[name].Columns, func(c lake.Column) bool { return c.Name == "past" }) {
		return "", nil
	}
	rel, err := s.run.relation(ctx, head, name)
	if err == nil && p.reach.mode == modeRecheck { // the very data that the head observed is no run more
		rel = "(SELECT * REPLACE (CAST(NULL AS VARCHAR) AS observed) FROM " + rel + ")"
	}
	return rel, err
}

// landing is what was settled, in the order of the plan.
func (s *settling) landing() []*settled {
	var out []*settled
	for _, p := range s.pulls {
		if one := s.done[p.plan.Resource]; one != nil {
			out = append(out, one)
		}
	}
	return out
}

var referenceName = regexp.MustCompile(`\{ref:([^}]*)\}`)

// refersTo are the resources the set rules' SQL names, each once.
func (p *pulled) refersTo() []string {
	var out []string
	for _, r := range p.rules {
		for _, m := range referenceName.FindAllStringSubmatch(setSQL(r, p.env), -1) {
			if !slices.Contains(out, m[1]) {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// setSQL is what a rule's SQL may name other resources in; what has none, or makes an
// error, sets.Evaluate reports as NOT EVALUATED.
func setSQL(r *quality.Rule, env *quality.Env) string {
	switch {
	case r.Reason != "":
	case r.Check.Set != nil:
		if q, err := r.Check.Set(r, env); err == nil {
			return q.Bad
		}
	case r.Check.Table != nil:
		if q, err := r.Check.Table(r, env); err == nil {
			return strings.Join(q.Queries, " ")
		}
	}
	return ""
}
