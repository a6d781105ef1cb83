package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/pacing"
	"guiji/lake"
)

// defaultBatch is how many rows a batch has where the request says nothing.
const defaultBatch = 65_536

// Read streams one part. It waits for a session of the snapshot that no other part uses.
func (n *snapshot) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	query, err := n.statement(part)
	if err != nil {
		return fault.New(fault.Internal, "mysql.part", part.ID).Because(err)
	}
	return n.stream(ctx, query, &reader{snapshot: n, selection: n.collected, part: part, sink: sink})
}

// stream runs a statement on a session of the snapshot and has r read its rows.
func (n *snapshot) stream(ctx context.Context, query string, r *reader) error {
	ctx, cancel, err := n.source.allowed(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	return n.source.explainShut(ctx, n.streamed(ctx, query, r))
}

func (n *snapshot) streamed(ctx context.Context, query string, r *reader) (err error) {
	p, err := n.session(ctx)
	if err != nil {
		return err
	}
	defer func() { n.Give(p, err) }()
	err = p.query(ctx, query, func(rows rows) error { return r.run(ctx, rows) })
	if err == nil {
		err = n.unchanged(ctx, p, r.selection)
	}
	var own sinkError
	if errors.As(err, &own) {
		return own.error
	}
	return n.source.explain(err, n.table.name)
}

// unchanged compares the columns with those the snapshot was planned by.
func (n *snapshot) unchanged(ctx context.Context, p *session, read *selection) error {
	now, err := n.source.table(ctx, p.conn, n.table.name)
	if err != nil {
		return err
	}
	for _, was := range read.columns {
		if is, ok := now.find(was.name); !ok || is.typ != was.typ || is.nullable != was.nullable {
			return n.changed(was.name)
		}
	}
	return nil
}

func (n *snapshot) changed(column string) error {
	return fault.New(fault.Changed, "mysql.changed", n.where(column))
}

// sinkError marks an error as the sink's, which is handed on as it is.
type sinkError struct{ error }

func (e sinkError) Unwrap() error { return e.error }

// reader is one reading of one part.
type reader struct {
	*selection
	snapshot *snapshot
	part     connectors.Part
	sink     connectors.Sink
	seen     int64 // rows
	bytes    int64 // of texts since the last pause
}

// run reads rows to their end. Only io.EOF is an end: it stands for the server's own end
// packet and for nothing else.
func (r *reader) run(ctx context.Context, rows rows) error {
	n := r.snapshot
	most := n.request.BatchRows
	if most <= 0 {
		most = defaultBatch
	}
	b := newBatch(r.schema, r.forms, most, n.source.env.Alloc)
	defer b.release()
	if !rows.fit(b) {
		return n.changed("*")
	}
	for {
		before := b.bytes
		i, f, err := rows.next(b)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		r.seen++
		if f != sound {
			if err := r.bad(i, f, rows.refused()); err != nil {
				return err
			}
		}
		r.bytes += int64(b.bytes - before)
		if b.full() {
			if err := r.flush(b); err != nil {
				return err
			}
		}
		if r.seen%pacing.Every == 0 {
			if err := r.pause(ctx); err != nil {
				return err
			}
		}
	}
	if b.rows == 0 {
		return nil
	}
	return r.flush(b)
}

// pause keeps to the source's caps and sees whether the read is still wanted.
func (r *reader) pause(ctx context.Context) error {
	if p := r.snapshot.source.pace; p.Limited() {
		if err := p.Wait(ctx, pacing.Every, r.bytes); err != nil {
			return err
		}
		r.bytes = 0
	}
	return ctx.Err()
}

func (r *reader) flush(b *batch) error {
	rec := b.take()
	defer rec.Release()
	if err := r.sink.Batch(rec); err != nil {
		return sinkError{err}
	}
	return nil
}

// bad hands a row that did not fit to the sink.
func (r *reader) bad(column int, f flaw, row []driver.Value) error {
	n := r.snapshot
	if f == flawForm {
		return n.changed(r.columns[column].name)
	}
	reason := "mysql.bad.text"
	if f == flawNumber {
		reason = "mysql.bad.number"
	}
	err := r.sink.Bad(lake.BadRow{
		Key:    r.key(row),
		Column: r.schema.Field(column).Name,
		Text:   printable(row[column]),
		Reason: reason,
		Place:  fmt.Sprintf("%s#%d", r.part.ID, r.seen),
	})
	if err != nil {
		return sinkError{err}
	}
	return nil
}

// key is the row's key as far as it was asked for: the declared one, else the table's own.
func (r *reader) key(row []driver.Value) string {
	names := r.snapshot.request.Key
	if len(names) == 0 {
		names = r.snapshot.table.key
	}
	var out []string
	for _, k := range names {
		if i := slices.IndexFunc(r.schema.Fields(), func(f arrow.Field) bool { return strings.EqualFold(f.Name, k) }); i >= 0 {
			out = append(out, k+"="+printable(row[i]))
		}
	}
	return strings.Join(out, ", ")
}

// printable is a value as far as it can be shown: bytes that are no UTF-8 as \xNN.
func printable(v driver.Value) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return lake.Shown(string(x))
	}
	return fmt.Sprint(v)
}
