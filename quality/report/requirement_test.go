package report

import (
	"testing"

	"guiji/catalog"
	"guiji/internal/text"
	"guiji/quality"
	"guiji/quality/checks"
)

func TestRequirementsSayWhatARuleAsksFor(t *testing.T) {
	typed := func(s string) catalog.Type {
		typ, err := catalog.ParseType(s)
		if err != nil {
			t.Fatal(err)
		}
		return typ
	}
	amount := &catalog.Item{Name: "amount", Label: "月保障金额", Type: typed("N(12,2)")}
	birth := &catalog.Item{Name: "birth", Label: "出生日期", Type: typed("D")}
	death := &catalog.Item{Name: "death", Label: "死亡日期", Type: typed("D")}
	sex := &catalog.Item{Name: "sex", Label: "性别", Type: typed("C(1)")}
	b := &builder{Input: Input{Lang: text.ZH, Project: &catalog.Project{
		Codes:     map[string]*catalog.CodeTable{"sex": {Codes: []catalog.Code{{Code: "1", Name: "男"}, {Code: "2", Name: "女"}}}},
		Resources: []*catalog.Resource{{ID: "minzheng/area", Name: "行政区划", Items: []catalog.Item{{Name: "code", Label: "区划代码"}, {Name: "year", Label: "年度"}}}},
	}}, names: map[string]string{"minzheng": "区民政局"}}
	for _, c := range []struct {
		check  *quality.Check
		params any
		items  []*catalog.Item
		want   string
	}{
		{checks.Range, &checks.RangeParams{Min: "0", Max: "2000"}, []*catalog.Item{amount}, "月保障金额应在0至2000之间"},
		{checks.Range, &checks.RangeParams{Min: "0"}, []*catalog.Item{amount}, "月保障金额应不小于0"},
		{checks.Range, &checks.RangeParams{Max: "today"}, []*catalog.Item{birth}, "出生日期应不晚于核查当日"},
		{checks.Length, &checks.LengthParams{Min: 2, Max: 50}, []*catalog.Item{sex}, "性别应为2至50个字符"},
		{checks.Length, &checks.LengthParams{Min: 1, Max: 1}, []*catalog.Item{sex}, "性别应为1个字符"},
		{checks.InCodes, &checks.InCodesParams{Table: "sex"}, []*catalog.Item{sex}, "性别应为下列代码之一：1 男、2 女"},
		{checks.Compare, &checks.CompareParams{Op: "<=", With: "death"}, []*catalog.Item{birth, death}, "出生日期应不晚于死亡日期"},
		{checks.ForeignKey, &checks.ForeignKeyParams{To: "minzheng/area.code"}, []*catalog.Item{sex}, "性别应在区民政局《行政区划》的“区划代码”中存在"},
		{checks.ForeignKey, &checks.ForeignKeyParams{To: "minzheng/area", On: map[string]string{"birth": "year", "sex": "code"}}, []*catalog.Item{birth, sex}, "出生日期、性别应在区民政局《行政区划》的“年度、区划代码”中存在"},
		{checks.ForeignKey, &checks.ForeignKeyParams{To: "minzheng/gone.code"}, []*catalog.Item{sex}, "性别应在minzheng/gone《minzheng/gone》的“code”中存在"},
		{checks.InCodes, &checks.InCodesParams{Table: "sex", Prefix: 1}, []*catalog.Item{sex}, "性别的前1位应为下列代码之一：1 男、2 女"},
		{checks.SQL, &checks.SQLParams{Expr: "sex <> 'sex' OR birth IS NULL"}, []*catalog.Item{sex, birth}, "记录应满足 性别 <> 'sex' OR 出生日期 IS NULL"},
		{checks.NotNull, nil, []*catalog.Item{sex}, "性别为必填项，不得留空或以空格代替"},
		{checks.Unique, nil, []*catalog.Item{sex, birth}, "性别、出生日期在本资源中不得重复"},
		{&quality.Check{Name: quality.TypeCheck}, nil, []*catalog.Item{amount}, "月保障金额应为不超过12位的数字（其中小数2位）"},
		{checks.CitizenID, nil, []*catalog.Item{sex}, ""}, // the check's own example says it
	} {
		if got := b.requirement(&quality.Rule{Check: c.check, Params: c.params, Items: c.items}); got != c.want {
			t.Errorf("%s: %q, want %q", c.check.Name, got, c.want)
		}
	}
}

func TestRatesAreNeverRoundedUp(t *testing.T) {
	for _, c := range []struct {
		a, b int64
		want string
	}{{12345678, 12345679, "99.99%"}, {5, 5, "100.00%"}, {0, 3, "0.00%"}, {1, 3, "33.33%"}, {0, 0, ""}} {
		if got := percent(c.a, c.b); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

func TestCellsNeverRun(t *testing.T) {
	b := &builder{Input: Input{Lang: text.ZH}}
	for _, c := range [][2]string{
		{"=1+1", "'=1+1"}, {"+86", "'+86"}, {"-1", "'-1"}, {"@x", "'@x"}, {"\tx", "'\tx"}, {"\rx", "'\rx"}, {"＝1", "'＝1"}, {"－1", "'－1"},
		{"a=1", "a=1"}, {"王\x00五", `王\x00五`}, {"\xff", `\xFF`},
	} {
		if got := b.cell(c[0]); got != c[1] {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
	if b.cell("") != nil {
		t.Error("an empty cell is written")
	}
}

// The example's project is read as it stands, so that its checks are bound for real.
func TestCodesAreNamed(t *testing.T) {
	p, err := catalog.Load("../../examples/dongchang/project")
	if err != nil {
		t.Fatal(err)
	}
	b := &builder{Input: Input{Lang: text.ZH, Project: p}}
	b.tables = b.codeTables()
	for _, c := range [][3]string{{"DE0003", "2", "2（女性）"}, {"DE0003", "女", "女"}, {"DE0002", "2", "2"}} {
		if got := b.named(c[0], c[1]); got != c[2] {
			t.Errorf("%s %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
