package sets_test

import (
	"context"
	"fmt"
	"slices"
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
)

func session(t testing.TB) *engine.Session {
	t.Helper()
	s, err := engine.Open(context.Background(), engine.Options{Temp: t.TempDir(), Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func specs(t testing.TB, written ...string) []catalog.CheckSpec {
	t.Helper()
	out := make([]catalog.CheckSpec, len(written))
	for i, w := range written {
		if err := yaml.Unmarshal([]byte(w), &out[i]); err != nil {
			t.Fatalf("%s: %v", w, err)
		}
	}
	return out
}

// resident is a resource of four items with the checks given, and the rules bound.
func resident(t testing.TB, key []string, own map[string][]string, whole ...string) (*quality.Env, []*quality.Rule) {
	t.Helper()
	text := catalog.Type{Kind: catalog.Text, Length: 20}
	res := &catalog.Resource{
		ID: "gongan/resident", Source: catalog.Source{Key: key}, Checks: specs(t, whole...),
		Items: []catalog.Item{
			{Name: "id", Type: catalog.Type{Kind: catalog.Number, Precision: 18}}, {Name: "a", Type: text},
			{Name: "b", Type: text}, {Name: "n", Type: catalog.Type{Kind: catalog.Number, Precision: 9}},
		},
	}
	for i := range res.Items {
		res.Items[i].Checks = specs(t, own[res.Items[i].Name]...)
	}
	area := &catalog.Resource{ID: "minzheng/area", Items: []catalog.Item{{Name: "code", Type: text}, {Name: "name", Type: text}}}
	env := &quality.Env{
		Resource: res, Today: "2026-11-22", Table: []string{"ID", "extra", "b", "a", "n"},
		Project: &catalog.Project{Resources: []*catalog.Resource{res, area}, Config: catalog.Config{Lang: "en"}},
	}
	items := make([]*catalog.Item, len(res.Items))
	fields := make([]arrow.Field, len(res.Items))
	for i := range res.Items {
		items[i] = &res.Items[i]
		fields[i] = arrow.Field{Name: items[i].Name, Type: items[i].Type.Arrow()}
	}
	rules, errs := quality.Bind(env, items, arrow.NewSchema(fields, nil), checks.All())
	for _, err := range errs {
		t.Fatal(err)
	}
	return env, rules
}

// row is a row of the image; nil is NULL.
type row struct {
	id   int64
	a, b *string
	n    *int64
	mask []int64
}

func load(t testing.TB, s *engine.Session, rows []row, masks int) {
	t.Helper()
	ctx := context.Background()
	columns := "id BIGINT, a VARCHAR, b VARCHAR, n BIGINT"
	for i := range masks {
		columns += fmt.Sprintf(", _mask%d BIGINT", i)
	}
	if err := s.Exec(ctx, "t", "CREATE OR REPLACE TABLE image ("+columns+")"); err != nil {
		t.Fatal(err)
	}
	var tuples []string
	for _, r := range rows {
		tuple := fmt.Sprintf("(%d, %s, %s, %s", r.id, lit(r.a), lit(r.b), number(r.n))
		for _, m := range r.mask {
			tuple += fmt.Sprintf(", %d", m)
		}
		tuples = append(tuples, tuple+")")
	}
	if len(tuples) > 0 {
		if err := s.Exec(ctx, "t", "INSERT INTO image VALUES "+strings.Join(tuples, ", ")); err != nil {
			t.Fatal(err)
		}
	}
}

func lit(s *string) string {
	if s == nil {
		return "NULL"
	}
	return engine.Lit(*s)
}

func number(n *int64) string {
	if n == nil {
		return "NULL"
	}
	return fmt.Sprint(*n)
}

func column(t testing.TB, s *engine.Session, query string) []string {
	t.Helper()
	rows, err := s.Query(context.Background(), "t", query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := []string{}
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func p[T any](v T) *T { return &v }

// The evaluation against a plain reading of the rules, over random rows with
// NULLs, repeated keys and random masks.
func TestEvaluateAgainstBruteForce(t *testing.T) {
	s := session(t)
	ctx := context.Background()
	if err := s.Exec(ctx, "t", "CREATE TABLE area AS SELECT * FROM (VALUES ('x'), ('y'), (NULL)) v(code)"); err != nil {
		t.Fatal(err)
	}
	env, rules := resident(t, []string{"id"}, map[string][]string{
		"a": {"not_null", "{unique: , on_fail: quarantine}"},
		"b": {"{foreign_key: minzheng/area.code, severity: warning}", "{length: 1, severity: warning, on_fail: quarantine}"},
		"n": {"{sql: n >= 2, on_fail: block}", "{sql: 'a <> b or n = 0', severity: warning}"},
	}, "unique: [a, b]")
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.Just((*string)(nil)), rapid.Map(rapid.SampledFrom([]string{"x", "y", "z", "it's"}), func(s string) *string { return &s }))
		rows := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) row {
			var n *int64
			if rapid.Bool().Draw(rt, "has n") {
				n = p(rapid.Int64Range(0, 4).Draw(rt, "n"))
			}
			return row{id: rapid.Int64Range(1, 30).Draw(rt, "id"), a: text.Draw(rt, "a"), b: text.Draw(rt, "b"), n: n,
				mask: []int64{rapid.Int64Range(0, 63).Draw(rt, "mask")}}
		}), 0, 25).Draw(rt, "rows")
		load(t, s, rows, 1)
		got, err := sets.Evaluate(ctx, sets.Input{
			Session: s, Env: env, Raw: "image", Keys: []string{"id"}, Rules: rules, Rows: int64(len(rows)),
			Counts: map[string]quality.Count{}, Refs: map[string]string{"minzheng/area": "area"},
		})
		if err != nil {
			rt.Fatal(err)
		}
		want := brute(rows, rules)
		if got.FailedRows != want.failed || got.ErrorRows != want.errors || got.WithheldRows != want.withheld {
			rt.Fatalf("rows failed %d, errors %d, withheld %d; want %+v", got.FailedRows, got.ErrorRows, got.WithheldRows, want)
		}
		if f := column(t, s, "SELECT id || ' ' || rule || ' ' || version FROM failures ORDER BY 1"); !slices.Equal(f, want.failures) {
			rt.Fatalf("failures %v, want %v", f, want.failures)
		}
		if k := column(t, s, "SELECT id::VARCHAR FROM withheld ORDER BY id"); !slices.Equal(k, want.keys) {
			rt.Fatalf("withheld %v, want %v", k, want.keys)
		}
		for _, m := range got.Metrics {
			if w, ok := want.counts[m.Rule]; ok && (m.Failed != w.Failed || m.B != w.Evaluated || m.A != w.Evaluated-w.Failed || (m.Status == quality.NotEvaluated) != (w.Evaluated == 0)) {
				rt.Fatalf("%s counts %+v, want %+v", m.Rule, m, w)
			}
		}
		if blocked := want.counts["n.sql"].Failed > 0; blocked != slices.Equal(got.Blocked, []string{"n.sql"}) {
			rt.Fatalf("blocked %v", got.Blocked)
		}
	})
}

