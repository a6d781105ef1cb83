package checks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/goccy/go-yaml"

	"guiji/catalog"
	"guiji/quality"
	"guiji/quality/checks"
)

// item makes an item of a written type with checks as written in YAML.
func item(t testing.TB, name, typ string, specs ...string) catalog.Item {
	t.Helper()
	ct, err := catalog.ParseType(typ)
	if err != nil {
		t.Fatal(err)
	}
	it := catalog.Item{Name: name, Type: ct}
	for _, s := range specs {
		it.Checks = append(it.Checks, spec(t, s))
	}
	return it
}

func spec(t testing.TB, written string) catalog.CheckSpec {
	t.Helper()
	var s catalog.CheckSpec
	if err := yaml.Unmarshal([]byte(written), &s); err != nil {
		t.Fatalf("%s: %v", written, err)
	}
	return s
}

// environment is a resource of items beside another it may refer to.
func environment(items ...catalog.Item) *quality.Env {
	res := &catalog.Resource{ID: "gongan/resident", File: "catalog/gongan/resident.yaml", Items: items}
	area := &catalog.Resource{ID: "minzheng/area", Items: []catalog.Item{{Name: "code", Type: catalog.Type{Kind: catalog.Text, Length: 12}}}}
	return &quality.Env{
		Today: "2026-11-22", Resource: res,
		Project: &catalog.Project{
			Resources: []*catalog.Resource{res, area},
			Codes: map[string]*catalog.CodeTable{
				"sex": {Name: "sex", Codes: []catalog.Code{{Code: "1"}, {Code: "2"}}},
				"area": {Name: "area", Codes: []catalog.Code{
					{Code: "371502"}, {Code: "372501", To: "1997-08-22"}, {Code: "371500", From: "1997-08-22"}, {Code: "372501", From: "2020-01-01", To: "2020-12-31"},
				}},
			},
		},
	}
}

func pointers(items []catalog.Item) []*catalog.Item {
	out := make([]*catalog.Item, len(items))
	for i := range items {
		out[i] = &items[i]
	}
	return out
}

