package files

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// maxBatchBytes ends a batch of long texts before it has all its rows.
const maxBatchBytes = 32 << 20

// Batch collects rows into utf8 columns without NULLs.
type Batch struct {
	alloc   memory.Allocator
	schema  *arrow.Schema
	most    int
	rows    int
	bytes   int
	columns []column
}

// column is one utf8 column growing.
type column struct {
	offsets *memory.Buffer
	data    *memory.Buffer
	starts  []int32
	used    int
}

// NewBatch makes a batch of at most so many rows; all fields of the schema are utf8.
func NewBatch(alloc memory.Allocator, schema *arrow.Schema, rows int) *Batch {
	return &Batch{alloc: alloc, schema: schema, most: max(rows, 1), columns: make([]column, schema.NumFields())}
}

// Add appends the fields that stand at the columns' places; it copies them.
func (b *Batch) Add(fields [][]byte, at []int) {
	for i := range b.columns {
		c := &b.columns[i]
		if c.offsets == nil {
			c.open(b.alloc, b.most)
		}
		f := fields[at[i]]
		if c.used+len(f) > c.data.Cap() {
			c.data.ResizeNoShrink(c.used)
			c.data.Reserve(max(2*c.data.Cap(), c.used+len(f)))
		}
		copy(c.data.Buf()[c.used:], f)
		c.used += len(f)
		b.bytes += len(f)
		c.starts[b.rows+1] = int32(c.used)
	}
	b.rows++
}

// Len is the number of rows so far.
func (b *Batch) Len() int { return b.rows }

// Full reports that the batch has to be handed over.
func (b *Batch) Full() bool { return b.rows == b.most || b.bytes >= maxBatchBytes }

func (c *column) open(alloc memory.Allocator, rows int) {
	c.offsets = memory.NewResizableBuffer(alloc)
	c.offsets.Resize((rows + 1) * arrow.Int32SizeBytes)
	c.starts = arrow.Int32Traits.CastFromBytes(c.offsets.Bytes())
	c.starts[0] = 0
	c.data = memory.NewResizableBuffer(alloc)
	c.data.Reserve(16 * rows)
	c.used = 0
}

// Record hands the rows over and begins anew.
func (b *Batch) Record() arrow.RecordBatch {
	arrays := make([]arrow.Array, len(b.columns))
	for i := range b.columns {
		c := &b.columns[i]
		c.offsets.Resize((b.rows + 1) * arrow.Int32SizeBytes)
		c.data.ResizeNoShrink(c.used)
		data := array.NewData(arrow.BinaryTypes.String, b.rows, []*memory.Buffer{nil, c.offsets, c.data}, nil, 0, 0)
		arrays[i] = array.MakeFromData(data)
		data.Release()
	}
	rec := array.NewRecordBatch(b.schema, arrays, int64(b.rows))
	for _, a := range arrays {
		a.Release()
	}
	b.Release()
	return rec
}

// Release lets go of what was not handed over, and of this side's share of what was.
func (b *Batch) Release() {
	for i := range b.columns {
		if c := &b.columns[i]; c.offsets != nil {
			c.offsets.Release()
			c.data.Release()
			*c = column{}
		}
	}
	b.rows, b.bytes = 0, 0
}
