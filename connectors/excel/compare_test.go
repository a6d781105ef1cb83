package excel_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Workbooks that Excel itself wrote come with excelize's own tests: every text that
// excelize sees in them is read the same.
func TestOfExcel(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/xuri/excelize/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Book1.xlsx", "SharedStrings.xlsx", "MergeCell.xlsx", "CalcChain.xlsx", "OverflowNumericCell.xlsx"} {
		path := filepath.Join(strings.TrimSpace(string(dir)), "test", name)
		book, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, sheet := range book.GetSheetList() {
			compare(t, book, path, sheet)
		}
		if err := book.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func compare(t *testing.T, book *excelize.File, path, sheet string) {
	t.Helper()
	want, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	f := newFolder(t)
	f.settings.Header, f.settings.Sheet = 0, sheet
	f.dir = path
	width := 0
	for _, row := range want {
		width = max(width, len(row))
	}
	if width == 0 {
		return
	}
	var columns []string
	for c := range width {
		name, err := excelize.ColumnNumberToName(c + 1)
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, name)
	}
	got := f.must(t, filepath.Base(path), columns...)
	if len(got.rows) == 0 {
		t.Fatalf("%s: no rows", path)
	}
	for i, row := range got.rows {
		_, number, _ := strings.Cut(got.places[i], sheet+":")
		at, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		if line := append(slices.Clone(want[at-1]), make([]string, width)...)[:width]; !slices.Equal(row, line) {
			t.Errorf("%s: %q, excelize reads %q", got.places[i], row, line)
		}
	}
	for _, b := range got.bad { // a formula in Book1.xlsx was never calculated
		if b.Reason != "excel.not_calculated" {
			t.Errorf("%s: %s", b.Place, b.Reason)
		}
	}
}
