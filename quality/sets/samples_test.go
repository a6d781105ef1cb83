package sets_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/goccy/go-yaml"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/quality"
	"guiji/quality/checks"
	"guiji/quality/sets"
)

// sampleTypes are what the items are that the samples of the pages name; x is the one
// a check is written at, by its check.
func sampleTypes(check string) map[string]string {
	x := map[string]string{
		"adds_up": "N(9)", "compare": "D", "drift": "N(9)", "fresh": "D", "in_set": "", "max_value": "D", "min_value": "D", "mean": "N(9)", "median": "N(9)", "monotonic": "D",
		"quantile": "N(9)", "range": "D", "stdev": "F", "sum": "N(9,2)", "not_in_set": "", "distinct_set": "", "is_null": "D",
	}
	types := map[string]string{
		"accepted": "D", "decided": "D", "issued": "D", "opened": "D", "closed": "D", "amount": "N(9,2)", "principal": "N(9,2)", "interest": "N(9,2)", "state_share": "N(5,2)",
		"private_share": "N(5,2)", "person_id": "C(18)", "guardian_id": "C(18)", "year": "Y", "serial": "N(9)", "status": "C(9)", "credit_code": "C(18)", "name": "C(99)",
		"established": "D", "end_date": "D", "start_date": "D", "registered_on": "D", "paid": "N(9,2)", "granted": "N(9,2)", "birth": "D", "citizen_id": "C(18)", "school": "C(9)", "class_no": "N(3)", "x": "C(99)",
	}
	if t := x[check]; t != "" {
		types["x"] = t
	}
	return types
}

// Every sample of a check's page binds, and its kernel or its SQL runs over a row.
func TestSamplesRun(t *testing.T) {
	s := session(t)
	for _, c := range checks.All() {
		for line := range strings.SplitSeq(c.Sample, "\n") {
			if line != "" {
				runSample(t, s, c, line)
			}
		}
	}
}

func runSample(t *testing.T, s *engine.Session, c *quality.Check, line string) {
	t.Helper()
	var spec catalog.CheckSpec
	if err := yaml.Unmarshal([]byte(line), &spec); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	env, rules, errs := bindSample(t, sampleResource(t, c, line), spec)
	if len(errs) > 0 {
		t.Errorf("%s: %v", line, errs)
		return
	}
	runKernels(t, env, rules)
	raw := "(SELECT *, 'k' AS _key, 0 AS _mask0 FROM " + strings.Replace(sets.Nothing(env.Resource), "LIMIT 0", "LIMIT 1", 1) + ")"
	refs := map[string]string{}
	for _, other := range env.Project.Resources {
		refs[other.ID] = sets.Nothing(other)
	}
	out, err := sets.Evaluate(context.Background(), sets.Input{Session: s, Env: env, Raw: raw, Keys: []string{"_key"}, Rules: rules, Rows: 1, Refs: refs, Counts: map[string]quality.Count{}})
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	for _, m := range out.Metrics {
		if strings.Contains(m.Reason, "计算") || strings.Contains(m.Reason, "不是") {
			t.Errorf("%s: %s", line, m.Reason)
		}
	}
}

// sampleResource has the items that samples name, of types that suit the line.
func sampleResource(t *testing.T, c *quality.Check, line string) *catalog.Resource {
	t.Helper()
	types := sampleTypes(c.Name)
	for _, numbers := range []string{"[1, 2", "0, max: 99999.99"} {
		if strings.Contains(line, numbers) {
			types["x"] = "N(9,2)"
		}
	}
	if strings.Contains(line, "[1900-01-01") {
		types["x"] = "D"
	}
	if c == checks.InSet && strings.Contains(line, "[1, 2") {
		types["x"] = "N(1)"
	}
	res := &catalog.Resource{ID: "a/own", Cycle: "每月", Source: catalog.Source{}}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		typ, err := catalog.ParseType(types[name])
		if err != nil {
			t.Fatal(err)
		}
		res.Items = append(res.Items, catalog.Item{Name: name, Type: typ})
	}
	return res
}

// bindSample binds a check at the item x; where it cannot stand there, among the resource's.
func bindSample(t *testing.T, res *catalog.Resource, spec catalog.CheckSpec) (env *quality.Env, rules []*quality.Rule, errs []error) {
	t.Helper()
	items := make([]*catalog.Item, len(res.Items))
	for i := range items {
		items[i] = &res.Items[i]
	}
	env = &quality.Env{Resource: res, Today: "2026-11-22", Project: sampleProject(t, res)}
	res.Item("x").Checks = []catalog.CheckSpec{spec}
	if rules, errs = quality.Bind(env, items, nil, checks.All()); len(errs) > 0 {
		res.Checks, res.Item("x").Checks = []catalog.CheckSpec{spec}, nil
		rules, errs = quality.Bind(env, items, nil, checks.All())
	}
	return env, rules, errs
}

// runKernels runs the row rules over a row without values.
func runKernels(t *testing.T, env *quality.Env, rules []*quality.Rule) {
	t.Helper()
	var fields []arrow.Field
	for _, it := range env.Resource.Items {
		fields = append(fields, arrow.Field{Name: it.Name, Type: it.Type.Arrow(), Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	set, err := quality.NewRowSet(rules, schema, env)
	if err != nil {
		t.Fatal(err)
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, f := range b.Fields() {
		f.AppendNull()
	}
	rec := b.NewRecordBatch()
	defer rec.Release()
	if _, err := set.Eval(memory.DefaultAllocator, rec, make([][]int32, len(fields))); err != nil {
		t.Error(err)
	}
}

func sampleProject(t *testing.T, own *catalog.Resource) *catalog.Project {
	t.Helper()
	text := catalog.Type{Kind: catalog.Text, Length: 99}
	return &catalog.Project{
		Resources: []*catalog.Resource{own, {ID: "minzheng/area", Items: []catalog.Item{{Name: "code", Type: text}}},
			{ID: "shichang/enterprise", Items: []catalog.Item{{Name: "name", Type: text}, {Name: "credit_code", Type: text}}},
			{ID: "jiaoyu/class", Items: []catalog.Item{{Name: "school_code", Type: text}, {Name: "number", Type: catalog.Type{Kind: catalog.Number, Precision: 3}}}}},
		Codes: map[string]*catalog.CodeTable{"gbt2261_1": catalog.NewCodeTable("gbt2261_1", []catalog.Code{{Code: "1"}}), "area": catalog.NewCodeTable("area", []catalog.Code{{Code: "371502"}})},
	}
}
