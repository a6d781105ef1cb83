package excel_test

import (
	"archive/zip"
	"cmp"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/lake"
)

// book is a workbook of one sheet, put together from the XML of its parts.
type book struct {
	rows   string // what stands in sheetData
	sheet  string // the sheet as a whole, instead of rows
	shared string // what stands in the list of shared strings; "" is none
	styles string // what stands in styleSheet; "" is none
	pr     string // what stands before the list of sheets
	tail   string // what follows sheetData
	list   string // the sheets, instead of one
}

const (
	rels    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	main    = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	pkgRels = "http://schemas.openxmlformats.org/package/2006/relationships"
	mark    = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
)

// parts are the workbook's, in the order of the file.
func (b book) parts() [][2]string {
	list := cmp.Or(b.list, `<sheet name="名册" sheetId="1" r:id="rId1"/>`)
	out := [][2]string{
		{"[Content_Types].xml", mark + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", mark + `<Relationships xmlns="` + pkgRels + `"><Relationship Id="a" Type="` + rels + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", mark + `<workbook xmlns="` + main + `" xmlns:r="` + rels + `">` + b.pr + `<sheets>` + list + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", mark + `<Relationships xmlns="` + pkgRels + `"><Relationship Id="rId1" Type="` + rels + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + rels + `/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="` + rels + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/sharedStrings.xml", mark + `<sst xmlns="` + main + `">` + b.shared + `</sst>`},
		{"xl/styles.xml", mark + `<styleSheet xmlns="` + main + `">` + b.styles + `</styleSheet>`},
	}
	sheet := cmp.Or(b.sheet, mark+`<worksheet xmlns="`+main+`"><sheetData>`+b.rows+`</sheetData>`+b.tail+`</worksheet>`)
	return append(out, [2]string{"xl/worksheets/sheet1.xml", sheet})
}

func (b book) write(t testing.TB, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z := zip.NewWriter(file)
	for _, p := range b.parts() {
		w, err := z.Create(p[0])
		if err == nil {
			_, err = w.Write([]byte(p[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

// collected is a sink that keeps texts, and the places of rows.
type collected struct {
	snap   connectors.Snapshot
	part   connectors.Part
	rows   [][]string
	places []string
	bad    []lake.BadRow
}

func (c *collected) Batch(rec arrow.RecordBatch) error {
	for i := range int(rec.NumRows()) {
		c.places = append(c.places, c.snap.(connectors.Placer).Place(c.part, int64(len(c.rows))))
		var row []string
		for _, col := range rec.Columns() {
			row = append(row, strings.Clone(col.(*array.String).Value(i)))
		}
		c.rows = append(c.rows, row)
	}
	return nil
}

func (c *collected) Bad(row lake.BadRow) error {
	c.bad = append(c.bad, row)
	return nil
}

// read reads a table whole; the error is that of snapshot or read.
func (f folder) read(t testing.TB, table string, columns ...string) (*collected, error) {
	t.Helper()
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	src := f.open(t, alloc)
	defer src.Close()
	snap, err := src.Snapshot(context.Background(), connectors.Request{Table: table, Columns: columns, Key: columns[:1], Parts: 1, BatchRows: 3})
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	out := &collected{snap: snap}
	for _, p := range snap.Parts() {
		out.part = p
		if err := snap.Read(context.Background(), p, out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// must reads a table that can be read.
func (f folder) must(t testing.TB, table string, columns ...string) *collected {
	t.Helper()
	out, err := f.read(t, table, columns...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
