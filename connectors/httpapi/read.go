package httpapi

import (
	"context"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/go-json-experiment/json/jsontext"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
)

// maxBatchBytes ends a batch of long texts before it has all its rows.
const maxBatchBytes = 32 << 20

// Read streams all pages.
func (n *snapshot) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	r := &reading{snapshot: n, ctx: ctx, sink: sink, picker: newPicker(n.paths), most: max(1, n.request.BatchRows)}
	r.builder = array.NewRecordBuilder(n.env.Alloc, n.schema)
	defer r.builder.Release()
	n.begin(part.ID, r)
	defer n.end(part.ID)
	return r.run()
}

// reading is the passage over the pages under way.
type reading struct {
	*snapshot
	ctx     context.Context
	sink    connectors.Sink
	picker  *picker
	builder *array.RecordBuilder
	most    int
	bytes   int
	rows    int64 // good ones, of all batches
	page    int
	record  int64 // of the page, counted from 1
	stand   standing
}

func (r *reading) run() error {
	p := r.pager(r.table)
	for more := true; more && !r.full(); {
		a, err := r.fetch(r.ctx, r.table, p.call())
		if err != nil {
			return err
		}
		r.page, r.record = p.page, 0
		_, err = r.table.each(a.body, r.row)
		a.close()
		if err == errEnough {
			break
		}
		if err != nil {
			return err
		}
		if more, err = p.next(a); err != nil {
			return err
		}
	}
	if !r.full() {
		if err := p.whole(); err != nil {
			return err
		}
		if err := r.all(); err != nil {
			return err
		}
	}
	return r.flush()
}

// full reports that a sample has its rows.
func (r *reading) full() bool { return r.request.Limit > 0 && r.rows >= r.request.Limit }

// all looks whether each column was in some record: one that the API renamed would be empty
// in every row otherwise, and nobody would know.
func (r *reading) all() error {
	for i, met := range r.picker.met {
		if c := r.request.Columns[i]; !met && r.rows > 0 && !slices.Contains(r.table.Optional, c) {
			e := fault.New(fault.Config, "httpapi.never", r.table.at, c)
			if len(r.table.Columns) > 0 {
				e.Try("httpapi.never.hint")
			}
			return e
		}
	}
	return nil
}

func (r *reading) row(raw jsontext.Value) error {
	if r.full() {
		return errEnough
	}
	if err := r.ctx.Err(); err != nil {
		return fault.New(fault.Interrupted, "httpapi.interrupted", r.table.at).Because(err)
	}
	r.record++
	if why, column := r.picker.pick(raw); why != "" {
		return r.sink.Bad(r.bad(raw, why, column))
	}
	for i, c := range r.picker.cells {
		b := r.builder.Field(i).(*array.StringBuilder)
		if c.text == nil {
			b.AppendNull()
			continue
		}
		b.BinaryBuilder.Append(c.text)
		r.bytes += len(c.text)
	}
	r.rows++
	r.stand.add(r.page, r.record)
	if len(r.stand.at) < r.most && r.bytes < maxBatchBytes {
		return nil
	}
	return r.flush()
}

func (r *reading) flush() error {
	if len(r.stand.at) == 0 {
		return nil
	}
	rec := r.builder.NewRecordBatch()
	defer rec.Release()
	r.bytes = 0
	err := r.sink.Batch(rec)
	r.stand.next()
	return err
}

// bad is a record for quarantine, with its key as far as that could be read before.
func (r *reading) bad(raw jsontext.Value, why text.Key, column int) lake.BadRow {
	row := lake.BadRow{Text: lake.Shown(string(raw)), Reason: string(why), Place: place(r.page, r.record)}
	if column < 0 {
		return row
	}
	row.Column, row.Text = r.request.Columns[column], lake.Shown(strings.Trim(string(r.picker.cells[column].raw), `"`))
	var key []string
	for _, k := range r.request.Key {
		if i := slices.Index(r.request.Columns, k); i >= 0 && r.picker.cells[i].text != nil {
			key = append(key, k+"="+string(r.picker.cells[i].text))
		}
	}
	row.Key = strings.Join(key, ", ")
	return row
}
