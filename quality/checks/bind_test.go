package checks_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
	"guiji/quality/checks"
)

func TestBindNamesAndOrder(t *testing.T) {
	env := environment(
		item(t, "id", "N(18)", "not_null"),
		item(t, "sex", "C(1)", "{in_codes: sex, severity: warning, on_fail: quarantine, title: 性别不对, indicator: '0301', id: sex_code}"),
		item(t, "start", "D", `compare: {op: "<=", with: stop}`, "sql: start > '1900-01-01'", "sql: stop is not null"),
		item(t, "stop", "D"),
	)
	env.Resource.Items[1].Label = "性别"
	env.Resource.Source.Key = []string{"id"}
	env.Resource.Checks = []catalog.CheckSpec{spec(t, "unique: [sex, start]"), spec(t, `compare: {item: start, op: "<", with: stop}`)}
	rules, _ := bind(t, env)
	var got []string
	for _, r := range rules {
		got = append(got, fmt.Sprintf("%s %d", r.ID, r.Bit))
		if !regexp.MustCompile(`^[0-9a-f]{8}$`).MatchString(r.Version) || r.Title == "" || r.Indicator == "" {
			t.Errorf("%s: version %q title %q indicator %q", r.ID, r.Version, r.Title, r.Indicator)
		}
	}
	want := []string{"id.type 0", "sex.type 1", "start.type 2", "stop.type 3", "id.not_null 4", "sex_code 5", "start+stop.compare 6",
		"start.sql -1", "start+stop.sql -1", "key_unique -1", "sex+start.unique -1", "start+stop.compare_2 7"}
	if !slices.Equal(got, want) {
		t.Errorf("rules\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r := rules[5]; r.Title != "性别不对" || r.Indicator != "0301" || r.Severity != quality.Warning || r.OnFail != quality.Quarantine {
		t.Errorf("overrides are lost: %+v", r)
	}
	if r := rules[1]; r.Title != "性别不符合编目规定的类型或长度" || r.Severity != quality.Error || r.OnFail != quality.Warn {
		t.Errorf("defaults: %+v", r)
	}
}

// A title speaks of what is wrong: the item that tells the date or the order of the rows is not.
func TestTitlesSpeakOfWhatIsJudged(t *testing.T) {
	env := environment(
		item(t, "area", "C(6)", "in_codes: {table: area, at: start}", "agrees: {with: minzheng/area.code, on: {code: code}}"),
		item(t, "start", "D", "monotonic: {by: stop}", `compare: {op: "<=", with: stop}`),
		item(t, "stop", "D"), item(t, "code", "C(12)"),
	)
	for i, label := range []string{"区划", "起始日期", "终止日期", "代码"} {
		env.Resource.Items[i].Label = label
	}
	rules, _ := bind(t, env)
	want := map[string]string{
		"area+start.in_codes": "区划不在规定的代码表内", "area+code.agrees": "区划与对照资源的同一数据不一致",
		"start+stop.monotonic": "起始日期未按顺序递增或递减", "start+stop.compare": "起始日期、终止日期之间的先后或大小关系不正确",
	}
	for _, r := range rules {
		if title, ok := want[r.ID]; ok && r.Title == title {
			delete(want, r.ID)
		} else if ok {
			t.Errorf("%s: %s", r.ID, r.Title)
		}
	}
	if len(want) > 0 && !t.Failed() {
		t.Errorf("no rules %v", want)
	}
}

// A version follows what decides a verdict, and nothing else.
func TestVersions(t *testing.T) {
	version := func(typ, written string, change func(*quality.Env)) string {
		env := environment(item(t, "x", typ, written))
		if change != nil {
			change(env)
		}
		rules, errs := quality.Bind(env, pointers(env.Resource.Items), nil, checks.All())
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		return rules[1].Version
	}
	base := version("C(9)", "length: {min: 2}", nil)
	for _, same := range []string{"{length: {min: 2}, title: 别的, severity: warning, on_fail: block}", "length: {max: 0, min: 2}"} {
		if version("C(9)", same, nil) != base {
			t.Errorf("%s has another version", same)
		}
	}
	if version("C(9)", "length: {min: 3}", nil) == base || version("C(8)", "length: {min: 2}", nil) == base {
		t.Error("another rule has the same version")
	}
	codes := version("C(6)", "in_codes: area", nil)
	if version("C(6)", "in_codes: area", func(e *quality.Env) { e.Project.Codes["area"].Codes[0].To = "2030-01-01" }) == codes {
		t.Error("another code table has the same version")
	}
	if version("C(6)", "in_codes: area", func(e *quality.Env) { e.Today = "2027-01-01" }) != codes {
		t.Error("another day has another version")
	}
}

// Every mistake is told at once, each with its place.
func TestBindErrors(t *testing.T) {
	for written, word := range map[string]string{
		"nut_null":                        "nut_null",
		"type":                            "type",
		"key_unique":                      "key_unique",
		"not_null: 5":                     "parameters",
		"{not_null: , indicator: '0999'}": "0999",
		"length":                          "min, max",
		"length: {minimum: 2}":            "minimum",
		"length: {min: 5, max: 2}":        "min is above max",
		"length: {min: -1}":               "min",
		"length: many":                    "length",
		"regex":                           "pattern",
		"regex: '['":                      "RE2",
		"regex: 'a)|(b'":                  "RE2",
		"regex: '(a{1000}){1000}'":        "RE2",
		"regex: '((a{100}){10}){10}'":     "RE2",
		"regex: '(?=a)b'":                 "RE2",
		"regex: '(a)\\1'":                 "RE2",
		"regex: '((ab?c?){30}){33}'":      "4000",
		"range: {min: 1}":                 "N, D, T",
		"in_codes: nation":                "nation",
		"in_codes: {table: area, at: y}":  "D, T",
		"in_codes: {table: area, at: zz}": "zz",
		"foreign_key: minzheng/area.name": "minzheng/area.name",
		"foreign_key: area":               "area",
		"foreign_key: gongan/resident.z":  "N(9)",
		"foreign_key: minzheng/area":      "minzheng/area",
		"foreign_key: {to: minzheng/area, on: {y: code}}":      "minzheng/area",
		"foreign_key: {to: minzheng/area.code, on: {x: code}}": "twice",
		"foreign_key: {to: minzheng/area.code, on: {y: name}}": "minzheng/area.name",
		"foreign_key: {to: minzheng/area.code, on: {w: code}}": "w",
		"foreign_key: {to: minzheng/area.code, by: {y: code}}": "by",
		`compare: {op: "~", with: y}`:                          "op",
		`compare: {op: "=", with: x}`:                          "twice",
		`compare: {op: "=", with: z}`:                          "N(9)",
		`compare: {op: "=", with: zz}`:                         "zz",
		`compare: {op: "=", width: y}`:                         "width",
		"date: DD.MM.YYYY":                                     "DD.MM.YYYY",
		"phone: fax":                                           "fax",
		"sql: ' '":                                             "expr",
		"unique: [x]":                                          "twice",
		"{citizen_id: , id: taken}":                            "taken",
	} {
		env := environment(item(t, "x", "C(18)", "not_null: 1", "{not_null: , id: taken}", written), item(t, "y", "C(18)"), item(t, "z", "N(9)"))
		for i := range env.Resource.Items[0].Checks {
			env.Resource.Items[0].Checks[i].At = catalog.Pos{File: "resident.yaml", Line: 7 + i}
		}
		_, errs := quality.Bind(env, pointers(env.Resource.Items), nil, checks.All())
		if len(errs) != 2 {
			t.Errorf("%s: %d errors: %v", written, len(errs), errs)
			continue
		}
		for _, err := range errs {
			if fault.KindOf(err) != fault.Config {
				t.Errorf("%s: kind of %v", written, err)
			}
		}
		told := errs[0].Error() + errs[1].Error()
		if !strings.Contains(told, "resident.yaml:7") || !strings.Contains(told, "resident.yaml:9") || !strings.Contains(told, word) {
			t.Errorf("%s: %s", written, told)
		}
	}
}

func TestRangeLimitsRefused(t *testing.T) {
	for written, typ := range map[string]string{
		"range": "D", "range: {min: 5}": "D", "range: {max: 2020-02-30}": "D", "range: {max: '2020-01-01 10:00:00'}": "D",
		"range: {min: 1e5}": "N(9)", "range: {min: 1/3}": "N(9)", "range: {min: .5}": "N(9)", "range: {min: 0x10}": "N(9)",
		"range: {min: today}": "N(9)", "range: {min: 0.2, max: 0.8}": "N(9)", "range: {min: 99999999999999999999}": "N(18)",
		"range: {min: 2, max: 1}": "F", "range: {min: 2020-01-02, max: 2020-01-01}": "D", "range: {min: [1]}": "N(9)",
		"range: {max: 1.004, min: 1.001}": "N(9,2)", "length: 3": "N(9)", "citizen_id": "N(18)",
	} {
		env := environment(item(t, "x", typ, written))
		if _, errs := quality.Bind(env, pointers(env.Resource.Items), nil, checks.All()); len(errs) != 1 || fault.KindOf(errs[0]) != fault.Config {
			t.Errorf("%s %s: %v", typ, written, errs)
		}
	}
}

// A check that needs an item which is not collected is there, and says why it
// cannot run.
func TestNotCollected(t *testing.T) {
	env := environment(item(t, "id", "N(9)"), item(t, "start", "D", `compare: {op: "<", with: stop}`, "not_null"), item(t, "stop", "D", "not_null"))
	env.Resource.Source.Key = []string{"id", "stop"}
	env.Resource.Checks = []catalog.CheckSpec{spec(t, "sql: start < STOP or 'id' = 'x'"), spec(t, "unique: [start, stop]"), spec(t, "sql: id > 0 and 'stop' <> ''")}
	env.Project.Config.Lang = "en"
	collected := pointers(env.Resource.Items)[:2]
	rules, errs := quality.Bind(env, collected, schemaOf(env.Resource.Items[:2]), checks.All())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	got := map[string]string{}
	for _, r := range rules {
		got[r.ID] = r.Reason
		if r.Reason != "" && r.Bit != -1 {
			t.Errorf("%s has bit %d", r.ID, r.Bit)
		}
	}
	const why = "item stop is not collected"
	want := map[string]string{"id.type": "", "start.type": "", "start+stop.compare": why, "start.not_null": "", "key_unique": why,
		"start+stop.sql": why, "start+stop.unique": why, "id.sql": ""}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("reasons %v, want %v", got, want)
	}
}

