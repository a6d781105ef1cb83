package command

import (
	"regexp"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/internal/fault"
)

// conversion is how a column of a program's stream becomes one of guiji's: dates and
// times become texts of the project's wall clock, everything else stays.
type conversion struct {
	from, to arrow.DataType
	text     func(a arrow.Array, row int) string // nil: taken as it is
}

var decimalForm = regexp.MustCompile(`^decimal128\(([0-9]{1,2}), ?([0-9]{1,2})\)$`)

// typeOf reads the name of an Arrow type as Arrow's own libraries print it.
func (s *Source) typeOf(c columnAnswer) (conversion, error) {
	if m := decimalForm.FindStringSubmatch(c.Arrow); m != nil {
		precision, _ := strconv.Atoi(m[1]) // two digits
		scale, _ := strconv.Atoi(m[2])
		if precision >= 1 && precision <= 38 && scale <= precision {
			return same(&arrow.Decimal128Type{Precision: int32(precision), Scale: int32(scale)}), nil
		}
	}
	for _, t := range []arrow.DataType{
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
		arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.Binary, arrow.BinaryTypes.String,
	} {
		if c.Arrow == t.String() || c.Arrow == "string" && t.ID() == arrow.STRING || c.Arrow == "float" && t.ID() == arrow.FLOAT32 || c.Arrow == "double" && t.ID() == arrow.FLOAT64 {
			return same(t), nil
		}
	}
	switch c.Arrow {
	case "bool":
		return written(arrow.FixedWidthTypes.Boolean, func(a arrow.Array, i int) string {
			if a.(*array.Boolean).Value(i) {
				return "1"
			}
			return "0"
		}), nil
	case "date32", "date32[day]":
		return written(arrow.FixedWidthTypes.Date32, func(a arrow.Array, i int) string {
			return a.(*array.Date32).Value(i).ToTime().Format(time.DateOnly)
		}), nil
	}
	for unit, name := range map[arrow.TimeUnit]string{arrow.Second: "s", arrow.Millisecond: "ms", arrow.Microsecond: "us", arrow.Nanosecond: "ns"} {
		switch c.Arrow {
		case "timestamp[" + name + "]":
			return written(&arrow.TimestampType{Unit: unit}, func(a arrow.Array, i int) string {
				return a.(*array.Timestamp).Value(i).ToTime(unit).Format("2006-01-02 15:04:05.999999999")
			}), nil
		case "timestamp[" + name + ", tz=UTC]":
			return written(&arrow.TimestampType{Unit: unit, TimeZone: "UTC"}, func(a arrow.Array, i int) string {
				return a.(*array.Timestamp).Value(i).ToTime(unit).In(s.zone).Format("2006-01-02 15:04:05.999999999")
			}), nil
		}
	}
	return conversion{}, fault.New(fault.Data, "exec.type", s.settings.Command[0], c.Name, c.Arrow).Try("exec.type.hint")
}

func same(t arrow.DataType) conversion { return conversion{from: t, to: t} }

func written(from arrow.DataType, text func(arrow.Array, int) string) conversion {
	return conversion{from: from, to: arrow.BinaryTypes.String, text: text}
}

// convert makes guiji's column of a program's. The caller releases it.
func (c conversion) convert(alloc memory.Allocator, a arrow.Array) arrow.Array {
	if c.text == nil {
		a.Retain()
		return a
	}
	b := array.NewStringBuilder(alloc)
	defer b.Release()
	b.Reserve(a.Len())
	for i := range a.Len() {
		if a.IsNull(i) {
			b.AppendNull()
			continue
		}
		b.Append(c.text(a, i))
	}
	return b.NewArray()
}
