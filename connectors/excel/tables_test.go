package excel_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"guiji/connectors"
	"guiji/connectors/excel"
	"guiji/internal/fault"
)

// sheets makes a workbook whose sheets each hold their own name in a table of one row.
func (f folder) sheets(t testing.TB, name string, sheets ...string) {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, s := range sheets {
		if i == 0 {
			if err := book.SetSheetName("Sheet1", s); err != nil {
				t.Fatal(err)
			}
		} else if _, err := book.NewSheet(s); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(s, "空") {
			continue
		}
		for cell, v := range map[string]string{"A1": "id", "A2": name + "/" + s} {
			if err := book.SetCellValue(s, cell, v); err != nil {
				t.Fatal(err)
			}
		}
		if strings.HasPrefix(s, "隐") {
			if err := book.SetSheetVisible(s, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.SaveAs(f.path(t, name)); err != nil {
		t.Fatal(err)
	}
}

func TestTables(t *testing.T) {
	f := newFolder(t)
	f.sheets(t, "a.xlsx", "甲", "隐藏", "3", "空")
	f.sheets(t, "b#c.xlsx", "x#y")
	f.sheets(t, "t/1.xlsx", "甲", "乙")
	f.sheets(t, "t/2.xlsx", "丙", "乙")
	f.sheets(t, "~$a.xlsx", "锁")
	for _, tt := range []struct{ table, sheet, want string }{
		{"a.xlsx", "", "a.xlsx/甲"}, {"a.xlsx#隐藏", "", "a.xlsx/隐藏"}, {"a.xlsx#2", "", "a.xlsx/隐藏"}, {"a.xlsx#3", "", "a.xlsx/3"}, {"a.xlsx", "隐藏", "a.xlsx/隐藏"},
		{"a.xlsx#甲", "隐藏", "a.xlsx/甲"}, {"A*.xlsx#甲", "", "files.no_table"}, {"a*.xlsx#甲", "", "a.xlsx/甲"}, {"a.xlsx#", "", "a.xlsx/甲"},
		{"b#c.xlsx", "", "b#c.xlsx/x#y"}, {"b#c.xlsx#x#y", "", "b#c.xlsx/x#y"}, {"t", "", "t/1.xlsx/甲,t/2.xlsx/丙"}, {"t#乙", "", "t/1.xlsx/乙,t/2.xlsx/乙"}, {"t/*#2", "", "t/1.xlsx/乙,t/2.xlsx/乙"},
		{"t#甲", "", "excel.no_sheet"}, {"a.xlsx#4", "", "excel.no_header"}, {"a.xlsx#5", "", "excel.no_sheet"}, {"a.xlsx#丁", "", "excel.no_sheet"}, {"c.xlsx#甲", "", "files.no_table"}, {"../a.xlsx", "", "files.outside"},
	} {
		f.settings.Sheet = tt.sheet
		out, err := f.read(t, tt.table, "id")
		var got string
		var wrong *fault.Error
		if errors.As(err, &wrong) {
			got = string(wrong.Key)
		} else {
			var ids []string
			for _, row := range out.rows {
				ids = append(ids, row[0])
			}
			got = strings.Join(ids, ",")
		}
		if got != tt.want {
			t.Errorf("%s: %s, wanted %s", tt.table, got, tt.want)
		}
	}
}

func (f folder) discover(t *testing.T, tables ...string) []string {
	t.Helper()
	src := f.open(t, memory.DefaultAllocator)
	defer src.Close()
	found, err := src.Discover(context.Background(), tables...)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range found {
		var columns []string
		for _, c := range d.Columns {
			columns = append(columns, c.Name)
		}
		out = append(out, d.Name+":"+strings.Join(columns, ","))
	}
	return out
}

func TestDiscover(t *testing.T) {
	f := newFolder(t)
	f.sheets(t, "a.xlsx", "甲", "隐藏", "空", "空2")
	f.sheets(t, "b.xlsx", "甲")
	f.sheets(t, "t/1.xlsx", "甲", "乙")
	if diff := cmp.Diff([]string{"a.xlsx#甲:id", "a.xlsx#隐藏:id", "b.xlsx:id", "t:id"}, f.discover(t)); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	f.settings.Sheet = "甲"
	if diff := cmp.Diff([]string{"a.xlsx:id", "b.xlsx:id", "t:id"}, f.discover(t)); diff != "" {
		t.Errorf("of one sheet (-want +got):\n%s", diff)
	}
	f.settings.Sheet, f.settings.Header = "", 0
	if diff := cmp.Diff([]string{"a.xlsx#甲:A", "a.xlsx#隐藏:A", "b.xlsx:A", "t:A"}, f.discover(t)); diff != "" {
		t.Errorf("without a header (-want +got):\n%s", diff)
	}
}

// Doctor tells of every file, those that are refused first.
func TestDoctor(t *testing.T) {
	f := newFolder(t)
	f.sheets(t, "a.xlsx", "甲")
	f.copyOf(t, "libreoffice.xls", "old.xls")
	src := f.open(t, memory.DefaultAllocator)
	defer src.Close()
	found, err := src.(connectors.Doctor).Doctor(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || found[0].Key != "excel.old" || found[0].OK || found[1].Key != "excel.doctor_ok" || !found[1].OK {
		t.Errorf("findings %+v", found)
	}
}

// One file is a table of any of its names, and of its sheets.
func TestSingleFile(t *testing.T) {
	f := newFolder(t)
	f.sheets(t, "a.xlsx", "甲", "乙")
	s := excel.DefaultSettings()
	s.Path = "a.xlsx"
	src, err := excel.Connector().Open(context.Background(), s, connectors.Env{Dir: f.dir, Alloc: memory.DefaultAllocator})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for _, name := range []string{"", ".", "a", "a.xlsx", "#乙", "a#乙", "a.xlsx#2"} {
		if _, err := src.Discover(context.Background(), name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
