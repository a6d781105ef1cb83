package report

import (
	"context"
	"fmt"
	"html/template"
	"reflect"
	"slices"
	"sort"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/quality"
	"guiji/quality/checks"
)

// builder is one making of the reports.
type builder struct {
	Input
	sources map[int]party
	// sourceNames are the sources' names, a role included: gongan/resident, shichang/enterprise#legal_rep.
	sourceNames map[int]string
	chain       map[uint64]*lake.Release      // the release before, by version
	names       map[string]string             // department id → name
	labels      map[string]*catalog.Element   // by code
	tables      map[string]*catalog.CodeTable // by element
	scoring     quality.Scoring
	parsed      *template.Template
	history     []moment         // the oldest first
	terms       map[uint64]*term // by the release that first carried what is to be mended
}

func newBuilder(ctx context.Context, in Input) (*builder, error) {
	if in.RowsPerFile <= 0 {
		in.RowsPerFile = rowsPerFile
	}
	in.RowsPerFile = min(in.RowsPerFile, rowsPerSheet)
	b := &builder{Input: in, chain: map[uint64]*lake.Release{}, terms: map[uint64]*term{}, names: map[string]string{}, labels: map[string]*catalog.Element{}, scoring: quality.ScoringOf(in.Project.Config.Quality)}
	for _, d := range in.Project.Departments {
		b.names[d.ID] = d.Name
	}
	for i := range in.Project.Elements {
		b.labels[in.Project.Elements[i].Code] = &in.Project.Elements[i]
	}
	b.tables = b.codeTables()
	if err := b.readSources(ctx); err != nil {
		return nil, err
	}
	return b, b.readHistory(ctx)
}

// codeTables finds the table an element's values are codes of, by the checks of
// the items that carry it.
func (b *builder) codeTables() map[string]*catalog.CodeTable {
	names := map[string]string{}
	for _, res := range b.Project.Resources {
		for _, r := range b.bound(res) {
			p, ok := r.Params.(*checks.InCodesParams)
			if !ok || len(r.Items) == 0 || r.Items[0].Element == "" {
				continue
			}
			if have, ok := names[r.Items[0].Element]; !ok || p.Table < have {
				names[r.Items[0].Element] = p.Table
			}
		}
	}
	out := make(map[string]*catalog.CodeTable, len(names))
	for element, table := range names {
		out[element] = b.Project.Codes[table]
	}
	return out
}

// table is a dataset of a release: a relation and its columns with their types.
type table struct {
	sql   string
	names []string
	types map[string]string
}

func (t *table) has(columns ...string) bool {
	if t == nil {
		return false
	}
	for _, c := range columns {
		if t.types[c] == "" {
			return false
		}
	}
	return true
}

// table finds a dataset; nil where the release has none.
func (b *builder) table(ctx context.Context, rel *lake.Release, dataset string) (*table, error) {
	if rel == nil {
		return nil, nil
	}
	if _, ok := rel.Datasets[dataset]; !ok {
		return nil, nil
	}
	sql, ok, err := b.Relation(ctx, rel, dataset)
	if err != nil {
		return nil, fmt.Errorf("dataset %q: %w", dataset, err)
	}
	if !ok {
		return nil, nil
	}
	t := &table{sql: sql, types: map[string]string{}}
	err = b.each(ctx, "report columns of "+dataset, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "+sql+")", func(scan scanner) error {
		var name, kind string
		if err := scan(&name, &kind); err != nil {
			return err
		}
		t.names, t.types[name] = append(t.names, name), kind
		return nil
	})
	return t, err
}

type scanner = engine.Scanner

// each runs a query of few rows and hands them over one at a time; a list that grows
// with the data goes by stream.
func (b *builder) each(ctx context.Context, step, query string, row func(scanner) error) error {
	return b.Session.Each(ctx, step, query, func(scan scanner) error {
		if err := row(scan); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
		return nil
	})
}

// gather reads what the release says of a department's resources.
func (b *builder) gather(ctx context.Context, entry *catalog.Department) (*department, error) {
	d := &department{Entry: entry}
	for _, res := range b.Project.Resources {
		id, _, _ := strings.Cut(res.ID, "/")
		if id != entry.ID {
			continue
		}
		now, landed := b.Release.Resources[res.ID]
		if !landed {
			if res.Status == catalog.Published && b.File == "" {
				d.Absent = append(d.Absent, res)
			}
			continue
		}
		r := &resource{Entry: res, Now: now, rules: map[[2]string]*rule{}, bound: b.bound(res)}
		if err := b.lookBack(ctx, r); err != nil {
			return nil, err
		}
		b.findOrders(r)
		if err := b.readRules(ctx, r); err != nil {
			return nil, err
		}
		d.Resources = append(d.Resources, r)
	}
	return d, nil
}

// furthest is how many releases are looked at for a resource's run before.
const furthest = 200

