package connectortest_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/connectortest"
	"guiji/internal/fault"
	"guiji/lake"
)

// shelf is the smallest source that passes the suite: tables in memory, whose rows go over a
// connection, and one file with the last table's rows. What it does wrong, in one way at a
// time, is what the suite must notice.
type shelf struct {
	mu     *sync.Mutex
	tables map[string]connectortest.Table
	alloc  memory.Allocator
	server string    // address of what hands out rows
	path   string    // of the file
	kept   *sync.Map // connections, to be closed in the end
	wrong  string
}

// opened is a source on the shelf.
func (s shelf) opened(alloc memory.Allocator, server string) connectors.Source {
	s.alloc, s.server = alloc, server
	return s
}

// badText is what no text of the shelf may be.
const badText = "\xff\xfe"

func (s shelf) load(t testing.TB, table connectortest.Table) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables[table.Name] = table
	s.write(t, table)
	return table.Name
}

func (s shelf) insert(_ testing.TB, name string, rows [][]connectortest.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[name]
	t.Rows = append(slices.Clone(t.Rows), rows...)
	s.tables[name] = t
}

func (s shelf) table(name string) (connectortest.Table, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tables[name]
	if !ok && s.wrong != "a table that is not there is empty" {
		return t, fault.New(fault.Config, "sqlite.no_table", name)
	}
	return t, nil
}

func (s shelf) Discover(_ context.Context, names ...string) ([]connectors.Table, error) {
	if len(names) == 0 {
		for name := range s.tables {
			names = append(names, name)
		}
	}
	var out []connectors.Table
	for _, name := range names {
		t, err := s.table(name)
		if err != nil {
			return nil, err
		}
		found := connectors.Table{Name: name, Rows: -1}
		for _, c := range t.Columns {
			found.Columns = append(found.Columns, connectors.Column{Name: c.Name, Type: typeOf(c)})
			if c.Key && s.wrong != "it tells no keys" {
				found.Key = append(found.Key, c.Name)
			}
		}
		out = append(out, found)
	}
	return out, nil
}

func typeOf(c connectortest.Column) arrow.DataType {
	if c.Kind == connectortest.Integer {
		return arrow.PrimitiveTypes.Int64
	}
	return arrow.BinaryTypes.String
}

func (s shelf) Close() error { return nil }

func (s shelf) Snapshot(_ context.Context, req connectors.Request) (connectors.Snapshot, error) {
	t, err := s.table(req.Table)
	if err != nil {
		return nil, err
	}
	if req.Window != nil {
		return nil, fault.New(fault.Config, "sqlite.no_column", req.Window.Column)
	}
	inFile, err := s.whole()
	if err != nil {
		return nil, err
	}
	if s.wrong == "a cut file is a short one" {
		t.Rows = t.Rows[:min(inFile, len(t.Rows))]
	}
	snap := &shelved{shelf: s, request: req, rows: t.Rows}
	var fields []arrow.Field
	for _, name := range req.Columns {
		i := slices.IndexFunc(t.Columns, func(c connectortest.Column) bool { return c.Name == name })
		if i < 0 {
			return nil, fault.New(fault.Config, "sqlite.no_column", name)
		}
		snap.columns = append(snap.columns, i)
		fields = append(fields, arrow.Field{Name: name, Type: typeOf(t.Columns[i]), Nullable: true})
	}
	snap.schema = arrow.NewSchema(fields, nil)
	return snap, nil
}

// shelved is a table as it was when it was taken from the shelf.
type shelved struct {
	shelf   shelf
	request connectors.Request
	rows    [][]connectortest.Value
	columns []int
	schema  *arrow.Schema
	reads   int
}

func (n *shelved) Schema() *arrow.Schema { return n.schema }
func (n *shelved) Consistent() bool      { return true }
func (n *shelved) Close() error          { return nil }

func (n *shelved) count() int {
	if n.request.Limit > 0 {
		return int(min(n.request.Limit, int64(len(n.rows))))
	}
	return len(n.rows)
}

