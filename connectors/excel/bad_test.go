package excel_test

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/internal/fault"
)

const good = `<row r="1"><c r="A1" t="str"><v>id</v></c></row><row r="2"><c r="A2" t="str"><v>1</v></c></row>`

func whole(rows string) string {
	return mark + `<worksheet xmlns="` + main + `"><sheetData>` + rows + `</sheetData></worksheet>`
}

// A sheet that is not whole gives no rows and a fault, never a normal end.
func TestDamaged(t *testing.T) {
	cut := whole(good)
	for name, b := range map[string]book{
		"cut between rows":   {sheet: strings.TrimSuffix(cut, `</sheetData></worksheet>`)},
		"cut within a row":   {sheet: cut[:strings.LastIndex(cut, "<v>1")]},
		"cut within a cell":  {sheet: cut[:strings.LastIndex(cut, "</c>")]},
		"cut behind rows":    {sheet: strings.TrimSuffix(cut, `</worksheet>`)},
		"closed by another":  {sheet: strings.Replace(cut, "</row></sheetData>", "</sheetData></row>", 1)},
		"rows backwards":     {rows: good + `<row r="2"><c t="str"><v>2</v></c></row>`},
		"a row too far":      {rows: good + `<row r="1048577"/>`},
		"a row of no number": {rows: good + `<row r="x"/>`},
		"cells backwards":    {rows: good + `<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>2</v></c></row>`},
		"a cell twice":       {rows: good + `<row r="3"><c r="A3"><v>1</v></c><c r="A3"><v>2</v></c></row>`},
		"of another row":     {rows: good + `<row r="3"><c r="A4"><v>1</v></c></row>`},
		"a column too far":   {rows: good + `<row r="3"><c r="XFE3"><v>1</v></c></row>`},
		"no such text":       {rows: good + `<row r="3"><c r="A3" t="s"><v>0</v></c></row>`},
		"a negative text":    {rows: good + `<row r="3"><c r="A3" t="s"><v>-1</v></c></row>`, shared: "<si><t>x</t></si>"},
		"a text of no sense": {rows: good + `<row r="3"><c r="A3" t="s"><v>x</v></c></row>`},
		"an entity":          {rows: good + `<row r="3"><c r="A3" t="str"><v>&secret;</v></c></row>`},
		"a document type":    {sheet: strings.Replace(whole(good), mark, mark+`<!DOCTYPE x [<!ENTITY a "b">]>`, 1)},
		"another encoding":   {sheet: strings.Replace(whole(good), "UTF-8", "GBK", 1)},
		"no UTF-8":           {rows: good + "<row><c t=\"str\"><v>\xb9\xe9</v></c></row>"},
		"deep":               {rows: good + strings.Repeat("<row><c>", 40) + strings.Repeat("</c></row>", 40)},
		"texts cut short":    {rows: good + `<row r="3"><c r="A3" t="s"><v>1</v></c></row>`, shared: "<si><t>x</t></si></sst>"},
		"empty":              {sheet: " "},
	} {
		f := newFolder(t)
		b.write(t, f.path(t, "x.xlsx"))
		_, err := f.read(t, "x.xlsx", "id")
		var wrong *fault.Error
		if !errors.As(err, &wrong) || wrong.Key != "excel.damaged" || wrong.Kind != fault.Data || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every byte of the sheet's data counts: one that was changed breaks the check sum,
// behind the last row too.
func TestFlippedBytes(t *testing.T) {
	f := newFolder(t)
	path := f.path(t, "x.xlsx")
	var rows strings.Builder
	for i := range 300 {
		fmt.Fprintf(&rows, `<row><c><v>%d</v></c></row>`, i*i)
	}
	book{rows: `<row><c t="str"><v>id</v></c></row>` + rows.String(), tail: `<pageMargins left="0.7"/>`}.write(t, path)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	sheet := z.File[len(z.File)-1]
	at, err := sheet.DataOffset()
	z.Close()
	if err != nil {
		t.Fatal(err)
	}
	for i := at; i < at+int64(sheet.CompressedSize64); i += 7 {
		content[i] ^= 0x10
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := f.read(t, "x.xlsx", "id"); err == nil {
			t.Fatalf("byte %d of %d was changed, and %d rows were read", i-at, sheet.CompressedSize64, len(out.rows))
		}
		content[i] ^= 0x10
	}
}

// Files that unpack to very much are refused for their size, or for that of one row.
func TestBombs(t *testing.T) {
	blanks := strings.Repeat(" ", 1<<20)
	for name, tt := range map[string]struct {
		b    book
		want string
	}{
		"rows":   {book{rows: good + strings.Repeat(`<row/>`, 3<<20/6)}, "excel.too_large"},
		"texts":  {book{rows: good + `<row><c t="s"><v>0</v></c></row>`, shared: `<si><t>` + strings.Repeat("x", 3<<20) + `</t></si>`}, "excel.too_large"},
		"styles": {book{rows: good, styles: strings.Repeat(blanks, 3)}, "excel.too_large"},
		"tail":   {book{rows: good, tail: strings.Repeat(blanks, 3)}, "excel.too_large"},
	} {
		f := newFolder(t)
		f.settings.UnzipLimit = 2
		tt.b.write(t, f.path(t, "x.xlsx"))
		_, err := f.read(t, "x.xlsx", "id")
		var wrong *fault.Error
		if !errors.As(err, &wrong) || string(wrong.Key) != tt.want || wrong.Hint != "excel.raise_limit" {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := newFolder(t)
	f.settings.UnzipLimit, f.settings.HeaderRows = 1, 2
	book{rows: good + strings.Repeat(`<row/>`, 1<<20/9)}.write(t, f.path(t, "x.xlsx"))
	if _, err := f.read(t, "x.xlsx", "id/1"); err != nil {
		t.Errorf("two thirds of the limit, looked through twice for the header: %v", err)
	}
	f = newFolder(t)
	book{rows: good + `<row><c t="str"><v>` + strings.Repeat(blanks, 65) + `</v></c></row>`}.write(t, f.path(t, "x.xlsx"))
	var wrong *fault.Error
	if _, err := f.read(t, "x.xlsx", "id"); !errors.As(err, &wrong) || wrong.Key != "excel.long_row" {
		t.Errorf("a row of 65 MiB: %v", err)
	}
}

// A file that becomes another one while it is read is told from a damaged one.
func TestChangedWhileRead(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"cut":     func(path string) error { return os.Truncate(path, 100) },
		"touched": func(path string) error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)) },
	} {
		f := newFolder(t)
		path := f.path(t, "x.xlsx")
		var rows strings.Builder
		for i := range 30_000 {
			fmt.Fprintf(&rows, `<row><c><v>%d</v></c></row>`, i*7919%100_003)
		}
		book{rows: `<row><c t="str"><v>id</v></c></row>` + rows.String()}.write(t, path)
		src := f.open(t, memory.DefaultAllocator)
		defer src.Close()
		snap, err := src.Snapshot(context.Background(), connectors.Request{Table: "x.xlsx", Columns: []string{"id"}, Parts: 1, BatchRows: 100})
		if err != nil {
			t.Fatal(err)
		}
		sink := &onBatch{do: func() error { return change(path) }}
		if err := snap.Read(context.Background(), snap.Parts()[0], sink); fault.KindOf(err) != fault.Changed {
			t.Errorf("%s: %v", name, err)
		}
		if id := snap.(connectors.Identified).Identity(); id != "" {
			t.Errorf("%s: the file has the identity %s still", name, id)
		}
	}
}

