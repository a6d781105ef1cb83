package standardize

import (
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"guiji/catalog"
)

// integers casts an integer column to N, without its text; nil for other pairs
// of types.
func (w *work) integers() arrow.Array {
	t := w.column.item.Type
	if t.Kind != catalog.Number {
		return nil
	}
	read := openInteger(w.src)
	unsigned, isUnsigned := w.src.(*array.Uint64)
	kind := t.Arrow()
	switch {
	case read != nil && kind.ID() == arrow.INT64:
		return w.toInt64(read)
	case read != nil && kind.ID() == arrow.DECIMAL128:
		return w.toDecimal(func(i int) decimal128.Num { return decimal128.FromI64(read(i)) })
	case isUnsigned && kind.ID() == arrow.DECIMAL128:
		values := unsigned.Uint64Values()
		return w.toDecimal(func(i int) decimal128.Num { return decimal128.FromU64(values[i]) })
	}
	return nil
}

func (w *work) toInt64(read func(int) int64) arrow.Array {
	limit := int64(1)
	for range w.column.item.Type.Precision {
		limit *= 10
	}
	if same, ok := w.src.(*array.Int64); ok && within10(same.Int64Values(), limit) {
		w.src.Retain()
		return w.src
	}
	out := newFixed(w.alloc, arrow.PrimitiveTypes.Int64, w.rows, arrow.Int64Traits.CastFromBytes)
	for i := range w.rows {
		if w.src.IsNull(i) {
			out.null(i)
			continue
		}
		v := read(i)
		if v <= -limit || v >= limit {
			out.null(i)
			w.unfit(i, strconv.AppendInt(nil, v, 10), reasonLarge)
			continue
		}
		out.values[i] = v
	}
	return out.array()
}

// within10 reports whether all values lie between the limits; what NULL cells
// hold counts too, which at worst costs a copy.
func within10(values []int64, limit int64) bool {
	ok := true
	for _, v := range values {
		ok = ok && v > -limit && v < limit
	}
	return ok
}

func (w *work) toDecimal(read func(int) decimal128.Num) arrow.Array {
	t := w.column.item.Type
	out := newFixed(w.alloc, t.Arrow(), w.rows, arrow.Decimal128Traits.CastFromBytes)
	factor := decimal128.GetScaleMultiplier(t.Scale)
	for i := range w.rows {
		if w.src.IsNull(i) {
			out.null(i)
			continue
		}
		v := read(i)
		if !v.FitsInPrecision(int32(t.Precision - t.Scale)) {
			out.null(i)
			w.unfit(i, appendDecimal(nil, v, 0), reasonLarge)
			continue
		}
		if t.Scale > 0 {
			v = v.Mul(factor)
		}
		out.values[i] = v
	}
	return out.array()
}
