package checks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
	"guiji/quality/checks"
)

func valuesOfLists() []valueCase {
	return []valueCase{
		{"C(20)", "in_set: [有效, 注销, '1', '']", []string{"有效", "1", "", "∅"}, []string{"有效 ", "01", "正常", "有 效"}},
		{"N(9)", "in_set: [1, 2, -9]", []string{"1", "-9", "∅"}, []string{"0", "9", "12"}},
		{"N(18)", "in_set: [1, 2, 3, 4, 5, 6, 7, 8, 9, 9007199254740993]", []string{"9", "9007199254740993"}, []string{"10", "9007199254740992"}},
		{"N(12,2)", "in_set: [1.5, 2, 0.10]", []string{"1.50", "2.00", "0.10", "∅"}, []string{"1.51", "0.01", "0.00"}},
		{"D", "in_set: [2020-02-29, today]", []string{"2020-02-29", "2026-11-22", "∅"}, []string{"2020-02-28"}},
		{"T", "in_set: [2020-02-29, '2020-03-01 10:00:01']", []string{"2020-02-29 00:00:00", "2020-03-01 10:00:01"}, []string{"2020-02-29 00:00:01", "2020-03-01 00:00:00"}},
		{"Y", "in_set: [2020, 2021]", []string{"2020", "∅"}, []string{"2019"}},
		{"F", "in_set: [0.5, 1e3]", []string{"0.5", "1000"}, []string{"NaN", "0.50001"}},
		{"C(20)", "not_in_set: [无, 不详]", []string{"张三", "无名", "", "∅"}, []string{"无", "不详"}},
		{"D", "not_in_set: [1900-01-01]", []string{"1900-01-02", "∅"}, []string{"1900-01-01"}},
		{"F", "not_in_set: [999]", []string{"NaN", "998.9"}, []string{"999"}},
		{"C(20)", "is_null", []string{"∅"}, []string{"", "a"}},
		{"N(9)", "is_null", []string{"∅"}, []string{"0"}},
	}
}

func valuesOfForms() []valueCase {
	return []valueCase{
		{"C", "like: '山东省%'", []string{"山东省", "山东省聊城市", "∅"}, []string{"山东", "在山东省", ""}},
		{"C", "like: '_三%四_'", []string{"张三四五", "张三abc四五"}, []string{"张三四", "三四五", "张四三五"}},
		{"C", `like: '100\%'`, []string{"100%"}, []string{"100", "1000", `100\%`}},
		{"C", "like: '%a%b%a%'", []string{"aba", "xaxbxax", "aabbaa"}, []string{"ab", "bab", "baab"}},
		{"C", "like: {pattern: '%测试%', not: true}", []string{"张三", "", "∅"}, []string{"测试", "单位测试用"}},
		{"C", "date_format: YYYY-MM", []string{"2020-09", "0001-12", "∅"}, []string{"2020-13", "2020-00", "2020-9", "0000-01", "2020-09-01", "", " 2020-09", "２０２０-09"}},
		{"C", "date_format: [YYYY年MM月DD日, YYYY/MM/DD]", []string{"2020年02月29日", "2020/02/29"}, []string{"2021年02月29日", "2020-02-29", "2020年2月29日", "2020年02月30日"}},
		{"C", "date_format: YYYY-MM-DD hh:mm:ss", []string{"2020-02-29 23:59:59"}, []string{"2020-02-29 24:00:00", "2020-02-29 23:60:00", "2020-02-29 23:59:60", "2020-02-29T23:59:59"}},
		{"C", "date_format: MMDD", []string{"0229", "1231"}, []string{"0230", "1301"}},
		{"C", "date_format: hhmm", []string{"0000", "2359"}, []string{"2400", "1260"}},
	}
}

// rowsCase is a check over the items x, y, z and its rows.
type rowsCase struct {
	types      [3]string
	check      string
	pass, fail [][3]string
	skip       [][3]string // pass, and are not evaluated
}

