package excel_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"guiji/internal/fault"
)

// copyOf puts a file of testdata into the folder.
func (f folder) copyOf(t testing.TB, name, as string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path(t, as), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A workbook that LibreOffice 7.4 wrote: a sheet of explanations first, then a title, a
// header of two rows with merged cells, days with Chinese formats, an error, an id that
// was typed as a number.
func TestOfLibreOffice(t *testing.T) {
	f := newFolder(t)
	f.copyOf(t, "libreoffice.xlsx", "民政.xlsx")
	f.settings.HeaderHas, f.settings.HeaderRows = "公民身份号码", 2
	out := f.must(t, "民政.xlsx#名册", "公民身份号码", "联系人/姓名", "联系人/电话", "出生日期", "更新时间", "时刻", "金额", "合计")
	want := [][]string{{"371502199001010012", "王小明", "00138", "1990-01-01", "2026-11-22 08:30:15", "08:30:00", "1234.56", "2469.12"}}
	if diff := cmp.Diff(want, out.rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if len(out.bad) != 2 {
		t.Fatalf("%d rows in quarantine", len(out.bad))
	}
	for i, want := range []struct{ column, reason, place, key string }{
		{"公民身份号码", "excel.long_number", "民政.xlsx#名册:5", `[""]`},
		{"联系人/电话", "excel.error_cell", "民政.xlsx#名册:6", `["371502199001010039"]`},
	} {
		b := out.bad[i]
		if b.Column != want.column || b.Reason != want.reason || b.Place != want.place || b.Key != want.key {
			t.Errorf("in quarantine: column %s, reason %s, place %s, key %s", b.Column, b.Reason, b.Place, b.Key)
		}
	}
}

// What excelize writes with numbers, days, times and texts of several fonts.
func TestOfExcelize(t *testing.T) {
	f := newFolder(t)
	book := excelize.NewFile()
	defer book.Close()
	set := func(cell string, value any) {
		t.Helper()
		if err := book.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	for i, v := range []any{"文", "数", "日", "真"} {
		set(string(rune('A'+i))+"1", v)
	}
	if err := book.SetCellRichText("Sheet1", "A2", []excelize.RichTextRun{{Text: "买买提"}, {Text: "·艾力 ", Font: &excelize.Font{Bold: true}}}); err != nil {
		t.Fatal(err)
	}
	set("B2", 0.1)
	code := `[$-804]yyyy"年"m"月"d"日";@`
	day, err := book.NewStyle(&excelize.Style{CustomNumFmt: &code})
	if err != nil {
		t.Fatal(err)
	}
	set("C2", 46348)
	if err := book.SetCellStyle("Sheet1", "C2", "C2", day); err != nil {
		t.Fatal(err)
	}
	set("D2", false)
	set("A9", " 007")
	if err := book.SaveAs(f.path(t, "x.xlsx")); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"买买提·艾力 ", "0.1", "2026-11-22", "FALSE"}, {" 007", "", "", ""}}
	if diff := cmp.Diff(want, f.must(t, "x.xlsx", "文", "数", "日", "真").rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// Files that are not read say what to do with them.
func TestRefused(t *testing.T) {
	f := newFolder(t)
	f.copyOf(t, "libreoffice.xls", "old.xls")
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SaveAs(f.path(t, "locked.xlsx"), excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"page.xlsx": "<html><table><tr><td>1</td></tr></table></html>", "empty.xlsx": "", "short.xlsx": "PK\x03\x04 and nothing"} {
		if err := os.WriteFile(f.path(t, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"old.xls": "excel.old", "locked.xlsx": "excel.encrypted", "page.xlsx": "excel.no_workbook", "empty.xlsx": "excel.no_workbook", "short.xlsx": "excel.damaged"} {
		_, err := f.read(t, name, "id")
		var wrong *fault.Error
		if !errors.As(err, &wrong) || string(wrong.Key) != want || wrong.Kind != fault.Data || wrong.Hint == "" || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
