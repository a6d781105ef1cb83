package pipelines_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/quality"
	"guiji/quality/checks"
	"guiji/quality/sets"
	"guiji/transforms/onesource"
)

// Whatever keys rows share and whichever of them fail, each row read is in
// standard, withheld, or removed as a duplicate, and in one of them alone.
func TestEveryRowIsAccountedFor(t *testing.T) {
	s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir(), Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		res := balanced(rt)
		env, rules := bound(rt, res)
		cell := rapid.SampledFrom([]string{"NULL", "1", "2", "3"})
		var tuples []string
		for range rapid.IntRange(1, 20).Draw(rt, "rows") {
			tuples = append(tuples, fmt.Sprintf("(%s, %s, %s, %s)", cell.Draw(rt, "k"), cell.Draw(rt, "k2"), cell.Draw(rt, "v"),
				rapid.SampledFrom([]string{"0", "0", "1", "2", "4", "8", "15"}).Draw(rt, "mask")))
		}
		query := `CREATE OR REPLACE TEMP TABLE image AS SELECT k::BIGINT AS k, NULL::VARCHAR AS k_raw, k2::BIGINT AS k2, NULL::VARCHAR AS k2_raw,
			v::BIGINT AS v, NULL::VARCHAR AS v_raw, mask::BIGINT AS _mask0 FROM (VALUES ` + strings.Join(tuples, ", ") + ") t(k, k2, v, mask)"
		if err := s.Exec(t.Context(), "test", query); err != nil {
			rt.Fatal(err)
		}
		out, err := sets.Evaluate(t.Context(), sets.Input{Session: s, Env: env, Raw: "image", Keys: res.Source.Key, Rules: rules,
			Counts: map[string]quality.Count{}, Rows: int64(len(tuples))})
		if err != nil {
			rt.Fatal(err)
		}
		table := onesource.Table{Resource: res, Items: []*catalog.Item{&res.Items[0], &res.Items[1], &res.Items[2]}, Keys: res.Source.Key, Raw: "image"}
		removed, err := onesource.Duplicates(t.Context(), s, table)
		if err != nil {
			rt.Fatal(err)
		}
		standard, err := onesource.Standard(t.Context(), s, table)
		if err != nil {
			rt.Fatal(err)
		}
		var landed int64
		if err := s.Row(t.Context(), "test", "SELECT count(*) FROM ("+standard+")", &landed); err != nil {
			rt.Fatal(err)
		}
		if int64(len(tuples)) != landed+out.WithheldRows+removed {
			rt.Fatalf("%d rows, %d landed, %d withheld, %d removed", len(tuples), landed, out.WithheldRows, removed)
		}
	})
}

// balanced is a resource with a key of one or two items, a row rule, a unique rule
// or none, and a duplicates rule or none.
func balanced(rt *rapid.T) *catalog.Resource {
	number := catalog.Type{Kind: catalog.Number, Precision: 9}
	res := &catalog.Resource{ID: "d/r", Source: catalog.Source{Key: []string{"k", "k2"}[:rapid.IntRange(1, 2).Draw(rt, "keys")]},
		Items: []catalog.Item{{Name: "k", Type: number}, {Name: "k2", Type: number}, {Name: "v", Type: number}}}
	written := []string{"{range: {min: 0, max: 9}, on_fail: quarantine}"}
	if rapid.Bool().Draw(rt, "unique") {
		written = append(written, "{unique: , on_fail: quarantine}")
	}
	if rapid.Bool().Draw(rt, "sql") {
		written = append(written, "{sql: v <> 3, on_fail: quarantine}")
	}
	for _, w := range written {
		var spec catalog.CheckSpec
		if err := yaml.Unmarshal([]byte(w), &spec); err != nil {
			rt.Fatal(err)
		}
		res.Items[2].Checks = append(res.Items[2].Checks, spec)
	}
	if rapid.Bool().Draw(rt, "duplicates") {
		res.Duplicates = &catalog.Duplicates{By: []string{"v"}, Keep: catalog.KeepRule{Fn: rapid.SampledFrom([]string{"first", "latest"}).Draw(rt, "keep"), Item: "k2"}}
	}
	return res
}

func bound(rt *rapid.T, res *catalog.Resource) (*quality.Env, []*quality.Rule) {
	env := &quality.Env{Resource: res, Today: "2026-11-22", Project: &catalog.Project{Resources: []*catalog.Resource{res}, Config: catalog.Config{Lang: "en"}}}
	var items []*catalog.Item
	var fields []arrow.Field
	for i := range res.Items {
		it := &res.Items[i]
		items, fields = append(items, it), append(fields, arrow.Field{Name: it.Name, Type: it.Type.Arrow()})
	}
	rules, errs := quality.Bind(env, items, arrow.NewSchema(fields, nil), checks.All())
	for _, err := range errs {
		rt.Fatal(err)
	}
	return env, rules
}
