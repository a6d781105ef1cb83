package standardize

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// cells builds a utf8 or binary column front to back. Rows that are not put are
// NULL, so that a sparse column costs only the cells it has.
type cells struct {
	kind    arrow.DataType
	rows    int
	next    int // the row after the last one put
	used    int // bytes of data
	count   int // cells put
	offsets *memory.Buffer
	bits    *memory.Buffer
	data    *memory.Buffer
	starts  []int32
}

func newCells(alloc memory.Allocator, kind arrow.DataType, rows, bytes int) *cells {
	c := &cells{kind: kind, rows: rows}
	c.offsets = memory.NewResizableBuffer(alloc)
	c.offsets.Resize((rows + 1) * arrow.Int32SizeBytes)
	c.bits = memory.NewResizableBuffer(alloc)
	c.bits.Resize(int(bitutil.BytesForBits(int64(rows))))
	clear(c.bits.Bytes())
	c.data = memory.NewResizableBuffer(alloc)
	c.data.Reserve(bytes)
	c.starts = arrow.Int32Traits.CastFromBytes(c.offsets.Bytes())
	return c
}

// put stores b as row i; rows come in ascending order.
func (c *cells) put(i int, b []byte) {
	for ; c.next <= i; c.next++ {
		c.starts[c.next] = int32(c.used)
	}
	c.grow(len(b))
	copy(c.data.Buf()[c.used:], b)
	c.used += len(b)
	c.count++
	bitutil.SetBit(c.bits.Bytes(), i)
}

// copyRun takes over rows from up to to unchanged.
func (c *cells) copyRun(src utf8Source, from, to int) {
	if from == to {
		return
	}
	for ; c.next < from; c.next++ {
		c.starts[c.next] = int32(c.used)
	}
	first, last := src.offsets[from], src.offsets[to]
	shift := int32(c.used) - first
	for i, o := range src.offsets[from:to] {
		c.starts[from+i] = o + shift
	}
	c.grow(int(last - first))
	copy(c.data.Buf()[c.used:], src.data[first:last])
	c.used += int(last - first)
	c.next = to
	if src.nulls == 0 {
		bitutil.SetBitsTo(c.bits.Bytes(), int64(from), int64(to-from), true)
		c.count += to - from
		return
	}
	for i := from; i < to; i++ {
		if src.valid(i) {
			bitutil.SetBit(c.bits.Bytes(), i)
			c.count++
		}
	}
}

// grow makes room for so many bytes more.
func (c *cells) grow(bytes int) {
	if c.used+bytes > c.data.Cap() {
		c.data.ResizeNoShrink(c.used)
		c.data.Reserve(max(2*c.data.Cap(), c.used+bytes, 256))
	}
}

// array hands the column over and lets go of the buffers.
func (c *cells) array() arrow.Array {
	for ; c.next <= c.rows; c.next++ {
		c.starts[c.next] = int32(c.used)
	}
	c.data.ResizeNoShrink(c.used)
	data := array.NewData(c.kind, c.rows, []*memory.Buffer{c.bits, c.offsets, c.data}, nil, c.rows-c.count, 0)
	defer data.Release()
	c.release()
	return array.MakeFromData(data)
}

func (c *cells) release() {
	c.bits.Release()
	c.offsets.Release()
	c.data.Release()
}

// fixed builds a column of fixed-width values.
type fixed[T any] struct {
	kind   arrow.DataType
	alloc  memory.Allocator
	buffer *memory.Buffer
	bits   *memory.Buffer // nil while nothing is NULL
	values []T
	nulls  int
}

func newFixed[T any](alloc memory.Allocator, kind arrow.DataType, rows int, cast func([]byte) []T) *fixed[T] {
	f := &fixed[T]{kind: kind, alloc: alloc, buffer: memory.NewResizableBuffer(alloc)}
	width := kind.(arrow.FixedWidthDataType).Bytes()
	f.buffer.Resize(rows * width)
	f.values = cast(f.buffer.Bytes())[:rows]
	return f
}

func (f *fixed[T]) null(i int) {
	if f.bits == nil {
		f.bits = memory.NewResizableBuffer(f.alloc)
		f.bits.Resize(int(bitutil.BytesForBits(int64(len(f.values)))))
		memory.Set(f.bits.Bytes(), 0xFF)
	}
	bitutil.ClearBit(f.bits.Bytes(), i)
	var zero T
	f.values[i] = zero
	f.nulls++
}

// array hands the column over and lets go of the buffers.
func (f *fixed[T]) array() arrow.Array {
	data := array.NewData(f.kind, len(f.values), []*memory.Buffer{f.bits, f.buffer}, nil, f.nulls, 0)
	defer data.Release()
	f.release()
	return array.MakeFromData(data)
}

func (f *fixed[T]) release() {
	f.buffer.Release()
	if f.bits != nil {
		f.bits.Release()
	}
}
