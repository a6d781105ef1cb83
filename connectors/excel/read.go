package excel

import (
	"context"
	"errors"
	"io"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/internal/text"
	"guiji/lake"
)

// Read streams a part's files, one after the other.
func (s *snapshot) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	found, err := files.Of(part)
	if err != nil {
		return err
	}
	r := &reading{snapshot: s, ctx: ctx, sink: sink, left: s.request.Limit}
	r.batch = files.NewBatch(s.env.Alloc, s.schema, s.request.BatchRows)
	defer r.batch.Release()
	r.stand = s.places.Begin(part.ID)
	defer s.places.End(part.ID)
	r.fields, r.order = make([][]byte, len(s.request.Columns)), make([]int, len(s.request.Columns))
	for i := range r.order {
		r.order[i] = i
	}
	for _, f := range found {
		if err := r.file(f); err != nil {
			return err
		}
		if r.full() {
			break
		}
	}
	return r.flush()
}

// reading is one part under way.
type reading struct {
	*snapshot
	ctx    context.Context
	sink   connectors.Sink
	batch  *files.Batch
	left   int64 // rows a sample still wants
	stand  *files.Standing
	wanted map[int][]int // the columns asked for, by their place in the sheet
	text   []byte        // of the row
	spans  [][2]int      // of the columns asked for, within text
	fields [][]byte
	order  []int
}

// full reports that a sample has its rows.
func (r *reading) full() bool { return r.request.Limit > 0 && r.left == 0 }

func (r *reading) file(f files.File) error {
	o, err := r.begin(r.ctx, f, r.table.sheet)
	if err != nil {
		return err
	}
	defer o.close()
	at, err := o.find(r.request.Columns)
	if err != nil {
		return err
	}
	r.wanted = map[int][]int{}
	for i, column := range at {
		r.wanted[column] = append(r.wanted[column], i)
	}
	r.spans = make([][2]int, len(at))
	r.stand.Open(o.place())
	for !r.full() {
		err := o.advance()
		if err == io.EOF {
			break
		}
		if err == nil && o.row.number >= o.first {
			err = r.row(o)
		}
		if err != nil {
			return r.explain(o, err)
		}
	}
	return o.Unchanged(o.handle)
}

// explain lets the sink's own errors be.
func (r *reading) explain(o *opened, err error) error {
	var own sinkError
	if errors.As(err, &own) {
		return own.error
	}
	if changed := o.Unchanged(o.handle); changed != nil && r.ctx.Err() == nil {
		return changed // a file that is written anew looks damaged meanwhile
	}
	return o.explain(err)
}

// sinkError is an error that the sink gave.
type sinkError struct{ error }

// row judges a row, and adds it to the batch if it is one: rows without any value,
// which is how sheets end, are none.
func (r *reading) row(o *opened) error {
	r.text = r.text[:0]
	clear(r.spans)
	var why text.Key
	column, wrong := -1, cell{}
	some := false
	for _, c := range o.row.cells {
		wanted, from := r.wanted[c.column], len(r.text)
		if wanted == nil && some {
			continue
		}
		out, reason, err := o.value(r.text, &o.row, c)
		if err != nil {
			return err
		}
		r.text = out
		some = some || len(out) > from || reason != ""
		for _, i := range wanted {
			r.spans[i] = [2]int{from, len(out)}
			if reason != "" && why == "" {
				why, column, wrong = reason, i, c
			}
		}
	}
	if !some {
		return nil
	}
	for i, s := range r.spans {
		r.fields[i] = r.text[s[0]:s[1]]
	}
	if why != "" {
		return sunk(r.sink.Bad(lake.BadRow{
			Column: r.request.Columns[column], Text: string(o.row.text[wrong.from:wrong.to]), Reason: string(why),
			Place: files.Line(o.place(), o.row.number),
			Key:   files.Key(r.request.Key, r.request.Columns, func(i int) string { return string(r.fields[i]) }),
		}))
	}
	return r.add(o.row.number)
}

func (r *reading) add(number int) error {
	r.batch.Add(r.fields, r.order)
	r.stand.Add(number)
	if r.left > 0 {
		r.left--
	}
	if !r.batch.Full() {
		return nil
	}
	return sunk(r.flush())
}

func sunk(err error) error {
	if err == nil {
		return nil
	}
	return sinkError{err}
}

func (r *reading) flush() error {
	if r.batch.Len() == 0 {
		return nil
	}
	if err := r.ctx.Err(); err != nil {
		return files.Interrupted(r.request.Table, err)
	}
	rec := r.batch.Record()
	defer rec.Release()
	err := r.sink.Batch(rec)
	r.stand.Next()
	return err
}
