package standardize_test

import (
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/transforms/standardize"
)

// null stands for NULL in tables of cells.
const null = "\x00NULL"

// texts is a utf8 column.
func texts(alloc memory.Allocator, cells ...string) arrow.Array {
	b := array.NewStringBuilder(alloc)
	defer b.Release()
	for _, c := range cells {
		if c == null {
			b.AppendNull()
			continue
		}
		b.Append(c)
	}
	return b.NewArray()
}

// record makes a batch of columns and lets go of them.
func record(names []string, columns ...arrow.Array) arrow.RecordBatch {
	var fields []arrow.Field
	for i, c := range columns {
		fields = append(fields, arrow.Field{Name: names[i], Type: c.DataType(), Nullable: true})
	}
	rec := array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, int64(columns[0].Len()))
	for _, c := range columns {
		c.Release()
	}
	return rec
}

// item is an item x of a type, read from column x.
func item(name, typ string) *catalog.Item {
	t, err := catalog.ParseType(typ)
	if err != nil {
		panic(err)
	}
	return &catalog.Item{Name: name, Type: t}
}

// cellsOf renders a column as texts, NULL as null.
func cellsOf(a arrow.Array) []string {
	out := make([]string, a.Len())
	for i := range out {
		switch {
		case a.IsNull(i):
			out[i] = null
		default:
			out[i] = a.ValueStr(i)
			if d, ok := a.(*array.Decimal128); ok {
				out[i] = d.Value(i).ToString(d.DataType().(*arrow.Decimal128Type).Scale)
			}
			if ts, ok := a.(*array.Timestamp); ok {
				out[i] = ts.Value(i).ToTime(arrow.Microsecond).Format("2006-01-02 15:04:05.999999")
			}
		}
	}
	return out
}

// apply runs one item over one column and checks that no memory is left behind.
func apply(t *testing.T, it *catalog.Item, column func(memory.Allocator) arrow.Array, codes map[string]*catalog.CodeTable,
	elements ...catalog.Element) (values, raw []string, res standardize.Result) {
	t.Helper()
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	rec := record([]string{it.Name}, column(alloc))
	defer rec.Release()
	plan, err := standardize.Bind(&catalog.Resource{ID: "d/r"}, []*catalog.Item{it}, rec.Schema(), codes, elements...)
	if err != nil {
		t.Fatal(err)
	}
	res, err = plan.Apply(alloc, rec, "p1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Batch.Release()
	if !res.Batch.Schema().Equal(plan.Schema()) {
		t.Fatalf("schema of the batch %s is not the plan's %s", res.Batch.Schema(), plan.Schema())
	}
	return cellsOf(res.Batch.Column(0)), cellsOf(res.Batch.Column(1)), res
}

// cell is one pulled text and what becomes of it.
type cell struct{ pulled, value, raw string }

func same(s string) cell { return cell{s, s, null} }

// unfit is a text that does not fit: NULL is stored, the text kept.
func unfit(s string) cell { return cell{s, null, s} }

func checkCells(t *testing.T, it *catalog.Item, codes map[string]*catalog.CodeTable, elements []catalog.Element, cells []cell) {
	t.Helper()
	pulled := make([]string, len(cells))
	for i, c := range cells {
		pulled[i] = c.pulled
	}
	values, raw, res := apply(t, it, func(a memory.Allocator) arrow.Array { return texts(a, pulled...) }, codes, elements...)
	var fails []int32
	for i, c := range cells {
		if values[i] != c.value || raw[i] != c.raw {
			t.Errorf("%q: got value %q raw %q, want value %q raw %q", c.pulled, values[i], raw[i], c.value, c.raw)
		}
		if c.value == null && c.raw == c.pulled && c.pulled != "" && c.raw != null && !isBlank(c.pulled) {
			fails = append(fails, int32(i))
		}
	}
	if !slices.Equal(res.TypeFails[0], fails) {
		t.Errorf("type fails %v, want %v", res.TypeFails[0], fails)
	}
	if len(res.Bad) != 0 {
		t.Errorf("%d rows left the batch", len(res.Bad))
	}
}

func isBlank(s string) bool {
	for _, r := range s {
		if r != ' ' && r != '\u3000' && r != '\t' {
			return false
		}
	}
	return true
}
