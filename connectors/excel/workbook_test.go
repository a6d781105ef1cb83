package excel_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"guiji/connectors/excel"
	"guiji/internal/fault"
)

// A workbook that is read cell by cell tells what was calculated, what is merged and what
// has no value, and is refused where a source's would be.
func TestAWorkbookIsReadCellByCell(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.xlsx")
	f := excelize.NewFile()
	defer f.Close()
	for cell, v := range map[string]any{"A1": "编号", "B1": "状态", "A2": "'=1+1", "B2": 46000, "D3": "已整改"} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	second, err := f.NewSheet("第二页")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.SetCellStyle("Sheet1", "B2", "B2", day), f.SetCellFormula("Sheet1", "C2", "1+1"), f.MergeCell("Sheet1", "D3", "D5"), f.SetCellValue("第二页", "A1", second), f.SaveAs(path)); err != nil {
		t.Fatal(err)
	}
	w, err := excel.OpenWorkbook(context.Background(), path, 64)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if got := fmt.Sprintf("%q %s", w.Sheets(), w.Name()); got != `["Sheet1" "第二页"] list.xlsx` {
		t.Errorf("sheets %s", got)
	}
	var rows string
	err = w.Rows(0, func(number int, cells []excel.Cell) error {
		for _, c := range cells {
			if c.Text != "" || c.Formula {
				rows += fmt.Sprintf("%d/%d %s %v %s;", number, c.Column, c.Text, c.Formula, c.Wrong)
			}
		}
		return w.Merged(0, func(left, top, right, bottom int) { rows += fmt.Sprint("[", left, top, right, bottom, "]") })
	})
	want := "1/0 编号 false ;1/1 状态 false ;[3 3 3 5]2/0 '=1+1 false ;2/1 2025-12-09 false ;2/2  true excel.not_calculated;[3 3 3 5]3/3 已整改 false ;[3 3 3 5]"
	if err != nil || rows != want {
		t.Errorf("%v\n%s\nwant\n%s", err, rows, want)
	}
}

func TestWhatIsNoWorkbookIsRefused(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	large := filepath.Join(dir, "large.xlsx")
	f := excelize.NewFile()
	for i := range 20_000 {
		if err := f.SetCellStr("Sheet1", fmt.Sprint("A", i+1), "bomb bomb bomb bomb bomb bomb bomb bomb bomb bomb bomb bomb bomb bomb bomb bomb "+fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(f.SaveAs(large), f.Close()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fault.Kind{
		write("empty.xlsx", ""):                                              fault.Data,
		write("text.xlsx", "problem,state\n"):                                fault.Data,
		write("old.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest of the file"): fault.Data,
		write("other.zip", "PK\x05\x06"+string(make([]byte, 18))):            fault.Data,
		filepath.Join(dir, "absent.xlsx"):                                    fault.Config,
		dir:                                                                  fault.Config,
	} {
		w, err := excel.OpenWorkbook(context.Background(), path, 64)
		if err == nil {
			w.Close()
		}
		if fault.KindOf(err) != want || err == nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
	w, err := excel.OpenWorkbook(context.Background(), large, 1)
	if err == nil {
		err = w.Rows(0, func(int, []excel.Cell) error { return nil })
		w.Close()
	}
	if fault.KindOf(err) != fault.Data || err == nil {
		t.Errorf("a workbook over its limit: %v", err)
	}
}
