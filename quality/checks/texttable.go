package checks

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// textTable finds texts among known ones. Those of at most 15 bytes, as codes and the
// words of a set are, lie packed into two words in an open hash table: one product and
// mostly one comparison a look-up, a third of what a map costs.
type textTable struct {
	slots []textSlot // a power of two, at least half of them free
	shift int        // of a hash to the index of its first slot
	long  map[string]int32
	count int32
}

// textSlot is a packed text and its number; free where length is 0.
type textSlot struct {
	packed
	number int32
}

// packed is a text of at most 15 bytes, zeros behind it; the last byte is its length
// and one more, so that none is like a free slot.
type packed struct{ low, high uint64 }

// newTextTable numbers the distinct texts among known in their order.
func newTextTable(known []string) *textTable {
	size := max(8, 1<<bits.Len(uint(2*len(known))))
	t := &textTable{slots: make([]textSlot, size), shift: 65 - bits.Len(uint(size)), long: map[string]int32{}}
	for _, s := range known {
		if t.find([]byte(s)) >= 0 {
			continue
		}
		if len(s) > 15 {
			t.long[s] = t.count
		} else {
			p := pack([]byte(s))
			i := t.first(p)
			for t.slots[i].high != 0 {
				i = (i + 1) & (len(t.slots) - 1)
			}
			t.slots[i] = textSlot{packed: p, number: t.count}
		}
		t.count++
	}
	return t
}

// find is the number of a text; -1 if it is not known.
func (t *textTable) find(v []byte) int32 {
	if len(v) > 15 {
		if n, ok := t.long[string(v)]; ok {
			return n
		}
		return -1
	}
	return t.number(pack(v))
}

func (t *textTable) first(p packed) int {
	const golden = 0x9E3779B97F4A7C15 // 2^64 over the golden ratio
	return int((p.low ^ p.high*golden) * golden >> t.shift)
}

func (t *textTable) number(p packed) int32 {
	for i := t.first(p); ; i++ {
		switch s := &t.slots[i&(len(t.slots)-1)]; {
		case s.packed == p:
			return s.number
		case s.high == 0:
			return -1
		}
	}
}

func pack(v []byte) packed {
	var b [16]byte
	copy(b[:15], v)
	b[15] = byte(len(v) + 1)
	return packed{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])}
}

// among says which of the rows from..to-1 of a column are in the table; of rows without
// a value it means nothing.
func (t *textTable) among(values *texts, from, to int) (w uint64) {
	offsets := values.offsets[from : to+1]
	begin := int(offsets[0])
	for i, o := range offsets[1:] {
		end := int(o)
		var found bool
		switch n := end - begin; {
		case n <= 8 && begin+8 <= len(values.values):
			p := packed{low: binary.LittleEndian.Uint64(values.values[begin:]), high: uint64(n+1) << 56}
			p.low &= 1<<(8*n) - 1
			found = t.number(p) >= 0
		default:
			found = t.find(values.values[begin:end]) >= 0
		}
		w |= bit(found) << (i & 63)
		begin = end
	}
	return w
}

// eachFound appends the rows of a text column that are in the table, or that are not.
func (t *textTable) eachFound(col *array.String, fails []int32, in bool) ([]int32, int64) {
	values, valid := textsOf(col), presentIn(col)
	return valid.each(fails, func(from, to int, _ uint64) uint64 {
		if in {
			return t.among(&values, from, to)
		}
		return ^t.among(&values, from, to)
	})
}