// Bits beyond the first 63 land in further masks; clones count by themselves.
func TestManyRulesAndClones(t *testing.T) {
	var written []string
	for i := range 200 {
		written = append(written, fmt.Sprintf("{regex: '[^%c]*', id: r%d}", 'a'+i%26, i))
	}
	env := environment(item(t, "x", "C(20)", written...))
	rules, set := bind(t, env)
	if n := quality.Masks(rules); n != 4 || len(set.MaskFields()) != 4 || set.MaskFields()[3].Name != "_mask3" {
		t.Fatalf("%d masks, fields %v", n, set.MaskFields())
	}
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	rec := batch(t, alloc, schemaOf(env.Resource.Items), []string{"az"}, []string{"∅"}, []string{"b"})
	defer rec.Release()
	sum := map[string]quality.Count{}
	for _, s := range []*quality.RowSet{set, set.Clone(), set.Clone()} {
		masks, err := s.Eval(alloc, rec, make([][]int32, 1))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 200 {
			var want []int
			switch i % 26 {
			case 0, 25:
				want = []int{0}
			case 1:
				want = []int{2}
			}
			if got := failing(t, rules, masks, fmt.Sprintf("r%d", i)); !slices.Equal(got, want) {
				t.Errorf("r%d fails rows %v, want %v", i, got, want)
			}
		}
		for _, m := range masks {
			if m.Len() != 3 || m.NullN() != 0 || m.(*array.Int64).Value(1) != 0 {
				t.Errorf("mask %v", m)
			}
			m.Release()
		}
		quality.Merge(sum, s.Counts())
	}
	if got := sum["r25"]; got != (quality.Count{Failed: 3, Evaluated: 6}) {
		t.Errorf("merged %+v", got)
	}
}

