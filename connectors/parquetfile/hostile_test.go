package parquetfile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"guiji/connectors/connectortest"
	"guiji/connectors/parquetfile"
	"guiji/internal/fault"
)

// small is a little file with columns of several kinds, in two row groups.
func small(t testing.TB) []byte {
	columns := []connectortest.Column{{Name: "id", Kind: connectortest.Integer}, {Name: "a"}, {Name: "d", Type: "decimal(38,10)"}, {Name: "k", Type: "dictionary"}, {Name: "t", Type: "timestamp"}}
	var rows [][]connectortest.Value
	for i := range 40 {
		v := connectortest.V
		rows = append(rows, []connectortest.Value{v(fmt.Sprint(i)), v(strings.Repeat("县", i)), v("1.5"), v([]string{"男", "女"}[i%2]), v("2026-01-01 08:00:00")})
		if i%5 == 0 {
			rows[i][1], rows[i][3] = nil, nil
		}
	}
	return write(t, connectortest.Table{Columns: columns}, rows, 25)
}

// A file in which any byte is another one is read as it is or refused by name; it ends
// nothing, and no row of it comes twice.
func TestFlippedBytes(t *testing.T) {
	f := newFolder(t)
	whole := small(t)
	step := 13
	if os.Getenv("GUIJI_LONG") != "" {
		step = 1
	}
	refused := 0
	for at := 0; at < len(whole); at += step {
		for _, flip := range []byte{0xFF, 0x01, 0x80} {
			broken := append([]byte{}, whole...)
			broken[at] ^= flip
			f.put(t, "a.parquet", broken)
			got, err := f.read(t, "a.parquet", "id", "a", "d", "k", "t")
			if err != nil {
				refused++
				if k := fault.KindOf(err); k != fault.Data && k != fault.Config || !strings.Contains(err.Error(), "a.parquet") {
					t.Errorf("byte %d: %v", at, err)
				}
			}
			if len(got.rows)+got.bad > 40 || err == nil && len(got.rows)+got.bad != 40 {
				t.Errorf("byte %d: %d rows and %d bad ones, %v", at, len(got.rows), got.bad, err)
			}
		}
	}
	if refused < 50 {
		t.Errorf("%d were refused", refused)
	}
}

func FuzzFile(f *testing.F) {
	f.Add(small(f))
	f.Add([]byte("PAR1\x00\x00\x00\x00PAR1"))
	f.Add([]byte("PAR1\xff\xff\xff\x7fPAR1"))
	at := newFolder(f)
	at.settings.Memory = 64
	f.Fuzz(func(t *testing.T, content []byte) {
		at.put(t, "x.parquet", content)
		if _, err := at.read(t, "x.parquet", "id", "a"); err != nil && fault.KindOf(err) != fault.Data && fault.KindOf(err) != fault.Config {
			t.Error(err)
		}
	})
}

