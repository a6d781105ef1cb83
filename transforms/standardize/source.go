package standardize

import (
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"

	"guiji/catalog"
)

// reader gives the pulled text of a row that is not NULL. It returns either a
// piece of the column itself or dst with the text appended.
type reader func(i int, dst []byte) []byte

// utf8Source is a utf8 or binary column laid open for scanning.
type utf8Source struct {
	offsets []int32
	data    []byte
	bits    []byte
	offset  int
	nulls   int
}

func openText(arr arrow.Array) utf8Source {
	d := arr.Data()
	s := utf8Source{offset: d.Offset(), nulls: arr.NullN(), bits: arr.NullBitmapBytes()}
	if arr.Len() == 0 {
		return s
	}
	offsets := arrow.Int32Traits.CastFromBytes(d.Buffers()[1].Bytes())
	s.offsets = offsets[d.Offset() : d.Offset()+d.Len()+1]
	if b := d.Buffers()[2]; b != nil {
		s.data = b.Bytes()
	}
	return s
}

func (s utf8Source) valid(i int) bool {
	return s.nulls == 0 || bitutil.BitIsSet(s.bits, s.offset+i)
}

func (s utf8Source) at(i int) []byte { return s.data[s.offsets[i]:s.offsets[i+1]:s.offsets[i+1]] }

// span is all bytes the column's rows hold, for screening a batch at once.
func (s utf8Source) span() []byte {
	if len(s.offsets) == 0 {
		return nil
	}
	return s.data[s.offsets[0]:s.offsets[len(s.offsets)-1]]
}

// openColumn makes the reader of a source column; nil for a type that no
// catalogue type takes.
func openColumn(arr arrow.Array) reader {
	switch a := arr.(type) {
	case *array.String, *array.Binary:
		s := openText(arr)
		return func(i int, _ []byte) []byte { return s.at(i) }
	case *array.Boolean:
		return func(i int, dst []byte) []byte {
			if a.Value(i) {
				return append(dst, '1')
			}
			return append(dst, '0')
		}
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return func(i int, dst []byte) []byte { return appendDecimal(dst, a.Value(i), int(scale)) }
	case *array.Float32:
		return func(i int, dst []byte) []byte { return appendFloat(dst, float64(a.Value(i)), 32) }
	case *array.Float64:
		return func(i int, dst []byte) []byte { return appendFloat(dst, a.Value(i), 64) }
	case *array.Uint64:
		return func(i int, dst []byte) []byte { return strconv.AppendUint(dst, a.Value(i), 10) }
	}
	if at := openInteger(arr); at != nil {
		return func(i int, dst []byte) []byte { return strconv.AppendInt(dst, at(i), 10) }
	}
	return nil
}

// openInteger reads an integer column that an int64 holds; nil for others.
func openInteger(arr arrow.Array) func(i int) int64 {
	switch a := arr.(type) {
	case *array.Int8:
		return widen(a.Int8Values())
	case *array.Int16:
		return widen(a.Int16Values())
	case *array.Int32:
		return widen(a.Int32Values())
	case *array.Int64:
		return widen(a.Int64Values())
	case *array.Uint8:
		return widen(a.Uint8Values())
	case *array.Uint16:
		return widen(a.Uint16Values())
	case *array.Uint32:
		return widen(a.Uint32Values())
	}
	return nil
}

func widen[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32](values []T) func(i int) int64 {
	return func(i int) int64 { return int64(values[i]) }
}

// castable reports whether values of a source type can become a catalogue type
// at all; whether each one does is decided by value.
func castable(from arrow.DataType, to catalog.TypeKind) bool {
	switch from.ID() {
	case arrow.STRING:
		return true
	case arrow.BINARY:
		return to == catalog.Text || to == catalog.Binary
	case arrow.BOOL, arrow.FLOAT32, arrow.FLOAT64:
		return to == catalog.Text || to == catalog.Number || to == catalog.Float || to == catalog.Year
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64,
		arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64, arrow.DECIMAL128:
		return to != catalog.Binary
	}
	return false
}
