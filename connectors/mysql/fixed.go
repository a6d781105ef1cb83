package mysql

import (
	"database/sql/driver"
	"strconv"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// fixed is a column of values of one width.
type fixed[T any] struct {
	validity
	values *memory.Buffer
	view   []T // of values' memory
}

func newFixed[T any](a memory.Allocator, t arrow.DataType) fixed[T] {
	return fixed[T]{validity: validity{alloc: a, typ: t}}
}

func (f *fixed[T]) reserve(rows int) {
	f.rows, f.capacity = 0, rows
	var zero T
	f.values = memory.NewResizableBuffer(f.alloc)
	f.values.Resize(rows * int(unsafe.Sizeof(zero)))
	f.view = unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(f.values.Buf()))), rows)
}

func (f *fixed[T]) put(v T) {
	f.view[f.rows] = v
	f.rows++
}

func (f *fixed[T]) null() {
	var zero T
	f.view[f.rows] = zero
	f.setNull()
	f.rows++
}

func (f *fixed[T]) finish() arrow.ArrayData {
	d := f.data(f.values)
	f.values, f.view = nil, nil
	return d
}

func (f *fixed[T]) release() {
	f.validity.release()
	if f.values != nil {
		f.values.Release()
		f.values, f.view = nil, nil
	}
}

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// intColumn takes digits, or what the driver has parsed: int64, or uint64 for BIGINT UNSIGNED.
type intColumn[T integer] struct{ fixed[T] }

func integers[T integer](t arrow.DataType) form {
	return form{arrow: t, build: func(a memory.Allocator) builder { return &intColumn[T]{newFixed[T](a, t)} }}
}

func (c *intColumn[T]) append(v driver.Value) flaw {
	switch x := v.(type) {
	case nil:
		c.null()
	case int64:
		return c.signed(x)
	case uint64:
		return c.unsigned(x)
	default:
		return flawForm
	}
	return sound
}

func (c *intColumn[T]) takes(k kind) bool { return k == wholes }

func (c *intColumn[T]) take(text []byte) flaw {
	n, negative, ok := parseWhole(text)
	switch {
	case !ok:
		return flawForm
	case negative:
		return c.signed(int64(-n))
	}
	return c.unsigned(n)
}

func (c *intColumn[T]) signed(x int64) flaw {
	y := T(x)
	if int64(y) != x || (y < 0) != (x < 0) {
		return flawForm
	}
	c.put(y)
	return sound
}

func (c *intColumn[T]) unsigned(x uint64) flaw {
	y := T(x)
	if y < 0 || uint64(y) != x {
		return flawForm
	}
	c.put(y)
	return sound
}

// floatColumn takes a number's text, or what the driver has parsed.
type floatColumn[T float32 | float64] struct{ fixed[T] }

func floats[T float32 | float64](t arrow.DataType) form {
	return form{arrow: t, build: func(a memory.Allocator) builder { return &floatColumn[T]{newFixed[T](a, t)} }}
}

func (c *floatColumn[T]) append(v driver.Value) flaw {
	switch x := v.(type) {
	case nil:
		c.null()
	case float64:
		c.put(T(x))
	case float32:
		c.put(T(x))
	default:
		return flawForm
	}
	return sound
}

func (c *floatColumn[T]) takes(k kind) bool { return k == reals }

func (c *floatColumn[T]) take(text []byte) flaw {
	var zero T
	x, err := strconv.ParseFloat(string(text), int(unsafe.Sizeof(zero))*8)
	if err != nil {
		return flawForm
	}
	c.put(T(x))
	return sound
}

// decimalColumn parses DECIMAL's text, which has the column's scale.
type decimalColumn struct {
	fixed[decimal128.Num]
	digits, scale int
}

func newDecimals(a memory.Allocator, t *arrow.Decimal128Type) builder {
	return &decimalColumn{newFixed[decimal128.Num](a, t), int(t.Precision), int(t.Scale)}
}

func (c *decimalColumn) append(v driver.Value) flaw {
	switch x := v.(type) {
	case nil:
		c.null()
	case []byte:
		return c.take(x)
	case int64:
		return c.take(strconv.AppendInt(nil, x, 10))
	default:
		return flawForm
	}
	return sound
}

// A server of another make may send a DECIMAL of scale 0 as an integer.
func (c *decimalColumn) takes(k kind) bool { return k == texts || k == wholes }

func (c *decimalColumn) take(text []byte) flaw {
	n, ok := parseDecimal(text, c.digits, c.scale)
	if !ok {
		return flawNumber
	}
	c.put(n)
	return sound
}
