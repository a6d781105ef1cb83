package sets_test

import (
	"fmt"
	"slices"
	"testing"

	"guiji/quality"
)

// A where chooses the rows of set rules as it does those of kernels: the others are
// not evaluated, do not fail, and are nobody's duplicates.
func TestSetChecksOfChosenRows(t *testing.T) {
	rows := []row{
		{id: 1, a: p("x"), b: p("k"), n: p(int64(1))}, {id: 2, a: p("x"), b: p("k"), n: p(int64(2))}, {id: 3, a: p("x"), b: p("q"), n: p(int64(1))},
		{id: 4, a: p("y"), b: p("q"), n: p(int64(2))}, {id: 5, a: p("y"), n: p(int64(2))}, {id: 6, b: p("q")},
	}
	for _, c := range []struct {
		item, check string
		fail        []string
		evaluated   int64
	}{
		{"a", "unique", []string{"1", "2", "3", "4", "5"}, 5},
		{"a", "{unique: , where: {n: 1}}", []string{"1", "3"}, 2},
		{"a", "{unique: , where: {n: {not: 1}}}", []string{"4", "5"}, 3},
		{"a", "{unique: , where: {n: null}}", []string{}, 0},
		{"b", "{foreign_key: minzheng/area.code, where: {a: x}}", []string{"3"}, 3},
		{"n", "{sql: n = 1, where: {a: x}}", []string{"2"}, 3},
		{"n", "{sql: n = 1, where: {a: [x, y], b: {not: null}}}", []string{"2", "4"}, 4},
	} {
		metrics, _ := evaluate(t, map[string][]string{c.item: {c.check}}, map[string]string{"minzheng/area": "(SELECT 'k' AS code)"}, slices.Clone(rows)...)
		checkMetric(t, c.check, metrics, c.fail, c.evaluated)
	}
}

// A key of several items is found where one row there has all its values; a NULL among
// them is not evaluated.
func TestKeysOfSeveralItems(t *testing.T) {
	rows := []row{
		{id: 1, a: p("k1"), b: p("x")}, {id: 2, a: p("k1"), b: p("y")}, {id: 3, a: p("k2"), b: p("y")}, {id: 4, a: p("k2"), b: p("x")},
		{id: 5, a: p("k1")}, {id: 6, b: p("x")}, {id: 7}, {id: 8, a: p("k3"), b: p("")}, {id: 9, a: p("k4"), b: p("x")},
	}
	const there = "(SELECT * FROM (VALUES ('k1', 'x'), ('k2', 'y'), ('k3', NULL), (NULL, 'x'), ('k1', 'x')) v(code, name))"
	for _, written := range []string{"foreign_key: {to: minzheng/area, on: {a: code, b: name}}", "{foreign_key: {to: minzheng/area, on: {a: code, b: name}}, where: {id: {min: 1}}}"} {
		metrics, out := evaluateWhole(t, []string{written}, map[string]string{"minzheng/area": there}, slices.Clone(rows)...)
		m := metrics["a+b.foreign_key"]
		if m.Failed != 4 || m.B != 6 || m.Item != "a,b" || out.FailedRows != 4 {
			t.Errorf("%s: %+v", written, m)
		}
	}
	metrics, _ := evaluate(t, map[string][]string{"b": {"foreign_key: {to: minzheng/area.name, on: {a: code}}"}}, map[string]string{"minzheng/area": there}, slices.Clone(rows)...)
	if m := metrics["b+a.foreign_key"]; m.Failed != 4 || m.B != 6 {
		t.Errorf("beside its item: %+v", m)
	}
	metrics, _ = evaluate(t, map[string][]string{"b": {"foreign_key: {to: minzheng/area.name, on: {a: code}}"}}, nil, slices.Clone(rows)...)
	if m := metrics["b+a.foreign_key"]; m.Status != quality.NotEvaluated || m.Reason == "" {
		t.Errorf("without the other: %+v", m)
	}
}

// checkMetric looks at the one rule of a test.
func checkMetric(t *testing.T, check string, metrics map[string]quality.Metric, fail []string, evaluated int64) {
	t.Helper()
	for id, m := range metrics {
		if id == "key_unique" || m.Kind == quality.TypeCheck {
			continue
		}
		if m.Failed != int64(len(fail)) || m.B != evaluated || (m.Status == quality.NotEvaluated) != (evaluated == 0) {
			t.Errorf("%s counts %+v, want %d of %d", check, m, len(fail), evaluated)
		}
	}
}

