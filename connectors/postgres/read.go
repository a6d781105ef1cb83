package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

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
		return fault.New(fault.Internal, "postgres.part", part.ID).Because(err)
	}
	return n.stream(ctx, query, n.collected, part.ID, sink)
}

// ReadKeys streams the declared key of every row of the snapshot's moment.
func (n *snapshot) ReadKeys(ctx context.Context, sink connectors.Sink) error {
	if len(n.request.Key) == 0 {
		return fault.New(fault.Internal, "postgres.keys.none", n.table.name)
	}
	keys, err := n.choose(n.request.Key)
	if err != nil {
		return err
	}
	return n.stream(ctx, keys.list()+" FROM "+n.source.name(n.table.name), keys, "keys", sink)
}

// stream copies a query's rows to the sink on a session of the snapshot. The end is the
// server's own word, with the number of rows that came, and nothing else.
func (n *snapshot) stream(ctx context.Context, query string, chosen *selection, part string, sink connectors.Sink) error {
	ctx, cancel, err := n.source.allowed(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	return n.source.explainShut(ctx, n.streamed(ctx, query, chosen, part, sink))
}

func (n *snapshot) streamed(ctx context.Context, query string, chosen *selection, part string, sink connectors.Sink) (err error) {
	p, err := n.session(ctx)
	if err != nil {
		return err
	}
	defer func() { n.Give(p, err) }()
	most := n.request.BatchRows
	if most <= 0 {
		most = defaultBatch
	}
	r := &reader{snapshot: n, selection: chosen, ctx: ctx, part: part, sink: sink, batch: newBatch(n.source, chosen, most)}
	defer r.batch.release()
	in := &tuples{row: r.row, fields: make([][]byte, len(chosen.columns))}
	tag, err := p.conn.CopyTo(ctx, in, "COPY ("+query+") TO STDOUT (FORMAT binary)")
	switch {
	case err == nil && (!in.ended || tag.RowsAffected() != r.seen):
		err = errForm
	case err == nil:
		err = r.batch.flush(sink)
	default:
		p.dead = true // its transaction is over, or the connection was cut
	}
	var own sinkError
	switch {
	case errors.As(err, &own):
		return own.error
	case err != nil && ctx.Err() != nil:
		err = ctx.Err()
	}
	return n.source.explain(err, n.table.name)
}

// reader is one reading of one part.
type reader struct {
	*selection
	snapshot *snapshot
	ctx      context.Context
	part     string
	sink     connectors.Sink
	batch    *batch
	seen     int64 // rows
	bytes    int64 // since the last pause
}

// row takes one row off the wire.
func (r *reader) row(fields [][]byte) error {
	r.seen++
	i, f := r.batch.append(fields)
	if f != sound {
		if err := r.bad(i, f, fields); err != nil {
			return err
		}
	}
	for _, v := range fields {
		r.bytes += int64(len(v))
	}
	if r.batch.full() {
		if err := r.batch.flush(r.sink); err != nil {
			return err
		}
	}
	if r.seen%pacing.Every == 0 {
		return r.pause()
	}
	return nil
}

// pause keeps to the source's caps and sees whether the read is still wanted.
func (r *reader) pause() error {
	if p := r.snapshot.source.pace; p.Limited() {
		if err := p.Wait(r.ctx, pacing.Every, r.bytes); err != nil {
			return err
		}
	}
	r.bytes = 0
	return r.ctx.Err()
}

// bad hands a row that did not fit to the sink.
func (r *reader) bad(at int, f flaw, row [][]byte) error {
	reason := "postgres.bad.text"
	switch f {
	case flawForm:
		return errForm
	case flawNumber:
		reason = "postgres.bad.number"
	}
	err := r.sink.Bad(lake.BadRow{
		Key:    r.key(row),
		Column: r.schema.Field(at).Name,
		Text:   r.columns[at].printable(row[at]),
		Reason: reason,
		Place:  fmt.Sprintf("%s#%d", r.part, r.seen),
	})
	if err != nil {
		return sinkError{err}
	}
	return nil
}

// key is the row's key as far as it was asked for: the declared one, else the table's own.
func (r *reader) key(row [][]byte) string {
	names := r.snapshot.request.Key
	if len(names) == 0 {
		names = r.snapshot.table.key
	}
	var out []string
	for _, k := range names {
		if i := slices.IndexFunc(r.schema.Fields(), func(f arrow.Field) bool { return strings.EqualFold(f.Name, k) }); i >= 0 {
			out = append(out, k+"="+r.columns[i].printable(row[i]))
		}
	}
	return strings.Join(out, ", ")
}

// printable is a value of the wire as far as it can be shown: bytes that are no UTF-8 as
// \xNN, numbers in decimal digits.
func (c column) printable(v []byte) string {
	if v == nil {
		return "NULL"
	}
	if s, ok := c.decimal(v); ok {
		return s
	}
	var b strings.Builder
	for len(v) > 0 {
		r, size := utf8.DecodeRune(v)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02X`, v[0])
		} else {
			b.Write(v[:size])
		}
		v = v[size:]
	}
	return b.String()
}
