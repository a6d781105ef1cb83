package standardize_test

import (
	"testing"

	"github.com/goccy/go-yaml/parser"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/transforms/standardize"
)

func withSteps(it *catalog.Item, steps ...catalog.StepSpec) *catalog.Item {
	it.Standardize = append([]catalog.StepSpec{}, steps...)
	return it
}

func withCheck(it *catalog.Item, kind, params string) *catalog.Item {
	spec := catalog.CheckSpec{Kind: kind}
	if params != "" {
		f, err := parser.ParseBytes([]byte(params), 0)
		if err != nil {
			panic(err)
		}
		spec.Params = f.Docs[0].Body
	}
	it.Checks = append(it.Checks, spec)
	return it
}

var sex = map[string]*catalog.CodeTable{"gbt2261_1": {Name: "gbt2261_1", Codes: []catalog.Code{
	{Code: "1", Name: "男", Aliases: []string{"男性", "M"}},
	{Code: "2", Name: "女", Aliases: []string{"女性", "F", "两可"}},
	{Code: "9", Name: "未说明的性别", Aliases: []string{"两可"}},
}}}

func TestStepsByDefault(t *testing.T) {
	tests := map[string]struct {
		item     *catalog.Item
		elements []catalog.Element
		cells    []cell
	}{
		"text": {item("x", "C(6)"), nil, []cell{
			same("张三"), {" 张三\u3000", "张三", " 张三\u3000"}, {"\uFEFF李四\u200B", "李四", "\uFEFF李四\u200B"},
			{"\u00A0a b\t", "a b", "\u00A0a b\t"}, {"１２号（东）", "12号（东）", "１２号（东）"}, {"Ａ\u3000ｚ", "A z", "Ａ\u3000ｚ"},
			{"", null, ""}, {"   ", null, "   "}, {null, null, null}, same("一二三四五六"), unfit("一二三四五六七"), same("·"),
			{" 一二三四五六 ", "一二三四五六", " 一二三四五六 "}, same("x"), same("～"),
		}},
		"citizen id by check": {withCheck(item("x", "C(18)"), "citizen_id", ""), nil, []cell{
			same("11010519491231002X"), {"11010519491231002x", "11010519491231002X", "11010519491231002x"},
			{"110105491231002", "11010519491231002X", "110105491231002"},
			{"１１０１０５４９１２３１００２", "11010519491231002X", "１１０１０５４９１２３１００２"},
			same("110105991331002"), {" 11010519491231002X", "11010519491231002X", " 11010519491231002X"}, same("x"),
		}},
		"citizen id by standard": {&catalog.Item{Name: "x", Element: "DE1", Type: item("x", "C(18)").Type},
			[]catalog.Element{{Code: "DE1", Standard: "GB 11643-1999"}}, []cell{
				{"110105491231002", "11010519491231002X", "110105491231002"},
			}},
		"credit code": {withCheck(item("x", "C(18)"), "credit_code", ""), nil, []cell{
			same("91350100M000100Y43"), {"91350100m000100y43", "91350100M000100Y43", "91350100m000100y43"},
			{"９1350100M000100Y43 ", "91350100M000100Y43", "９1350100M000100Y43 "},
		}},
		"phone": {withCheck(item("x", "C(20)"), "phone", ""), nil, []cell{
			{"０６３５－８２１００００", "0635-8210000", "０６３５－８２１００００"}, same("0635-8210000"),
		}},
		"codes": {withCheck(item("x", "C(1)"), "in_codes", "gbt2261_1"), nil, []cell{
			same("1"), {"男", "1", "男"}, {"女性 ", "2", "女性 "}, {"Ｆ", "2", "Ｆ"}, same("3"), unfit("两可"), {"２", "2", "２"},
		}},
		"codes, table named in a mapping": {withCheck(item("x", "C"), "in_codes", "table: gbt2261_1"), nil, []cell{
			{"男", "1", "男"}, same("两可"),
		}},
		"date": {item("x", "D"), nil, []cell{
			same("2020-09-01"), {"2020-9-1", "2020-09-01", "2020-9-1"}, {"2020/9/1", "2020-09-01", "2020/9/1"},
			{"20200901", "2020-09-01", "20200901"}, {"2020.9.1", "2020-09-01", "2020.9.1"},
			{"2020年9月1日", "2020-09-01", "2020年9月1日"}, {"２０２０／９／１", "2020-09-01", "２０２０／９／１"},
			{"2020-09-01 00:00:00", "2020-09-01", "2020-09-01 00:00:00"}, {" 2020-09-01T00:00 ", "2020-09-01", " 2020-09-01T00:00 "},
			same("2020-02-29"), same("0001-01-01"), same("9999-12-31"), {"", null, ""}, {null, null, null},
			unfit("2020-09-01 08:30:00"), unfit("2021-02-29"), unfit("0000-00-00"), unfit("2020-09-00"), unfit("2020-09"), unfit("1/9/2020"),
			unfit("20-9-1"), unfit("2020/9-1"), unfit("2020年9月"), unfit("44075"), unfit("2020-13-01"), unfit("不详"), unfit("2020-09-01Z"),
			unfit("2020-09-011"), unfit("202009011"), unfit("2020-09-01 24:00:00"), unfit("2020年9月1"),
		}},
		"time": {item("x", "T"), nil, []cell{
			same("2020-09-01 08:30:00"), same("2020-09-01 08:30:00.5"), same("2020-09-01 08:30:00.123456"), same("1969-12-31 23:59:59.999999"),
			{"2020-09-01 08:30:00.500", "2020-09-01 08:30:00.5", "2020-09-01 08:30:00.500"},
			{"2020-09-01 08:30:00.000000", "2020-09-01 08:30:00", "2020-09-01 08:30:00.000000"},
			{"2020/9/1 8:30", "2020-09-01 08:30:00", "2020/9/1 8:30"}, {"20200901083000", "2020-09-01 08:30:00", "20200901083000"},
			{"2020-09-01T08:30:15", "2020-09-01 08:30:15", "2020-09-01T08:30:15"}, {"2020-09-01", "2020-09-01 00:00:00", "2020-09-01"},
			{"2020年9月1日 8时30分15秒", "2020-09-01 08:30:15", "2020年9月1日 8时30分15秒"}, {"2020年9月1日8时5分", "2020-09-01 08:05:00", "2020年9月1日8时5分"},
			unfit("2020-09-01 25:00:00"), unfit("0000-00-00 00:00:00"), unfit("2020-09-01T08:30:00Z"), unfit("2020-09-01 08:30:00+08:00"),
			unfit("2020-09-01 08:30:00.1234567"), unfit("2020-09-01 08:30:60"), unfit("2020-09-01 下午3:00"),
		}},
		"number": {item("x", "N(5)"), nil, []cell{
			same("0"), same("12345"), same("-12345"), {"007", "7", "007"}, {"+7", "7", "+7"}, {"-0", "0", "-0"}, {"12.0", "12", "12.0"},
			{"１２３", "123", "１２３"}, {" 7 ", "7", " 7 "}, {"", null, ""}, {"７．0", "7", "７．0"}, {"000000012", "12", "000000012"},
			unfit("123456"), unfit("1.5"), unfit("1,234"), unfit("1e3"), unfit("-"), unfit("."), unfit("一"), unfit("0x1F"), unfit("1 2"), unfit("--1"),
		}},
		"decimal": {item("x", "N(5,2)"), nil, []cell{
			same("1.50"), same("-0.05"), same("999.99"), {"1.5", "1.50", "1.5"}, {"1", "1.00", "1"}, {"1.500", "1.50", "1.500"}, {".5", "0.50", ".5"},
			{"1.", "1.00", "1."}, {"-0.00", "0.00", "-0.00"}, unfit("1.505"), unfit("1000.00"), unfit("1.2.3"), unfit("¥5"),
		}},
		"decimal of 38 digits": {item("x", "N(38,4)"), nil, []cell{
			same("1234567890123456789012345678901234.5678"), same("-9999999999999999999999999999999999.9999"), unfit("12345678901234567890123456789012345.0000"),
		}},
		"decimal beyond 38 digits": {item("x", "N(40,4)"), nil, []cell{
			same("123456789012345678901234567890123456.5678"), {"+01.5", "1.5000", "+01.5"}, {"0", "0.0000", "0"}, unfit("1234567890123456789012345678901234567.0"),
		}},
		"year": {item("x", "Y"), nil, []cell{same("2020"), same("0"), {"２０２０", "2020", "２０２０"}, {"0000", "0", "0000"}, unfit("20201"), unfit("-5"), unfit("二〇")}},
		"float": {item("x", "F"), nil, []cell{
			{"1", "1", "1"}, {"1e3", "1000", "1e3"}, same("0.25"), {" 2.5", "2.5", " 2.5"}, unfit("NaN"), unfit("Inf"), unfit("0x1p4"), unfit("1e999"), unfit("a"),
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { checkCells(t, tt.item, sex, tt.elements, tt.cells) })
	}
}

func TestStepsAsWritten(t *testing.T) {
	step := func(name, param string) catalog.StepSpec { return catalog.StepSpec{Name: name, Param: param} }
	tests := map[string]struct {
		item  *catalog.Item
		cells []cell
	}{
		"none":           {withSteps(item("x", "C(4)")), []cell{same(" a "), same("Ａ"), same(""), unfit("12345")}},
		"none on a date": {withSteps(item("x", "D")), []cell{same("2020-09-01"), unfit("2020/9/1"), unfit(" 2020-09-01")}},
		"name": {withSteps(item("x", "C"), step("name", "")), []cell{
			same("买买提·艾力"), {"买买提•艾力", "买买提·艾力", "买买提•艾力"}, {"阿‧卜・杜⋅外･力", "阿·卜·杜·外·力", "阿‧卜・杜⋅外･力"}, same(" a"),
		}},
		"width all": {withSteps(item("x", "C"), step("width", "all")), []cell{{"（ａ）！～", "(a)!~", "（ａ）！～"}, same("、。")}},
		"two steps that write": {withSteps(item("x", "C"), step("width", ""), step("trim", ""), step("upper", ""), step("name", "")), []cell{
			{"\u3000ａb•Ｃ\u3000", "AB·C", "\u3000ａb•Ｃ\u3000"}, {"x", "X", "x"}, {"\u3000ｘ1234567890123456789012345678901234567890\u3000", "X1234567890123456789012345678901234567890", "\u3000ｘ1234567890123456789012345678901234567890\u3000"},
		}},
		"thousands": {withSteps(item("x", "N(12,2)"), step("thousands", "")), []cell{
			{"1,234,567.89", "1234567.89", "1,234,567.89"}, {"-1,234", "-1234.00", "-1,234"}, unfit("12,34"), unfit("1,2345"), unfit(",123"), unfit("1,234,"), same("5.00"),
		}},
		"date in a text": {withSteps(item("x", "C"), step("date", "")), []cell{
			{"2020/9/1", "2020-09-01", "2020/9/1"}, {"2020/9/1 8:30", "2020-09-01 08:30:00", "2020/9/1 8:30"}, same("2020/2/30"), same("九月"),
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { checkCells(t, tt.item, nil, nil, tt.cells) })
	}
}

func TestStepsRefused(t *testing.T) {
	tests := map[string]catalog.StepSpec{
		"unknown":       {Name: "polish"},
		"wrong type":    {Name: "id18"},
		"bad parameter": {Name: "width", Param: "half"},
		"no parameter":  {Name: "trim", Param: "left"},
	}
	for name, spec := range tests {
		t.Run(name, func(t *testing.T) {
			it := withSteps(item("x", "N(5)"), spec)
			if err := standardize.Validate(it, sex); fault.KindOf(err) != fault.Config || err == nil {
				t.Errorf("got %v, want a configuration error", err)
			}
		})
	}
	it := withSteps(item("x", "C"), catalog.StepSpec{Name: "codes", Param: "nowhere"})
	if err := standardize.Validate(it, sex); err == nil || fault.KindOf(err) != fault.Config {
		t.Errorf("a code table that is not there: got %v", err)
	}
	if err := standardize.Validate(withSteps(item("x", "C"), catalog.StepSpec{Name: "codes", Param: "gbt2261_1"}), sex); err != nil {
		t.Errorf("a good step: %v", err)
	}
}

func TestStepsAreDocumented(t *testing.T) {
	for _, s := range standardize.Steps() {
		if s.Name == "" || s.Doc == "" || s.Kinds == "" {
			t.Errorf("step %q lacks its documentation", s.Name)
		}
	}
}
