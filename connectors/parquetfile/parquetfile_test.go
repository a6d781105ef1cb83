package parquetfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/connectors/parquetfile"
	"guiji/lake"
)

// folder is a source's folder with its settings.
type folder struct {
	dir      string
	settings parquetfile.Settings
}

func newFolder(t testing.TB) folder {
	return folder{dir: t.TempDir(), settings: *parquetfile.DefaultSettings()}
}

func (f folder) tryOpen(_ testing.TB, alloc memory.Allocator) (connectors.Source, error) {
	f.settings.Path = f.dir
	return parquetfile.Open(f.settings, connectors.Env{Dir: f.dir, Timezone: "Asia/Shanghai", Alloc: alloc})
}

func (f folder) open(t testing.TB, alloc memory.Allocator) connectors.Source {
	t.Helper()
	src, err := f.tryOpen(t, alloc)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (f folder) put(t testing.TB, name string, content []byte) {
	t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// types are the words of the suite's tables for types.
func types(c connectortest.Column) arrow.DataType {
	switch c.Type {
	case "int8":
		return arrow.PrimitiveTypes.Int8
	case "uint64":
		return arrow.PrimitiveTypes.Uint64
	case "bool":
		return arrow.FixedWidthTypes.Boolean
	case "float64":
		return arrow.PrimitiveTypes.Float64
	case "float32":
		return arrow.PrimitiveTypes.Float32
	case "binary":
		return arrow.BinaryTypes.Binary
	case "date":
		return arrow.FixedWidthTypes.Date32
	case "time":
		return arrow.FixedWidthTypes.Time64us
	case "timestamp":
		return &arrow.TimestampType{Unit: arrow.Nanosecond}
	case "timestamp of a zone":
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	case "decimal(38,10)":
		return &arrow.Decimal128Type{Precision: 38, Scale: 10}
	case "decimal(60,2)":
		return &arrow.Decimal256Type{Precision: 60, Scale: 2}
	case "dictionary":
		return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}
	case "large":
		return arrow.BinaryTypes.LargeString
	}
	if c.Kind == connectortest.Integer {
		return arrow.PrimitiveTypes.Int64
	}
	return arrow.BinaryTypes.String
}

// write is a table as a Parquet file of row groups of so many rows.
func write(t testing.TB, table connectortest.Table, rows [][]connectortest.Value, group int64) []byte {
	t.Helper()
	var fields []arrow.Field
	for _, c := range table.Columns {
		fields = append(fields, arrow.Field{Name: c.Name, Type: types(c), Nullable: true})
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			if v == nil {
				b.Field(i).AppendNull()
			} else if s, ok := b.Field(i).(*array.StringBuilder); ok {
				s.Append(*v) // as it is, no UTF-8 too
			} else if err := b.Field(i).AppendValueFromString(*v); err != nil {
				t.Fatal(err)
			}
		}
	}
	rec := b.NewRecordBatch()
	defer rec.Release()
	return encode(t, rec, group)
}

