package sets_test

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"guiji/quality"
	"guiji/quality/sets"
)

// evaluate runs rules over a few rows and returns the metrics by rule.
func evaluate(t testing.TB, own map[string][]string, refs map[string]string, rows ...row) (map[string]quality.Metric, sets.Outcome) {
	t.Helper()
	env, rules := resident(t, []string{"id"}, own)
	return evaluateRules(t, env, rules, refs, rows...)
}

// evaluateWhole does so for checks written at the resource.
func evaluateWhole(t testing.TB, whole []string, refs map[string]string, rows ...row) (map[string]quality.Metric, sets.Outcome) {
	t.Helper()
	env, rules := resident(t, []string{"id"}, nil, whole...)
	return evaluateRules(t, env, rules, refs, rows...)
}

func evaluateRules(t testing.TB, env *quality.Env, rules []*quality.Rule, refs map[string]string, rows ...row) (map[string]quality.Metric, sets.Outcome) {
	t.Helper()
	s := session(t)
	for i := range rows {
		rows[i].mask = make([]int64, quality.Masks(rules))
	}
	load(t, s, rows, quality.Masks(rules))
	if err := s.Exec(context.Background(), "t", "CREATE TABLE secret AS SELECT 1 AS v"); err != nil {
		t.Fatal(err)
	}
	out, err := sets.Evaluate(context.Background(), sets.Input{
		Session: s, Env: env, Raw: "image", Keys: []string{"id"}, Rules: rules, Rows: int64(len(rows)),
		Counts: map[string]quality.Count{"a.not_null": {Failed: 1, Evaluated: 3}}, Refs: refs,
	})
	if err != nil {
		t.Fatal(err)
	}
	metrics := map[string]quality.Metric{}
	for _, m := range out.Metrics {
		metrics[m.Rule] = m
	}
	if left := column(t, s, "SELECT table_name FROM duckdb_tables() WHERE temporary ORDER BY 1"); fmt.Sprint(left) != "[failures withheld]" {
		t.Errorf("tables left: %v", left)
	}
	return metrics, out
}

// refusedExpressions are those that would do more than look at one row; of them the
// first reach for files, the network, settings or statements of their own.
func refusedExpressions() []string {
	return append(reachingExpressions(), []string{
		"exists (select 1 from secret)",
		"n in (select v from secret)",
		"(select count(*) from read_csv('/etc/passwd')) > 0",
		"n = 1); drop table secret; select (1 = 1",
		"n = 1); create table x as select (1 = 1",
		"n = 1) from image; select (true",
		"n = 1), (n = 2",
		"n = 1) or (n = 2",
		"n = 1) union all select (true",
		"n = 1) from secret where (true",
		"n = 1) where (true",
		"n = 1], [n = 2",
		"n = 1, n = 2",
		"n = 1 /*",
		"count(*) > 0",
		"sum(n) over () > 0",
		"row_number() over (order by n) = 1",
		"*",
		"columns(*)",
		"image.n = 1",
		"secret.v = 1",
		"_mask0 = 0",
		"rowid = 0",
		"n = ?",
		"n = $1",
		"random() > 0.5",
		"now() > current_date",
		"current_setting('threads') = '1'",
		"getvariable('x') is null",
		"error('stop')",
		"sleep_ms(1) is null",
		"nextval('s') = 1",
		"json_serialize_sql('select 1') is null",
		"list_transform([n], lambda x: x + 1) is null",
		"(select true)",
		"unnest([true])",
		"md5_number(a) = 1",
		"getenv('HOME') = 'x'",
		"main.query('x')",
		"n",
		"a || b",
		"'not a truth value'",
		"missing = 1",
		"#1",
		"",
		"select true",
		"lpad(a, 2000000000, 'x') = a",
		"rpad(a, n::integer) = a",
		"repeat(a, 2000000000) = a",
		"len(range(1000000000)) > 0",
		"format('{:1000000000}', n) = a",
		"printf('%1000000000d', n) = a",
		"a similar to '(a{1000}){1000}'",
		strings.Repeat("not ", 100_000) + "true",
		"n = 1\x00",
		"n = 1 order by n",
		"n = 1 limit 1",
		"n = 1 qualify true",
		"n = 1 as x",
		"distinct n = 1",
	}...)
}

// reachingExpressions are the lines of testdata/reaching.sql.
func reachingExpressions() []string {
	return strings.Split(strings.TrimSpace(reaching), "\n")
}

//go:embed testdata/reaching.sql
var reaching string

