package sets_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/quality"
	"guiji/quality/checks"
	"guiji/quality/sets"
)

// What Evaluate would not run, Vet refuses before there is a row, and no more.
func TestVetAgreesWithEvaluate(t *testing.T) {
	one := session(t)
	for _, expr := range refusedExpressions() {
		if strings.TrimSpace(expr) == "" {
			continue // its parameters are refused already
		}
		env, rules := resident(t, []string{"id"}, map[string][]string{"a": {"sql: " + quoted(expr)}})
		bad, err := sets.Vet(context.Background(), one, env, rules)
		if err != nil {
			t.Fatal(err)
		}
		if len(bad) != 1 || fault.KindOf(bad[0]) != fault.Config {
			t.Errorf("%s: %v", expr, bad)
		}
	}
	env, rules := resident(t, []string{"id"}, map[string][]string{"a": {
		"{sql: a = b, id: one}", "{sql: 'n + id > 2', id: two}", "{sql: 'try_strptime(a, ''%Y'')::date <= {today}', id: three}", "not_null", "unique"}})
	if bad, err := sets.Vet(context.Background(), session(t), env, rules); err != nil || len(bad) > 0 {
		t.Errorf("good expressions: %v, %v", bad, err)
	}
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// An expression is bound to the types the items have in a release's files.
func TestVetKnowsTheTypes(t *testing.T) {
	res := &catalog.Resource{ID: "gongan/resident", File: "x.yaml"}
	want := map[string]string{}
	s := session(t)
	for i, written := range []string{"C(3)", "C", "N(5)", "N(18)", "N(19)", "N(12,2)", "N(38,0)", "N(50)", "D", "T", "Y", "F", "B"} {
		typ, err := catalog.ParseType(written)
		if err != nil {
			t.Fatal(err)
		}
		name := "i" + string(rune('a'+i))
		want[name] = stored(t, s, typ)
		res.Items = append(res.Items, catalog.Item{Name: name, Type: typ})
	}
	for i := range res.Items { // a column is compared with a value of its own type, and with none of another
		res.Items[i].Checks = specs(t, "{sql: \"greatest("+res.Items[i].Name+", NULL::"+want[res.Items[i].Name]+") IS NULL\"}")
	}
	env := &quality.Env{Project: &catalog.Project{}, Resource: res, Today: "2026-11-22"}
	items := make([]*catalog.Item, len(res.Items))
	for i := range items {
		items[i] = &res.Items[i]
	}
	rules, errs := quality.Bind(env, items, nil, checks.All())
	if len(errs) > 0 {
		t.Fatal(errors.Join(errs...))
	}
	if bad, err := sets.Vet(context.Background(), s, env, rules); err != nil || len(bad) > 0 {
		t.Errorf("%v, %v", bad, err)
	}
	for name, kind := range want {
		if got := column(t, s, "SELECT column_type FROM (DESCRIBE SELECT * FROM "+sets.Nothing(res)+") WHERE column_name = '"+name+"'"); len(got) != 1 || got[0] != kind {
			t.Errorf("%s is %v, want %s", name, got, kind)
		}
	}
}

// stored is DuckDB's type of a Parquet column that was written from Arrow.
func stored(t *testing.T, s *engine.Session, typ catalog.Type) string {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "v", Type: typ.Arrow(), Nullable: true}}, nil)
	col := array.MakeArrayOfNull(memory.DefaultAllocator, typ.Arrow(), 1)
	rec := array.NewRecordBatch(schema, []arrow.Array{col}, 1)
	r, err := array.NewRecordReader(schema, []arrow.RecordBatch{rec})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	if _, err := s.CopyArrow(context.Background(), r, path, engine.ParquetOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return column(t, s, "SELECT column_type FROM (DESCRIBE SELECT * FROM "+engine.Parquet([]string{path})+")")[0]
}
