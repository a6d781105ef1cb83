package checks

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// Kernels judge 64 rows at a time and say which are bad in one word, the first row in
// the lowest bit: so rows without a value are left out by one AND, and most kernels
// have no branch a row.

// inBlocks asks for the rows from..to-1 of n, at most 64 at a time, which of them are
// evaluated and which are bad, appends those that are both, and counts the evaluated.
func inBlocks(n int, fails []int32, judge func(from, to int) (evaluated, bad uint64)) ([]int32, int64) {
	count := 0
	for from := 0; from < n; from += 64 {
		evaluated, bad := judge(from, min(from+64, n))
		count += bits.OnesCount64(evaluated)
		for rows := bad & evaluated; rows != 0; rows &= rows - 1 {
			fails = append(fails, int32(from+bits.TrailingZeros64(rows)))
		}
	}
	return fails, int64(count)
}

// present says which rows of a column hold a value.
type present struct {
	bits   []byte // nil: all
	offset int    // of the first row in bits
	n      int
}

func presentIn(col arrow.Array) present {
	p := present{n: col.Len()}
	if col.NullN() > 0 {
		p.bits, p.offset = col.NullBitmapBytes(), col.Data().Offset()
	}
	return p
}

// word are the rows from..from+63 that are there and hold a value.
func (p *present) word(from int) uint64 {
	all := firstRows(p.n - from)
	if p.bits == nil {
		return all
	}
	at := p.offset + from
	low, shift := p.bits[at>>3:], at&7
	if len(low) > 8 { // of the ninth byte a shift of 0 leaves nothing
		return (binary.LittleEndian.Uint64(low)>>shift | uint64(low[8])<<(64-shift)) & all
	}
	var last [8]byte
	copy(last[:], low)
	return binary.LittleEndian.Uint64(last[:]) >> shift & all
}

// firstRows are the first n rows of a block, 64 at most.
func firstRows(n int) uint64 {
	if n >= 64 {
		return ^uint64(0)
	}
	return 1<<n - 1
}

// each judges the rows that have a value. bad may speak of the others too, but is not
// to read what their cells hold.
func (p *present) each(fails []int32, bad func(from, to int, rows uint64) uint64) ([]int32, int64) {
	return inBlocks(p.n, fails, func(from, to int) (uint64, uint64) {
		rows := p.word(from)
		return rows, bad(from, to, rows)
	})
}

// eachText appends the rows of a text column whose value is bad.
func eachText(col *array.String, fails []int32, bad func([]byte) bool) ([]int32, int64) {
	values, valid := textsOf(col), presentIn(col)
	return valid.each(fails, func(from, to int, rows uint64) (w uint64) {
		for i := from; i < to; i++ {
			if rows>>(i-from)&1 != 0 && bad(values.at(i)) {
				w |= 1 << (i - from)
			}
		}
		return w
	})
}

// texts reads a text column without making strings.
type texts struct {
	offsets []int32
	values  []byte
}

func textsOf(col *array.String) texts {
	t := texts{offsets: col.ValueOffsets()}
	if buffer := col.Data().Buffers()[2]; buffer != nil {
		t.values = buffer.Bytes()
	}
	return t
}

func (t *texts) at(i int) []byte { return t.values[t.offsets[i]:t.offsets[i+1]] }

// eachValue appends the rows of a fixed-width column whose value is bad.
func eachValue[T any](col arrow.Array, values []T, fails []int32, bad func(T) bool) ([]int32, int64) {
	valid := presentIn(col)
	return valid.each(fails, func(from, to int, _ uint64) (w uint64) {
		for i, v := range values[from:to] {
			if bad(v) {
				w |= 1 << i
			}
		}
		return w
	})
}

// bit is 1 for true, without a branch.
func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
