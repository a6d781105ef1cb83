package sftpfiles_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/xuri/excelize/v2"

	"guiji/connectors"
	"guiji/connectors/sftpfiles"
)

// Only the files that were not taken up are fetched and read.
func TestDeliveries(t *testing.T) {
	l := newLab(t)
	l.Write(t, "in/a.csv", []byte("id\n1\n"))
	l.Write(t, "in/b.csv", []byte("id\n2\n"))
	ask := func(taken string) (counted, connectors.Delivered) {
		t.Helper()
		var told connectors.Delivered
		got, err := l.readWith(t, connectors.Request{Table: "in", Columns: []string{"id"}, BatchRows: 10, Deliveries: &connectors.Deliveries{Taken: taken}},
			func(s connectors.Snapshot) { told = s.(connectors.Deliverer).Delivered() })
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got.rows)
		return got, told
	}
	first, told := ask("")
	if strings.Join(first.rows, " ") != "1 2" || len(told.New) != 2 {
		t.Errorf("first %q, %+v", first.rows, told)
	}
	none, same := ask(told.Manifest)
	if len(none.rows) > 0 || same.Manifest != told.Manifest {
		t.Errorf("nothing has come: %q", none.rows)
	}
	l.Write(t, "in/c.csv", []byte("id\n3\n"))
	l.Write(t, "in/a.csv", []byte("id\n10\n"))
	if err := os.Remove(filepath.Join(l.Dir, "in/b.csv")); err != nil {
		t.Fatal(err)
	}
	l.settings.Limit = 1
	second, told := ask(told.Manifest)
	if strings.Join(second.rows, " ") != "10 3" || strings.Join(told.New, " ") != "in/c.csv" || len(told.Changed) != 1 || len(told.Gone) != 1 {
		t.Errorf("second %q, %+v", second.rows, told)
	}
}

// What the formats of local files can, they can from afar.
func TestFormats(t *testing.T) {
	l := newLab(t)
	book := excelize.NewFile()
	defer book.Close()
	for cell, v := range map[string]string{"A1": "id", "A2": "1", "A3": "2"} {
		if err := book.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	out, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	l.Write(t, "all/a.xlsx", out.Bytes())
	l.Write(t, "all/a.jsonl", []byte("{\"id\": 1}\n{\"id\": 2}\n"))
	l.Write(t, "all/a.csv", []byte("id\n1\n2\n"))
	l.Write(t, "all/a.parquet", parquet(t))
	for format, tables := range map[string][]string{"csv": {"all"}, "excel": {"all", "al?/*.xlsx#Sheet1"}, "jsonl": {"all/a.jsonl"}, "parquet": {"all"}} {
		l.settings.Format = format
		for _, table := range tables {
			if got, err := l.read(t, table, "id"); err != nil || strings.Join(got.rows, " ") != "1 2" {
				t.Errorf("%s %s: %q, %v", format, table, got.rows, err)
			}
		}
		src := l.open(t, memory.DefaultAllocator)
		found, err := src.Discover(t.Context())
		if err != nil || len(found) != 1 || len(found[0].Columns) != 1 || found[0].Columns[0].Name != "id" {
			t.Errorf("%s: discovered %+v, %v", format, found, err)
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
}

func parquet(t *testing.T) []byte {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}}, nil))
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{1, 2}, nil)
	rec := b.NewRecordBatch()
	defer rec.Release()
	var out strings.Builder
	w, err := pqarrow.NewFileWriter(rec.Schema(), &out, nil, pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return []byte(out.String())
}

// Doctor tells what can be seen, what can be read, and which links are left out.
func TestDoctor(t *testing.T) {
	l := newLab(t)
	doctor := func() (keys []string, err error) {
		src := l.open(t, memory.DefaultAllocator)
		defer src.Close()
		findings, err := src.(*sftpfiles.Source).Doctor(t.Context())
		for _, f := range findings {
			keys = append(keys, f.Key)
		}
		return keys, err
	}
	if got, err := doctor(); err != nil || !slices.Equal(got, []string{"remote.doctor"}) {
		t.Errorf("an empty folder: %q, %v", got, err)
	}
	l.Write(t, "a.csv", []byte("id\n1\n"))
	if err := os.Symlink("/etc", filepath.Join(l.Dir, "link")); err != nil {
		t.Fatal(err)
	}
	if got, err := doctor(); err != nil || !slices.Equal(got, []string{"sftpfiles.doctor.links", "remote.doctor", "remote.doctor.reads"}) {
		t.Errorf("%q, %v", got, err)
	}
	if err := os.Chmod(filepath.Join(l.Dir, "a.csv"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := doctor(); err == nil || !strings.Contains(err.Error(), "a.csv") {
		t.Errorf("a file that may not be read: %v", err)
	}
	if err := os.Mkdir(filepath.Join(l.Dir, "closed"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := l.read(t, "closed", "id"); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a folder that may not be read: %v", err)
	}
}
