package sqlite

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
)

// snapshot is one moment of a file, read by one connection.
type snapshot struct {
	source   *Source
	request  connectors.Request
	conn     *conn
	table    *table
	columns  []column
	schema   *arrow.Schema
	rows     int64
	identity string
	window   string // the WHERE of the window

	mu     sync.Mutex // one reader at a time
	closed bool
}

// Snapshot copies the file, or holds it where the project asks for that, and plans
// one part: one connection reads a SQLite file as fast as several do.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	before := s.fingerprint()
	open := s.copied
	if s.settings.InPlace {
		open = func(ctx context.Context) (*conn, error) {
			c, err := s.connect(ctx)
			if err == nil {
				err = c.hold(ctx)
			}
			return c, err
		}
	}
	c, err := open(ctx)
	if err != nil {
		return nil, err
	}
	n := &snapshot{source: s, request: req, conn: c}
	if err := n.plan(ctx); err != nil {
		c.close()
		return nil, err
	}
	if after := s.fingerprint(); after == before && after != "" { // else somebody wrote meanwhile
		n.identity = after + " " + of(req)
	}
	return n, nil
}

func (n *snapshot) plan(ctx context.Context) error {
	var err error
	if n.table, err = n.conn.table(ctx, n.request.Table); err != nil {
		return err
	}
	if n.columns, n.schema, err = n.choose(n.request.Columns); err != nil {
		return err
	}
	if n.request.Window != nil {
		if n.window, err = n.within(ctx, *n.request.Window); err != nil {
			return err
		}
	}
	n.rows = -1
	if !n.table.view {
		n.rows, err = n.conn.count(ctx, n.table)
	}
	return err
}

// choose resolves columns and makes their schema, in the order and names asked for.
func (n *snapshot) choose(names []string) ([]column, *arrow.Schema, error) {
	var columns []column
	var fields []arrow.Field
	for _, name := range names {
		c, ok := n.table.find(name)
		if !ok {
			return nil, nil, n.source.missing(n.table, name)
		}
		columns = append(columns, c)
		fields = append(fields, arrow.Field{Name: name, Type: n.table.form(c), Nullable: !c.alias})
	}
	return columns, arrow.NewSchema(fields, nil), nil
}

// statement selects columns. The sign before each takes its declared type away from
// the driver, which would make a time.Time of what looks like a date.
func (n *snapshot) statement(columns []column, where string) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = "+" + quote(c.name)
	}
	q := "SELECT " + strings.Join(names, ", ") + " FROM " + quote(n.table.name) + where + n.table.order()
	if n.request.Limit > 0 {
		q += fmt.Sprintf(" LIMIT %d", n.request.Limit)
	}
	return q
}

// Schema is that of every batch.
func (n *snapshot) Schema() *arrow.Schema { return n.schema }

// Parts is one part.
func (n *snapshot) Parts() []connectors.Part {
	return []connectors.Part{{ID: "p0000", Rows: n.rows}}
}

// Consistent is always true: a copy taken in one go, or one transaction.
func (n *snapshot) Consistent() bool { return true }

// Identity names the content of a file that nobody wrote to while it was copied.
func (n *snapshot) Identity() string { return n.identity }

// Close lets go of the copy.
func (n *snapshot) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.closed {
		n.closed = true
		n.conn.close()
	}
	return nil
}
