package parquetfile

import (
	"context"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/lake"
)

// batchBytes is about how much of a file one batch holds, by what the file says of itself.
const batchBytes = 32 << 20

// Read streams a part's files, one after the other.
func (s *snapshot) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	found, err := files.Of(part)
	if err != nil {
		return err
	}
	r := &reader{snapshot: s, ctx: ctx, sink: sink, left: s.request.Limit}
	r.stand = s.places.Begin(part.ID)
	defer s.places.End(part.ID)
	for _, f := range found {
		if err := r.file(f); err != nil {
			return err
		}
		if r.full() {
			break
		}
	}
	return nil
}

// reader is one part under way.
type reader struct {
	*snapshot
	ctx   context.Context
	sink  connectors.Sink
	left  int64 // rows a sample still wants
	stand *files.Standing
	row   int // of the file, so far
}

// full reports that a sample has its rows.
func (r *reader) full() bool { return r.request.Limit > 0 && r.left == 0 }

func (r *reader) file(f files.File) error {
	o, err := r.open(r.ctx, f)
	if err != nil {
		return err
	}
	defer o.close()
	columns, err := o.find(r.request.Columns)
	if err != nil {
		return err
	}
	r.stand.Open(o.Name)
	r.row = 0
	for group := range o.whole.NumRowGroups() {
		if err := r.group(o, group, columns); err != nil {
			return err
		}
		if r.full() {
			return o.Unchanged(o.handle)
		}
	}
	return o.Unchanged(o.handle)
}

// group reads one row group, of which every column must have all rows.
func (r *reader) group(o *opened, group int, columns []column) error {
	var rows int64
	var batches array.RecordReader
	err := guarded(func() (err error) {
		about := o.whole.MetaData().RowGroup(group)
		if rows = about.NumRows(); rows <= 0 {
			return nil
		}
		o.reader.Props.BatchSize = min(int64(max(1, r.request.BatchRows)), max(1, batchBytes/max(1, about.TotalByteSize()/rows)))
		batches, err = o.reader.GetRecordReader(r.ctx, leaves(columns), []int{group})
		return err
	})
	if err != nil || rows <= 0 {
		return o.explain(err)
	}
	defer batches.Release()
	for rows > 0 && !r.full() {
		var rec arrow.RecordBatch
		if err := guarded(func() error { rec, err = r.next(o, batches, columns); return err }); err != nil {
			return o.explain(err)
		}
		if rec.NumRows() > rows {
			rec.Release()
			return o.explain(errDamaged)
		}
		rows -= rec.NumRows()
		if err := r.hand(o, rec); err != nil {
			return err
		}
	}
	return nil
}

// leaves are the columns' places, each once.
func leaves(columns []column) []int {
	var out []int
	for _, c := range columns {
		out = append(out, c.leaf)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// next is the next batch in the shape of the snapshot. Rows that a column lacks are damage:
// the library takes them for the end.
func (r *reader) next(o *opened, batches array.RecordReader, columns []column) (arrow.RecordBatch, error) {
	if !batches.Next() {
		if err := batches.Err(); err != nil {
			return nil, err
		}
		return nil, errDamaged
	}
	rec := batches.RecordBatch()
	order := leaves(columns)
	out := make([]arrow.Array, len(columns))
	var bad []badCell
	for i, c := range columns {
		at, _ := slices.BinarySearch(order, c.leaf)
		t := turn(r.env.Alloc, rec.Column(at), r.schema.Field(i).Type, r.zone)
		defer t.Release()
		out[i] = t.Array
		for _, row := range t.bad {
			bad = append(bad, badCell{row, i})
		}
	}
	for _, a := range out {
		if int64(a.Len()) != rec.NumRows() || a.Len() == 0 {
			return nil, errDamaged
		}
	}
	made := array.NewRecordBatch(r.schema, out, rec.NumRows())
	if len(bad) == 0 {
		return made, nil
	}
	slices.SortStableFunc(bad, func(a, b badCell) int { return a.row - b.row })
	return &spoilt{made, bad}, nil
}

// badCell is a cell that is no text.
type badCell struct{ row, column int }

// spoilt is a batch with rows that are none.
type spoilt struct {
	arrow.RecordBatch
	bad []badCell
}

// hand gives a batch to the sink, without the rows that are none: these go to quarantine.
func (r *reader) hand(o *opened, rec arrow.RecordBatch) error {
	defer rec.Release()
	if err := r.ctx.Err(); err != nil {
		return files.Interrupted(o.Name, err)
	}
	whole, from := rec, int64(0)
	if s, ok := rec.(*spoilt); ok {
		whole = s.RecordBatch
		for _, b := range s.bad {
			if int64(b.row) < from { // another cell of that row
				continue
			}
			if err := r.rows(whole, from, int64(b.row)); err != nil {
				return err
			}
			if r.full() {
				return nil
			}
			r.row++
			if err := r.sink.Bad(r.bad(o, whole, b)); err != nil {
				return err
			}
			from = int64(b.row) + 1
		}
	}
	return r.rows(whole, from, whole.NumRows())
}

// rows hands over the rows from one to before another.
func (r *reader) rows(rec arrow.RecordBatch, from, to int64) error {
	if r.request.Limit > 0 {
		to = min(to, from+r.left)
	}
	if from >= to {
		return nil
	}
	r.left = max(0, r.left-(to-from))
	for range to - from {
		r.row++
		r.stand.Add(r.row)
	}
	part := rec.NewSlice(from, to)
	defer part.Release()
	err := r.sink.Batch(part)
	r.stand.Next()
	return err
}

func (r *reader) bad(o *opened, rec arrow.RecordBatch, b badCell) lake.BadRow {
	cell := func(column int) string {
		a := rec.Column(column)
		if a.IsNull(b.row) {
			return ""
		}
		return lake.Shown(texts(a, time.UTC)(b.row))
	}
	return lake.BadRow{
		Column: r.request.Columns[b.column], Text: cell(b.column), Reason: "parquetfile.undecodable",
		Place: files.Line(o.Name, r.row), Key: files.Key(r.request.Key, r.request.Columns, cell),
	}
}