// What unpacks to much more than it is takes no more memory than it may.
func TestBomb(t *testing.T) {
	f := newFolder(t)
	f.settings.Memory = 64
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String}}, nil))
	defer b.Release()
	long := strings.Repeat("0", 32<<20)
	for range 8 {
		b.Field(0).(*array.StringBuilder).Append(long)
	}
	rec := b.NewRecordBatch()
	content := encode(t, rec, 1000)
	rec.Release()
	if len(content) > 1<<20 {
		t.Fatalf("the bomb has %d bytes", len(content))
	}
	f.put(t, "a.parquet", content)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	_, err := f.read(t, "a.parquet", "a")
	runtime.ReadMemStats(&after)
	if fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "memory_limit_mb") {
		t.Errorf("%v", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 512<<20 {
		t.Errorf("it took %d MiB", took>>20)
	}
}

// What is none of a Parquet file's, or none of a table's, is told by name.
func TestRefused(t *testing.T) {
	f := newFolder(t)
	list := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int64)}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, list)
	defer b.Release()
	b.Field(0).(*array.Int64Builder).Append(1)
	b.Field(1).(*array.ListBuilder).AppendNull()
	rec := b.NewRecordBatch()
	defer rec.Release()
	f.put(t, "nested.parquet", encode(t, rec, 10))
	f.put(t, "text.parquet", []byte("id,a\n1,2\n3,4\n"))
	f.put(t, "empty.parquet", nil)
	twice := connectortest.Table{Columns: []connectortest.Column{{Name: "id"}, {Name: "id"}}}
	f.put(t, "twice.parquet", write(t, twice, [][]connectortest.Value{{connectortest.V("1"), connectortest.V("2")}}, 10))
	for table, tt := range map[string]struct {
		column string
		kind   fault.Kind
	}{
		"nested.parquet": {"l", fault.Config}, "text.parquet": {"id", fault.Data}, "empty.parquet": {"id", fault.Data}, "twice.parquet": {"id", fault.Config},
	} {
		if _, err := f.read(t, table, tt.column); fault.KindOf(err) != tt.kind || err == nil || !strings.Contains(err.Error(), table) {
			t.Errorf("%s: %v", table, err)
		}
	}
	if got, err := f.read(t, "nested.parquet", "id"); err != nil || len(got.rows) != 1 {
		t.Errorf("beside a list: %d rows, %v", len(got.rows), err)
	}
	if found, err := f.open(t, memory.DefaultAllocator).Discover(t.Context(), "nested.parquet"); err != nil || found[0].Columns[0].Unreadable || !found[0].Columns[1].Unreadable {
		t.Errorf("%v, %v", found, err)
	}
	for name, s := range map[string]parquetfile.Settings{"path": {Pattern: "*", Memory: 64}, "pattern": {Path: ".", Pattern: "[", Memory: 64}, "memory": {Path: ".", Pattern: "*", Memory: 1}} {
		if err := s.Validate(); fault.KindOf(err) != fault.Config || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A moment that Arrow's nanoseconds do not hold is told of as what it is.
func TestOldMoments(t *testing.T) {
	f := newFolder(t)
	var out strings.Builder
	root := schema.MustGroup(schema.NewGroupNode("schema", parquet.Repetitions.Required, schema.FieldList{
		schema.NewInt64Node("id", parquet.Repetitions.Required, -1), schema.NewInt96Node("t", parquet.Repetitions.Required, -1),
	}, -1))
	w := file.NewParquetWriter(&out, root)
	group := w.AppendRowGroup()
	ids, err := group.NextColumn()
	if err == nil {
		_, err = ids.(*file.Int64ColumnChunkWriter).WriteBatch([]int64{1, 2}, nil, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	moments, err := group.NextColumn()
	if err == nil {
		_, err = moments.(*file.Int96ColumnChunkWriter).WriteBatch([]parquet.Int96{ // the day of Julian's calendar behind the nanoseconds
			{8: 0x8c, 9: 0x3d, 10: 0x25}, {8: 0xe8, 9: 0xfd, 10: 0x51},
		}, nil, nil)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	f.put(t, "a.parquet", []byte(out.String()))
	if got, err := f.read(t, "a.parquet", "t"); fault.KindOf(err) != fault.Data || !strings.Contains(fmt.Sprint(err), "INT96") {
		t.Errorf("%q, %v", got.rows, err)
	}
	if got, err := f.read(t, "a.parquet", "id"); err != nil || len(got.rows) != 2 {
		t.Errorf("beside it: %q, %v", got.rows, err)
	}
}

// A column of the type that holds nothing, which pandas writes for one that is empty, is NULL:
// alone, and beside files that have values.
func TestNothing(t *testing.T) {
	f := newFolder(t)
	nothing := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.Null, Nullable: true}}, nil)
	values := array.NewNull(2)
	defer values.Release()
	rec := array.NewRecordBatch(nothing, []arrow.Array{values}, 2)
	defer rec.Release()
	f.put(t, "in/a.parquet", encode(t, rec, 10))
	read := func(want string) {
		t.Helper()
		if got, err := f.read(t, "in", "n"); err != nil || fmt.Sprint(got.nulls, got.rows) != want {
			t.Errorf("%d are NULL of %q, %v", got.nulls, got.rows, err)
		}
	}
	read("2 [(null) (null)]")
	v := connectortest.V
	f.put(t, "in/b.parquet", write(t, connectortest.Table{Columns: []connectortest.Column{{Name: "n", Kind: connectortest.Integer}}}, [][]connectortest.Value{{v("7")}, {nil}}, 10))
	read("3 [(null) (null) 7 (null)]")
}

// A column of another type in another file is text in all of them.
func TestTypesThatDiffer(t *testing.T) {
	f := newFolder(t)
	v := connectortest.V
	f.put(t, "in/a.parquet", write(t, connectortest.Table{Columns: []connectortest.Column{{Name: "n", Kind: connectortest.Integer}}}, [][]connectortest.Value{{v("7")}, {nil}}, 10))
	f.put(t, "in/b.parquet", write(t, connectortest.Table{Columns: []connectortest.Column{{Name: "n", Type: "decimal(38,10)"}}}, [][]connectortest.Value{{v("0.5")}}, 10))
	f.put(t, "in/c.parquet", write(t, connectortest.Table{Columns: []connectortest.Column{{Name: "n"}}}, [][]connectortest.Value{{v("八")}}, 10))
	got, err := f.read(t, "in", "n")
	if want := "7|(null)|0.5000000000|八"; err != nil || strings.Join(got.rows, "|") != want {
		t.Errorf("%q, %v", got.rows, err)
	}
	if err := os.Remove(filepath.Join(f.dir, "in", "c.parquet")); err != nil {
		t.Fatal(err)
	}
}
