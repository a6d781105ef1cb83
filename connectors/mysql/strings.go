package mysql

import (
	"database/sql/driver"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// stringColumn is a column of values of any length.
type stringColumn struct {
	validity
	offsets *memory.Buffer
	ends    []int32 // of offsets' memory, rows+1 of them
	bytes   *memory.Buffer
	used    int
	before  int // bytes of the batch before: what to reserve for the next
}

func newStrings(a memory.Allocator, t arrow.DataType) stringColumn {
	return stringColumn{validity: validity{alloc: a, typ: t}}
}

func (s *stringColumn) reserve(rows int) {
	s.rows, s.capacity, s.used = 0, rows, 0
	s.offsets = memory.NewResizableBuffer(s.alloc)
	s.offsets.Resize((rows + 1) * 4)
	s.ends = arrow.Int32Traits.CastFromBytes(s.offsets.Buf())
	s.ends[0] = 0
	s.bytes = memory.NewResizableBuffer(s.alloc)
	s.bytes.Reserve(max(s.before+s.before/16, 64))
}

func (s *stringColumn) put(b []byte) {
	s.grow(len(b))
	s.used += copy(s.bytes.Buf()[s.used:], b)
	s.rows++
	s.ends[s.rows] = int32(s.used) // a batch is flushed long before 2 GiB, see maxBatchBytes
}

func (s *stringColumn) grow(n int) {
	if need := s.used + n; need > s.bytes.Cap() {
		s.bytes.Reserve(max(need, 2*s.bytes.Cap()))
	}
}

func (s *stringColumn) null() {
	s.setNull()
	s.rows++
	s.ends[s.rows] = int32(s.used)
}

func (s *stringColumn) takes(k kind) bool { return k == texts }

func (s *stringColumn) truncate(rows int) {
	s.validity.truncate(rows)
	s.used = int(s.ends[rows])
}

func (s *stringColumn) finish() arrow.ArrayData {
	s.before = s.used
	s.offsets.ResizeNoShrink((s.rows + 1) * 4)
	s.bytes.ResizeNoShrink(s.used)
	d := s.data(s.offsets, s.bytes)
	s.offsets, s.bytes, s.ends = nil, nil, nil
	return d
}

func (s *stringColumn) release() {
	s.validity.release()
	if s.bytes != nil {
		s.offsets.Release()
		s.bytes.Release()
		s.offsets, s.bytes, s.ends = nil, nil, nil
	}
}

// taker is a column that takes the bytes of a value, and knows NULL.
type taker interface {
	take(value []byte) flaw
	null()
}

// taken has a column take what the driver read.
func taken(c taker, v driver.Value) flaw {
	switch x := v.(type) {
	case nil:
		c.null()
	case []byte:
		return c.take(x)
	default:
		return flawForm
	}
	return sound
}

// textColumn takes texts; the session's character set is utf8mb4.
type textColumn struct{ stringColumn }

func (c *textColumn) append(v driver.Value) flaw { return taken(c, v) }

func (c *textColumn) take(text []byte) flaw {
	// MySQL stores surrogates as if they were characters; UTF-8 has none (RFC 3629 §3).
	if !utf8.Valid(text) {
		return flawText
	}
	c.put(text)
	return sound
}

// binaryColumn takes bytes as they are: BLOBs, and texts that the server itself composes out
// of ASCII.
type binaryColumn struct{ stringColumn }

func (c *binaryColumn) append(v driver.Value) flaw { return taken(c, v) }

func (c *binaryColumn) take(b []byte) flaw {
	c.put(b)
	return sound
}

// bitColumn writes BIT(n) as the decimal digits of the number its bits make: BIT(1) is
// 0 or 1, which a catalogue may take as text or as N(1).
type bitColumn struct{ stringColumn }

func (c *bitColumn) append(v driver.Value) flaw { return taken(c, v) }

func (c *bitColumn) take(bits []byte) flaw {
	var digits [20]byte
	b, ok := appendBits(digits[:0], bits)
	if !ok {
		return flawForm
	}
	c.put(b)
	return sound
}
