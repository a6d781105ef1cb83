package excel_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/xuri/excelize/v2"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/excel"
)

// folder is a source's folder with its settings.
type folder struct {
	dir      string
	settings excel.Settings
}

func newFolder(t testing.TB) folder {
	return folder{dir: t.TempDir(), settings: *excel.DefaultSettings()}
}

func (f folder) tryOpen(t testing.TB, alloc memory.Allocator) (connectors.Source, error) {
	f.settings.Path = f.dir
	return excel.Connector().Open(context.Background(), &f.settings, connectors.Env{Dir: f.dir, Timezone: "Asia/Shanghai", Alloc: alloc, Scratch: f.scratch(t)})
}

func (f folder) open(t testing.TB, alloc memory.Allocator) connectors.Source {
	t.Helper()
	src, err := f.tryOpen(t, alloc)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// scratch is beside the folder; it must be empty in the end.
func (f folder) scratch(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("%d files are left in the scratch folder, %v", len(left), err)
		}
	})
	return dir
}

func (f folder) path(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// load writes a table as a folder of up to four workbooks, so that it has parts.
func (f folder) load(t testing.TB, table connectortest.Table) string {
	t.Helper()
	name := strings.ReplaceAll(table.Name, "/", "_")
	if err := os.RemoveAll(filepath.Join(f.dir, name)); err != nil {
		t.Fatal(err)
	}
	files := 1
	if len(table.Rows) > 100 {
		files = 4
	}
	header := make([]connectortest.Value, len(table.Columns))
	for i := range table.Columns {
		header[i] = &table.Columns[i].Name
	}
	each := (len(table.Rows) + files - 1) / files
	for n := range files {
		rows := append([][]connectortest.Value{header}, table.Rows[min(n*each, len(table.Rows)):min((n+1)*each, len(table.Rows))]...)
		write(t, f.path(t, filepath.Join(name, fmt.Sprintf("%02d.xlsx", n))), rows)
	}
	return name
}

// write makes a workbook of texts: with excelize, or by hand what that would cut off.
func write(t testing.TB, path string, rows [][]connectortest.Value) {
	t.Helper()
	for _, row := range rows {
		for _, v := range row {
			if v != nil && len(*v) > excelize.TotalCellChars {
				byHand(t, path, rows)
				return
			}
		}
	}
	book := excelize.NewFile()
	defer book.Close()
	w, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for c, v := range row {
			if v != nil {
				cells[c] = *v
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

// byHand writes cells of any length, into the list of shared strings by turns.
func byHand(t testing.TB, path string, rows [][]connectortest.Value) {
	t.Helper()
	var data, shared strings.Builder
	count := 0
	for i, row := range rows {
		fmt.Fprintf(&data, `<row r="%d">`, i+1)
		for c, v := range row {
			if v == nil {
				continue
			}
			var text strings.Builder
			if err := xml.EscapeText(&text, []byte(*v)); err != nil {
				t.Fatal(err)
			}
			ref, err := excelize.CoordinatesToCellName(c+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 {
				fmt.Fprintf(&data, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, ref, text.String())
				continue
			}
			fmt.Fprintf(&data, `<c r="%s" t="s"><v>%d</v></c>`, ref, count)
			fmt.Fprintf(&shared, "<si><t>%s</t></si>", text.String())
			count++
		}
		data.WriteString("</row>")
	}
	book{rows: data.String(), shared: shared.String()}.write(t, path)
}

func TestConformance(t *testing.T) { connectortest.Run(t, harness(t)) }

func BenchmarkRead(b *testing.B) { connectortest.Bench(b, harness(b)) }

func harness(t testing.TB) connectortest.Harness {
	f := newFolder(t)
	text := func(s string) connectortest.Extreme {
		return connectortest.Extreme{Value: &s, Want: &s, Arrow: "utf8"}
	}
	return connectortest.Harness{
		Connector: excel.Connector(),
		Open:      f.open,
		Load:      f.load,
		File: &connectortest.File{
			Path: func(_ testing.TB, table string) string { return filepath.Join(f.dir, table, "00.xlsx") },
			Open: f.tryOpen,
		},
		Extremes: []connectortest.Extreme{
			text("𠮷野家 · 買買提"), text(`a "quoted" <text> & more`), text("two\nlines"), text("two\r\nlines"), text(" blanks "), text("\t"), text(`"`),
			text("\U0010FFFF"), text("\uFFFD"), text("0000-00-00"), text("371502199001010012"), text("000123"), text("=1+1"), text("#N/A"), text("TRUE"),
			text("_x000D_"), text("_x005F_"),
		},
		Bad: func(t testing.TB) connectortest.BadCase {
			book{rows: `<row><c t="str"><v>id</v></c><c t="str"><v>a</v></c></row><row><c><v>1</v></c><c t="str"><v>x</v></c></row>` +
				`<row><c><v>2</v></c><c t="e"><v>#N/A</v></c></row><row><c><v>3</v></c></row><row><c><v>4</v></c><c><f>SUM(A1)</f></c></row>`}.write(t, f.path(t, "bad.xlsx"))
			return connectortest.BadCase{Table: "bad.xlsx", Columns: []string{"id", "a"}, Good: 2, Bad: 2, Column: "a", Text: "#N/A"}
		},
		Cannot: connectortest.Inability{Null: true, Keys: true, Cursor: true, Moment: true, Remote: true, Mortal: true, Wire: true},
	}
}
