package postgres

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// flaw is what keeps a value out of its column.
type flaw int

const (
	sound      flaw = iota
	flawText        // bytes that are no UTF-8
	flawNumber      // NaN, or more digits than declared
	flawForm        // not the form the schema promised
)

// field takes the values of one column of a batch. A row's values are all checked before
// any is taken, so that a row that is refused leaves nothing behind.
type field interface {
	check(v []byte) flaw
	take(v []byte) // of a value that was checked last
	null()
}

// fixed is a column of values of one width.
type fixed struct {
	width  int
	append func(v []byte)
	absent func()
}

func (f *fixed) check(v []byte) flaw {
	if len(v) != f.width {
		return flawForm
	}
	return sound
}
func (f *fixed) take(v []byte) { f.append(v) }
func (f *fixed) null()         { f.absent() }

func boolean(b array.Builder, _ *time.Location) field {
	x := b.(*array.BooleanBuilder)
	return &fixed{1, func(v []byte) { x.UnsafeAppend(v[0] != 0) }, func() { x.UnsafeAppendBoolToBitmap(false) }}
}

func small(b array.Builder, _ *time.Location) field {
	x := b.(*array.Int16Builder)
	return &fixed{2, func(v []byte) { x.UnsafeAppend(int16(binary.BigEndian.Uint16(v))) }, func() { x.UnsafeAppendBoolToBitmap(false) }}
}

func middling(b array.Builder, _ *time.Location) field {
	x := b.(*array.Int32Builder)
	return &fixed{4, func(v []byte) { x.UnsafeAppend(int32(binary.BigEndian.Uint32(v))) }, func() { x.UnsafeAppendBoolToBitmap(false) }}
}

func large(b array.Builder, _ *time.Location) field {
	x := b.(*array.Int64Builder)
	return &fixed{8, func(v []byte) { x.UnsafeAppend(int64(binary.BigEndian.Uint64(v))) }, func() { x.UnsafeAppendBoolToBitmap(false) }}
}

func number32(b array.Builder, _ *time.Location) field {
	x := b.(*array.Uint32Builder)
	return &fixed{4, func(v []byte) { x.UnsafeAppend(binary.BigEndian.Uint32(v)) }, func() { x.UnsafeAppendBoolToBitmap(false) }}
}

func single(b array.Builder, _ *time.Location) field {
	x := b.(*array.Float32Builder)
	return &fixed{4, func(v []byte) { x.UnsafeAppend(math.Float32frombits(binary.BigEndian.Uint32(v))) }, func() { x.UnsafeAppendBoolToBitmap(false) }}
}

func double(b array.Builder, _ *time.Location) field {
	x := b.(*array.Float64Builder)
	return &fixed{8, func(v []byte) { x.UnsafeAppend(math.Float64frombits(binary.BigEndian.Uint64(v))) }, func() { x.UnsafeAppendBoolToBitmap(false) }}
}

// textual is a column of UTF-8 whose values come as they are.
type textual struct{ b *array.BinaryBuilder }

func texts(b array.Builder, _ *time.Location) field {
	return textual{b.(*array.StringBuilder).BinaryBuilder}
}

func (f textual) check(v []byte) flaw {
	if !utf8.Valid(v) {
		return flawText
	}
	return sound
}
func (f textual) take(v []byte) { f.b.Append(v) }
func (f textual) null()         { f.b.AppendNull() }

// prefixed is a JSONB: its form's version, then the text.
type prefixed struct{ textual }

func jsonb(b array.Builder, z *time.Location) field { return prefixed{texts(b, z).(textual)} }

func (f prefixed) check(v []byte) flaw {
	if len(v) == 0 || v[0] != 1 {
		return flawForm
	}
	return f.textual.check(v[1:])
}
func (f prefixed) take(v []byte) { f.textual.take(v[1:]) }

type bytesField struct{ b *array.BinaryBuilder }

func octets(b array.Builder, _ *time.Location) field { return bytesField{b.(*array.BinaryBuilder)} }

func (f bytesField) check([]byte) flaw { return sound }
func (f bytesField) take(v []byte)     { f.b.Append(v) }
func (f bytesField) null()             { f.b.AppendNull() }

// shown is a column of values of one width that are written out as text.
type shown struct {
	b     *array.BinaryBuilder
	width int
	buf   []byte
	write func(to, v []byte) []byte
}

func (f *shown) check(v []byte) flaw {
	if len(v) != f.width {
		return flawForm
	}
	return sound
}
func (f *shown) take(v []byte) {
	f.buf = f.write(f.buf[:0], v)
	f.b.Append(f.buf)
}
func (f *shown) null() { f.b.AppendNull() }

func show(b array.Builder, width int, write func(to, v []byte) []byte) field {
	return &shown{b: b.(*array.StringBuilder).BinaryBuilder, width: width, write: write}
}

func uuids(b array.Builder, _ *time.Location) field {
	return show(b, 16, func(to, v []byte) []byte {
		for i, end := range []int{4, 6, 8, 10, 16} {
			if i > 0 {
				to = append(to, '-')
			}
			to = hex.AppendEncode(to, v[[]int{0, 4, 6, 8, 10}[i]:end])
		}
		return to
	})
}

// numerics is a column of decimals.
type numerics struct {
	b     *array.Decimal128Builder
	typ   *arrow.Decimal128Type
	value decimal128.Num // that was checked last
}

func decimals(b array.Builder, _ *time.Location) field {
	x := b.(*array.Decimal128Builder)
	return &numerics{b: x, typ: x.Type().(*arrow.Decimal128Type)}
}

func (f *numerics) check(v []byte) flaw {
	var fl flaw
	f.value, fl = numeric(v, int(f.typ.Precision), int(f.typ.Scale))
	return fl
}
func (f *numerics) take([]byte) { f.b.UnsafeAppend(f.value) }
func (f *numerics) null()       { f.b.UnsafeAppendBoolToBitmap(false) }