func rowsOfItems() []rowsCase {
	days, numbers := [3]string{"D", "D", "D"}, [3]string{"N(9)", "N(9)", "N(9)"}
	return []rowsCase{
		{days, "in_order: {items: [x, y, z]}",
			[][3]string{{"2020-01-01", "2020-01-01", "2020-01-02"}, {"2020-01-01", "∅", "2020-01-02"}, {"∅", "2020-01-01", "2020-01-01"}},
			[][3]string{{"2020-01-02", "2020-01-01", "2020-01-03"}, {"2020-01-02", "∅", "2020-01-01"}, {"2020-01-01", "2020-01-03", "2020-01-02"}},
			[][3]string{{"∅", "2020-01-01", "∅"}, {"∅", "∅", "∅"}}},
		{[3]string{"N(12,2)", "N(10,2)", "C(3)"}, "in_order: {items: [x, y], strict: true}", [][3]string{{"1.10", "1.11", "∅"}}, [][3]string{{"1.10", "1.10", "∅"}, {"2.00", "1.99", "a"}}, nil},
		{[3]string{"F", "F", "D"}, "in_order: {items: [x, y]}", [][3]string{{"1", "1", "∅"}}, [][3]string{{"NaN", "1", "∅"}, {"1", "NaN", "∅"}}, [][3]string{{"NaN", "∅", "∅"}}},
		{numbers, "distinct_items: {items: [x, y, z]}", [][3]string{{"1", "2", "3"}, {"1", "2", "∅"}}, [][3]string{{"1", "2", "1"}, {"5", "5", "∅"}}, [][3]string{{"1", "∅", "∅"}}},
		{[3]string{"C(9)", "C(9)", "N(9)"}, "distinct_items: {items: [x, y]}", [][3]string{{"a", "A", "∅"}}, [][3]string{{"张", "张", "1"}, {"", "", "∅"}}, nil},
		{numbers, "adds_up: {total: z, of: [x, y]}", [][3]string{{"1", "2", "3"}, {"-1", "1", "0"}}, [][3]string{{"1", "2", "4"}, {"0", "0", "1"}}, [][3]string{{"1", "∅", "1"}, {"1", "2", "∅"}}},
		{numbers, "adds_up: {total: z, of: [x, y], empty: zero}", [][3]string{{"1", "∅", "1"}, {"1", "2", "3"}}, [][3]string{{"∅", "2", "1"}}, [][3]string{{"∅", "∅", "0"}, {"1", "1", "∅"}}},
		{[3]string{"N(12,2)", "N(9)", "N(20,3)"}, "adds_up: {total: z, of: [x, y], within: 0.01}", [][3]string{{"1.10", "2", "3.110"}, {"1.10", "2", "3.090"}}, [][3]string{{"1.10", "2", "3.111"}, {"1.10", "2", "3.089"}}, nil},
		{[3]string{"N(5,2)", "N(5,2)", "D"}, "adds_up: {total: 100, of: [x, y]}", [][3]string{{"33.30", "66.70", "∅"}}, [][3]string{{"33.30", "66.69", "∅"}}, [][3]string{{"∅", "1.00", "∅"}}},
		{days, `compare: {item: x, op: "<=", with: y, empty: fail}`, [][3]string{{"2020-01-01", "2020-01-01", "∅"}}, [][3]string{{"2020-01-02", "2020-01-01", "∅"}, {"2020-01-01", "∅", "∅"}, {"∅", "2020-01-01", "∅"}}, [][3]string{{"∅", "∅", "2020-01-01"}}},
		{[3]string{"C(3)", "N(9)", "N(9)"}, "{is_null: , where: {y: 1}}", [][3]string{{"∅", "1", "∅"}}, [][3]string{{"a", "1", "∅"}}, [][3]string{{"a", "2", "∅"}, {"a", "∅", "∅"}}},
		{[3]string{"C(3)", "N(9)", "N(9)"}, "{not_null: , where: {y: [1, 3]}}", [][3]string{{"a", "3", "∅"}}, [][3]string{{"∅", "1", "∅"}, {"", "3", "∅"}}, [][3]string{{"∅", "2", "∅"}, {"∅", "∅", "∅"}}},
		{[3]string{"C(3)", "N(9,1)", "D"}, "{length: 2, where: {y: {min: 1, max: 2.5}, z: null}}", [][3]string{{"ab", "2.5", "∅"}}, [][3]string{{"a", "1.0", "∅"}}, [][3]string{{"a", "2.6", "∅"}, {"a", "0.9", "∅"}, {"a", "2.0", "2020-01-01"}, {"a", "∅", "∅"}, {"∅", "2.0", "∅"}}},
		{[3]string{"C(3)", "C(3)", "D"}, "{length: 2, where: {y: {not: [b, c]}, z: {not: null}}}", [][3]string{{"ab", "a", "2020-01-01"}}, [][3]string{{"a", "", "2020-01-01"}}, [][3]string{{"a", "b", "2020-01-01"}, {"a", "∅", "2020-01-01"}, {"a", "a", "∅"}}},
		{[3]string{"D", "D", "Y"}, `{compare: {item: x, op: "<", with: y}, where: {z: 2020}}`, [][3]string{{"2020-01-01", "2020-01-02", "2020"}}, [][3]string{{"2020-01-02", "2020-01-02", "2020"}}, [][3]string{{"2020-01-02", "2020-01-01", "2021"}, {"2020-01-02", "∅", "2020"}}},
		{[3]string{"D", "D", "Y"}, `{compare: {item: x, op: "<", with: y, empty: fail}, where: {z: 2020}}`, [][3]string{{"2020-01-01", "2020-01-02", "2020"}}, [][3]string{{"2020-01-02", "∅", "2020"}}, [][3]string{{"2020-01-02", "∅", "2021"}, {"∅", "∅", "2020"}}},
	}
}