// Allocations are counted by columns and kernels of a slice of the batch, not by values.
func TestKernelsAllocateNothingPerValue(t *testing.T) {
	items := []catalog.Item{
		item(t, "a", "C(18)", "not_null", "citizen_id", "credit_code", "length: {min: 1, max: 9}", "regex: '[0-9]*'", "phone", "date", "in_codes: {table: area, at: d}", `compare: {op: "=", with: b}`),
		item(t, "b", "C(18)"), item(t, "n", "N(9)", "range: {min: 0}", "in_codes: sex"), item(t, "m", "N(20,2)", "range: {max: 5}"), item(t, "d", "D", "range: {max: today}"),
	}
	env := environment(items...)
	_, set := bind(t, env)
	var rows [][]string
	for range 5000 {
		rows = append(rows, []string{"11010519491231002X", "∅", "1", "4.50", "2020-01-01"}, []string{"∅", "张", "7", "6.00", "∅"})
	}
	rec := batch(t, memory.DefaultAllocator, schemaOf(items), rows...)
	defer rec.Release()
	fails := make([][]int32, len(items))
	allocations := testing.AllocsPerRun(5, func() {
		masks, err := set.Eval(memory.DefaultAllocator, rec, fails)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range masks {
			m.Release()
		}
	})
	if allocations > 120 {
		t.Errorf("%v allocations for %d rows", allocations, rec.NumRows())
	}
}
