package httpapi

import (
	"context"
	"slices"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/fault"
)

// snapshot is one passage over a table's pages. An API has no moment that pages share.
type snapshot struct {
	*Source
	request connectors.Request
	table   *table
	paths   [][]string // of the columns
	schema  *arrow.Schema

	mu       sync.Mutex
	readings map[string]*reading // under way, by the part's id
}

// Snapshot looks for the columns: in the settings, or else in the first page.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	t, err := s.table(req.Table)
	if err != nil {
		return nil, err
	}
	if req.Window != nil {
		return nil, fault.New(fault.Config, "httpapi.window", t.at).Try("httpapi.window.hint")
	}
	n := &snapshot{Source: s, request: req, table: t, readings: map[string]*reading{}}
	if n.paths, err = s.paths(ctx, t, req.Columns); err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(req.Columns))
	for i, c := range req.Columns {
		fields[i] = arrow.Field{Name: c, Type: arrow.BinaryTypes.String, Nullable: true}
	}
	n.schema = arrow.NewSchema(fields, nil)
	return n, nil
}

// paths are where columns stand in a record. Where the settings do not say, a column is a member
// that some record of the first page has; of a page without records nobody can tell.
func (s *Source) paths(ctx context.Context, t *table, columns []string) ([][]string, error) {
	out := make([][]string, len(columns))
	if len(columns) == 0 {
		return out, nil
	}
	if len(t.Columns) > 0 {
		for i, c := range columns {
			path, ok := t.Columns[c]
			if !ok {
				return nil, fault.New(fault.Config, "httpapi.no_column", t.at, c).Try("httpapi.no_column.declared")
			}
			if out[i] = parsePath(path); path == "" {
				out[i] = []string{c}
			}
		}
		return out, nil
	}
	seen, err := s.look(ctx, t)
	if err != nil {
		return nil, err
	}
	for i, c := range columns {
		if seen.looked > 0 && !slices.Contains(seen.names, c) {
			return nil, fault.New(fault.Config, "httpapi.no_column", t.at, c).Try("httpapi.no_column.seen")
		}
		out[i] = []string{c}
	}
	return out, nil
}

// Schema is that of every batch: texts.
func (n *snapshot) Schema() *arrow.Schema { return n.schema }

// Parts is one part: pages are asked for one after the other.
func (n *snapshot) Parts() []connectors.Part { return []connectors.Part{{ID: "pages", Rows: -1}} }

// Consistent is never true: rows that come or go while pages are read move others from one to
// another.
func (n *snapshot) Consistent() bool { return false }

// Close has nothing to release.
func (n *snapshot) Close() error { return nil }