type expected struct {
	failed, errors, withheld int64
	failures, keys           []string
	counts                   map[string]quality.Count
}

func brute(rows []row, rules []*quality.Rule) expected {
	want := expected{counts: map[string]quality.Count{}, failures: []string{}, keys: []string{}}
	failures, keys := map[string]bool{}, map[int64]bool{}
	for _, r := range rows {
		var failed, isError, held bool
		for _, rule := range rules {
			fails, evaluated := judge(rule, r, rows)
			if rule.Bit < 0 {
				c := want.counts[rule.ID]
				if evaluated {
					c.Evaluated++
				}
				if fails {
					c.Failed++
				}
				want.counts[rule.ID] = c
			}
			if fails {
				failed = true
				isError = isError || rule.Severity == quality.Error
				held = held || rule.OnFail == quality.Quarantine
				failures[fmt.Sprintf("%d %s %s", r.id, rule.ID, rule.Version)] = true
			}
		}
		if failed {
			want.failed++
		}
		if isError {
			want.errors++
		}
		if held {
			keys[r.id] = true
		}
	}
	for _, r := range rows {
		if keys[r.id] { // the key is withheld whole
			want.withheld++
		}
	}
	for f := range failures {
		want.failures = append(want.failures, f)
	}
	slices.Sort(want.failures)
	for id := range int64(31) {
		if keys[id] {
			want.keys = append(want.keys, fmt.Sprint(id))
		}
	}
	return want
}

// judge reads one rule on one row.
func judge(rule *quality.Rule, r row, rows []row) (fails, evaluated bool) {
	others := func(same func(o row) bool) bool {
		n := 0
		for _, o := range rows {
			if same(o) {
				n++
			}
		}
		return n > 1
	}
	eq := func(a, b *string) bool { return a != nil && b != nil && *a == *b }
	switch rule.ID {
	case "key_unique":
		return others(func(o row) bool { return o.id == r.id }), true
	case "a.unique":
		return others(func(o row) bool { return eq(o.a, r.a) }), r.a != nil
	case "a+b.unique":
		return others(func(o row) bool { return eq(o.a, r.a) && eq(o.b, r.b) }), r.a != nil && r.b != nil
	case "b.foreign_key":
		return r.b != nil && *r.b != "x" && *r.b != "y", r.b != nil
	case "n.sql":
		return r.n != nil && *r.n < 2, r.n != nil
	case "n+a+b.sql": // a <> b or n = 0, in three-valued logic
		differ, zero := r.a != nil && r.b != nil && *r.a != *r.b, r.n != nil && *r.n == 0
		if differ || zero {
			return false, true
		}
		known := r.a != nil && r.b != nil && r.n != nil
		return known, known
	}
	return r.mask[rule.Bit/quality.MaskBits]>>(rule.Bit%quality.MaskBits)&1 == 1, true
}