func (n *shelved) Parts() []connectors.Part {
	parts := 1
	if n.request.Parts > 1 && n.count() > 100 {
		parts = n.request.Parts
	}
	var out []connectors.Part
	for i := range parts {
		from, to := n.count()*i/parts, n.count()*(i+1)/parts
		switch {
		case n.shelf.wrong == "parts overlap" && i > 0:
			from--
		case n.shelf.wrong == "the last row is left out" && i == parts-1 && to > from:
			to--
		}
		id := strconv.Itoa(i)
		if n.shelf.wrong == "parts of one name" {
			id = "0"
		}
		out = append(out, connectors.Part{ID: id, Rows: -1, Spec: fmt.Appendf(nil, "[%d,%d]", from, to)})
	}
	if n.shelf.wrong == "parts do not survive JSON" {
		out[0].Spec = nil
	}
	return out
}

func (n *shelved) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	from, to := 0, 0
	if _, err := fmt.Sscanf(string(part.Spec), "[%d,%d]", &from, &to); err != nil {
		return fault.New(fault.Internal, "sqlite.refused", part.ID)
	}
	if n.shelf.wrong == "later rows are seen" {
		if t, err := n.shelf.table(n.request.Table); err == nil && len(t.Rows) > len(n.rows) && to == n.count() {
			n.rows = t.Rows
			to = len(n.rows)
		}
	}
	if n.shelf.wrong == "another order each time" {
		if n.reads++; n.reads%2 == 0 && to > from+1 {
			n.rows = slices.Clone(n.rows)
			n.rows[from], n.rows[from+1] = n.rows[from+1], n.rows[from]
		}
	}
	size := n.request.BatchRows
	if n.shelf.wrong == "batches are too large" {
		size++
	}
	for ; from < to; from += size {
		if ctx.Err() != nil && n.shelf.wrong != "it does not stop" {
			return fault.New(fault.Interrupted, "sqlite.interrupted", n.request.Table).Because(ctx.Err())
		}
		rows, err := n.shelf.fetch(n.rows[from:min(to, from+size)])
		if err != nil {
			return err
		}
		if err := n.batch(rows, sink); err != nil && n.shelf.wrong != "the sink's error is lost" {
			return err
		}
	}
	return nil
}

func (n *shelved) batch(rows [][]connectortest.Value, sink connectors.Sink) error {
	b := array.NewRecordBuilder(n.shelf.alloc, n.schema)
	if n.shelf.wrong != "memory is kept" {
		defer b.Release()
	}
	good := 0
	for _, row := range rows {
		if slices.ContainsFunc(row, func(v connectortest.Value) bool { return v != nil && *v == badText }) {
			if n.shelf.wrong == "bad rows are dropped" {
				continue
			}
			bad := lake.BadRow{Column: "a", Reason: "lake.bad", Place: "here", Text: `\xFF\xFE`}
			if err := sink.Bad(bad); err != nil {
				return err
			}
			continue
		}
		good++
		for i, c := range n.columns {
			n.put(b.Field(i), row[c])
		}
	}
	if good == 0 {
		return nil
	}
	rec := b.NewRecordBatch()
	if n.shelf.wrong != "memory is kept" {
		defer rec.Release()
	}
	if n.shelf.wrong == "a goroutine is left" {
		go func() { select {} }()
	}
	return sink.Batch(rec)
}

func (n *shelved) put(b array.Builder, v connectortest.Value) {
	text, ok := b.(*array.StringBuilder)
	switch {
	case v == nil && ok && n.shelf.wrong == "NULL becomes an empty text":
		text.Append("")
	case v == nil:
		b.AppendNull()
	case ok && n.shelf.wrong == "texts are trimmed":
		text.Append(strings.TrimSpace(*v))
	case ok && n.shelf.wrong == "long texts are cut off":
		text.Append((*v)[:min(len(*v), 1<<23)])
	case ok:
		text.Append(*v)
	default:
		whole, err := strconv.ParseInt(*v, 10, 64)
		if n.shelf.wrong == "the smallest number becomes 0" && whole == math.MinInt64 || err != nil {
			whole = 0
		}
		b.(*array.Int64Builder).Append(whole)
	}
}
