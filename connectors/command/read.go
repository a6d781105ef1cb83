package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/sourcegraph/conc/panics"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/lake"
)

// Read runs the program for one part.
func (n *snapshot) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	q := n.question()
	q.Part = &partQuestion{ID: part.ID, Spec: part.Spec}
	r := &reading{snapshot: n, part: part.ID, schema: n.schema, types: n.types, sink: sink}
	return r.run(ctx, "read", q)
}

// keys runs the program for the declared key of every row.
func (n *snapshot) keys(ctx context.Context, sink connectors.Sink) error {
	r := &reading{snapshot: n, part: "keys", sink: sink}
	var err error
	if r.schema, r.types, err = n.source.schemaOf(n.answer.Key, n.request.Key); err != nil {
		return err
	}
	return r.run(ctx, "keys", n.question())
}

// reading is one run of the program for rows.
type reading struct {
	*snapshot
	part   string
	schema *arrow.Schema
	types  []conversion
	sink   connectors.Sink
	seen   int64
}

func (r *reading) run(ctx context.Context, verb string, q question) error {
	return r.source.run(ctx, func(out io.Reader) error { return r.stream(ctx, out) }, verb, line(q))
}

// noticed remembers whether the end of what is read was met. A mark closes an Arrow IPC
// stream (Apache Arrow columnar format, "IPC Streaming Format"), and its reader asks for nothing
// behind that: where it met the end, there was no mark. Bytes that look like one may be a value's.
type noticed struct {
	from io.Reader
	end  bool
}

func (n *noticed) Read(p []byte) (int, error) {
	got, err := n.from.Read(p)
	n.end = n.end || err == io.EOF && got < len(p)
	return got, err
}

// stream reads a whole stream. The reader of streams panics on some broken ones.
func (r *reading) stream(ctx context.Context, out io.Reader) (err error) {
	in := &noticed{from: out}
	if p := panics.Try(func() { err = r.batches(ctx, in) }); p != nil {
		return r.broken(in, nil)
	}
	return err
}

func (r *reading) batches(ctx context.Context, out *noticed) error {
	in, err := ipc.NewReader(out, ipc.WithAllocator(r.source.env.Alloc), ipc.WithDelayReadSchema(false))
	if err != nil {
		return r.broken(out, err)
	}
	defer in.Release()
	if err := r.fits(in.Schema()); err != nil {
		return err
	}
	for in.Next() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := r.batch(in.RecordBatch()); err != nil {
			return err
		}
	}
	if err := in.Err(); out.end || err != nil && !errors.Is(err, io.EOF) {
		return r.broken(out, err)
	}
	if n, err := io.Copy(io.Discard, out); err != nil || n > 0 { // behind the mark
		return r.broken(&noticed{}, err)
	}
	return nil
}

// broken is a stream that ends before its mark, and is worth another try, or one that is none.
func (r *reading) broken(in *noticed, err error) error {
	if in.end {
		return fault.New(fault.Unreachable, "exec.cut", r.source.settings.Command[0])
	}
	return fault.New(fault.Data, "exec.stream", r.source.settings.Command[0]).Because(err)
}

// fits compares the stream's schema with what the program promised.
func (r *reading) fits(s *arrow.Schema) error {
	ok := s.NumFields() == len(r.types)
	for i := 0; ok && i < s.NumFields(); i++ {
		ok = s.Field(i).Name == r.schema.Field(i).Name && arrow.TypeEqual(s.Field(i).Type, r.types[i].from)
	}
	if !ok {
		return fault.New(fault.Changed, "exec.schema", r.source.settings.Command[0])
	}
	return nil
}

// batch hands on one of the program's batches, in pieces of at most BatchRows.
func (r *reading) batch(rec arrow.RecordBatch) error {
	columns := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		columns[i] = r.types[i].convert(r.source.env.Alloc, c)
		defer columns[i].Release()
	}
	whole := array.NewRecordBatch(r.schema, columns, rec.NumRows())
	defer whole.Release()
	good := int64(0) // rows of this piece so far, from start
	start := int64(0)
	hand := func(to int64) error {
		if to == start {
			return nil
		}
		piece := whole.NewSlice(start, to)
		defer piece.Release()
		return r.sink.Batch(piece)
	}
	sound := r.sound(columns)
	most := int64(max(1, r.request.BatchRows))
	for i := range rec.NumRows() {
		r.seen++
		if !sound {
			if c := r.undecodable(columns, int(i)); c >= 0 {
				if err := hand(i); err != nil {
					return err
				}
				start, good = i+1, 0
				if err := r.sink.Bad(r.bad(columns, c, int(i))); err != nil {
					return err
				}
				continue
			}
		}
		if good++; good == most {
			if err := hand(i + 1); err != nil {
				return err
			}
			start, good = i+1, 0
		}
	}
	return hand(rec.NumRows())
}

// sound tells whether all texts of a batch are UTF-8.
func (r *reading) sound(columns []arrow.Array) bool {
	for _, c := range columns {
		if s, ok := c.(*array.String); ok && !utf8.Valid(s.ValueBytes()) {
			return false
		}
	}
	return true
}

// undecodable finds a column whose text is no UTF-8 in a row; -1 for none.
func (r *reading) undecodable(columns []arrow.Array, row int) int {
	return slices.IndexFunc(columns, func(c arrow.Array) bool {
		s, ok := c.(*array.String)
		return ok && s.IsValid(row) && !utf8.ValidString(s.Value(row))
	})
}

func (r *reading) bad(columns []arrow.Array, column, row int) lake.BadRow {
	var key []string
	for _, k := range r.request.Key {
		if i := slices.Index(r.request.Columns, k); i >= 0 && i < len(columns) && columns[i].IsValid(row) {
			key = append(key, k+"="+lake.Shown(columns[i].ValueStr(row)))
		}
	}
	return lake.BadRow{
		Key: strings.Join(key, ", "), Column: r.schema.Field(column).Name, Text: lake.Shown(columns[column].(*array.String).Value(row)),
		Reason: "exec.bad.text", Place: fmt.Sprintf("%s#%d", r.part, r.seen),
	}
}
