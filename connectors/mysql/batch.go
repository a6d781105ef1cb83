package mysql

import (
	"database/sql/driver"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// maxBatchBytes is how many bytes of texts a batch holds before it goes, full or not:
// a table of long texts must not fill the memory. One row may pass it.
const maxBatchBytes = 32 << 20

// flaw is what keeps a value out of its column.
type flaw int

const (
	sound      flaw = iota
	flawText        // bytes that are no UTF-8
	flawNumber      // a DECIMAL that does not fit its declared digits
	flawForm        // not the wire type the schema promised: the table has changed
)

// builder collects one column of a batch. Room is reserved for the whole batch, so
// that no append looks at capacity but for texts.
type builder interface {
	reserve(rows int)
	append(driver.Value) flaw // a value as the driver makes it
	takes(kind) bool          // what the column is on the wire
	take(text []byte) flaw    // a value as it comes over the wire
	null()
	truncate(rows int) // takes back what was appended after so many rows
	finish() arrow.ArrayData
	release() // gives back what was reserved and not finished
}

// validity is the part that all builders share. Most columns never meet a NULL and
// so never have a bitmap.
type validity struct {
	alloc          memory.Allocator
	typ            arrow.DataType
	rows, capacity int
	nulls          int
	bits           *memory.Buffer
}

func (v *validity) setNull() {
	if v.bits == nil {
		v.bits = memory.NewResizableBuffer(v.alloc)
		v.bits.Resize(int(bitutil.BytesForBits(int64(v.capacity))))
		memory.Set(v.bits.Buf(), 0xFF)
	}
	bitutil.ClearBit(v.bits.Buf(), v.rows)
	v.nulls++
}

func (v *validity) truncate(rows int) {
	for i := rows; i < v.rows && v.bits != nil; i++ {
		if !bitutil.BitIsSet(v.bits.Buf(), i) {
			bitutil.SetBit(v.bits.Buf(), i)
			v.nulls--
		}
	}
	v.rows = rows
}

// data wraps what was collected; the array owns the buffers from then on.
func (v *validity) data(buffers ...*memory.Buffer) arrow.ArrayData {
	all := append([]*memory.Buffer{v.bits}, buffers...)
	d := array.NewData(v.typ, v.rows, all, nil, v.nulls, 0)
	for _, b := range all {
		if b != nil {
			b.Release()
		}
	}
	v.bits, v.nulls, v.rows = nil, 0, 0
	return d
}

func (v *validity) release() {
	if v.bits != nil {
		v.bits.Release()
		v.bits = nil
	}
	v.nulls, v.rows = 0, 0
}

// batch collects rows into record batches of one schema.
type batch struct {
	schema  *arrow.Schema
	columns []builder
	most    int
	rows    int
	bytes   int  // of values, as they came; of texts alone where the driver reads
	open    bool // room is reserved
}

func newBatch(schema *arrow.Schema, forms []form, most int, alloc memory.Allocator) *batch {
	b := &batch{schema: schema, most: most}
	for _, f := range forms {
		b.columns = append(b.columns, f.build(alloc))
	}
	return b
}

// append takes a row, or says which column refused it and why; then nothing of it stays.
func (b *batch) append(row []driver.Value) (int, flaw) {
	b.begin()
	for i, v := range row {
		if f := b.columns[i].append(v); f != sound {
			b.takeBack(i)
			return i, f
		}
		if text, ok := v.([]byte); ok {
			b.bytes += len(text)
		}
	}
	b.rows++
	return 0, sound
}

// appendWire does the same with a row as it comes over the wire. ok is false where its bytes
// are no row of so many columns; the batch is of no use then.
func (b *batch) appendWire(row []byte) (column int, f flaw, ok bool) {
	b.begin()
	p := row
	for i, c := range b.columns {
		value, rest, null, ok := cutValue(p)
		if !ok {
			return i, sound, false
		}
		p = rest
		if null {
			c.null()
		} else if f := c.take(value); f != sound {
			b.takeBack(i)
			return i, f, true
		}
	}
	b.bytes += len(row)
	b.rows++
	return 0, sound, len(p) == 0
}

func (b *batch) begin() {
	if b.open {
		return
	}
	for _, c := range b.columns {
		c.reserve(b.most)
	}
	b.open = true
}

// takeBack undoes what the first columns took of an unfinished row.
func (b *batch) takeBack(columns int) {
	for _, c := range b.columns[:columns] {
		c.truncate(b.rows)
	}
}

// full tells whether the batch must go before another row comes.
func (b *batch) full() bool { return b.rows >= b.most || b.bytes >= maxBatchBytes }

// take returns what was collected, which the caller releases, and begins anew.
func (b *batch) take() arrow.RecordBatch {
	arrays := make([]arrow.Array, len(b.columns))
	for i, c := range b.columns {
		d := c.finish()
		arrays[i] = array.MakeFromData(d)
		d.Release()
	}
	rec := array.NewRecordBatch(b.schema, arrays, int64(b.rows))
	for _, a := range arrays {
		a.Release()
	}
	b.rows, b.bytes, b.open = 0, 0, false
	return rec
}

func (b *batch) release() {
	for _, c := range b.columns {
		c.release()
	}
}