// In the order of by, the row that breaks it fails; ties are in the item's order.
func TestMonotonic(t *testing.T) {
	for _, c := range []struct {
		n         []int64 // by id; 99 is NULL
		check     string
		failed, b int64
	}{
		{[]int64{1, 2, 2, 3}, "monotonic", 0, 4}, {[]int64{1, 3, 2, 4}, "monotonic", 1, 4}, {[]int64{1, 99, 0, 2}, "monotonic", 1, 3},
		{[]int64{1, 2, 2, 3}, "monotonic: {strict: true}", 1, 4}, {[]int64{4, 3, 3, 1}, "monotonic: {falling: true}", 0, 4},
		{[]int64{4, 3, 3, 1}, "monotonic: {falling: true, strict: true}", 1, 4}, {[]int64{1, 5, 2}, "monotonic: {falling: true}", 1, 3},
		{[]int64{3, 1, 2}, "monotonic: {by: a}", 0, 3}, {[]int64{1, 1, 1}, "monotonic: {by: a, strict: true}", 3, 3},
	} {
		var rows []row
		for i, n := range c.n {
			r := row{id: int64(i + 1), a: p("same"), n: p(n)}
			if n == 99 {
				r.n = nil
			}
			rows = append(rows, r)
		}
		metrics, out := evaluate(t, map[string][]string{"n": {c.check}}, nil, rows...)
		for _, m := range metrics {
			if m.Kind == "monotonic" && (m.Failed != c.failed || m.B != c.b || out.FailedRows != c.failed) {
				t.Errorf("%s over %v: %+v", c.check, c.n, m)
			}
		}
	}
}

// Rows whose key is found there are compared with the values there, and no others.
func TestAgrees(t *testing.T) {
	rows := []row{
		{id: 1, a: p("k1"), b: p("same")}, {id: 2, a: p("k2"), b: p("other")}, {id: 3, a: p("k3"), b: p("one")}, {id: 4, a: p("none"), b: p("x")},
		{id: 5, a: p("k4"), b: p("x")}, {id: 6, b: p("x")}, {id: 7, a: p("k1")}, {id: 8, a: p("k2"), b: p("other")},
	}
	const there = "(SELECT * FROM (VALUES ('k1', 'same'), ('k2', 'this'), ('k3', 'one'), ('k3', 'two'), ('k4', NULL)) v(code, name))"
	for written, want := range map[string]quality.Status{
		"{agrees: {with: minzheng/area.name, on: {a: code}}}":               quality.Fail,
		"{agrees: {with: minzheng/area.name, on: {a: code}}, at_most: 50%}": quality.Pass,
		"{agrees: {with: minzheng/area.name, on: {a: code}}, at_most: 49%}": quality.Fail,
	} {
		metrics, out := evaluate(t, map[string][]string{"b": {written}}, map[string]string{"minzheng/area": there}, slices.Clone(rows)...)
		m := metrics["b+a.agrees"]
		if m.Failed != 2 || m.B != 4 || m.A != 2 || m.Status != want || out.FailedRows != 2 {
			t.Errorf("%s: %+v, want %s", written, m, want)
		}
	}
	metrics, _ := evaluate(t, map[string][]string{"b": {"agrees: {with: minzheng/area.name, on: {a: code}}"}}, nil, slices.Clone(rows)...)
	if m := metrics["b+a.agrees"]; m.Status != quality.NotEvaluated {
		t.Errorf("against nothing: %+v", m)
	}
}

// Up to the share a rule bears it passes, blocks nothing, and its rows are listed all
// the same.
func TestTolerance(t *testing.T) {
	var rows []row
	for i := range int64(100) {
		rows = append(rows, row{id: i, n: p(i)})
	}
	for _, c := range []struct {
		bears string
		want  quality.Status
	}{{"29%", quality.Pass}, {"0.29", quality.Pass}, {"28.99%", quality.Fail}, {"0", quality.Fail}, {"100%", quality.Pass}} {
		metrics, out := evaluate(t, map[string][]string{"n": {fmt.Sprintf("{sql: n >= 29, at_most: %s, on_fail: block}", c.bears)}}, nil, slices.Clone(rows)...)
		m := metrics["n.sql"]
		if m.Status != c.want || m.Failed != 29 || m.B != 100 || out.FailedRows != 29 || (len(out.Blocked) > 0) != (c.want == quality.Fail) {
			t.Errorf("%s: %+v, blocked %v", c.bears, m, out.Blocked)
		}
	}
}