func TestChecksOfSeveralItems(t *testing.T) {
	for _, c := range rowsOfItems() {
		t.Run(c.check, func(t *testing.T) {
			env := environment(item(t, "x", c.types[0]), item(t, "y", c.types[1]), item(t, "z", c.types[2]))
			written := spec(t, c.check)
			if c.check[0] == '{' && written.Kind != checks.Compare.Name {
				env.Resource.Items[0].Checks = []catalog.CheckSpec{written}
			} else {
				env.Resource.Checks = []catalog.CheckSpec{written}
			}
			rules, set := bind(t, env)
			alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer alloc.AssertSize(t, 0)
			var rows [][]string
			var want []int
			for i, v := range slices.Concat(c.pass, c.skip, c.fail) {
				rows = append(rows, v[:])
				if i >= len(c.pass)+len(c.skip) {
					want = append(want, i)
				}
			}
			rec := batch(t, alloc, schemaOf(env.Resource.Items), rows...)
			defer rec.Release()
			masks, err := set.Eval(alloc, rec, make([][]int32, 3))
			if err != nil {
				t.Fatal(err)
			}
			rule := rules[3]
			if got := failing(t, rules, masks, rule.ID); !slices.Equal(got, want) {
				t.Errorf("rows %v fail, want %v", got, want)
			}
			if got, want := set.Counts()[rule.ID], (quality.Count{Failed: int64(len(want)), Evaluated: int64(len(c.pass) + len(c.fail))}); got != want {
				t.Errorf("counted %+v, want %+v", got, want)
			}
			for _, m := range masks {
				m.Release()
			}
		})
	}
}

