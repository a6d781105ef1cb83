package returned_test

import (
	"errors"
	"strings"
	"testing"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/quality/returned"
)

// sheet is one sheet of a list: its rows from 1, "" an empty cell, "=…" a calculated one.
type sheet struct {
	name   string
	rows   [][]string
	merged [4]int
}

// file is a workbook of such sheets.
type file []sheet

func (f file) Name() string { return "list.xlsx" }

func (f file) Sheets() []string {
	out := make([]string, len(f))
	for i, s := range f {
		out[i] = s.name
	}
	return out
}

func (f file) Rows(i int, row func(int, []returned.Cell) error) error {
	for n, r := range f[i].rows {
		var cells []returned.Cell
		for c, v := range r {
			formula := strings.HasPrefix(v, "=")
			if v != "" {
				cells = append(cells, returned.Cell{Column: c, Text: strings.TrimPrefix(v, "="), Formula: formula, Wrong: v == "#N/A"})
			}
		}
		if err := row(n+1, cells); err != nil {
			return err
		}
	}
	return nil
}

func (f file) Merged(i int, call func(left, top, right, bottom int)) error {
	if m := f[i].merged; m[1] > 0 {
		call(m[0], m[1], m[2], m[3])
	}
	return nil
}

const (
	one   = "0A1B2C-3D4E5F"
	two   = "ZZZZZZ-000000"
	three = "111111-222222"
)

func header() []string {
	return []string{"问题编号", "系统/表", "当前值", "整改状态", "整改说明", "申请不予整改（说明理由）", "是否提出异议及理由"}
}

// list is a work list with answers: number, state, note, waive, dispute.
func list(answers ...[5]string) file {
	rows := [][]string{header()}
	for _, a := range answers {
		rows = append(rows, []string{a[0], "常住人口", "canary-371502199001010012", a[1], a[2], a[3], a[4]})
	}
	return file{{name: "汇总", rows: [][]string{{"示例区公安分局问题整改清单"}, {"数据版本：v12　编制日期：2026年11月23日"}}}, {name: "问题整改清单", rows: rows}}
}

func read(t *testing.T, f file) *returned.List {
	t.Helper()
	l, err := returned.Read([]returned.Book{f}, text.ZH)
	if err != nil {
		t.Fatal(err)
	}
	l.Say(text.ZH)
	return l
}

func TestWhatOfficersWriteIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		cells [5]string
		want  returned.Entry
	}{
		"picked":            {[5]string{one, "已整改", "已核对", "", ""}, returned.Entry{State: returned.Done, Note: "已核对"}},
		"a tick":            {[5]string{one, " √ ", "", "", ""}, returned.Entry{State: returned.Done}},
		"a word of theirs":  {[5]string{one, "已完成。", "", "", ""}, returned.Entry{State: returned.Done}},
		"English":           {[5]string{one, "Mended", "", "", ""}, returned.Entry{State: returned.Done}},
		"wide signs":        {[5]string{"０Ａ１Ｂ２Ｃ－３Ｄ４Ｅ５Ｆ", "整改中", "", "", ""}, returned.Entry{State: returned.Doing}},
		"not yet":           {[5]string{one, "未整改", "系统升级中", "", ""}, returned.Entry{State: returned.Not, Note: "系统升级中"}},
		"no mending":        {[5]string{one, "", "", "历史数据无档案可查", "无"}, returned.Entry{Waive: "历史数据无档案可查"}},
		"an objection":      {[5]string{one, "提出数据异议", "", "否", "证件号码与原件一致"}, returned.Entry{State: returned.Objected, Dispute: "证件号码与原件一致"}},
		"begins like =":     {[5]string{one, "已整改", "'=HYPERLINK(1)", "/", "—"}, returned.Entry{State: returned.Done, Note: "=HYPERLINK(1)"}},
		"begins like a sum": {[5]string{one, "已整改", "@ + -", "", ""}, returned.Entry{State: returned.Done, Note: "@ + -"}},
	} {
		l := read(t, list(c.cells))
		c.want.Number, c.want.Place = one, returned.Place{File: "list.xlsx", Sheet: "问题整改清单", Row: 2}
		if len(l.Findings) > 0 || len(l.Entries) != 1 || l.Entries[0] != c.want {
			t.Errorf("%s: entries %+v, findings %+v", name, l.Entries, l.Findings)
		}
	}
}

