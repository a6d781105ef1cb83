package files

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/lake"
)

// Kind is what files of lines are able to do, whatever their form.
func (s *Lines) Kind() connectors.Kind {
	return connectors.Kind{Source: s, Snapshot: (*lines)(nil), Parts: true, Moment: true}
}

// lines is a table's files as they were when it was opened.
type lines struct {
	*Lines
	Picked
	request connectors.Request
	schema  *arrow.Schema
	parts   []connectors.Part
	places  Standings
}

func (n *lines) Schema() *arrow.Schema    { return n.schema }
func (n *lines) Parts() []connectors.Part { return n.parts }
func (n *lines) Consistent() bool         { return true } // a file that changes meanwhile is refused
func (n *lines) Close() error             { return nil }

// Identity names the files by what they are.
func (n *lines) Identity() string {
	return n.Folder.Identity(n.Fresh, n.request)
}

// Place names file and line of a row of the batch a sink has borrowed.
func (n *lines) Place(part connectors.Part, row int64) string { return n.places.Place(part.ID, row) }

// longest is the longest line that is read.
const longest = 64 << 20

var errEnough = errors.New("enough lines")

// each hands over a file's lines that are not blank, numbered from 1. A file that is no
// longer what it was, then or at its end, is fault.Changed.
func (s *Lines) each(ctx context.Context, f File, take func(number int, line []byte) error) error {
	handle, err := s.Folder.Open(f)
	if err != nil {
		return err
	}
	defer handle.Close()
	scan := bufio.NewScanner(Canceller{Ctx: ctx, From: handle})
	scan.Buffer(make([]byte, 64<<10), longest)
	for n := 1; scan.Scan(); n++ {
		if line := trimmed(scan.Bytes()); len(line) > 0 {
			if err := take(n, line); err != nil {
				return err
			}
		}
	}
	switch err := scan.Err(); {
	case ctx.Err() != nil:
		return Interrupted(f.Name, ctx.Err())
	case errors.Is(err, bufio.ErrTooLong):
		return fault.New(fault.Data, "files.long", f.Name)
	case err != nil && err != io.EOF:
		return Fault(err, f.Name)
	}
	return f.Unchanged(handle)
}

// Read streams a part's files, one after the other.
func (n *lines) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	found, err := Of(part)
	if err != nil {
		return err
	}
	r := &reading{lines: n, sink: sink, builder: array.NewRecordBuilder(n.Env.Alloc, n.schema), stand: n.places.Begin(part.ID)}
	defer r.builder.Release()
	defer n.places.End(part.ID)
	for _, f := range found {
		r.stand.Open(f.Name)
		err := n.each(ctx, f, func(number int, line []byte) error { return r.line(ctx, f.Name, number, line) })
		if err == errEnough {
			break
		}
		if err != nil {
			return err
		}
	}
	return r.flush(ctx)
}

// reading is one part under way.
type reading struct {
	*lines
	sink    connectors.Sink
	builder *array.RecordBuilder
	stand   *Standing
	rows    int
	bytes   int
	seen    int64
}

func (r *reading) line(ctx context.Context, file string, number int, line []byte) error {
	row, why := r.Parse(line)
	if why != "" {
		return r.sink.Bad(lake.BadRow{Text: lake.Shown(string(line)), Reason: why, Place: Line(file, number)})
	}
	for i, c := range r.request.Columns {
		b := r.builder.Field(i).(*array.StringBuilder)
		if v := row.Values[c]; v != nil {
			b.Append(*v)
			r.bytes += len(*v)
		} else {
			b.AppendNull()
		}
	}
	r.stand.Add(number)
	r.rows++
	r.seen++
	if r.request.Limit > 0 && r.seen == r.request.Limit {
		return errEnough
	}
	if r.rows < max(1, r.request.BatchRows) && r.bytes < 32<<20 {
		return nil
	}
	return r.flush(ctx)
}

func (r *reading) flush(ctx context.Context) error {
	if r.rows == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return Interrupted(r.request.Table, err)
	}
	rec := r.builder.NewRecordBatch()
	defer rec.Release()
	r.rows, r.bytes = 0, 0
	err := r.sink.Batch(rec)
	r.stand.Next()
	return err
}
