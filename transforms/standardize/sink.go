package standardize

import (
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/internal/text"
)

// Why a cell does not fit its catalogue type: reasons of lake.BadRow.
const (
	reasonNumber   text.Key = "standardize.not_number"
	reasonDecimals text.Key = "standardize.too_many_decimals"
	reasonLarge    text.Key = "standardize.too_large"
	reasonDate     text.Key = "standardize.not_date"
	reasonNoDate   text.Key = "standardize.no_such_date"
	reasonZeroDate text.Key = "standardize.zero_date"
	reasonTime     text.Key = "standardize.not_time"
	reasonLong     text.Key = "standardize.too_long"
	reasonBytes    text.Key = "standardize.not_text"
	reasonNullKey  text.Key = "standardize.null_key"
)

// sink builds a column of a catalogue type out of texts. Every row is put or made
// null once, in ascending order.
type sink interface {
	// put stores b as row i and reports whether b is the canonical text of what
	// was stored; why is "" if it fits. A row that does not fit is not stored yet.
	put(i int, b []byte) (plain bool, why text.Key)
	null(i int)
	array() arrow.Array
	release()
}

func newSink(alloc memory.Allocator, t catalog.Type, rows, bytes int) sink {
	kind := t.Arrow()
	switch t.Kind {
	case catalog.Date:
		return &dateSink{newFixed(alloc, kind, rows, arrow.Date32Traits.CastFromBytes)}
	case catalog.Time:
		return &timeSink{newFixed(alloc, kind, rows, arrow.TimestampTraits.CastFromBytes)}
	case catalog.Year:
		return &yearSink{newFixed(alloc, kind, rows, arrow.Int16Traits.CastFromBytes)}
	case catalog.Float:
		return &floatSink{fixed: newFixed(alloc, kind, rows, arrow.Float64Traits.CastFromBytes)}
	case catalog.Number:
		switch kind.ID() {
		case arrow.INT64:
			return &intSink{newFixed(alloc, kind, rows, arrow.Int64Traits.CastFromBytes), t.Precision}
		case arrow.DECIMAL128:
			return &decimalSink{newFixed(alloc, kind, rows, arrow.Decimal128Traits.CastFromBytes), t.Precision, t.Scale}
		}
		return &wideSink{cells: newCells(alloc, kind, rows, bytes), precision: t.Precision, scale: t.Scale}
	case catalog.Binary:
		return &textSink{cells: newCells(alloc, kind, rows, bytes), binary: true}
	}
	return &textSink{cells: newCells(alloc, kind, rows, bytes), length: t.Length}
}

// textSink takes texts of at most so many characters (0: any), or bytes.
type textSink struct {
	*cells
	length int
	binary bool
	check  bool // the source may hold bytes that are no UTF-8
}

func (s *textSink) put(i int, b []byte) (bool, text.Key) {
	if s.check && !utf8.Valid(b) {
		return false, reasonBytes
	}
	if tooLong(b, s.length) {
		return false, reasonLong
	}
	s.cells.put(i, b)
	return true, ""
}

func (s *textSink) null(int) {}

// tooLong counts characters only where bytes do not settle it.
func tooLong(b []byte, length int) bool {
	return length > 0 && len(b) > length && utf8.RuneCount(b) > length
}

// intSink takes N(p) of up to 18 digits.
type intSink struct {
	*fixed[int64]
	precision int
}

func (s *intSink) put(i int, b []byte) (bool, text.Key) {
	if v, ok := readInteger(b); ok && len(b) <= s.precision {
		s.values[i] = v
		return true, ""
	}
	n, ok := readNumber(b)
	if !ok {
		return false, reasonNumber
	}
	if why := n.cut(s.precision, 0); why != "" {
		return false, why
	}
	s.values[i] = int64(n.unscaled(0).LowBits())
	return n.plain, ""
}

// decimalSink takes N(p,s) of up to 38 digits.
type decimalSink struct {
	*fixed[decimal128.Num]
	precision, scale int
}

func (s *decimalSink) put(i int, b []byte) (bool, text.Key) {
	if point := len(b) - s.scale - 1; s.scale > 0 && point > 0 && point <= s.precision-s.scale && len(b) <= 18 && b[point] == '.' {
		whole, ok := readInteger(b[:point])
		if ok && whole > 0 && allDigits(b[point+1:]) {
			for _, d := range b[point+1:] {
				whole = whole*10 + int64(d-'0')
			}
			s.values[i] = decimal128.FromI64(whole)
			return true, ""
		}
	}
	n, ok := readNumber(b)
	if !ok {
		return false, reasonNumber
	}
	if why := n.cut(s.precision, s.scale); why != "" {
		return false, why
	}
	s.values[i] = n.unscaled(s.scale)
	return n.plain, ""
}

// wideSink takes numbers beyond 38 digits as canonical text.
type wideSink struct {
	*cells
	precision, scale int
	scratch          []byte
}

func (s *wideSink) put(i int, b []byte) (bool, text.Key) {
	n, ok := readNumber(b)
	if !ok {
		return false, reasonNumber
	}
	if why := n.cut(s.precision, s.scale); why != "" {
		return false, why
	}
	s.scratch = n.appendText(s.scratch[:0], s.scale)
	s.cells.put(i, s.scratch)
	return n.plain, ""
}

func (s *wideSink) null(int) {}

type dateSink struct{ *fixed[arrow.Date32] }

func (s *dateSink) put(i int, b []byte) (bool, text.Key) {
	c, ok := isoDate(b)
	if why := dateReason(c, ok, reasonDate); why != "" {
		return false, why
	}
	s.values[i] = arrow.Date32(c.days())
	return true, ""
}

type timeSink struct{ *fixed[arrow.Timestamp] }

func (s *timeSink) put(i int, b []byte) (bool, text.Key) {
	c, ok := isoTime(b)
	if why := dateReason(c, ok, reasonTime); why != "" {
		return false, why
	}
	s.values[i] = arrow.Timestamp(c.epochMicros())
	return len(b) == 19 || (c.micros != 0 && b[len(b)-1] != '0' && len(b) <= 26), ""
}

// dateReason says why what was read is no date, "" if it is one.
func dateReason(c civil, ok bool, form text.Key) text.Key {
	switch {
	case !ok:
		return form
	case c.exists():
		return ""
	case c.year == 0 || c.month == 0 || c.day == 0:
		return reasonZeroDate
	}
	return reasonNoDate
}

type yearSink struct{ *fixed[int16] }

func (s *yearSink) put(i int, b []byte) (bool, text.Key) {
	n, ok := readNumber(b)
	if !ok {
		return false, reasonNumber
	}
	if why := n.cut(4, 0); why != "" {
		return false, why
	}
	if n.neg {
		return false, reasonLarge
	}
	s.values[i] = int16(n.unscaled(0).LowBits())
	return n.plain, ""
}

type floatSink struct {
	*fixed[float64]
	scratch []byte
}

func (s *floatSink) put(i int, b []byte) (bool, text.Key) {
	v, ok := readFloat(b)
	if !ok {
		return false, reasonNumber
	}
	s.values[i] = v
	s.scratch = appendFloat(s.scratch[:0], v, 64)
	return string(s.scratch) == string(b), ""
}
