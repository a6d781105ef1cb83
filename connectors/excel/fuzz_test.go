package excel_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/excel"
	"guiji/internal/fault"
)

// FuzzOpen reads any file: rows, or a fault of the file's; and never texts that are none.
func FuzzOpen(f *testing.F) {
	seed, err := os.ReadFile("testdata/libreoffice.xlsx")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, content []byte) {
		readAny(t, newFolder(t), func(path string) error { return os.WriteFile(path, content, 0o600) })
	})
}

// FuzzSheet reads any XML as the parts of a workbook.
func FuzzSheet(f *testing.F) {
	f.Add(whole(good), `<si><t>x</t></si>`, `<numFmts><numFmt numFmtId="200" formatCode="yyyy"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs>`)
	f.Add(whole(texts("a|b", "1|2")+`<row><c s="0" t="d"><v>2026-01-01</v></c></row>`), `<si><r><t>x</t></r></si>`, "")
	f.Add(mark+`<worksheet><dimension ref="A1:B2"/><sheetData/>`+merged("A1:A2", "B1")+`</worksheet>`, "", "")
	f.Fuzz(func(t *testing.T, sheet, shared, styles string) {
		fold := newFolder(t)
		fold.settings.HeaderRows = 1 + len(sheet)%2
		readAny(t, fold, func(path string) error {
			book{sheet: sheet, shared: shared, styles: styles}.write(t, path)
			return nil
		})
	})
}

// readAny describes what is written and reads all of it.
func readAny(t *testing.T, f folder, write func(path string) error) {
	t.Helper()
	f.settings.Path = f.dir
	f.settings.UnzipLimit = 4
	if err := write(filepath.Join(f.dir, "x.xlsx")); err != nil {
		t.Fatal(err)
	}
	src, err := excel.Open(f.settings, connectors.Env{Alloc: memory.DefaultAllocator, Scratch: f.dir})
	if err != nil {
		t.Fatal(err)
	}
	tables, err := src.Discover(context.Background())
	if err != nil {
		ofTheFile(t, err)
		return
	}
	for _, table := range tables {
		if table.Problem != nil {
			ofTheFile(t, table.Problem)
			continue
		}
		var columns []string
		for _, c := range table.Columns {
			columns = append(columns, c.Name)
		}
		out, err := f.read(t, table.Name, columns...)
		if err != nil {
			ofTheFile(t, err)
			continue
		}
		for _, row := range out.rows {
			if text := strings.Join(row, ""); !utf8.ValidString(text) {
				t.Fatalf("a row of %q is no text", table.Name)
			}
		}
	}
}

// ofTheFile states that an error blames the file.
func ofTheFile(t *testing.T, err error) {
	t.Helper()
	if k := fault.KindOf(err); k != fault.Data && k != fault.Config {
		t.Fatalf("kind %s: %v", k, err)
	}
}
