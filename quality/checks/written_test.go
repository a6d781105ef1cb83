package checks_test

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/goccy/go-yaml"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
	"guiji/quality/checks"
)

// Whatever is written as a check is refused as an error of configuration, or binds to
// rules that judge rows: it never takes the program down.
func FuzzChecksAsWritten(f *testing.F) {
	for _, c := range checks.All() {
		for line := range strings.SplitSeq(c.Sample, "\n") {
			f.Add(line)
		}
	}
	for _, s := range []string{"range: {min: 1e9}", "length: {min: 99999999999999999999}", "in_set: [[1]]", "{not_null: , where: {n: {min: 5, not: 3}}}", "compare: {op: '<', with: n}",
		"in_codes: {table: area, prefix: 6, at: d}", "{in_set: [a], at_most: 200%}", "foreign_key: {to: minzheng/area, on: {s: code}}", "quantile: {at: 1e-9, min: 0}", "regex: '\\p{Han}{1,9}'"} {
		f.Add(s)
	}
	rows := mixed(130)
	f.Fuzz(func(t *testing.T, written string) {
		for _, at := range []string{"n", "m", "d", "u", "y", "f", "s", ""} {
			var spec catalog.CheckSpec
			if len(written) > 2000 || yaml.Unmarshal([]byte(written), &spec) != nil {
				return
			}
			env := environment(item(t, "n", "N(9)"), item(t, "m", "N(12,2)"), item(t, "d", "D"), item(t, "u", "T"), item(t, "y", "Y"), item(t, "f", "F"), item(t, "s", "C(50)"), item(t, "s2", "C(50)"))
			if it := env.Resource.Item(at); it != nil {
				it.Checks = []catalog.CheckSpec{spec}
			} else {
				env.Resource.Checks = []catalog.CheckSpec{spec}
			}
			schema := schemaOf(env.Resource.Items)
			rules, errs := quality.Bind(env, pointers(env.Resource.Items), schema, checks.All())
			for _, err := range errs {
				if fault.KindOf(err) != fault.Config {
					t.Errorf("%q at %q: %v is no error of configuration", written, at, err)
				}
			}
			tried(t, env, rules, rows)
		}
	})
}

// tried makes the rules' SQL, and runs their kernels over rows.
func tried(t *testing.T, env *quality.Env, rules []*quality.Rule, rows [][]string) {
	t.Helper()
	for _, r := range rules {
		if r.Check.Set != nil {
			if _, err := r.Check.Set(r, env); err != nil {
				t.Errorf("%s binds, and makes no SQL: %v", r.ID, err)
			}
		}
		if r.Check.Table != nil {
			if _, err := r.Check.Table(r, env); err != nil {
				t.Errorf("%s binds, and makes no SQL: %v", r.ID, err)
			}
		}
	}
	schema := schemaOf(env.Resource.Items)
	set, err := quality.NewRowSet(rules, schema, env)
	if err != nil {
		t.Fatalf("a bound rule makes no kernel: %v", err)
	}
	rec := batch(t, memory.DefaultAllocator, schema, rows...)
	defer rec.Release()
	for _, bits := range verdicts(t, set, rec, make([][]int32, len(env.Resource.Items))) {
		if len(bits) != quality.Masks(rules) {
			t.Fatalf("%d words of %d", len(bits), quality.Masks(rules))
		}
	}
	for id, c := range set.Counts() {
		if c.Failed > c.Evaluated || c.Evaluated > int64(len(rows)) {
			t.Errorf("%s: %+v of %d rows", id, c, len(rows))
		}
	}
}