// Whatever is not one pure expression over the row is refused before it runs.
func TestExpressionsRefused(t *testing.T) {
	refused := refusedExpressions()
	own := map[string][]string{}
	for i, expr := range refused {
		if expr != "" {
			own["n"] = append(own["n"], fmt.Sprintf("{sql: {expr: %q}, id: r%d}", expr, i))
		}
	}
	own["n"] = append(own["n"], "{sql: n = 1, id: good}")
	metrics, _ := evaluate(t, own, nil, row{id: 1, n: p(int64(1))}, row{id: 2, n: p(int64(2))})
	for i, expr := range refused {
		if expr == "" {
			continue // Bind refuses it
		}
		if m := metrics[fmt.Sprintf("r%d", i)]; m.Status != quality.NotEvaluated || m.Reason == "" {
			t.Errorf("%s: %+v", expr, m)
		}
	}
	if m := metrics["good"]; m.A != 1 || m.B != 2 || m.Status != quality.Fail {
		t.Errorf("the good one beside them: %+v", m)
	}
}

func TestExpressionsAllowed(t *testing.T) {
	for expr, want := range map[string][2]int64{ // A, B over n = 1, 2, NULL; a = '20200229', 'x', NULL
		"n between 1 and 1":                                {1, 2},
		"n in (1, 2)":                                      {2, 2},
		"try_strptime(a, '%Y%m%d') is not null":            {1, 3},
		"try_cast(a as date) is null":                      {3, 3},
		"a ~ '[0-9]{8}' -- eight digits":                   {1, 2},
		"a like '2020%'":                                   {1, 2},
		"case when n = 1 then true end":                    {1, 1},
		"coalesce(n, 0) >= 0":                              {3, 3},
		"nullif(n, 2) = 1":                                 {1, 1},
		"date_diff('day', DATE '2026-11-21', {today}) = n": {1, 2},
		"true":                          {3, 3},
		"N = 1 and A IS NOT NULL":       {1, 3},
		`"n" = 1 or "b" = ')'`:          {1, 1},
		"null":                          {0, 0},
		"n / 0 > 1":                     {0, 0},
		"lpad(a, 9, '0') = '020200229'": {1, 2},
		"10.0 / (n - 1) > 1":            {1, 1},
		"n % 0 = 1 or n // 0 = 1":       {0, 0},
		"extract(year from try_strptime(a, '%Y%m%d')) = 2020": {1, 1},
		"n::varchar || '0' = '10'":                            {1, 2},
		"try(1 / n) is not null":                              {2, 3},
	} {
		own := map[string][]string{"n": {fmt.Sprintf("{sql: {expr: %q}, id: r}", expr)}}
		metrics, _ := evaluate(t, own, nil, row{id: 1, n: p(int64(1)), a: p("20200229")}, row{id: 2, n: p(int64(2)), a: p("x")}, row{id: 3})
		if m := metrics["r"]; m.A != want[0] || m.B != want[1] {
			t.Errorf("%s: A %d, B %d (%s), want %v", expr, m.A, m.B, m.Reason, want)
		}
	}
}

// One expression that raises is found out among many, and its reason holds no value.
func TestRaisingExpressionStandsAlone(t *testing.T) {
	own := map[string][]string{}
	for i := range 40 {
		own["n"] = append(own["n"], fmt.Sprintf("{sql: n <> %d, id: good%d}", i, i))
	}
	own["n"] = append(own["n"][:17:17], append([]string{"{sql: 'a::integer > 0', id: raises}", "{sql: 'strptime(a, ''%Y'') is null', id: too}"}, own["n"][17:]...)...)
	metrics, out := evaluate(t, own, nil, row{id: 1, n: p(int64(3)), a: p("371502199001011234")}, row{id: 2, n: p(int64(39)), a: p("x")})
	for _, id := range []string{"raises", "too"} {
		m := metrics[id]
		if m.Status != quality.NotEvaluated || m.Reason == "" || strings.Contains(m.Reason, "3715") || strings.Contains(m.Reason, "'x'") {
			t.Errorf("%s: %+v", id, m)
		}
	}
	for i := range 40 {
		want := int64(2)
		if i == 3 || i == 39 {
			want = 1
		}
		if m := metrics[fmt.Sprintf("good%d", i)]; m.A != want || m.B != 2 {
			t.Errorf("good%d: %+v", i, m)
		}
	}
	if out.FailedRows != 2 || out.ErrorRows != 2 {
		t.Errorf("%+v", out)
	}
}