// lookBack finds the run of a resource before the one whose results the release
// holds. Releases of other pipelines carry a resource on unchanged.
func (b *builder) lookBack(ctx context.Context, r *resource) error {
	rel := b.Previous
	for n := 0; rel != nil && n < furthest; n++ {
		then, ok := rel.Resources[r.Entry.ID]
		if !ok {
			return nil
		}
		if then.Slot == "" || then.Slot != r.Now.Slot || then.Mode != r.Now.Mode { // a recheck keeps the slot of the run it looks at again
			r.Before, r.Then, r.HasThen = rel, then, true
			return nil
		}
		r.Stale = !b.rechecked(r)
		var err error
		if rel, err = b.before(ctx, rel); err != nil {
			return err
		}
	}
	return nil
}

// rechecked tells that the release is one of today's rules on what was stored.
func (b *builder) rechecked(r *resource) bool {
	slots := b.Release.Slots
	if r.Now.Mode != recheck || len(slots) == 0 {
		return false
	}
	if b.Previous != nil && reflect.DeepEqual(b.Previous.Resources[r.Entry.ID], r.Now) {
		return false // an earlier recheck's, carried on: this one was of others
	}
	slot := slots[len(slots)-1]
	return strings.HasPrefix(slot, recheck+"@") && (b.Previous == nil || !slices.Contains(b.Previous.Slots, slot)) // one that only took data out has them too
}

// recheck is the mode of a resource, and of a run's slot, whose data was read from the store.
const recheck = "recheck"

// before is the release before another, read once; nil where there is none any more.
func (b *builder) before(ctx context.Context, rel *lake.Release) (*lake.Release, error) {
	if b.Earlier == nil || rel.Previous == nil {
		return nil, nil
	}
	if have, ok := b.chain[rel.Version]; ok {
		return have, nil
	}
	before, err := b.Earlier(ctx, rel)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("release before %d: %w", rel.Version, err)
	}
	b.chain[rel.Version] = before
	return before, nil
}

// readRules reads a resource's metrics and those of the release before, and ranks
// the rules: errors first, then by how much fails.
func (b *builder) readRules(ctx context.Context, r *resource) error {
	now, err := b.metrics(ctx, b.Release, r.Entry.ID)
	if err != nil {
		return err
	}
	var before map[[2]string]*quality.Metric
	if r.HasThen {
		then, err := b.metrics(ctx, r.Before, r.Entry.ID)
		if err != nil {
			return err
		}
		before = make(map[[2]string]*quality.Metric, len(then))
		for i, m := range then {
			if m.Status != quality.NotEvaluated {
				before[[2]string{m.Rule, m.Version}] = &then[i]
			}
		}
	}
	for _, m := range now {
		b.addRule(r, m).Before = before[[2]string{m.Rule, m.Version}]
	}
	sort.SliceStable(r.Rules, func(i, j int) bool {
		x, y := r.Rules[i], r.Rules[j]
		if x.Severity != y.Severity {
			return x.Severity == quality.Error
		}
		if x.Failed != y.Failed {
			return x.Failed > y.Failed
		}
		return x.Rule < y.Rule
	})
	return nil
}

func (b *builder) addRule(r *resource, m quality.Metric) *rule {
	x := &rule{Metric: m, Resource: r}
	for _, name := range strings.Split(m.Item, ",") {
		if it := r.Entry.Item(strings.TrimSpace(name)); it != nil {
			x.Items = append(x.Items, it)
		}
	}
	if b.Advice != nil {
		x.Advice, x.Sample = b.Advice(m.Kind)
	}
	x.Bound = r.bound[[2]string{m.Rule, m.Version}]
	asked := b.requirement(x.Bound)
	x.Only = b.only(r, r.spec(x.Bound))
	if asked != "" {
		x.Sample = "" // the check's example is of another item; what is asked says more
	}
	x.Basis = b.basis(x, asked)
	r.Rules = append(r.Rules, x)
	r.rules[[2]string{m.Rule, m.Version}] = x
	return x
}

func (b *builder) metrics(ctx context.Context, rel *lake.Release, id string) ([]quality.Metric, error) {
	t, err := b.table(ctx, rel, "quality/"+id+"/metrics")
	if err != nil || t == nil {
		return nil, err
	}
	cols := []string{"rule", "version", "kind", "item", "title", "indicator", "severity", "on_fail", "status", "reason"}
	sel := make([]string, len(cols))
	for i, c := range cols {
		sel[i] = "coalesce(" + engine.Ident(c) + ", '')"
	}
	var out []quality.Metric
	observed := "''"
	if t.has("observed") { // a release of before has none
		observed = "coalesce(observed, '')"
	}
	query := "SELECT " + strings.Join(sel, ", ") + ", coalesce(a, 0), coalesce(b, 0), coalesce(failed, 0), " + observed + " FROM " + t.sql + " ORDER BY rule, version"
	err = b.each(ctx, "report metrics", query, func(scan scanner) error {
		var m quality.Metric
		err := scan(&m.Rule, &m.Version, &m.Kind, &m.Item, &m.Title, &m.Indicator, &m.Severity, &m.OnFail, &m.Status, &m.Reason, &m.A, &m.B, &m.Failed, &m.Observed)
		out = append(out, m)
		return err
	})
	return out, err
}