func schemaOf(items []catalog.Item) *arrow.Schema {
	fields := make([]arrow.Field, len(items))
	for i, it := range items {
		fields[i] = arrow.Field{Name: it.Name, Type: it.Type.Arrow(), Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

// batch builds rows of written values; "∅" is NULL. It is a slice of a longer
// batch, so that kernels meet offsets.
func batch(t testing.TB, alloc memory.Allocator, schema *arrow.Schema, rows ...[]string) arrow.RecordBatch {
	t.Helper()
	b := array.NewRecordBuilder(alloc, schema)
	defer b.Release()
	for _, row := range append([][]string{slices.Repeat([]string{"∅"}, schema.NumFields())}, rows...) {
		for c, v := range row {
			if v == "∅" {
				b.Field(c).AppendNull()
			} else if err := b.Field(c).AppendValueFromString(v); err != nil {
				t.Fatalf("%s: %v", schema.Field(c).Name, err)
			}
		}
	}
	whole := b.NewRecordBatch()
	defer whole.Release()
	return whole.NewSlice(1, whole.NumRows())
}

// bind binds the environment's resource wholly and refuses errors.
func bind(t testing.TB, env *quality.Env) ([]*quality.Rule, *quality.RowSet) {
	t.Helper()
	schema := schemaOf(env.Resource.Items)
	rules, errs := quality.Bind(env, pointers(env.Resource.Items), schema, checks.All())
	for _, err := range errs {
		t.Error(err)
	}
	set, err := quality.NewRowSet(rules, schema, env)
	if err != nil {
		t.Fatal(err)
	}
	return rules, set
}

// failing are the rows where a rule's bit is set.
func failing(t testing.TB, rules []*quality.Rule, masks []arrow.Array, id string) []int {
	t.Helper()
	var out []int
	for _, r := range rules {
		if r.ID != id {
			continue
		}
		mask := masks[r.Bit/quality.MaskBits].(*array.Int64)
		for i := range mask.Len() {
			if mask.Value(i)>>(r.Bit%quality.MaskBits)&1 == 1 {
				out = append(out, i)
			}
		}
		return out
	}
	t.Fatalf("no rule %s", id)
	return nil
}

type valueCase struct {
	typ, check string
	pass, fail []string
}

func valuesOfOneItem() []valueCase {
	long := strings.Repeat("9", 45)
	return []valueCase{
		{"C(10)", "not_null", []string{"a", "\u3000a", " x "}, []string{"∅", "", "  ", "\t\u3000\u00a0"}},
		{"N(9)", "not_null", []string{"0", "-1"}, []string{"∅"}},
		{"C", "regex: '[A-Z]{2}[0-9]{2}'", []string{"AB12", "∅"}, []string{"AB123", "xAB12", "ab12", "", "AB12\n", "AB1２"}},
		{"C", "regex: 'a|b'", []string{"a", "b"}, []string{"ab", "xa", "bx"}},
		{"C", "regex: {pattern: '.*'}", []string{"", "张三"}, []string{"a\nb"}},
		{"C(50)", "length: {min: 2, max: 3}", []string{"张三", "ab", "abc", "欧阳娜", "𠮷𠮷", "∅"}, []string{"", "a", "张", "abcd", "一二三四", "𠮷", "𠮷𠮷𠮷𠮷"}},
		{"C(50)", "length: {min: 1}", []string{"𠮷", strings.Repeat("长", 500)}, []string{""}},
		{"C(50)", "length: {max: 2}", []string{"", "张三"}, []string{"abc", "张三丰"}},
		{"C(50)", "length: 3", []string{"abc", "张三丰"}, []string{"ab", "abcd"}},
		{"N(18)", "range: {min: -5, max: 999999999999999999}", []string{"-5", "0", "999999999999999999", "∅"}, []string{"-6"}},
		{"N(9)", "range: {min: 0.5, max: 2.5}", []string{"1", "2"}, []string{"0", "3", "-1"}},
		{"N(9)", "range: {min: -2.5}", []string{"-2"}, []string{"-3"}},
		{"N(9)", "range: {max: 99999999999999999999}", []string{"5", "999999999"}, nil},
		{"N(12,2)", "range: {min: 0.01, max: 100.005}", []string{"0.01", "100.00", "∅"}, []string{"0.00", "100.01", "-0.01"}},
		{"N(38,4)", "range: {max: 9999999999999999999999999999999999.9998}", []string{"9999999999999999999999999999999999.9998"}, []string{"9999999999999999999999999999999999.9999"}},
		{"N(45)", "range: {min: 1" + strings.Repeat("0", 44) + "}", []string{"1" + strings.Repeat("0", 44), long}, []string{"9" + strings.Repeat("0", 43), "-" + long, "0"}},
		{"N(45,2)", "range: {min: -1.50, max: 1.5}", []string{"-1.50", "-1.5", "0", "0.00", "1.50", "1.49"}, []string{"-1.51", "1.51", "2", "-2"}},
		{"D", "range: {min: 1900-01-01, max: today}", []string{"1900-01-01", "2026-11-22", "∅"}, []string{"1899-12-31", "2026-11-23"}},
		{"T", "range: {min: 2020-01-01, max: 2020-12-31}", []string{"2020-01-01 00:00:00", "2020-12-31 23:59:59.999999"}, []string{"2019-12-31 23:59:59.999999", "2021-01-01 00:00:00"}},
		{"T", "range: {max: '2020-12-31 12:00:00'}", []string{"2020-12-31 12:00:00", "1969-12-31 23:00:00"}, []string{"2020-12-31 12:00:01"}},
		{"Y", "range: {min: 1949, max: today}", []string{"1949", "2026"}, []string{"1948", "2027"}},
		{"F", "range: {min: 0, max: 0.5}", []string{"0", "0.5"}, []string{"-0.1", "0.51", "NaN", "+Inf"}},
		{"C(1)", "in_codes: sex", []string{"1", "2", "∅"}, []string{"", "3", " 1", "男", "01"}},
		{"N(1)", "in_codes: sex", []string{"1", "2", "∅"}, []string{"0", "-1", "12"}},
		{"C(6)", "in_codes: area", []string{"371502", "372501"}, []string{"371599"}},
		{"C(18)", "citizen_id", []string{"11010519491231002X", "440524188001010014", "∅"},
			[]string{"", "11010519491231002x", "110105194912310021", "110105491231002", "11010519490229002X", "１1010519491231002X", "110105203001010010", "11010520261123001X"}},
		{"C(18)", "credit_code", []string{"91350100M000100Y43", "∅"}, []string{"", "91350100m000100Y43", "91350100M000100Y44", "91350100M000100I43"}},
		{"C(10)", "date", []string{"2020-02-29", "20200229", "0001-01-01", "9999-12-31", "∅"},
			[]string{"", "2021-02-29", "20210229", "1900-02-29", "0000-01-01", "2020-00-10", "2020-13-01", "2020-04-31", "2020/9/1", "2020-9-01", "2020-09-01 ", "２０２０0901", "+020-01-01", "2020-0a-01"}},
		{"C(10)", "date: YYYY-MM-DD", []string{"2020-09-01"}, []string{"20200901"}},
		{"C(10)", "date: {form: YYYYMMDD}", []string{"20200901"}, []string{"2020-09-01"}},
		{"D", "date", []string{"2020-09-01", "∅"}, nil},
		{"C(30)", "phone", []string{"13800138000", "+8619912345678", "0635-8212345", "06358212345", "010-66001234", "02166001234", "010-66001234-801", "0531-88001234", "∅"},
			[]string{"", "12800138000", "1380013800", "138001380000", "8613800138000", "66001234", "0635-1212345", "010-6600123", "0635-821234", "0635-8212345-", "0635-8212345-1234567", "011-66001234", "1380013800a", "００１380013800", "0635--8212345", "0635-"}},
		{"C(30)", "phone: mobile", []string{"13800138000"}, []string{"0635-8212345"}},
		{"C(30)", "phone: landline", []string{"0635-8212345"}, []string{"13800138000"}},
	}
}

func TestChecksOfOneItem(t *testing.T) {
	for _, c := range slices.Concat(valuesOfOneItem(), valuesOfLists(), valuesOfForms()) {
		t.Run(c.typ+" "+c.check, func(t *testing.T) {
			env := environment(item(t, "x", c.typ, c.check))
			rules, set := bind(t, env)
			alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer alloc.AssertSize(t, 0)
			var rows [][]string
			var want []int
			nulls := int64(0)
			for i, v := range append(slices.Clone(c.pass), c.fail...) {
				rows = append(rows, []string{v})
				if i >= len(c.pass) {
					want = append(want, i)
				}
				if v == "∅" {
					nulls++
				}
			}
			rec := batch(t, alloc, schemaOf(env.Resource.Items), rows...)
			defer rec.Release()
			masks, err := set.Eval(alloc, rec, make([][]int32, 1))
			if err != nil {
				t.Fatal(err)
			}
			rule := rules[1]
			if got := failing(t, rules, masks, rule.ID); !slices.Equal(got, want) {
				t.Errorf("rows %v fail, want %v", got, want)
			}
			evaluated := int64(len(rows)) - nulls
			if rule.Check == checks.NotNull || rule.Check == checks.IsNull {
				evaluated = int64(len(rows))
			}
			if got := set.Counts()[rule.ID]; got != (quality.Count{Failed: int64(len(want)), Evaluated: evaluated}) {
				t.Errorf("counted %+v, want %d of %d", got, len(want), evaluated)
			}
			for _, m := range masks {
				m.Release()
			}
		})
	}
}

func TestChecksOfTwoItems(t *testing.T) {
	for _, c := range []struct {
		typ, check string
		pass, fail [][2]string
	}{
		{"D", `compare: {op: "<=", with: y}`, [][2]string{{"2020-01-01", "2020-01-01"}, {"2020-01-01", "2020-01-02"}, {"∅", "2020-01-01"}, {"2020-01-01", "∅"}}, [][2]string{{"2020-01-02", "2020-01-01"}}},
		{"T", `compare: {op: "<", with: y}`, [][2]string{{"2020-01-01 00:00:00", "2020-01-01 00:00:01"}}, [][2]string{{"2020-01-01 00:00:00", "2020-01-01 00:00:00"}}},
		{"N(12,2)", `compare: {op: ">=", with: y}`, [][2]string{{"1.10", "1.10"}, {"0.00", "-0.01"}}, [][2]string{{"1.09", "1.10"}}},
		{"N(18)", `compare: {op: ">", with: y}`, [][2]string{{"9007199254740993", "9007199254740992"}}, [][2]string{{"1", "1"}}},
		{"N(50)", `compare: {op: "<", with: y}`, [][2]string{{"9", "10"}, {"-10", "-9"}, {"-1", "0"}}, [][2]string{{"10", "9"}, {"0", "-1"}}},
		{"C(9)", `compare: {op: "!=", with: y}`, [][2]string{{"a", "A"}}, [][2]string{{"张", "张"}, {"", ""}}},
		{"C(9)", `compare: {op: "=", with: y}`, [][2]string{{"张", "张"}}, [][2]string{{"a", "a "}}},
		{"F", `compare: {op: "<=", with: y}`, [][2]string{{"1", "1.5"}}, [][2]string{{"NaN", "1"}, {"1", "NaN"}, {"2", "1"}}},
		{"Y", `compare: {op: "=", with: y}`, [][2]string{{"2020", "2020"}}, [][2]string{{"2020", "2021"}}},
	} {
		t.Run(c.typ+" "+c.check, func(t *testing.T) {
			env := environment(item(t, "x", c.typ, c.check), item(t, "y", c.typ))
			rules, set := bind(t, env)
			var rows [][]string
			var want []int
			evaluated := int64(0)
			for i, v := range append(slices.Clone(c.pass), c.fail...) {
				rows = append(rows, v[:])
				if i >= len(c.pass) {
					want = append(want, i)
				}
				if v[0] != "∅" && v[1] != "∅" {
					evaluated++
				}
			}
			rec := batch(t, memory.DefaultAllocator, schemaOf(env.Resource.Items), rows...)
			defer rec.Release()
			masks, err := set.Eval(memory.DefaultAllocator, rec, make([][]int32, 2))
			if err != nil {
				t.Fatal(err)
			}
			if got := failing(t, rules, masks, "x+y.compare"); !slices.Equal(got, want) {
				t.Errorf("rows %v fail, want %v", got, want)
			}
			if got := set.Counts()["x+y.compare"]; got.Evaluated != evaluated || got.Failed != int64(len(want)) {
				t.Errorf("counted %+v, want %d of %d", got, len(want), evaluated)
			}
		})
	}
}

// A code is judged by the day of its record: 372501 ended on 1997-08-22 and came
// back for the year 2020.
func TestCodesInForce(t *testing.T) {
	for _, typ := range []string{"D", "T"} {
		env := environment(item(t, "area", "C(6)", "in_codes: {table: area, at: day}"), item(t, "day", typ))
		rules, set := bind(t, env)
		at := func(day string) string {
			if typ == "T" && day != "∅" {
				return day + " 23:59:59"
			}
			return day
		}
		rec := batch(t, memory.DefaultAllocator, schemaOf(env.Resource.Items),
			[]string{"372501", at("1960-01-01")}, []string{"372501", at("1997-08-22")}, []string{"372501", at("1997-08-23")},
			[]string{"372501", at("2020-06-01")}, []string{"372501", at("2021-01-01")}, []string{"371500", at("1997-08-21")},
			[]string{"371502", at("1900-01-01")}, []string{"372501", "∅"}, []string{"999999", "∅"}, []string{"∅", at("2020-01-01")})
		defer rec.Release()
		masks, err := set.Eval(memory.DefaultAllocator, rec, make([][]int32, 2))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := failing(t, rules, masks, "area+day.in_codes"), []int{2, 4, 5, 8}; !slices.Equal(got, want) {
			t.Errorf("%s: rows %v fail, want %v", typ, got, want)
		}
		if got := set.Counts()["area+day.in_codes"].Evaluated; got != 9 {
			t.Errorf("%s: %d rows evaluated, want 9", typ, got)
		}
	}
}

// What did not fit its type fails the rule type, is counted as evaluated, and is
// not taken for a missing value.
func TestTypeFailures(t *testing.T) {
	env := environment(item(t, "a", "N(9)", "not_null"), item(t, "b", "D"))
	rules, set := bind(t, env)
	rec := batch(t, memory.DefaultAllocator, schemaOf(env.Resource.Items),
		[]string{"1", "2020-01-01"}, []string{"∅", "∅"}, []string{"∅", "∅"}, []string{"4", "∅"}, []string{"∅", "2020-01-01"})
	defer rec.Release()
	masks, err := set.Eval(memory.DefaultAllocator, rec, [][]int32{{1, 4}, {3}})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string][]int{"a.type": {1, 4}, "b.type": {3}, "a.not_null": {2}} {
		if got := failing(t, rules, masks, id); !slices.Equal(got, want) {
			t.Errorf("%s: rows %v fail, want %v", id, got, want)
		}
	}
	want := map[string]quality.Count{"a.type": {Failed: 2, Evaluated: 4}, "b.type": {Failed: 1, Evaluated: 3}, "a.not_null": {Failed: 1, Evaluated: 5}}
	if got := set.Counts(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v", got, want)
	}
	if _, err := set.Eval(memory.DefaultAllocator, rec, nil); err == nil {
		t.Error("a batch without its type failures was taken")
	}
}