// What no run could evaluate is refused where it is written.
func TestParametersRefused(t *testing.T) {
	for _, c := range [][2]string{
		{"in_set", "C(3)"}, {"in_set: []", "C(3)"}, {"in_set: [1.5]", "N(9)"}, {"in_set: [a]", "N(9)"}, {"in_set: [1.555]", "N(9,2)"},
		{"in_set: [2021-02-29]", "D"}, {"in_set: [1]", "N(50)"}, {"in_set: [x]", "B"}, {"in_set: {value: [a]}", "C(3)"}, {"not_in_set: [1e3]", "N(9)"},
		{"like", "C"}, {`like: 'a\b'`, "C"}, {`like: 'a\'`, "C"}, {"like: 'a'", "N(9)"}, {"date_format", "C"}, {"date_format: DD", "C"}, {"date_format: YYYY-MM-MM", "C"},
		{"date_format: YYMMDD", "C"}, {"date_format: none", "C"}, {"date_format: mm", "C"}, {"date_format: YYYY", "D"},
		{"in_order: {items: [x]}", "D"}, {"in_order: {items: [y]}", "D"}, {"in_order: {items: [nothing]}", "D"}, {"in_order: {items: []}", "D"}, {"in_order: {items: [y]}", "C(9)"},
		{"distinct_items: {items: [y]}", "C(9)"}, {"adds_up: {total: 1}", "N(9)"}, {"adds_up: {total: y, of: [x], empty: never}", "N(9)"}, {"adds_up: {total: y, of: [x]}", "N(38)"},
		{"adds_up: {total: y, of: [x], within: -1}", "N(9)"}, {"adds_up: {total: 1.5, of: [x]}", "N(9)"}, {"adds_up: {total: y, of: [x, y]}", "N(9)"}, {"adds_up: {total: y, of: [x]}", "F"},
		{"is_null: 5", "D"}, {"{not_null: , where: {nothing: 1}}", "C"}, {"{not_null: , where: {y: many}}", "C"}, {"{not_null: , where: {y: {min: a}}}", "C"},
		{`compare: {op: "=", with: y, empty: pass}`, "N(9)"}, {"in_codes: {table: area, prefix: 5}", "C(18)"}, {"volume_drift: {of: mean}", "N(9)"}, {"drift: {of: sum}", "N(9)"}, {"in_codes: {table: area, prefix: -1}", "C(18)"},
	} {
		env := environment(item(t, "x", c[1], c[0]), item(t, "y", "N(9)"))
		_, errs := quality.Bind(env, pointers(env.Resource.Items), nil, checks.All())
		if len(errs) != 1 || fault.KindOf(errs[0]) != fault.Config {
			t.Errorf("%s on %s: %v", c[0], c[1], errs)
		}
	}
}

// A check of one item cannot stand among the resource's, where it has none; one of the
// resource can.
func TestChecksWithoutAnItem(t *testing.T) {
	for _, c := range checks.All() {
		for line := range strings.SplitSeq(c.Sample, "\n") {
			if line == "" {
				continue
			}
			env := environment(item(t, "x", "N(9)"))
			env.Resource.Checks = []catalog.CheckSpec{spec(t, line)}
			rules, errs := quality.Bind(env, pointers(env.Resource.Items), nil, checks.All())
			for _, r := range rules[1:] {
				if r.Check.Table != nil {
					if _, err := r.Check.Table(r, env); err != nil {
						t.Errorf("%s: %v", line, err)
					}
				}
			}
			if len(rules)+len(errs) != 2 {
				t.Errorf("%s: %d rules, %v", line, len(rules)-1, errs)
			}
		}
	}
}

// A where decides verdicts and is part of a rule's version; a tolerance is not.
func TestWhereIsInTheVersion(t *testing.T) {
	version := func(written string) string {
		env := environment(item(t, "x", "C(3)", written), item(t, "y", "N(9)"))
		rules, errs := quality.Bind(env, pointers(env.Resource.Items), nil, checks.All())
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		return rules[2].Version
	}
	plain := version("not_null")
	if version("{not_null: , at_most: 5%}") != plain {
		t.Error("a tolerance changes the version")
	}
	if one, two := version("{not_null: , where: {y: 1}}"), version("{not_null: , where: {y: 2}}"); one == plain || one == two {
		t.Error("rules of other rows have one version")
	}
}

// Rules with one where share one look at the rows; those without are untouched.
func TestManyWheres(t *testing.T) {
	var written []string
	for i := range 70 {
		written = append(written, fmt.Sprintf("{in_set: [a], id: r%d, where: {y: %d}}", i, i%3))
	}
	env := environment(item(t, "x", "C(3)", written...), item(t, "y", "N(9)"))
	rules, set := bind(t, env)
	rec := batch(t, memory.DefaultAllocator, schemaOf(env.Resource.Items), []string{"b", "0"}, []string{"a", "1"}, []string{"b", "2"}, []string{"b", "2"})
	defer rec.Release()
	for _, s := range []*quality.RowSet{set, set.Clone()} {
		masks, err := s.Eval(memory.DefaultAllocator, rec, make([][]int32, 2))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 70 {
			id := fmt.Sprintf("r%d", i)
			want, evaluated := [][]int{{0}, nil, {2, 3}}[i%3], []int64{1, 1, 2}[i%3]
			if got := failing(t, rules, masks, id); !slices.Equal(got, want) || s.Counts()[id].Evaluated != evaluated {
				t.Errorf("%s fails %v of %d, want %v of %d", id, got, s.Counts()[id].Evaluated, want, evaluated)
			}
		}
	}
}