// onBatch does something at the first batch.
type onBatch struct {
	nowhere
	do func() error
}

func (o *onBatch) Batch(arrow.RecordBatch) error {
	do := o.do
	o.do = func() error { return nil }
	return do()
}

// Texts beyond what memory is given stand in a file without a name, and come back in
// whatever order the cells want them.
func TestManyTexts(t *testing.T) {
	f := newFolder(t)
	const n = 160_000
	text := func(i int) string { return fmt.Sprintf("%d %s", i, strings.Repeat("聊", i%70)) }
	var rows, shared strings.Builder
	for i := range n {
		fmt.Fprintf(&shared, `<si><t>%s</t></si>`, text(i))
		if i < n/8 {
			fmt.Fprintf(&rows, `<row><c t="s"><v>%d</v></c></row>`, i*7919%n)
		}
	}
	book{rows: `<row><c t="str"><v>id</v></c></row>` + rows.String(), shared: shared.String()}.write(t, f.path(t, "x.xlsx"))
	out := f.must(t, "x.xlsx", "id")
	if len(out.rows) != n/8 {
		t.Fatalf("%d rows", len(out.rows))
	}
	for i, row := range out.rows {
		if row[0] != text(i*7919%n) {
			t.Fatalf("row %d holds %.20q, wanted %.20q", i, row[0], text(i*7919%n))
		}
	}
}
