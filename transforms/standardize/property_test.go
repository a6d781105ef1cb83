package standardize_test

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"pgregory.net/rapid"

	"guiji/catalog"
	"guiji/transforms/standardize"
)

// canonical renders a stored cell as the catalogue's canonical text, by other
// means than the package.
func canonical(a arrow.Array, i int) string {
	switch a := a.(type) {
	case *array.Int64:
		return strconv.FormatInt(a.Value(i), 10)
	case *array.Int16:
		return strconv.Itoa(int(a.Value(i)))
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
		return new(big.Rat).SetFrac(a.Value(i).BigInt(), unit).FloatString(int(scale))
	case *array.Date32:
		return a.Value(i).ToTime().Format("2006-01-02")
	case *array.Timestamp:
		return time.UnixMicro(int64(a.Value(i))).UTC().Format("2006-01-02 15:04:05.999999")
	case *array.Float64:
		s := strconv.FormatFloat(a.Value(i), 'g', 17, 64)
		return s
	}
	return a.ValueStr(i)
}

// TestPulledTextIsNeverLost: coalesce(item_raw, item) is what was pulled, for any
// text, type and choice of steps; what fits is equal in value.
func TestPulledTextIsNeverLost(t *testing.T) {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{"", " ", "\u3000", "0", "00", "1", "9", "12", "2020", "09", "-", "+", ".", "/", ":", "年", "月", "日", "T", "x", "Ｘ", "１", "，", "·", "•", "\u200b", "\u00a0", "张", "男", ",", "𠮷"}),
		rapid.StringN(0, 3, -1), rapid.StringMatching(`[0-9]{1,20}`),
		rapid.Custom(func(t *rapid.T) string {
			return time.Unix(rapid.Int64Range(-1e10, 1e11).Draw(t, "seconds"), 0).UTC().
				Format(rapid.SampledFrom([]string{"2006-01-02", "2006/1/2", "20060102", "2006年1月2日", "2006-01-02 15:04:05", "2006-01-02 15:04:05.000", "2006.1.2 15:04"}).Draw(t, "form"))
		}))
	cellOf := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 0, 4).Draw(t, "pieces"), "") })
	types := []string{"C", "C(3)", "N(5)", "N(18)", "N(12,2)", "N(38,5)", "N(45,3)", "D", "T", "Y"}
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(cellOf, 1, 20).Draw(t, "cells")
		it := item("x", rapid.SampledFrom(types).Draw(t, "type"))
		if rapid.Bool().Draw(t, "written") {
			it.Standardize = []catalog.StepSpec{}
			for _, s := range standardize.Steps() {
				if strings.Contains(s.Kinds, it.Type.String()[:1]) && s.Name != "codes" && rapid.Bool().Draw(t, s.Name) {
					it.Standardize = append(it.Standardize, catalog.StepSpec{Name: s.Name})
				}
			}
		}
		alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
		rec := record([]string{"x"}, texts(alloc, cells...))
		plan, err := standardize.Bind(&catalog.Resource{}, []*catalog.Item{it}, rec.Schema(), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := plan.Apply(alloc, rec, "p")
		if err != nil {
			t.Fatal(err)
		}
		value, raw := res.Batch.Column(0), res.Batch.Column(1).(*array.String)
		for i, pulled := range cells {
			var got string
			switch {
			case raw.IsValid(i):
				got = raw.Value(i)
			case value.IsValid(i):
				got = canonical(value, i)
			default:
				got = null
			}
			if got != pulled {
				t.Fatalf("%s: pulled %q, kept %q", it.Type, pulled, got)
			}
			if value.IsValid(i) && raw.IsValid(i) && raw.Value(i) == canonical(value, i) {
				t.Fatalf("%s: %q is kept beside though it is the value's own text", it.Type, pulled)
			}
		}
		res.Batch.Release()
		rec.Release()
		if left := alloc.CurrentAlloc(); left != 0 {
			t.Fatalf("%d bytes are not released", left)
		}
	})
}