func TestWhatCannotBeTakenOverIsToldWithItsCell(t *testing.T) {
	for name, c := range map[string]struct {
		cells [5]string
		key   text.Key
		at    string
	}{
		"a word of nobody's":  {[5]string{one, "canary-word", "", "", ""}, "returned.state", "D2"},
		"a date as a state":   {[5]string{one, "2026-11-23", "", "", ""}, "returned.state", "D2"},
		"a formula":           {[5]string{one, "=已整改", "", "", ""}, "returned.formula", "D2"},
		"a calculated number": {[5]string{"=" + one, "已整改", "", "", ""}, "returned.formula", "A2"},
		"an error":            {[5]string{one, "已整改", "#N/A", "", ""}, "returned.error_cell", "E2"},
		"no number":           {[5]string{"", "已整改", "", "", ""}, "returned.number", "A2"},
		"half a number":       {[5]string{"0A1B2C", "已整改", "", "", ""}, "returned.number", "A2"},
		"a huge note":         {[5]string{one, "已整改", strings.Repeat("长", returned.MostText+1), "", ""}, "returned.long", "E2"},
		"a huge reason":       {[5]string{one, "", "", strings.Repeat("长", returned.MostText+1), ""}, "returned.long", "F2"},
		"no reason":           {[5]string{one, "申请不予整改", "canary", "", ""}, "returned.reason", "F2"},
		"yes without reason":  {[5]string{one, "", "", "是", ""}, "returned.reason", "F2"},
		"objection in a word": {[5]string{one, "", "", "", "有异议"}, "returned.reason", "G2"},
		"no, but":             {[5]string{one, "", "", "", "无，canary"}, "returned.unclear", "G2"},
		"mended and not":      {[5]string{one, "已整改", "", "canary 不改", ""}, "returned.contradicts", "D2"},
	} {
		l := read(t, list(c.cells))
		if len(l.Entries) > 0 || len(l.Findings) != 1 {
			t.Errorf("%s: entries %+v, findings %+v", name, l.Entries, l.Findings)
			continue
		}
		f := l.Findings[0]
		if f.Key != c.key || !strings.HasSuffix(f.At(), ":"+c.at) {
			t.Errorf("%s: %s at %s", name, f.Key, f.At())
		}
		if strings.Contains(f.Text, "canary") || f.Text == "" {
			t.Errorf("%s tells a value, or nothing: %s", name, f.Text)
		}
	}
}

func TestAListIsCounted(t *testing.T) {
	l := read(t, list([5]string{one, "", "", "", ""}, [5]string{two, "", "", "否", "无"}, [5]string{three, "整改中", "", "", ""}, [5]string{}))
	if l.Rows != 3 || l.Blank != 2 || len(l.Entries) != 1 || len(l.Findings) != 0 || l.Release != 12 || len(l.Owners) != 1 || l.Owners[0] != "示例区公安分局" {
		t.Errorf("%+v", l)
	}
}

func TestTheSameNumberTwice(t *testing.T) {
	l := read(t, list([5]string{one, "已整改", "a", "", ""}, [5]string{two, "已整改", "", "", ""}, [5]string{one, "已整改", "a", "", ""}))
	if len(l.Entries) != 2 || len(l.Findings) != 0 {
		t.Errorf("alike: %+v", l)
	}
	l = read(t, list([5]string{one, "已整改", "", "", ""}, [5]string{two, "已整改", "", "", ""}, [5]string{one, "整改中", "", "", ""}))
	if len(l.Entries) != 1 || l.Entries[0].Number != two || len(l.Findings) != 2 || l.Findings[1].Row != 4 {
		t.Errorf("different: %+v", l)
	}
}

