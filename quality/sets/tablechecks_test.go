package sets_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"guiji/quality"
	"guiji/quality/sets"
)

// five are rows with n = 1, 1, 2, 8, NULL and a = x, x, y, z, NULL.
func five() []row {
	return []row{
		{id: 1, n: p(int64(1)), a: p("x"), b: p("x")}, {id: 2, n: p(int64(1)), a: p("x"), b: p("y")}, {id: 3, n: p(int64(2)), a: p("y"), b: p("q")},
		{id: 4, n: p(int64(8)), a: p("z")}, {id: 5, b: p("x")},
	}
}

func TestTableChecks(t *testing.T) {
	for _, c := range []struct{ item, check, want string }{ // status and what is observed
		{"n", "row_count: {min: 5, max: 5}", "pass 5"}, {"n", "row_count: {min: 6}", "fail 5"}, {"n", "row_count: {max: 4}", "fail 5"},
		{"n", "{row_count: {max: 2}, where: {a: x}}", "pass 2"}, {"n", "{row_count: {min: 1}, where: {n: {min: 9}}}", "fail 0"},
		{"n", "min_value: {min: 1}", "pass "}, {"n", "min_value: {min: 2}", "fail "}, {"n", "max_value: {max: 8}", "pass "}, {"n", "max_value: {max: 7}", "fail "},
		{"n", "sum: {min: 12, max: 12}", "pass 12"}, {"n", "sum: {min: 12.5}", "fail 12"}, {"n", "mean: {min: 3, max: 3}", "pass 3"}, {"n", "mean: {max: 2.999}", "fail 3"},
		{"n", "median: {min: 1, max: 1}", "pass "}, {"n", "quantile: {at: 0.75, min: 2, max: 2}", "pass "}, {"n", "quantile: {at: 0.76, min: 8}", "pass "},
		{"n", "quantile: {at: 1, max: 7}", "fail "}, {"n", "stdev: {min: 3.366, max: 3.367}", "pass 3.36650165"}, {"n", "distinct_count: {min: 3, max: 3}", "pass 3"},
		{"n", "proportion_unique: {min: 0.75, max: 0.75}", "pass 0.75"}, {"a", "proportion_unique: {min: 0.8}", "fail 0.75"},
		{"a", "most_common: {in: [x], max: 0.5}", "pass 0.5"}, {"a", "most_common: {in: [y]}", "fail 0.5"}, {"a", "most_common: {max: 0.49}", "fail 0.5"},
		{"b", "most_common: {in: [x]}", "pass 0.5"},
		{"a", "distinct_set: {equals: [x, y, z, z]}", "pass "}, {"a", "distinct_set: {equals: [x, y]}", "fail "}, {"a", "distinct_set: {contains: [x]}", "pass "},
		{"a", "distinct_set: {contains: [x, w]}", "fail "}, {"a", "distinct_set: {within: [x, y, z, w]}", "pass "}, {"a", "distinct_set: {within: [x, y]}", "fail "},
		{"n", "columns: [id, n]", "pass "}, {"n", "columns: {items: [n, id], in_order: true}", "fail "},
		{"n", "columns: {items: [id, b, a], in_order: true}", "pass "}, {"n", "columns: {items: [id, a, b], in_order: true}", "fail "}, // the source's order, not the entry's
		{"n", "same_row_count: {as: minzheng/area}", "fail 5"}, {"n", "same_row_count: {as: minzheng/area, within: 25%}", "pass 5"},
		{"n", "sql_table: sum(n) = 12 and count(distinct a) = 3", "pass "}, {"n", "sql_table: count(*) FILTER (WHERE n > 1) > 2", "fail "},
		{"n", "{sql_table: count(*) = 2, where: {a: x}}", "pass "}, {"n", "sql_table: sum(n) / 0 > 1", "not_evaluated "}, {"n", "sql_table: max({today}) = DATE '2026-11-22'", "pass "},
		{"n", "{sum: {min: 1}, where: {a: w}}", "not_evaluated "}, {"n", "{median: {min: 1}, where: {a: w}}", "not_evaluated "}, {"n", "{distinct_count: {max: 0}, where: {a: w}}", "pass 0"},
		{"n", "volume_drift", "not_evaluated 5"}, {"a", "drift: {of: nulls}", "not_evaluated 0.2"}, {"n", "drift: {of: mean}", "not_evaluated 3"}, {"n", "drift: {of: distinct}", "not_evaluated 0.75"},
	} {
		metrics, out := evaluate(t, map[string][]string{c.item: {"{sql: n < 100}", c.check}}, map[string]string{"minzheng/area": "(SELECT unnest(range(4)) AS code)"}, five()...)
		for id, m := range metrics {
			if strings.HasSuffix(id, ".sql") || strings.HasSuffix(id, ".type") || id == "key_unique" {
				continue
			}
			if got := string(m.Status) + " " + m.Observed; got != c.want {
				t.Errorf("%s: %s (%s), want %s", c.check, got, m.Reason, c.want)
			}
			if m.Failed != m.B-m.A || m.Status == quality.NotEvaluated != (m.B == 0) || m.Status == quality.NotEvaluated && m.Reason == "" {
				t.Errorf("%s counts %+v", c.check, m)
			}
		}
		if out.FailedRows != 0 {
			t.Errorf("%s: %d rows fail", c.check, out.FailedRows)
		}
	}
}

