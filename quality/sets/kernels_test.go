package sets_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"pgregory.net/rapid"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/quality"
	"guiji/quality/checks"
)

// Each kernel against the same rule written in SQL: true where a row fails, and
// where it is evaluated.
func references() []reference {
	return append(referencesOfOne(), referencesOfMany()...)
}

type reference struct{ item, check, fails, evaluated string }

func referencesOfOne() []reference {
	return []reference{
		{"x", "not_null", `x IS NULL OR regexp_full_match(x, '[ \t\x{3000}\x{00A0}]*')`, "true"},
		{"x", "regex: '[a-c]{1,2}|张.'", "NOT regexp_full_match(x, '[a-c]{1,2}|张.')", "x IS NOT NULL"},
		{"x", "length: {min: 2, max: 3}", "length(x) NOT BETWEEN 2 AND 3", "x IS NOT NULL"},
		{"x", "in_codes: codes", "x NOT IN ('a', '张', '1')", "x IS NOT NULL"},
		{"x", "compare: {op: \"<\", with: y}", "NOT x < y", "x IS NOT NULL AND y IS NOT NULL"},
		{"n", "range: {min: -2.5, max: 3}", "n < -2.5 OR n > 3", "n IS NOT NULL"},
		{"n", "in_codes: codes", "n <> 1", "n IS NOT NULL"},
		{"m", "range: {min: -0.05, max: 1.005}", "m < -0.05 OR m > 1.005", "m IS NOT NULL"},
		{"d", "range: {min: 2020-01-05, max: today}", "d < DATE '2020-01-05' OR d > DATE '2020-02-01'", "d IS NOT NULL"},
		{"d", "compare: {op: \">=\", with: e}", "d < e", "d IS NOT NULL AND e IS NOT NULL"},
		{"d", "compare: {op: \"!=\", with: e}", "d = e", "d IS NOT NULL AND e IS NOT NULL"},
		{"x", "in_codes: {table: dated, at: d}", "NOT (x = 'a' AND (d IS NULL OR d <= DATE '2020-01-20') OR x = '张')", "x IS NOT NULL"},
		{"x", "date", "x IS NOT NULL AND NOT (regexp_full_match(x, '[0-9]{4}-?[0-9]{2}-?[0-9]{2}') AND (length(x) = 8 AND try_strptime(x, '%Y%m%d') IS NOT NULL OR length(x) = 10 AND try_strptime(x, '%Y-%m-%d') IS NOT NULL))", "x IS NOT NULL"},
	}
}

func TestKernelsAgainstSQL(t *testing.T) {
	s := session(t)
	ctx := context.Background()
	env, rules, schema := referenceRules(t)
	rapid.Check(t, func(rt *rapid.T) {
		set, err := quality.NewRowSet(rules, schema, env)
		if err != nil {
			rt.Fatal(err)
		}
		rec := randomBatch(rt, schema)
		defer rec.Release()
		masks, err := set.Eval(memory.DefaultAllocator, rec, make([][]int32, schema.NumFields()))
		if err != nil {
			rt.Fatal(err)
		}
		reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{rec})
		if err != nil {
			rt.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "batch.parquet")
		if _, err := s.CopyArrow(ctx, reader, path, engine.ParquetOptions{}); err != nil {
			rt.Fatal(err)
		}
		counts := set.Counts()
		all := references()
		first := rapid.IntRange(0, len(all)-1).Draw(rt, "first") // a few at a time: DuckDB plans for longer than it computes
		few := all[first:min(first+12, len(all))]
		var asked []string
		for _, ref := range few {
			asked = append(asked, "coalesce(string_agg(file_row_number::VARCHAR, ' ' ORDER BY file_row_number) FILTER (WHERE "+ref.fails+"), '')",
				"(count(*) FILTER (WHERE "+ref.evaluated+"))::VARCHAR")
		}
		want := column(t, s, "SELECT unnest(["+strings.Join(asked, ", ")+"]) FROM read_parquet("+engine.Lit(path)+", file_row_number = true)")
		for i, ref := range few {
			r := rules[schema.NumFields()+first+i]
			var got []string
			for row := range int(rec.NumRows()) {
				if masks[r.Bit/quality.MaskBits].(*array.Int64).Value(row)>>(r.Bit%quality.MaskBits)&1 == 1 {
					got = append(got, fmt.Sprint(row))
				}
			}
			if strings.Join(got, " ") != want[2*i] {
				rt.Fatalf("%s %s fails rows %v, want %v", ref.item, ref.check, got, want[2*i])
			}
			if evaluated := want[2*i+1]; fmt.Sprint(counts[r.ID].Evaluated) != evaluated {
				rt.Fatalf("%s %s evaluated %d, want %s", ref.item, ref.check, counts[r.ID].Evaluated, evaluated)
			}
		}
		for _, m := range masks {
			m.Release()
		}
	})
}

