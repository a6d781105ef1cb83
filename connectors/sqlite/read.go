package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/lake"
)

// maxBatchBytes ends a batch of long texts before it has all its rows.
const maxBatchBytes = 32 << 20

// Read streams the one part.
func (n *snapshot) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	return n.stream(ctx, part.ID, n.columns, n.schema, n.window, sink)
}

// ReadKeys streams the declared key of every row.
func (n *snapshot) ReadKeys(ctx context.Context, sink connectors.Sink) error {
	columns, schema, err := n.choose(n.request.Key)
	if err != nil {
		return err
	}
	return n.stream(ctx, "keys", columns, schema, "", sink)
}

func (n *snapshot) stream(ctx context.Context, part string, columns []column, schema *arrow.Schema, where string, sink connectors.Sink) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return fault.New(fault.Internal, "sqlite.closed", n.table.name)
	}
	r := &reading{snapshot: n, part: part, columns: columns, sink: sink, most: max(1, n.request.BatchRows)}
	r.builder = array.NewRecordBuilder(n.source.env.Alloc, schema)
	defer r.builder.Release()
	err := n.conn.each(ctx, n.statement(columns, where), r.row)
	if err == nil && r.rows > 0 {
		err = r.flush()
	}
	return err
}

// reading is one stream of rows under way.
type reading struct {
	*snapshot
	part    string
	columns []column
	sink    connectors.Sink
	builder *array.RecordBuilder
	most    int
	rows    int
	bytes   int
	seen    int64
}

func (r *reading) row(values []driver.Value) error {
	r.seen++
	for i, v := range values {
		if why := r.misfit(i, v); why != "" {
			return r.sink.Bad(lake.BadRow{
				Key: r.key(values), Column: r.builder.Schema().Field(i).Name, Text: show(v), Reason: why, Place: fmt.Sprintf("%s#%d", r.part, r.seen),
			})
		}
	}
	for i, v := range values {
		r.add(r.builder.Field(i), v)
	}
	if r.rows++; r.rows < r.most && r.bytes < maxBatchBytes {
		return nil
	}
	return r.flush()
}

func (r *reading) flush() error {
	rec := r.builder.NewRecordBatch()
	defer rec.Release()
	r.rows, r.bytes = 0, 0
	return r.sink.Batch(rec)
}

// misfit says why a value cannot be what its column's Arrow type holds.
func (r *reading) misfit(i int, v driver.Value) string {
	if v == nil {
		return ""
	}
	switch r.builder.Schema().Field(i).Type.ID() {
	case arrow.STRING:
		switch x := v.(type) {
		case string:
			if !utf8.ValidString(x) {
				return "sqlite.bad.text"
			}
		case []byte:
			return "sqlite.bad.bytes"
		}
	case arrow.BINARY:
		switch v.(type) {
		case int64, float64:
			return "sqlite.bad.number"
		}
	}
	return ""
}

func (r *reading) add(b array.Builder, v driver.Value) {
	switch x := v.(type) {
	case nil:
		b.AppendNull()
	case int64:
		if ints, ok := b.(*array.Int64Builder); ok {
			ints.Append(x)
			return
		}
		r.text(b, strconv.FormatInt(x, 10))
	case float64:
		if floats, ok := b.(*array.Float64Builder); ok {
			floats.Append(x)
			return
		}
		r.text(b, number(x))
	case string:
		r.text(b, x)
	case []byte:
		r.bytes += len(x)
		b.(*array.BinaryBuilder).Append(x)
	}
}

// text appends to a column of texts, or of bytes that a text was stored in.
func (r *reading) text(b array.Builder, s string) {
	r.bytes += len(s)
	if bytes, ok := b.(*array.BinaryBuilder); ok {
		bytes.AppendString(s)
		return
	}
	b.(*array.StringBuilder).Append(s)
}

// number writes a float with all its digits and no more, without an exponent as long
// as people would.
func number(f float64) string {
	if a := max(f, -f); a == 0 || a >= 1e-6 && a < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// show is a value as far as it can be shown.
func show(v driver.Value) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case float64:
		return number(x)
	case []byte:
		return "0x" + hex.EncodeToString(x)
	case string:
		return lake.Shown(x)
	}
	return fmt.Sprint(v)
}

// key is the row's key as far as it was asked for.
func (r *reading) key(values []driver.Value) string {
	var out []string
	for _, k := range r.request.Key {
		if i := slices.IndexFunc(r.columns, func(c column) bool { return strings.EqualFold(c.name, k) }); i >= 0 {
			out = append(out, k+"="+show(values[i]))
		}
	}
	return strings.Join(out, ", ")
}