// FuzzDate: what is stored as a date is one that time.Parse knows in a form with
// the year first.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2020-09-01", "2020/9/1", "20200901", "2020年9月1日", "0000-00-00", "2020-02-30", "2020-09-01 08:30:00.5", "2020.9.1 8:30", "20200901T0830"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, typ := range []string{"D", "T"} {
			values, raw, _ := apply(t, item("x", typ), func(a memory.Allocator) arrow.Array { return texts(a, s) }, nil)
			if values[0] == null {
				if raw[0] != s {
					t.Errorf("%s: %q is lost", typ, s)
				}
				continue
			}
			if _, err := time.Parse("2006-01-02", values[0][:10]); err != nil {
				t.Errorf("%s: %q became %q, which is no date", typ, s, values[0])
			}
			if digitsOf(s)[:4] != values[0][:4] {
				t.Errorf("%s: %q changed its year to %q", typ, s, values[0])
			}
		}
	})
}

// digitsOf is s without all but digits, full-width ones made plain.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, s)
}

// FuzzNumber: what is stored as a number equals the text as big.Rat reads it.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"0", "-1.50", "007", "1e5", "1,234", "99999999999999999999999999999999999999", "１２", ".5", "5.", "+3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, typ := range []string{"N(7)", "N(12,3)", "N(38,10)", "N(50,10)"} {
			it := item("x", typ)
			it.Standardize = []catalog.StepSpec{}
			values, raw, _ := apply(t, it, func(a memory.Allocator) arrow.Array { return texts(a, s) }, nil)
			if values[0] == null {
				if raw[0] != s {
					t.Errorf("%s: %q is lost", typ, s)
				}
				continue
			}
			got, ok := new(big.Rat).SetString(values[0])
			want, ok2 := new(big.Rat).SetString(s)
			if !ok || !ok2 || got.Cmp(want) != 0 {
				t.Errorf("%s: %q became %q", typ, s, values[0])
			}
		}
	})
}

// persons is a batch as a department's table yields it: 12 columns, of each 100
// rows one or two need mending.
func persons(alloc memory.Allocator, rows int) (arrow.RecordBatch, []*catalog.Item) {
	forms := []struct{ name, typ, good, mend string }{
		{"citizen_id", "C(18)", "37150219900101%04d", "37150219900101%03dx"}, {"name", "C(50)", "王小明", " 王小明"},
		{"sex", "C(1)", "1", "男"}, {"birth", "D", "1990-01-01", "1990/1/1"}, {"address", "C(200)", "山东省聊城市东昌府区柳园街道第%d号", "柳园街道１号"},
		{"phone", "C(20)", "138%08d", "１３８００００００００"}, {"status", "C(2)", "10", ""}, {"amount", "N(12,2)", "%d.50", "1.5"},
		{"updated_at", "T", "2026-11-22 08:30:00", "2026/11/22 8:30"}, {"code", "C(12)", "371502%06d", "371502 "}, {"note", "C(100)", "无", null},
	}
	names := []string{"id"}
	ids := array.NewInt64Builder(alloc)
	for i := range rows {
		ids.Append(int64(i))
	}
	columns := []arrow.Array{ids.NewArray()}
	items := []*catalog.Item{item("id", "N(18)")}
	for n, f := range forms {
		cells := make([]string, rows)
		for i := range cells {
			cells[i] = f.good
			if (i+7*n)%100 == 0 {
				cells[i] = f.mend
			}
			if strings.Contains(cells[i], "%") {
				cells[i] = fmt.Sprintf(cells[i], i%10000)
			}
		}
		names, columns = append(names, f.name), append(columns, texts(alloc, cells...))
		items = append(items, item(f.name, f.typ))
	}
	withCheck(items[1], "citizen_id", "")
	withCheck(items[3], "in_codes", "gbt2261_1")
	withCheck(items[6], "phone", "")
	return record(names, columns...), items
}

func BenchmarkApply(b *testing.B) {
	const rows = 64 << 10
	rec, items := persons(memory.DefaultAllocator, rows)
	defer rec.Release()
	plan, err := standardize.Bind(&catalog.Resource{Source: catalog.Source{Key: []string{"id"}}}, items, rec.Schema(), sex)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		res, err := plan.Apply(memory.DefaultAllocator, rec, "p")
		if err != nil {
			b.Fatal(err)
		}
		res.Batch.Release()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}
