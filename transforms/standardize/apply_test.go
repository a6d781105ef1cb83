package standardize_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/transforms/standardize"
)

func numbers[T any, B interface {
	array.Builder
	Append(T)
}](b B, values ...T) arrow.Array {
	defer b.Release()
	for _, v := range values {
		b.Append(v)
	}
	b.AppendNull()
	return b.NewArray()
}

// TestCastsOfTypedSources casts columns that are no text; each ends with a NULL.
func TestCastsOfTypedSources(t *testing.T) {
	d128 := func(p, s int32, values ...string) func(memory.Allocator) arrow.Array {
		return func(a memory.Allocator) arrow.Array {
			b := array.NewDecimal128Builder(a, &arrow.Decimal128Type{Precision: p, Scale: s})
			var nums []decimal128.Num
			for _, v := range values {
				n, err := decimal128.FromString(v, p, s)
				if err != nil {
					panic(err)
				}
				nums = append(nums, n)
			}
			return numbers(b, nums...)
		}
	}
	i64 := func(v ...int64) func(memory.Allocator) arrow.Array {
		return func(a memory.Allocator) arrow.Array { return numbers(array.NewInt64Builder(a), v...) }
	}
	u64 := func(v ...uint64) func(memory.Allocator) arrow.Array {
		return func(a memory.Allocator) arrow.Array { return numbers(array.NewUint64Builder(a), v...) }
	}
	f64 := func(v ...float64) func(memory.Allocator) arrow.Array {
		return func(a memory.Allocator) arrow.Array { return numbers(array.NewFloat64Builder(a), v...) }
	}
	bin := func(v ...string) func(memory.Allocator) arrow.Array {
		return func(a memory.Allocator) arrow.Array {
			b := array.NewBinaryBuilder(a, arrow.BinaryTypes.Binary)
			defer b.Release()
			for _, s := range v {
				b.Append([]byte(s))
			}
			b.AppendNull()
			return b.NewArray()
		}
	}
	tests := []struct {
		name, typ   string
		source      func(memory.Allocator) arrow.Array
		values, raw []string // without the NULL at the end
	}{
		{"int64 to N", "N(4)", i64(1, -9999, 10000, math.MinInt64), []string{"1", "-9999", null, null}, []string{null, null, "10000", "-9223372036854775808"}},
		{"int64 shared", "N(18)", i64(7, -8), []string{"7", "-8"}, []string{null, null}},
		{"int64 to decimal", "N(20,2)", i64(7, math.MaxInt64), []string{"7.00", null}, []string{null, "9223372036854775807"}},
		{"int64 to C", "C(3)", i64(7, 1234, -12), []string{"7", null, "-12"}, []string{null, "1234", null}},
		{"int64 to D", "D", i64(20200901, 5), []string{"2020-09-01", null}, []string{"20200901", "5"}},
		{"int64 to Y", "Y", i64(2020, -1, 10000), []string{"2020", null, null}, []string{null, "-1", "10000"}},
		{"int64 to F", "F", i64(3), []string{"3"}, []string{null}},
		{"uint64 to N(20)", "N(20)", u64(math.MaxUint64, 0), []string{"18446744073709551615", "0"}, []string{null, null}},
		{"uint64 to N(5)", "N(5)", u64(math.MaxUint64, 99999), []string{null, "99999"}, []string{"18446744073709551615", null}},
		{"uint64 to wide", "N(60,2)", u64(math.MaxUint64), []string{"18446744073709551615.00"}, []string{null}},
		{"decimal to the same", "N(14,2)", d128(12, 2, "1.50", "-0.05"), []string{"1.5", "-0.05"}, []string{null, null}},
		{"decimal to more decimals", "N(14,4)", d128(12, 2, "1.50"), []string{"1.5"}, []string{null}},
		{"decimal to fewer", "N(4,1)", d128(12, 2, "1.50", "1.55", "1000.00"), []string{"1.5", null, null}, []string{null, "1.55", "1000.00"}},
		{"decimal to N", "N(3)", d128(38, 0, "12", "-1234"), []string{"12", null}, []string{null, "-1234"}},
		{"decimal to C", "C", d128(38, 2, "-123456789012345678901234567890123456.78"), []string{"-123456789012345678901234567890123456.78"}, []string{null}},
		{"float to decimal", "N(5,2)", f64(1.5, 3.14159, -1000, math.NaN(), math.Inf(1)), []string{"1.5", null, null, null, null}, []string{null, "3.14159", "-1000.0", "nan", "inf"}},
		{"float to F", "F", f64(1.5), []string{"1.5"}, []string{null}},
		{"float to C", "C", f64(1e16, 0.00001, 2, -0.25), []string{"1e+16", "1e-05", "2.0", "-0.25"}, []string{null, null, null, null}},
		{"binary to B", "B", bin("\xff\x00"), []string{"/wA="}, []string{null}},
		{"binary to C", "C(3)", bin("中文", "\xffab", " a", "abcd"), []string{"中文", null, "a", null}, []string{null, `\xFFab`, " a", "abcd"}},
		{"bool to N", "N(1)", func(a memory.Allocator) arrow.Array { return numbers(array.NewBooleanBuilder(a), true, false) }, []string{"1", "0"}, []string{null, null}},
		{"bool to C", "C", func(a memory.Allocator) arrow.Array { return numbers(array.NewBooleanBuilder(a), true, false) }, []string{"1", "0"}, []string{null, null}},
		{"int16 to Y", "Y", func(a memory.Allocator) arrow.Array { return numbers(array.NewInt16Builder(a), 2020, 0) }, []string{"2020", "0"}, []string{null, null}},
		{"uint8 to N", "N(2)", func(a memory.Allocator) arrow.Array { return numbers(array.NewUint8Builder(a), 99, 255) }, []string{"99", null}, []string{null, "255"}},
		{"int8 to decimal", "N(3,1)", func(a memory.Allocator) arrow.Array { return numbers(array.NewInt8Builder(a), -99, 127) }, []string{"-99", null}, []string{null, "127"}},
		{"uint32 to N", "N(10)", func(a memory.Allocator) arrow.Array { return numbers(array.NewUint32Builder(a), math.MaxUint32) }, []string{"4294967295"}, []string{null}},
		{"float32 to F", "F", func(a memory.Allocator) arrow.Array { return numbers(array.NewFloat32Builder(a), 0.1) }, []string{"0.1"}, []string{null}},
		{"text to B", "B", func(a memory.Allocator) arrow.Array { return texts(a, "ab", null) }, []string{"YWI="}, []string{null}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			values, raw, res := apply(t, item("x", tt.typ), tt.source, nil)
			if tt.typ == "N(14,2)" || strings.HasPrefix(tt.typ, "N(") {
				for i := range values {
					values[i], tt.values = trimZeros(values[i]), trimAll(tt.values)
				}
			}
			if d := cmp.Diff(append(slices.Clone(tt.values), null), values); d != "" {
				t.Errorf("values (-want +got):\n%s", d)
			}
			if d := cmp.Diff(append(slices.Clone(tt.raw), null), raw); d != "" {
				t.Errorf("raw (-want +got):\n%s", d)
			}
			for i := range tt.values {
				if unfit := values[i] == null; unfit != slices.Contains(res.TypeFails[0], int32(i)) {
					t.Errorf("row %d: unfit %v, type fails %v", i, unfit, res.TypeFails[0])
				}
			}
		})
	}
}