// What was not seen in a source is not evaluated.
func TestOrderOfColumnsNeedsASource(t *testing.T) {
	env, rules := resident(t, []string{"id"}, nil, "columns: {items: [id, b], in_order: true}", "{columns: [id, b], id: there}")
	env.Table = nil
	metrics, _ := evaluateRules(t, env, rules, nil, five()...)
	if m := metrics["columns"]; m.Status != quality.NotEvaluated || m.Reason == "" {
		t.Errorf("%+v", m)
	}
	if m := metrics["there"]; m.Status != quality.Pass {
		t.Errorf("%+v", m)
	}
}

// Whatever is not one truth value out of aggregates is refused before it runs.
func TestTableExpressionsRefused(t *testing.T) {
	refused := append(refusedExpressions(), "n = 1", "count(*)", "median(n) > 1", "list(n) is null", "string_agg(a) = 'x'", "first(n) = 1",
		"(select count(*) from secret) = 1", "count(*) = (select 1)", "count(*) > 1 from secret having (true", "sum(count(*)) over () > 1", "histogram(a) is null", "count(*) > 1 and n = 1")
	own := map[string][]string{}
	for i, expr := range refused {
		switch expr {
		case "", "count(*) > 0", "null":
			continue // Bind refuses the first, the others are aggregates or constants
		}
		own["n"] = append(own["n"], fmt.Sprintf("{sql_table: {expr: %q}, id: r%d}", expr, i))
	}
	own["n"] = append(own["n"], "{sql_table: count(*) = 5, id: good}")
	metrics, _ := evaluate(t, own, nil, five()...)
	for i, expr := range refused {
		if m, ok := metrics[fmt.Sprintf("r%d", i)]; ok && (m.Status != quality.NotEvaluated || m.Reason == "") {
			t.Errorf("%s: %+v", expr, m)
		}
	}
	if m := metrics["good"]; m.Status != quality.Pass {
		t.Errorf("the good one beside them: %+v", m)
	}
}

// An aggregate that raises is found out among many.
func TestRaisingAggregateStandsAlone(t *testing.T) {
	own := map[string][]string{}
	for i := range 20 {
		own["n"] = append(own["n"], fmt.Sprintf("{sql_table: count(*) = %d, id: good%d}", i, i))
	}
	own["n"] = append(own["n"], "{sql_table: 'sum(a::integer) > 0', id: raises}", "{sum: {max: 12}, id: sum}")
	metrics, out := evaluate(t, own, nil, five()...)
	if m := metrics["raises"]; m.Status != quality.NotEvaluated || m.Reason == "" || strings.Contains(m.Reason, "'x'") {
		t.Errorf("%+v", m)
	}
	for id, want := range map[string]quality.Status{"good5": quality.Pass, "good6": quality.Fail, "sum": quality.Pass} {
		if metrics[id].Status != want {
			t.Errorf("%s: %+v", id, metrics[id])
		}
	}
	if len(out.Blocked) != 0 {
		t.Errorf("blocked %v", out.Blocked)
	}
}

