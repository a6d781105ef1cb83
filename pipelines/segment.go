package pipelines

import (
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// segment is the writer's side of a stream: batches of one schema, as an
// array.RecordReader that is read once.
type segment struct {
	schema  *arrow.Schema
	out     chan arrow.RecordBatch // a small buffer lets the writer lag behind
	current arrow.RecordBatch
	refs    atomic.Int64
	failed  atomic.Pointer[error]
}

func newSegment(schema *arrow.Schema) *segment {
	seg := &segment{schema: schema, out: make(chan arrow.RecordBatch, 2)}
	seg.refs.Store(1)
	return seg
}

var _ array.RecordReader = (*segment)(nil)

// Schema is that of every batch.
func (s *segment) Schema() *arrow.Schema { return s.schema }

// Next waits for the next batch; false at the segment's end.
func (s *segment) Next() bool {
	s.drop()
	rec, ok := <-s.out
	if ok {
		s.current = rec
	}
	return ok
}

// RecordBatch is the current batch, valid until Next.
func (s *segment) RecordBatch() arrow.RecordBatch { return s.current }

// Record is RecordBatch by its old name, which the interface still asks for.
func (s *segment) Record() arrow.RecordBatch { return s.current }

// Retain keeps the reader.
func (s *segment) Retain() { s.refs.Add(1) }

// Release gives the reader back.
func (s *segment) Release() {
	if s.refs.Add(-1) == 0 {
		s.drop()
	}
}

// Err is what ended the segment early; nil for one that ended because the next began,
// whatever became of that.
func (s *segment) Err() error {
	if err := s.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// end tells the writer that no batch follows, and why where something went wrong.
func (s *segment) end(err error) {
	if err != nil {
		s.failed.Store(&err)
	}
	close(s.out)
}

func (s *segment) drop() {
	if s.current != nil {
		s.current.Release()
		s.current = nil
	}
}

func (s *segment) drain() {
	for rec := range s.out {
		rec.Release()
	}
}
