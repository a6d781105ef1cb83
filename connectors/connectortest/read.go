package connectortest

import (
	"context"
	"encoding/hex"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"go.uber.org/goleak"

	"guiji/connectors"
	"guiji/lake"
)

// patience is how long one read of the suite may take before it counts as hanging.
const patience = 60 * time.Second

// Cell is a value out of Arrow as text: bytes in hex, decimals with all
// digits of their scale, all else as Arrow writes it; nil is NULL.
func Cell(a arrow.Array, row int) Value {
	if a.IsNull(row) {
		return nil
	}
	switch x := a.(type) {
	case *array.Binary:
		return V(hex.EncodeToString(x.Value(row)))
	case *array.Decimal128:
		return V(x.Value(row).ToString(x.DataType().(*arrow.Decimal128Type).Scale))
	}
	return V(a.ValueStr(row))
}

// rows is a sink that keeps what it is given, as text.
type rows struct {
	t       testing.TB
	schema  *arrow.Schema
	most    int // rows per batch
	cells   [][]Value
	bad     []lake.BadRow
	onBatch func() error

	anySchema bool // batches need not have the snapshot's
}

func (r *rows) Batch(rec arrow.RecordBatch) error {
	if !r.anySchema && !rec.Schema().Equal(r.schema) {
		r.t.Errorf("a batch has the schema %s, the snapshot %s", rec.Schema(), r.schema)
	}
	if rec.NumRows() == 0 || r.most > 0 && rec.NumRows() > int64(r.most) {
		r.t.Errorf("a batch has %d rows, wanted 1 to %d", rec.NumRows(), r.most)
	}
	for i := range int(rec.NumRows()) {
		row := make([]Value, rec.NumCols())
		for c := range row {
			row[c] = Cell(rec.Column(c), i)
		}
		r.cells = append(r.cells, row)
	}
	if r.onBatch != nil {
		return r.onBatch()
	}
	return nil
}

func (r *rows) Bad(row lake.BadRow) error {
	r.bad = append(r.bad, row)
	return nil
}

// source opens the source and states at the end of the test that nothing of it is left: no
// Arrow memory, no goroutine, no connection. Load comes before: what it opens is not the source's.
func (h Harness) source(t *testing.T) connectors.Source {
	t.Helper()
	before, connected := goleak.IgnoreCurrent(), 0
	if h.Connections != nil {
		connected = h.Connections(t)
	}
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	src := h.Open(t, alloc)
	t.Cleanup(func() {
		for range 2 { // closing twice is safe
			if err := src.Close(); err != nil {
				t.Errorf("close the source: %v", err)
			}
		}
		alloc.AssertSize(t, 0)
		goleak.VerifyNone(t, before)
		if h.Connections != nil {
			h.left(t, connected)
		}
	})
	return src
}

// left states that no more connections are open than there were before the source.
func (h Harness) left(t *testing.T, before int) {
	t.Helper()
	for until := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		n := h.Connections(t)
		if n <= before {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%d connections are left", n-before)
		}
	}
}

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func open(t *testing.T, src connectors.Source, req connectors.Request) connectors.Snapshot {
	t.Helper()
	snap, err := src.Snapshot(deadline(t), req)
	if err != nil {
		t.Fatalf("snapshot of %q: %v", req.Table, err)
	}
	t.Cleanup(func() {
		for range 2 {
			if err := snap.Close(); err != nil {
				t.Errorf("close the snapshot: %v", err)
			}
		}
	})
	return snap
}

// read reads all parts, one after the other.
func read(t *testing.T, snap connectors.Snapshot, most int) *rows {
	t.Helper()
	out := &rows{t: t, schema: snap.Schema(), most: most}
	for _, p := range snap.Parts() {
		if err := snap.Read(deadline(t), p, out); err != nil {
			t.Fatalf("read part %s: %v", p.ID, err)
		}
	}
	return out
}

// all reads a request from a source of its own.
func (h Harness) all(t *testing.T, req connectors.Request) *rows {
	t.Helper()
	snap := open(t, h.source(t), req)
	return read(t, snap, req.BatchRows)
}

func request(table string, columns ...string) connectors.Request {
	return connectors.Request{Table: table, Columns: columns, Parts: 1, BatchRows: 1000}
}

func names(columns []Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

// same states that two sets of rows are equal, in order.
func (h Harness) same(t *testing.T, got, want [][]Value) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows, wanted %d", len(got), len(want))
	}
	for i := range want {
		for c := range want[i] {
			if !h.equal(got[i][c], want[i][c]) {
				t.Fatalf("row %d column %d: got %s, wanted %s", i, c, show(got[i][c]), show(want[i][c]))
			}
		}
	}
}

func (h Harness) equal(got, want Value) bool {
	if h.Cannot.Null && (got == nil || *got == "") && (want == nil || *want == "") {
		return true
	}
	return (got == nil) == (want == nil) && (got == nil || *got == *want)
}

func show(v Value) string {
	if v == nil {
		return "NULL"
	}
	if len(*v) > 80 {
		return (*v)[:80] + "…"
	}
	return *v
}