func TestMergedCellsAreNobodys(t *testing.T) {
	f := list([5]string{one, "已整改", "", "", ""}, [5]string{two, "", "", "", ""}, [5]string{three, "已整改", "", "", ""})
	f[1].merged = [4]int{3, 2, 3, 3}
	l := read(t, f)
	if len(l.Entries) != 1 || l.Entries[0].Number != three || len(l.Findings) != 2 || l.Findings[0].Key != "returned.merged" {
		t.Errorf("%+v", l)
	}
}

func TestHeadersMayMoveButNotGo(t *testing.T) {
	moved := list()
	moved[1] = sheet{name: "Sheet9", rows: [][]string{{"请于月底前报送"}, {"是否提出异议及理由", "申请不予整改 (说明理由)", "备注", "整改说明", "整改状态", "问题编号"}, {"", "", "x", "改了", "已整改", one}}}
	if l := read(t, moved); len(l.Entries) != 1 || l.Entries[0].Note != "改了" {
		t.Errorf("%+v", l)
	}
	for name, c := range map[string]struct {
		header []string
		key    text.Key
	}{
		"a column gone":    {[]string{"问题编号", "整改状态", "整改说明", "是否提出异议及理由"}, "returned.missing"},
		"a column renamed": {[]string{"编号", "整改状态", "整改说明", "申请不予整改（说明理由）", "是否提出异议及理由"}, "returned.missing"},
		"a column twice":   {append(header(), "整改状态"), "returned.twice"},
		"another table":    {[]string{"姓名", "公民身份号码"}, "returned.no_list"},
		"no row at all":    {nil, "returned.no_list"},
	} {
		_, err := returned.Read([]returned.Book{file{{name: "问题整改清单", rows: [][]string{c.header}}}}, text.ZH)
		var f *fault.Error
		if fault.KindOf(err) != fault.Data || !errors.As(err, &f) || f.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestObjectionsToDisagreements(t *testing.T) {
	f := list([5]string{one, "", "", "", ""})
	f = append(f, sheet{name: "跨部门不一致", rows: [][]string{
		{"主体", "主体标识", "系统/表", "数据元", "整改状态", "整改说明", "申请不予整改（说明理由）", "是否提出异议及理由"},
		{"自然人", "371502199001010012", "婚姻登记", "姓名", "", "", "", "户口簿上的姓名为准"},
		{"自然人", "371502199001010012", "婚姻登记", "性别", "已整改", "", "", ""},
	}})
	l := read(t, f)
	if len(l.Objections) != 1 || l.Objections[0].Element != "姓名" || l.Skipped != 1 || len(l.Findings) != 0 {
		t.Errorf("%+v", l)
	}
}

// Whatever the cells hold: nothing but whole numbers and known answers is taken, and no
// finding tells a cell.
func FuzzRead(f *testing.F) {
	f.Add(one, "已整改", "x", "", "")
	f.Add("０A1B2C—3D4E5F", "√", "'=1", "是", "无，a")
	f.Fuzz(func(t *testing.T, number, state, note, waive, dispute string) {
		l, err := returned.Read([]returned.Book{list([5]string{number, state, "secret-" + note, waive, dispute})}, text.ZH)
		if err != nil {
			t.Fatal(err)
		}
		l.Say(text.EN)
		for _, e := range l.Entries {
			if len(e.Number) != 13 || e.Number[6] != '-' || e.State == returned.Waived && e.Waive == "" || len([]rune(e.Waive)) > returned.MostText {
				t.Errorf("%+v", e)
			}
		}
		for _, x := range l.Findings {
			if strings.Contains(x.Text, "secret-") {
				t.Error("a finding tells a cell")
			}
		}
		if len(l.Entries)+len(l.Findings)+int(l.Blank) != 1 {
			t.Errorf("%d entries, %d findings, %d blank of one row", len(l.Entries), len(l.Findings), l.Blank)
		}
	})
}
