package pipelines

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/lake"
	"guiji/quality"
	"guiji/transforms/standardize"
)

// stream carries one part from the connector, through the row steps, to the
// Parquet writer: a connectors.Sink on one side, an array.RecordReader on the
// other. Batches are worked on by the goroutine that reads the source, while they
// are hot in its cache; a small buffer lets the writer lag behind.
type stream struct {
	ctx    context.Context
	alloc  memory.Allocator
	part   string
	steps  *standardize.Plan
	checks *quality.RowSet // this part's own clone
	bad    *badRows
	schema *arrow.Schema

	out     chan arrow.RecordBatch
	current arrow.RecordBatch
	err     error // set before out is closed
	read    atomic.Int64
	onRows  func(n int64)
	refs    atomic.Int64
}

// begin readies the stream of one part.
func (s *stream) begin(ctx context.Context) {
	s.ctx, s.out = ctx, make(chan arrow.RecordBatch, 2)
	s.refs.Store(1)
}

// Batch standardises and checks a batch and hands it to the writer.
func (s *stream) Batch(rec arrow.RecordBatch) error {
	s.read.Add(rec.NumRows())
	res, err := s.steps.Apply(s.alloc, rec, s.part)
	if err != nil {
		return err
	}
	defer res.Batch.Release()
	if err := s.bad.add(res.Bad...); err != nil {
		return err
	}
	if s.onRows != nil {
		s.onRows(rec.NumRows())
	}
	if res.Batch.NumRows() == 0 {
		return nil
	}
	masks, err := s.checks.Eval(s.alloc, res.Batch, res.TypeFails)
	if err != nil {
		return err
	}
	out := array.NewRecordBatch(s.schema, append(res.Batch.Columns()[:res.Batch.NumCols():res.Batch.NumCols()], masks...), res.Batch.NumRows())
	for _, m := range masks {
		m.Release()
	}
	select {
	case s.out <- out:
		return nil
	case <-s.ctx.Done():
		out.Release()
		return context.Cause(s.ctx)
	}
}

// Bad keeps a row the source could not represent.
func (s *stream) Bad(row lake.BadRow) error {
	s.read.Add(1)
	return s.bad.add(row)
}

// finish ends the writer's side: normally, or with what went wrong.
func (s *stream) finish(err error) {
	s.err = err
	close(s.out)
}

// drain throws away what the writer did not take.
func (s *stream) drain() {
	for rec := range s.out {
		rec.Release()
	}
}

// The array.RecordReader side.

func (s *stream) Schema() *arrow.Schema { return s.schema }

func (s *stream) Next() bool {
	if s.current != nil {
		s.current.Release()
		s.current = nil
	}
	rec, ok := <-s.out
	if !ok {
		return false
	}
	s.current = rec
	return true
}

func (s *stream) RecordBatch() arrow.RecordBatch { return s.current }
func (s *stream) Record() arrow.RecordBatch      { return s.current }
func (s *stream) Retain()                        { s.refs.Add(1) }

func (s *stream) Release() {
	if s.refs.Add(-1) == 0 && s.current != nil {
		s.current.Release()
		s.current = nil
	}
}

// Err is what ended the stream early. It is read after Next returned false.
func (s *stream) Err() error { return s.err }

var _ array.RecordReader = (*stream)(nil)

// badRows collects quarantined rows of all parts of a resource into one file.
type badRows struct {
	mu     sync.Mutex
	writer *rowWriter
	n      int64
}

func (b *badRows) add(rows ...lake.BadRow) error {
	if len(rows) == 0 {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range rows {
		b.n++
		if err := b.writer.append(r.Key, r.Column, r.Text, r.Reason, r.Place); err != nil {
			return err
		}
	}
	return nil
}
