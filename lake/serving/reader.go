package serving

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
)

// Projection is the SQL that shows a column of a dataset to a reader.
type Projection func(dataset string, c lake.Column) string

// Reader answers SQL over a release for somebody who may see what its projection
// shows and no more: the tables a query names are views over the projected
// columns, and nothing else can be named.
type Reader struct {
	s      *engine.Session
	tables map[string]bool // schema.table in lower case
}

// OpenReader opens the serving file that Build or Ensure returned for rel.
func OpenReader(ctx context.Context, rel *lake.Release, file File, show Projection) (*Reader, error) {
	dir := filepath.Dir(file.Path)
	s, err := engine.Open(ctx, engine.Options{Temp: dir})
	if err != nil {
		return nil, err
	}
	r := &Reader{s: s, tables: map[string]bool{}}
	if err := r.prepare(ctx, rel, file, show); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return r, nil
}

func (r *Reader) prepare(ctx context.Context, rel *lake.Release, file File, show Projection) error {
	base := "base_" + strings.ToLower(rand.Text())
	if err := r.s.Attach(ctx, file.Path, base, file.key, true); err != nil {
		return err
	}
	n, err := notes(ctx, r.s, base+".main.guiji")
	if err != nil {
		return err
	}
	for _, f := range n["attach"] {
		if err := attach(ctx, r.s, filepath.Dir(file.Path), f); err != nil {
			return err
		}
	}
	if err := schemas(ctx, r.s, nil); err != nil {
		return err
	}
	for _, name := range names(rel, nil) {
		d := rel.Datasets[name]
		cols := make([]string, len(d.Columns))
		for i, c := range d.Columns {
			cols[i] = show(name, c) + " AS " + engine.Ident(c.Name)
		}
		q := fmt.Sprintf("CREATE VIEW %s AS SELECT %s FROM %s.%s", relation(d), strings.Join(cols, ", "), base, relation(d))
		if err := r.s.Exec(ctx, "view "+name, q); err != nil {
			return err
		}
		r.tables[strings.ToLower(d.Layer+"."+d.Table)] = true
	}
	return lock(ctx, r.s, n["root"])
}

// Query answers one SELECT over the release's tables, written schema.table. What
// names anything else, a file, a function that reads one, another statement, is
// refused with fault.Config, and so is what DuckDB cannot bind.
func (r *Reader) Query(ctx context.Context, query string) (*sql.Rows, error) {
	if err := r.allowed(ctx, query); err != nil {
		return nil, err
	}
	rows, err := r.s.Query(ctx, "query", query)
	if err != nil && ctx.Err() == nil && fault.KindOf(err) == fault.Internal {
		err = fault.New(fault.Config, "lake.query.failed").Because(err)
	}
	return rows, err
}

// Close ends the reader.
func (r *Reader) Close() error { return r.s.Close() }
