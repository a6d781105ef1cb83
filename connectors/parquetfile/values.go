package parquetfile

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// turned is a column of a batch in its shape, and the rows of it that are no text.
type turned struct {
	arrow.Array
	bad []int
}

// turn gives an array its shape, want. Who calls releases it.
func turn(alloc memory.Allocator, from arrow.Array, want arrow.DataType, zone *time.Location) turned {
	if x, ok := from.(array.ExtensionArray); ok && want.ID() != arrow.STRING {
		from = x.Storage()
	}
	if text, ok := from.(*array.String); ok && want.ID() == arrow.STRING {
		text.Retain()
		return turned{text, undecodable(text)}
	}
	if arrow.TypeEqual(from.DataType(), want) {
		from.Retain()
		return turned{Array: from}
	}
	if from.DataType().ID() == arrow.NULL { // it has no bits that say so
		return turned{Array: array.MakeArrayOfNull(alloc, want, from.Len())}
	}
	if want.ID() == arrow.BINARY {
		return turned{Array: octets(alloc, from)}
	}
	b := array.NewStringBuilder(alloc)
	defer b.Release()
	b.Reserve(from.Len())
	text := texts(from, zone)
	for i := range from.Len() {
		if from.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(text(i))
		}
	}
	out := b.NewStringArray()
	return turned{out, undecodable(out)}
}

// undecodable are the rows whose bytes are no UTF-8: Parquet writers need not look.
func undecodable(a *array.String) (bad []int) {
	if utf8.Valid(a.ValueBytes()) && !splits(a) {
		return nil
	}
	for i := range a.Len() {
		if a.IsValid(i) && !utf8.ValidString(a.Value(i)) {
			bad = append(bad, i)
		}
	}
	return bad
}

// splits reports whether a value begins within a character: two that are broken can be whole
// beside each other.
func splits(a *array.String) bool {
	for i := range a.Len() {
		if v := a.Value(i); v != "" && !utf8.RuneStart(v[0]) {
			return true
		}
	}
	return false
}

// octets is an array of bytes of any kind as binary.
func octets(alloc memory.Allocator, from arrow.Array) arrow.Array {
	b := array.NewBinaryBuilder(alloc, arrow.BinaryTypes.Binary)
	defer b.Release()
	for i := range from.Len() {
		switch a := from.(type) {
		case interface{ Value(int) []byte }:
			if from.IsNull(i) {
				b.AppendNull()
			} else {
				b.Append(a.Value(i))
			}
		default:
			b.AppendNull()
		}
	}
	return b.NewBinaryArray()
}

// texts tells values as text: days 2006-01-02, times with as many decimals as they have, and
// moments as the wall clock of the project's zone shows them.
func texts(from arrow.Array, zone *time.Location) func(i int) string {
	switch a := from.(type) {
	case *array.Date32:
		return func(i int) string { return a.Value(i).ToTime().Format(time.DateOnly) }
	case *array.Date64:
		return func(i int) string { return a.Value(i).ToTime().Format(time.DateOnly) }
	case *array.Time32:
		unit := a.DataType().(*arrow.Time32Type).Unit
		return func(i int) string { return a.Value(i).ToTime(unit).Format(clock) }
	case *array.Time64:
		unit := a.DataType().(*arrow.Time64Type).Unit
		return func(i int) string { return a.Value(i).ToTime(unit).Format(clock) }
	case *array.Timestamp:
		t := a.DataType().(*arrow.TimestampType)
		return func(i int) string {
			at := a.Value(i).ToTime(t.Unit) // in UTC, which stands for no zone too
			if t.TimeZone != "" {
				at = at.In(zone)
			}
			return at.Format(time.DateOnly + " " + clock)
		}
	case *array.LargeString:
		return a.Value
	case *array.Decimal256:
		scale := a.DataType().(*arrow.Decimal256Type).Scale
		return func(i int) string { return a.Value(i).ToString(scale) }
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return func(i int) string { return a.Value(i).ToString(scale) }
	case *array.Float32:
		return func(i int) string { return strconv.FormatFloat(float64(a.Value(i)), 'g', -1, 32) }
	case *array.Float64:
		return func(i int) string { return strconv.FormatFloat(a.Value(i), 'g', -1, 64) }
	case *array.Dictionary:
		inner := texts(a.Dictionary(), zone)
		return func(i int) string { return inner(a.GetValueIndex(i)) }
	case *array.String:
		return a.Value
	}
	return from.ValueStr // whole numbers, true and false, identifiers
}

const clock = "15:04:05.999999999"
