package excel_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guiji/connectors/excel"
	"guiji/internal/fault"
)

// texts writes rows of texts from A1 on; an empty text is no cell, an empty row no row.
func texts(rows ...string) string {
	var out strings.Builder
	for i, row := range rows {
		if row == "" {
			continue
		}
		fmt.Fprintf(&out, `<row r="%d">`, i+1)
		for c, v := range strings.Split(row, "|") {
			if v != "" {
				fmt.Fprintf(&out, `<c r="%c%d" t="str"><v>%s</v></c>`, 'A'+c, i+1, v)
			}
		}
		out.WriteString("</row>")
	}
	return out.String()
}

func merged(refs ...string) string {
	var out strings.Builder
	for _, r := range refs {
		fmt.Fprintf(&out, `<mergeCell ref="%s"/>`, r)
	}
	return `<mergeCells>` + out.String() + `</mergeCells>`
}

func TestHeaders(t *testing.T) {
	for _, tt := range []struct {
		name    string
		set     func(*excel.Settings)
		rows    []string
		tail    string
		columns string
		want    string // the rows, or the fault's key
	}{
		{"first row", nil, []string{"id|姓名", "1|甲", "", "2|乙", "", ""}, "", "id|姓名", "1|甲,2|乙"},
		{"other order, a name with blanks and a line end", nil, []string{"备注| 姓\n名　|id", "x|甲|1"}, "", "id|姓名", "1|甲"},
		{"third row, behind a gap", func(s *excel.Settings) { s.Header = 3 }, []string{"名册", "", "id|姓名", "1|甲"}, "", "id|姓名", "1|甲"},
		{"skip a row of units", func(s *excel.Settings) { s.Skip = 1 }, []string{"id|金额", "|元", "1|5"}, "", "id|金额", "1|5"},
		{"by name", func(s *excel.Settings) { s.HeaderHas = "姓名" }, []string{"名册", "填报：姓名", "id| 姓名 ", "1|姓名"}, "", "id|姓名", "1|姓名"},
		{"two rows, merged", func(s *excel.Settings) { s.HeaderRows = 2 }, []string{"id|联系人||地址", "|姓名|电话|", "1|甲|138|街"}, merged("A1:A2", "B1:C1", "D1:D2"), "id|联系人/姓名|联系人/电话|地址", "1|甲|138|街"},
		{"two rows, not merged: nothing is filled in", func(s *excel.Settings) { s.HeaderRows = 2 }, []string{"id|联系人|", "|姓名|电话", "1|甲|138"}, "", "id|联系人/姓名|电话", "1|甲|138"},
		{"two rows by name, a title above", func(s *excel.Settings) { s.HeaderHas, s.HeaderRows = "id", 2 }, []string{"名册||", "id|联系人|", "|姓名|电话", "1|甲|138"}, merged("A1:C1", "A2:A3", "B2:C2"), "id|联系人/姓名|联系人/电话", "1|甲|138"},
		{"three rows, one empty", func(s *excel.Settings) { s.HeaderRows = 3 }, []string{"a|b", "", "x|y", "1|2"}, "", "a/x|b/y", "1|2"},
		{"the same text in two cells is not one", func(s *excel.Settings) { s.HeaderRows = 2 }, []string{"a|b", "a|c", "1|2"}, "", "a/a|b/c", "1|2"},
		{"merged from above the header", func(s *excel.Settings) { s.Header, s.HeaderRows = 2, 2 }, []string{"t|b", "|c", "x|d", "1|2"}, merged("A1:A2"), "x|c/d", "1|2"},
		{"none: letters", func(s *excel.Settings) { s.Header = 0 }, []string{"1|甲", "2|"}, "", "B|A", "甲|1,|2"},
		{"none, and a column far off", func(s *excel.Settings) { s.Header = 0 }, []string{"1|甲"}, "", "A|XFD", "1|"},
		{"none, and no letter", func(s *excel.Settings) { s.Header = 0 }, []string{"1|甲"}, "", "A|XFE", "excel.no_lettered"},
		{"none, and a small letter", func(s *excel.Settings) { s.Header = 0 }, []string{"1|甲"}, "", "a", "excel.no_lettered"},
		{"only a header", nil, []string{"id|姓名"}, "", "id", ""},
		{"nothing", nil, nil, "", "id", "excel.no_header"},
		{"an empty header", nil, []string{"", "1|甲"}, "", "id", "excel.no_header"},
		{"a header too far", func(s *excel.Settings) { s.Header = 9 }, []string{"id", "1"}, "", "id", "excel.no_header"},
		{"half a header", func(s *excel.Settings) { s.HeaderRows = 2 }, []string{"id"}, "", "id", "excel.no_header"},
		{"no such name", func(s *excel.Settings) { s.HeaderHas = "电话" }, []string{"id", "1"}, "", "id", "excel.no_header_with"},
		{"missing column", nil, []string{"id|姓名", "1|甲"}, "", "id|电话", "excel.no_column"},
		{"no column at all", nil, []string{"王小明|男", "甲|女"}, "", "id", "excel.no_names"},
		{"a name twice", nil, []string{"id|姓名|姓名", "1|甲|乙"}, "", "id|姓名", "excel.twice"},
		{"another name twice", nil, []string{"id|姓名|姓名", "1|甲|乙"}, "", "id", "1"},
		{"right of the header", nil, []string{"id|姓名", "1|甲|多", "||注"}, "", "id|姓名", "1|甲,|"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFolder(t)
			if tt.set != nil {
				tt.set(&f.settings)
			}
			book{rows: texts(tt.rows...), tail: tt.tail}.write(t, f.path(t, "x.xlsx"))
			out, err := f.read(t, "x.xlsx", strings.Split(tt.columns, "|")...)
			var wrong *fault.Error
			if errors.As(err, &wrong) {
				if string(wrong.Key) != tt.want || strings.Contains(err.Error(), "王小明") {
					t.Errorf("%v, wanted %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range out.rows {
				got = append(got, strings.Join(row, "|"))
			}
			if strings.Join(got, ",") != tt.want {
				t.Errorf("rows %q, wanted %q", got, tt.want)
			}
		})
	}
}

// A cell without a value in a header row, an error say, is no name.
func TestHeaderOfErrors(t *testing.T) {
	f := newFolder(t)
	book{rows: `<row><c t="str"><v>id</v></c><c t="e"><v>#N/A</v></c><c><v>2024</v></c></row><row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>`}.write(t, f.path(t, "x.xlsx"))
	if diff := cmp.Diff([][]string{{"1", "3"}}, f.must(t, "x.xlsx", "id", "2024").rows); diff != "" {
		t.Error(diff)
	}
	if _, err := f.read(t, "x.xlsx", "id", "#N/A"); fault.KindOf(err) != fault.Config {
		t.Errorf("a column named by an error: %v", err)
	}
}