// trimZeros makes decimals comparable whatever their scale.
func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		return strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func trimAll(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = trimZeros(s)
	}
	return out
}

func TestNothingIsCopiedWhereNothingChanges(t *testing.T) {
	rec := record([]string{"a", "b"}, texts(memory.DefaultAllocator, "张三", null, "李四"),
		numbers(array.NewInt64Builder(memory.DefaultAllocator), 1, 2))
	defer rec.Release()
	plan, err := standardize.Bind(&catalog.Resource{ID: "d/r"}, []*catalog.Item{item("a", "C(10)"), item("b", "N(9)")}, rec.Schema(), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := plan.Apply(memory.DefaultAllocator, rec, "p")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Batch.Release()
	for _, at := range []int{0, 1} {
		in, out := rec.Column(at).Data().Buffers(), res.Batch.Column(2*at).Data().Buffers()
		if in[1] != out[1] {
			t.Errorf("column %d was copied", at)
		}
	}
	if res.Batch.Column(1).Data().Buffers()[1] != res.Batch.Column(3).Data().Buffers()[1] {
		t.Error("the _raw columns nothing is in are not shared")
	}
}

func TestRowsWithoutAKeyLeaveTheBatch(t *testing.T) {
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	rec := record([]string{"k", "n", "d"},
		texts(alloc, "1", "x", null, " 2", "", "3", "4"),
		texts(alloc, "a", "b", "c", "d", "e", "f", "g"),
		texts(alloc, "2020-09-01", "bad", "bad", "bad", "2020-09-05", "2020/9/6", "bad"))
	defer rec.Release()
	res := &catalog.Resource{ID: "d/r", Source: catalog.Source{Key: []string{"id"}}}
	key, must := item("id", "N(5)"), item("must", "C(1)")
	key.Column, must.Column, must.Unfit = "k", "n", catalog.UnfitRow
	plan, err := standardize.Bind(res, []*catalog.Item{key, must, item("d", "D")}, rec.Schema(), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := plan.ApplyAt(alloc, rec, "part-1", 100)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Batch.Release()
	want := [][]string{{"1", "2", "3", "4"}, {null, " 2", null, null}, {"a", "d", "f", "g"}, {null, null, null, null},
		{"2020-09-01", null, "2020-09-06", null}, {null, "bad", "2020/9/6", "bad"}}
	for i, w := range want {
		if d := cmp.Diff(w, cellsOf(got.Batch.Column(i))); d != "" {
			t.Errorf("%s (-want +got):\n%s", got.Batch.ColumnName(i), d)
		}
	}
	if d := cmp.Diff([][]int32{nil, nil, {1, 3}}, got.TypeFails); d != "" {
		t.Errorf("type fails (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]lake.BadRow{
		{Key: `["x"]`, Column: "k", Text: "x", Reason: "standardize.not_number", Place: "part-1#102"},
		{Key: `[null]`, Column: "k", Text: "", Reason: "standardize.null_key", Place: "part-1#103"},
		{Key: `[""]`, Column: "k", Text: "", Reason: "standardize.null_key", Place: "part-1#105"},
	}, got.Bad); d != "" {
		t.Errorf("bad rows (-want +got):\n%s", d)
	}
}

func TestABatchOfOnlyBadRows(t *testing.T) {
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	rec := record([]string{"id"}, texts(alloc, "x", null, "y"))
	defer rec.Release()
	plan, err := standardize.Bind(&catalog.Resource{Source: catalog.Source{Key: []string{"id"}}}, []*catalog.Item{item("id", "N(5)")}, rec.Schema(), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := plan.Apply(alloc, rec, "p")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Batch.Release()
	if res.Batch.NumRows() != 0 || len(res.Bad) != 3 {
		t.Errorf("%d rows and %d bad rows, want 0 and 3", res.Batch.NumRows(), len(res.Bad))
	}
}

func TestSlicesAndEmptyBatches(t *testing.T) {
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	whole := record([]string{"a", "d"}, texts(alloc, "x", null, " y", "", "z", "w"), texts(alloc, "2020-01-01", "2020/1/2", null, "bad", "2020-01-05", "5"))
	defer whole.Release()
	plan, err := standardize.Bind(&catalog.Resource{}, []*catalog.Item{item("a", "C"), item("d", "D")}, whole.Schema(), nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := plan.Apply(alloc, whole, "p")
	if err != nil {
		t.Fatal(err)
	}
	defer all.Batch.Release()
	for from := range int64(7) {
		for to := from; to <= 6; to++ {
			rec := whole.NewSlice(from, to)
			res, err := plan.Apply(alloc, rec, "p")
			if err != nil {
				t.Fatal(err)
			}
			want := all.Batch.NewSlice(from, to)
			if !array.RecordEqual(want, res.Batch) {
				t.Errorf("rows %d to %d: got %v, want %v", from, to, res.Batch, want)
			}
			want.Release()
			res.Batch.Release()
			rec.Release()
		}
	}
}

func TestHashOfKeylessRows(t *testing.T) {
	hashes := func(names []string, columns ...arrow.Array) []string {
		rec := record(names, columns...)
		defer rec.Release()
		var items []*catalog.Item
		for _, n := range names {
			items = append(items, item(n, "C"))
		}
		plan, err := standardize.Bind(&catalog.Resource{}, items, rec.Schema(), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := plan.Apply(memory.DefaultAllocator, rec, "p")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Batch.Release()
		return cellsOf(res.Batch.Column(int(res.Batch.NumCols()) - 1))
	}
	a := memory.DefaultAllocator
	got := hashes([]string{"a", "b"}, texts(a, "ab", "a", "", null, "ab", "x", " ab"), texts(a, "c", "bc", null, "", "c", "1", "c"))
	if got[0] != got[4] {
		t.Error("equal rows have different hashes")
	}
	seen := map[string]int{}
	for i, h := range got {
		if j, ok := seen[h]; ok && i != 4 {
			t.Errorf("rows %d and %d have one hash", i, j)
		}
		if len(h) != 32 {
			t.Errorf("hash of %d characters", len(h))
		}
		seen[h] = i
	}
	if turned := hashes([]string{"b", "a"}, texts(a, "c"), texts(a, "ab")); turned[0] != got[0] {
		t.Error("the order of items changes the hash")
	}
	ints := func() arrow.Array { return numbers(array.NewInt32Builder(a), 1) }
	if typed := hashes([]string{"a", "b"}, texts(a, "x", "x"), ints()); typed[0] != got[5] {
		t.Error("a number and its text have different hashes")
	}
	const pinned = "0c2e97f12ddb79f0496b4bc3df38b4f5" // stored releases hold it: another hash makes every row new
	if got[0] != pinned {
		t.Errorf("hash of (ab, c) is %s, want %s", got[0], pinned)
	}
}

func TestBindRefuses(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "b", Type: arrow.BinaryTypes.Binary}, {Name: "f", Type: arrow.PrimitiveTypes.Float64},
		{Name: "l", Type: arrow.ListOf(arrow.BinaryTypes.String)}, {Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
	read := func(column, typ string) *catalog.Item {
		it := item("x", typ)
		it.Column = column
		return it
	}
	for name, it := range map[string]*catalog.Item{
		"binary to date": read("b", "D"), "binary to number": read("b", "N(5)"), "float to time": read("f", "T"),
		"list to text": read("l", "C"), "number to binary": read("n", "B"), "no column": read("gone", "C"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := standardize.Bind(&catalog.Resource{ID: "d/r"}, []*catalog.Item{it}, schema, nil)
			if err == nil || fault.KindOf(err) != fault.Config {
				t.Fatalf("got %v, want a configuration error", err)
			}
			if s := err.Error(); !strings.Contains(s, "x") || !strings.Contains(s, it.Column) {
				t.Errorf("the error does not name item and column: %s", s)
			}
		})
	}
	res := &catalog.Resource{ID: "d/r", Source: catalog.Source{Key: []string{"id"}}}
	if _, err := standardize.Bind(res, []*catalog.Item{read("n", "N(5)")}, schema, nil); fault.KindOf(err) != fault.Config {
		t.Errorf("a key that is not collected: got %v", err)
	}
}

func TestABatchOfOtherColumnsIsRefused(t *testing.T) {
	rec := record([]string{"a"}, texts(memory.DefaultAllocator, "x"))
	defer rec.Release()
	other := record([]string{"a"}, numbers(array.NewInt64Builder(memory.DefaultAllocator), 1))
	defer other.Release()
	plan, err := standardize.Bind(&catalog.Resource{}, []*catalog.Item{item("a", "C")}, rec.Schema(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Apply(memory.DefaultAllocator, other, "p"); fault.KindOf(err) != fault.Changed {
		t.Errorf("got %v, want a change of the source", err)
	}
}