// A rule that is to shut the gate, and broke off, shuts it: that nobody can say it passes
// is no reason to let all rows through. One that had nothing to look at does not.
func TestBlockingRuleThatBreaksOff(t *testing.T) {
	own := map[string][]string{"a": {"{sql: 'a::integer > 0', id: raises, on_fail: block}", "{sql: 'a::integer > 0', id: warns}", "{sql: n > 5, id: empty, on_fail: block}"},
		"b": {"{foreign_key: minzheng/area.code, on_fail: block}"}, "n": {"{sql_table: 'sum(a::integer) > 0', id: whole, on_fail: block}", "{volume_drift: , on_fail: block}", "{sum: {min: 1}, id: nothing, on_fail: block}"}}
	metrics, out := evaluate(t, own, nil, row{id: 1, a: p("x"), b: p("y")})
	if fmt.Sprint(out.Blocked) != "[raises whole]" {
		t.Errorf("blocked by %v", out.Blocked)
	}
	for _, id := range []string{"raises", "warns", "empty", "whole", "nothing", "b.foreign_key"} {
		if m := metrics[id]; m.Status != quality.NotEvaluated || m.Reason == "" || m.A+m.B != 0 {
			t.Errorf("%s: %+v", id, m)
		}
	}
}

// What could not run says so and is no pass; what ran over nothing neither.
func TestNotEvaluated(t *testing.T) {
	own := map[string][]string{"a": {"not_null", "length: 3"}, "b": {"{foreign_key: minzheng/area.code, on_fail: block}", "unique"}}
	metrics, out := evaluate(t, own, nil, row{id: 1}, row{id: 2}, row{id: 2})
	for id, want := range map[string]string{
		"b.foreign_key": "minzheng/area has no data yet",
		"a.length":      "no counts of this run",
		"b.unique":      "no value to evaluate",
	} {
		if m := metrics[id]; m.Status != quality.NotEvaluated || m.Reason != want || m.A+m.B+m.Failed != 0 {
			t.Errorf("%s: %+v", id, m)
		}
	}
	if m := metrics["a.not_null"]; m.Status != quality.Fail || m.A != 2 || m.B != 3 || m.Failed != 1 {
		t.Errorf("a.not_null: %+v", m)
	}
	if m := metrics["key_unique"]; m.Failed != 2 || m.B != 3 || out.FailedRows != 2 {
		t.Errorf("key_unique: %+v, %+v", m, out)
	}
	if len(out.Blocked) != 0 {
		t.Errorf("blocked by what did not run: %v", out.Blocked)
	}
}

func TestReferenceThatCannotBeReadHoldsUpNoOther(t *testing.T) {
	own := map[string][]string{"b": {"foreign_key: minzheng/area.code"}, "n": {"sql: n = 1"}}
	metrics, _ := evaluate(t, own, map[string]string{"minzheng/area": "secret"}, row{id: 1, b: p("x"), n: p(int64(1))})
	if m := metrics["b.foreign_key"]; m.Status != quality.NotEvaluated || m.Reason == "" {
		t.Errorf("%+v", m)
	}
	if m := metrics["n.sql"]; m.Status != quality.Pass {
		t.Errorf("%+v", m)
	}
}

// Rows without a key are told apart by hash and ordinal, whether Raw brings the
// ordinal or not.
func TestKeyless(t *testing.T) {
	s := session(t)
	ctx := context.Background()
	env, rules := resident(t, nil, map[string][]string{"a": {"{unique: , on_fail: quarantine}"}, "n": {"sql: n <> 1"}})
	load(t, s, []row{
		{id: 1, a: p("x"), n: p(int64(0)), mask: []int64{0}}, {id: 1, a: p("x"), n: p(int64(0)), mask: []int64{0}},
		{id: 2, a: p("y"), n: p(int64(1)), mask: []int64{1}}, {id: 3, a: p("z"), n: p(int64(0)), mask: []int64{0}},
	}, 1)
	const hashed = "(SELECT *, md5(a) AS _hash FROM image)"
	var seen []string
	for _, raw := range []string{hashed, "(SELECT *, _hash || '-' || row_number() OVER (PARTITION BY _hash) AS _key FROM " + hashed + ")"} {
		out, err := sets.Evaluate(ctx, sets.Input{Session: s, Env: env, Raw: raw, Keys: []string{"_key"}, Rules: rules, Rows: 4, Counts: map[string]quality.Count{}})
		if err != nil {
			t.Fatal(err)
		}
		failures := column(t, s, "SELECT _key || ' ' || rule FROM failures ORDER BY 1")
		seen = append(seen, fmt.Sprint(out.FailedRows, out.ErrorRows, out.WithheldRows, failures, column(t, s, "SELECT _key FROM withheld ORDER BY 1")))
		if len(failures) != 4 || out.FailedRows != 3 || out.WithheldRows != 2 {
			t.Errorf("%+v, failures %v", out, failures)
		}
	}
	if seen[0] != seen[1] {
		t.Errorf("%s\n%s", seen[0], seen[1])
	}
}