// history is the relation of the metrics of a run before.
func history(rule *quality.Rule, past, observed string) string {
	return fmt.Sprintf("(SELECT '%s' AS rule, '%s' AS version, '%s' AS past, '%s' AS observed)", rule.ID, rule.Version, past, observed)
}

// A number is judged by what earlier runs of the same rule observed, and hands
// them on.
func TestDriftAgainstHistory(t *testing.T) {
	s := session(t)
	env, rules := resident(t, []string{"id"}, map[string][]string{"n": {"volume_drift: {learn: 3, slack: 0}", "{volume_drift: {learn: 3}, id: slack, on_fail: block}"}})
	load(t, s, masked(five()), 1)
	var strict, slack *quality.Rule
	for i, rule := range rules {
		if rule.ID == "volume_drift" {
			strict = rules[i]
		}
		if rule.ID == "slack" {
			slack = rules[i]
		}
	}
	judged := func(rule *quality.Rule, past, last string) quality.Metric {
		t.Helper()
		out, err := sets.Evaluate(context.Background(), sets.Input{Session: s, Env: env, Raw: "image", Keys: []string{"id"}, Rules: rules, Rows: 5,
			Counts: map[string]quality.Count{}, Past: history(rule, past, last)})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range out.Metrics {
			if m.Rule == rule.ID {
				return m
			}
		}
		t.Fatal("no metric")
		return quality.Metric{}
	}
	for _, c := range []struct {
		rule       *quality.Rule
		past, last string
		want       quality.Status
	}{
		{strict, "", "", quality.NotEvaluated}, {strict, "5", "5", quality.NotEvaluated}, {strict, "5 5", "5", quality.Pass}, {strict, "6 6", "6", quality.Fail},
		{strict, "4 6 5 4 6", "5", quality.Pass}, {strict, "90 100 110 95", "105", quality.Fail}, {strict, "5 5 5 5 900", "5", quality.Pass},
		{slack, "500 500", "500", quality.Fail}, {slack, "5.1 5.1", "5.1", quality.Pass},
	} {
		m := judged(c.rule, c.past, c.last)
		if m.Status != c.want || m.Observed != "5" || m.Past != strings.TrimSpace(c.past+" "+c.last) {
			t.Errorf("past %q then %q: %+v, want %s", c.past, c.last, m, c.want)
		}
	}
	if m := judged(strict, strings.Repeat("5 ", 100), "7"); len(strings.Fields(m.Past)) != quality.Remembered || !strings.HasSuffix(m.Past, "7") {
		t.Errorf("%d values are handed on", len(strings.Fields(m.Past)))
	}
}

// What takes too long is not evaluated, and the others are.
func TestSlowExpressionHoldsUpNoOther(t *testing.T) {
	s := session(t)
	env, rules := resident(t, []string{"id"}, map[string][]string{"n": {
		"{sql: 'levenshtein(lpad(a, 200, ''x''), lpad(b, 200, ''y'')) > 0', id: slow}", "{sql: n < 9, id: quick}", "{sql_table: count(*) = 1000000, id: whole}"}})
	const many = "(SELECT range AS id, 'a' || range AS a, 'b' AS b, 1 AS n, 0 AS _mask0 FROM range(1000000))"
	began := time.Now()
	out, err := sets.Evaluate(context.Background(), sets.Input{Session: s, Env: env, Raw: many, Keys: []string{"id"}, Rules: rules, Rows: 1e6, Unique: true, Counts: map[string]quality.Count{}, Limit: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range out.Metrics {
		switch {
		case m.Rule == "slow" && (m.Status != quality.NotEvaluated || !strings.Contains(m.Reason, "1s")):
			t.Errorf("%+v", m)
		case (m.Rule == "quick" || m.Rule == "whole") && m.Status != quality.Pass:
			t.Errorf("%+v", m)
		}
	}
	t.Logf("took %s", time.Since(began))
}

// masked are rows that fail no row rule.
func masked(rows []row) []row {
	for i := range rows {
		rows[i].mask = []int64{0}
	}
	return rows
}
