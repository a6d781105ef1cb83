package engine

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/sourcegraph/conc/panics"

	"guiji/internal/fault"
)

// Feed is a reader of the batches another goroutine sends: what CopyArrow reads while
// they are still being made. It is read once.
type Feed struct {
	schema  *arrow.Schema
	out     chan arrow.RecordBatch // a small buffer lets the reader lag behind
	current arrow.RecordBatch
	refs    atomic.Int64
	failed  atomic.Pointer[error]
}

// NewFeed is one of batches of a schema.
func NewFeed(schema *arrow.Schema) *Feed {
	f := &Feed{schema: schema, out: make(chan arrow.RecordBatch, 2)}
	f.refs.Store(1)
	return f
}

var _ array.RecordReader = (*Feed)(nil)

// Send hands a batch over, which is the feed's from now on, until the end of ctx.
func (f *Feed) Send(ctx context.Context, rec arrow.RecordBatch) error {
	select {
	case f.out <- rec:
		return nil
	case <-ctx.Done():
		rec.Release()
		return context.Cause(ctx)
	}
}

// End tells the reader that no batch follows, and why where something went wrong.
func (f *Feed) End(err error) {
	if err != nil {
		f.failed.Store(&err)
	}
	close(f.out)
}

// Drain throws away what the reader did not take, until the end.
func (f *Feed) Drain() {
	for rec := range f.out {
		rec.Release()
	}
}

// Schema is that of every batch.
func (f *Feed) Schema() *arrow.Schema { return f.schema }

// Next waits for the next batch; false at the feed's end.
func (f *Feed) Next() bool {
	f.drop()
	rec, ok := <-f.out
	if ok {
		f.current = rec
	}
	return ok
}

// RecordBatch is the current batch, valid until Next.
func (f *Feed) RecordBatch() arrow.RecordBatch { return f.current }

// Record is RecordBatch by its old name, which the interface still asks for.
func (f *Feed) Record() arrow.RecordBatch { return f.current }

// Retain keeps the reader.
func (f *Feed) Retain() { f.refs.Add(1) }

// Release gives the reader back.
func (f *Feed) Release() {
	if f.refs.Add(-1) == 0 {
		f.drop()
	}
}

// Err is what ended the feed early; nil for one that was ended without, whatever came
// after it.
func (f *Feed) Err() error {
	if err := f.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func (f *Feed) drop() {
	if f.current != nil {
		f.current.Release()
		f.current = nil
	}
}

// CopyFed writes to one Parquet file what produce sends, in a goroutine beside, and returns
// the rows written. The error is of the side that failed first, for the other one is then
// told to stop; of the end of ctx it is its cause. A panic of produce is one too.
func (s *Session) CopyFed(ctx context.Context, schema *arrow.Schema, path string, o ParquetOptions, produce func(context.Context, *Feed) error) (int64, error) {
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	feed, done := NewFeed(schema), make(chan error, 1)
	defer feed.Release()
	go func() {
		var err error
		if p := panics.Try(func() { err = produce(within, feed) }); p != nil {
			err = fault.New(fault.Internal, "pipeline.panic").Because(errors.New(string(p.Stack)))
		}
		feed.End(err)
		done <- err
	}()
	n, err := s.CopyArrow(within, feed, path, o) // its error is produce's where that failed first
	if err != nil {
		cancel(err)
		feed.Drain()
	}
	if perr := <-done; perr != nil && (err == nil || ctx.Err() != nil) {
		err = perr
	}
	return n, err
}
