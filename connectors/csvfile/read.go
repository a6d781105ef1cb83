package csvfile

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"unicode/utf8"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/internal/fault"
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
	ctx   context.Context
	sink  connectors.Sink
	batch *files.Batch
	left  int64 // rows a sample still wants
	stand *files.Standing
}

// full reports that a sample has its rows.
func (r *reading) full() bool { return r.request.Limit > 0 && r.left == 0 }

func (r *reading) file(f files.File) error {
	o, err := r.open(r.ctx, f)
	if err != nil {
		return err
	}
	defer o.close()
	at, err := r.find(o, r.request.Columns)
	if err != nil {
		return err
	}
	r.stand.Open(o.Name)
	var good, bad int64
	width := len(o.header)
	for !r.full() {
		err := o.scan.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return o.lines(err)
		}
		if width == 0 && !o.scan.broken {
			width = len(o.scan.fields) // without a header the first record tells
			if err := r.wideEnough(o, at, width); err != nil {
				return err
			}
		}
		why, column := r.judge(o.scan, at, width)
		if why == "" && o.again() {
			why = reasonHeader
		}
		if why == "" {
			good++
			err = r.row(o.scan, at)
		} else {
			if why == reasonBytes {
				bad++
			}
			err = r.sink.Bad(r.bad(o, at, column, why))
		}
		if err != nil {
			return err
		}
	}
	if good == 0 && bad > 0 && !r.full() {
		return r.wrongData(o)
	}
	return o.Unchanged(o.handle)
}

// wideEnough: col7 must be there.
func (r *reading) wideEnough(o *opened, at []int, width int) error {
	for i, place := range at {
		if place >= width {
			return fault.New(fault.Config, "csvfile.no_column", o.Name, r.request.Columns[i], "col1 … col"+strconv.Itoa(width))
		}
	}
	return nil
}

// judge says why a record is no row, and which requested column is to blame, -1
// for the record as a whole.
func (r *reading) judge(s *scanner, at []int, width int) (why text.Key, column int) {
	switch {
	case s.broken && !utf8.Valid(s.text):
		return reasonBytes, -1
	case s.broken:
		return reasonQuote, -1
	case len(s.fields) != width && width > 0:
		return reasonFields, -1
	case bytes.IndexByte(s.text, 0) >= 0 && utf8.Valid(s.text):
		return reasonZero, -1
	case utf8.Valid(s.text):
		return "", -1
	}
	for i, place := range at {
		if !utf8.Valid(s.fields[place]) {
			return reasonBytes, i
		}
		if bytes.IndexByte(s.fields[place], 0) >= 0 {
			return reasonZero, i
		}
	}
	return "", -1
}

// row adds a record to the batch.
func (r *reading) row(s *scanner, at []int) error {
	r.batch.Add(s.fields, at)
	r.stand.Add(s.at)
	if r.left > 0 {
		r.left--
	}
	if !r.batch.Full() {
		return nil
	}
	return r.flush()
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

func (r *reading) bad(o *opened, at []int, column int, why text.Key) lake.BadRow {
	row := lake.BadRow{Text: lake.Shown(string(o.scan.text)), Reason: string(why), Place: files.Line(o.Name, o.scan.at)}
	if column >= 0 {
		row.Column, row.Text = r.request.Columns[column], lake.Shown(string(o.scan.fields[at[column]]))
		row.Key = files.Key(r.request.Key, r.request.Columns, func(i int) string { return lake.Shown(string(o.scan.fields[at[i]])) })
	}
	return row
}

// wrongData is the error of a file of which no record can be decoded.
func (r *reading) wrongData(o *opened) error {
	err := fault.New(fault.Data, "csvfile.all_undecodable", o.Name, o.encoding)
	if better := r.suggest(o.head()); better != "" && better != o.encoding {
		return err.Try("csvfile.set_encoding", better)
	}
	return err.Try("csvfile.ask_encoding")
}
