package postgres

import (
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/connectors"
)

// maxBatchBytes is how many bytes of values a batch holds before it goes, full or not: a
// table of long texts must not fill the memory. One row may pass it.
const maxBatchBytes = 32 << 20

// batch collects rows into record batches of one schema.
type batch struct {
	builder *array.RecordBuilder
	fields  []field
	most    int
	rows    int
	bytes   int
}

func newBatch(s *Source, chosen *selection, most int) *batch {
	b := &batch{builder: array.NewRecordBuilder(s.env.Alloc, chosen.schema), most: most}
	for i, f := range chosen.forms {
		b.fields = append(b.fields, f.field(b.builder.Field(i), s.zone))
	}
	return b
}

// append takes a row, or says which column refused it and why; then nothing of it stays.
func (b *batch) append(row [][]byte) (int, flaw) {
	for i, v := range row {
		if v != nil {
			if f := b.fields[i].check(v); f != sound {
				return i, f
			}
		}
	}
	if b.rows == 0 {
		b.builder.Reserve(b.most)
	}
	for i, v := range row {
		if v == nil {
			b.fields[i].null()
			continue
		}
		b.fields[i].take(v)
		b.bytes += len(v)
	}
	b.rows++
	return 0, sound
}

// full tells whether the batch must go before another row comes.
func (b *batch) full() bool { return b.rows >= b.most || b.bytes >= maxBatchBytes }

// flush hands what was collected to the sink.
func (b *batch) flush(sink connectors.Sink) error {
	if b.rows == 0 {
		return nil
	}
	rec := b.builder.NewRecordBatch()
	defer rec.Release()
	b.rows, b.bytes = 0, 0
	if err := sink.Batch(rec); err != nil {
		return sinkError{err}
	}
	return nil
}

func (b *batch) release() { b.builder.Release() }

// sinkError marks an error as the sink's, which is handed on as it is.
type sinkError struct{ error }

func (e sinkError) Unwrap() error { return e.error }