func encode(t testing.TB, rec arrow.RecordBatch, group int64) []byte {
	t.Helper()
	var out strings.Builder
	props := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd), parquet.WithMaxRowGroupLength(group))
	w, err := pqarrow.NewFileWriter(rec.Schema(), &out, props, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
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

// load writes a table as a folder of up to four files, so that it has parts.
func (f folder) load(t testing.TB, table connectortest.Table) string {
	t.Helper()
	name := strings.ReplaceAll(table.Name, "/", "_")
	if err := os.RemoveAll(filepath.Join(f.dir, name)); err != nil {
		t.Fatal(err)
	}
	each := max(1, len(table.Rows))
	if each > 100 {
		each = (each + 3) / 4
	}
	for n := 0; n == 0 || n*each < len(table.Rows); n++ {
		f.put(t, fmt.Sprintf("%s/%02d.parquet", name, n), write(t, table, table.Rows[n*each:min((n+1)*each, len(table.Rows))], 3000))
	}
	return name
}

func TestConformance(t *testing.T) { connectortest.Run(t, harness(t)) }

func BenchmarkRead(b *testing.B) { connectortest.Bench(b, harness(b)) }

func harness(t testing.TB) connectortest.Harness {
	f := newFolder(t)
	return connectortest.Harness{
		Connector: parquetfile.Connector(), Open: f.open, Load: f.load, Extremes: extremes(),
		File: &connectortest.File{
			Path: func(_ testing.TB, table string) string { return filepath.Join(f.dir, table, "00.parquet") },
			Open: f.tryOpen,
		},
		Bad: func(t testing.TB) connectortest.BadCase {
			columns := []connectortest.Column{{Name: "id", Kind: connectortest.Integer}, {Name: "a"}}
			v := connectortest.V
			f.put(t, "bad.parquet", write(t, connectortest.Table{Columns: columns}, [][]connectortest.Value{
				{v("1"), v("x")}, {v("2"), v("\xff\xfe")}, {v("3"), v("ok")}, {v("4"), v("\xe4\xb8")}, {v("5"), v("\xad")},
			}, 100))
			return connectortest.BadCase{Table: "bad.parquet", Columns: []string{"id", "a"}, Good: 2, Bad: 3, Column: "a", Text: `\xFF\xFE`}
		},
		Cannot: connectortest.Inability{Keys: true, Cursor: true, Moment: true, Remote: true, Mortal: true, Wire: true},
	}
}

func extremes() []connectortest.Extreme {
	one := func(typ, arrow, value, want string) connectortest.Extreme {
		return connectortest.Extreme{Type: typ, Value: &value, Want: &want, Arrow: arrow}
	}
	var out []connectortest.Extreme
	for _, s := range []string{"𠮷野家 · 買買提", "", " ", "two\r\nlines", "\x00\x01\x7f", "\U0010FFFF", "\uFFFD"} {
		out = append(out, one("", "utf8", s, s))
	}
	for _, x := range [][4]string{
		{"int8", "int8", "-128", "-128"}, {"uint64", "uint64", "18446744073709551615", "18446744073709551615"}, {"bool", "bool", "true", "true"},
		{"float64", "float64", "1.7976931348623157e+308", "1.7976931348623157e+308"}, {"float32", "float32", "-3.4028235e+38", "-3.4028235e+38"},
		{"binary", "binary", "AP+A", "00ff80"}, {"date", "utf8", "0001-01-01", "0001-01-01"}, {"date", "utf8", "9999-12-31", "9999-12-31"},
		{"time", "utf8", "23:59:59.999999", "23:59:59.999999"}, {"timestamp", "utf8", "1969-12-31 23:59:59.999999999", "1969-12-31 23:59:59.999999999"},
		{"timestamp of a zone", "utf8", "2026-01-01 20:30:00.5Z", "2026-01-02 04:30:00.5"}, {"timestamp of a zone", "utf8", "1990-06-30 20:00:00Z", "1990-07-01 05:00:00"},
		{"decimal(38,10)", "decimal(38, 10)", "-9999999999999999999999999999.9999999999", "-9999999999999999999999999999.9999999999"},
		{"decimal(60,2)", "utf8", "1234567890123456789012345678901234567890123456789012345678.90", "1234567890123456789012345678901234567890123456789012345678.90"},
		{"dictionary", "utf8", "男", "男"}, {"large", "utf8", "长", "长"},
	} {
		out = append(out, one(x[0], x[1], x[2], x[3]))
	}
	return out
}

// counted is a sink that keeps the first column's texts.
type counted struct {
	rows  []string
	nulls int
	bad   int
}

func (c *counted) Batch(rec arrow.RecordBatch) error {
	c.nulls += rec.Column(0).NullN()
	for i := range int(rec.NumRows()) {
		c.rows = append(c.rows, strings.Clone(rec.Column(0).ValueStr(i)))
	}
	return nil
}
func (c *counted) Bad(lake.BadRow) error { c.bad++; return nil }

// read reads a table whole; the error is that of open, snapshot or read.
func (f folder) read(t testing.TB, table string, columns ...string) (out counted, err error) {
	t.Helper()
	src, err := f.tryOpen(t, memory.DefaultAllocator)
	if err != nil {
		return out, err
	}
	defer src.Close()
	snap, err := src.Snapshot(t.Context(), connectors.Request{Table: table, Columns: columns, Parts: 1, BatchRows: 1000})
	if err != nil {
		return out, err
	}
	defer snap.Close()
	for _, p := range snap.Parts() {
		if err := snap.Read(t.Context(), p, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}