func referenceRules(t *testing.T) (*quality.Env, []*quality.Rule, *arrow.Schema) {
	t.Helper()
	res := &catalog.Resource{ID: "gongan/resident"}
	var fields []arrow.Field
	for _, c := range [][2]string{{"x", "C(10)"}, {"y", "C(10)"}, {"n", "N(9)"}, {"m", "N(12,2)"}, {"d", "D"}, {"e", "D"}, {"f", "F"}, {"k", "N(15,3)"}} {
		typ, err := catalog.ParseType(c[1])
		if err != nil {
			t.Fatal(err)
		}
		res.Items = append(res.Items, catalog.Item{Name: c[0], Type: typ})
		fields = append(fields, arrow.Field{Name: c[0], Type: typ.Arrow(), Nullable: true})
	}
	env := &quality.Env{Resource: res, Today: "2020-02-01", Project: &catalog.Project{Codes: map[string]*catalog.CodeTable{
		"codes": {Codes: []catalog.Code{{Code: "a"}, {Code: "张"}, {Code: "1"}}},
		"dated": {Codes: []catalog.Code{{Code: "a", To: "2020-01-20"}, {Code: "张"}}},
	}}}
	items := make([]*catalog.Item, len(res.Items))
	for i := range items {
		items[i] = &res.Items[i]
	}
	rules, errs := quality.Bind(env, items, nil, checks.All())
	for _, ref := range references() { // one at a time, to keep the order of the table
		res.Checks = nil
		if ref.item == "" {
			res.Checks = specs(t, ref.check)
		} else {
			res.Item(ref.item).Checks = specs(t, ref.check)
		}
		bound, more := quality.Bind(env, items, nil, checks.All())
		if ref.item != "" {
			res.Item(ref.item).Checks = nil
		}
		errs = append(errs, more...)
		r := bound[len(bound)-1]
		r.ID, r.Bit = ref.item+" "+ref.check, len(rules)
		rules = append(rules, r)
	}
	for _, err := range errs {
		t.Fatal(err)
	}
	return env, rules, arrow.NewSchema(fields, nil)
}

func randomBatch(rt *rapid.T, schema *arrow.Schema) arrow.RecordBatch {
	words := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("abc张 \t\u3000\u00a01")), 0, 4, -1),
		rapid.SampledFrom([]string{"a", "张", "1", "2020-02-29", "2021-02-29", "20200101", "2020-1-01", "2020-0101", "19000229", "a%", "ab张", "abab"}),
	)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for range rapid.IntRange(0, 30).Draw(rt, "rows") {
		for c := range schema.NumFields() {
			if rapid.IntRange(0, 4).Draw(rt, "null") == 0 {
				b.Field(c).AppendNull()
				continue
			}
			switch f := b.Field(c).(type) {
			case *array.StringBuilder:
				f.Append(words.Draw(rt, "text"))
			case *array.Int64Builder:
				f.Append(rapid.Int64Range(-5, 5).Draw(rt, "number"))
			case *array.Float64Builder:
				f.Append(rapid.SampledFrom([]float64{-1, 0, 0.5, 2, math.NaN(), math.Inf(1)}).Draw(rt, "float"))
			case *array.Date32Builder:
				f.Append(arrow.Date32(18262 + rapid.Int32Range(0, 40).Draw(rt, "day"))) // from 2020-01-01
			case *array.Decimal128Builder:
				if err := f.AppendValueFromString(fmt.Sprintf("%.2f", float64(rapid.IntRange(-20, 120).Draw(rt, "cents"))/100)); err != nil {
					rt.Fatal(err)
				}
			}
		}
	}
	return b.NewRecordBatch()
}
