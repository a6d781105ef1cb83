package pipelines

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/internal/engine"
	"guiji/lake"
	"guiji/quality"
)

// stream carries one part from the connector, through the row steps, to the
// Parquet writer. It is the connector's sink; batches are worked on by the
// goroutine that reads the source, while they are hot in its cache, and handed on
// in segments.
//
// A segment is one file. It has the <item>_raw columns in which something was
// mended so far, and no others: writing twelve columns of nothing but NULL costs
// as much as writing the twelve columns of values. When a batch needs one more,
// the next segment begins.
type stream struct {
	alloc  memory.Allocator
	part   string
	steps  rowSteps
	checks *quality.RowSet // this part's own clone
	bad    *badRows
	schema *arrow.Schema // of the whole image
	order  *keyOrder
	onRows func(n int64)
	place  func(row int64) string // of a row of the batch at hand, in the source's own words; nil where it has none
	places bool                   // the image has PlaceColumn, behind its masks

	ctx      context.Context
	segments chan *engine.Feed
	current  *engine.Feed
	needed   []bool // by column of the schema: in the current segment
	batched  int64  // rows of the batches so far
	read     atomic.Int64
}

// begin readies the stream of one part.
func (s *stream) begin(ctx context.Context) {
	s.ctx, s.segments = ctx, make(chan *engine.Feed)
	s.needed = make([]bool, s.schema.NumFields())
	for i, f := range s.schema.Fields() {
		s.needed[i] = !strings.HasSuffix(f.Name, "_raw")
	}
}

// Batch standardises and checks a batch and hands it to the writer.
func (s *stream) Batch(rec arrow.RecordBatch) error {
	s.read.Add(rec.NumRows())
	res, err := s.steps.ApplyAt(s.alloc, rec, s.part, s.batched)
	if err != nil {
		return err
	}
	defer res.Batch.Release()
	var more []arrow.Array
	if s.places {
		at, err := s.standing(res.Bad, rec.NumRows(), res.Batch.NumRows())
		if err != nil {
			return err
		}
		defer at.Release()
		more = append(more, at)
	}
	s.locate(res.Bad)
	s.batched += rec.NumRows()
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
	defer func() {
		for _, m := range masks {
			m.Release()
		}
	}()
	s.order.see(res.Batch)
	return s.send(slices.Concat(res.Batch.Columns(), masks, more), res.Batch.NumRows())
}

// locate names the places of rows that were refused as the source does: the file
// and line a department can open instead of part and number. Where the source has no
// places, a row that its key names needs none: which part it came in is another the
// next time.
func (s *stream) locate(bad []lake.BadRow) {
	for i := range bad {
		if s.place == nil {
			if wholeKey(bad[i].Key) {
				bad[i].Place = ""
			}
			continue
		}
		number, ok := strings.CutPrefix(bad[i].Place, s.part+"#")
		row, err := strconv.ParseInt(number, 10, 64)
		if !ok || err != nil {
			continue
		}
		if at := s.place(row - 1); at != "" {
			bad[i].Place = at
		}
	}
}

// wholeKey reports whether a quarantined row's key names it: none of its parts is NULL.
func wholeKey(text string) bool {
	var parts []*string
	return json.Unmarshal([]byte(text), &parts) == nil && len(parts) > 0 && !slices.Contains(parts, nil)
}

// send hands the columns on, in a new segment if one more is needed.
func (s *stream) send(columns []arrow.Array, rows int64) error {
	grew := s.current == nil
	for i, c := range columns {
		if !s.needed[i] && c.NullN() < c.Len() {
			s.needed[i], grew = true, true
		}
	}
	if grew {
		if err := s.roll(); err != nil {
			return err
		}
	}
	chosen := make([]arrow.Array, 0, len(columns))
	for i, c := range columns {
		if s.needed[i] {
			chosen = append(chosen, c)
		}
	}
	return s.current.Send(s.ctx, array.NewRecordBatch(s.current.Schema(), chosen, rows))
}

// roll ends the current segment and begins one with the columns needed now.
func (s *stream) roll() error {
	if s.current != nil {
		s.current.End(nil)
		s.current = nil
	}
	var fields []arrow.Field
	for i, f := range s.schema.Fields() {
		if s.needed[i] {
			fields = append(fields, f)
		}
	}
	next := engine.NewFeed(arrow.NewSchema(fields, nil))
	select {
	case s.segments <- next:
		s.current = next
		return nil
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
}

// Bad keeps a row the source could not represent.
func (s *stream) Bad(row lake.BadRow) error {
	s.read.Add(1)
	if s.place == nil && wholeKey(row.Key) {
		row.Place = ""
	}
	return s.bad.add(row)
}

// finish ends the writer's side: normally, or with what went wrong.
func (s *stream) finish(err error) {
	if s.current != nil {
		s.current.End(err)
	}
	close(s.segments)
}

// drain throws away what the writer did not take.
func (s *stream) drain(last *engine.Feed) {
	if last != nil {
		last.Drain()
	}
	for seg := range s.segments {
		seg.Drain()
	}
}

// badRows collects the quarantined rows of a part into one file.
type badRows struct {
	writer *rowWriter
	n      int64
}

func (b *badRows) add(rows ...lake.BadRow) error {
	if len(rows) == 0 {
		return nil
	}
	for _, r := range rows {
		b.n++
		if err := b.writer.append(r.Key, r.Column, r.Text, r.Reason, r.Place); err != nil {
			return err
		}
	}
	return nil
}
