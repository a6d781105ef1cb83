package engine

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/duckdb/duckdb-go/v2"
)

// Batches runs a query and hands over its rows in their order, in Arrow batches of at most
// 2048, which are its own until it returns. The whole result is held in memory meanwhile,
// so what is large is asked for in parts; and the session can do nothing else.
func (s *Session) Batches(ctx context.Context, step, query string, batch func(arrow.RecordBatch) error) (*arrow.Schema, error) {
	var schema *arrow.Schema
	var stopped error // by batch: not an error of the query
	err := s.conn.Raw(func(dc any) error {
		a, err := duckdb.NewArrowFromConn(dc.(driver.Conn))
		if err != nil {
			return err
		}
		reader, err := a.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer reader.Release()
		schema = reader.Schema()
		for reader.Next() {
			if stopped = batch(reader.RecordBatch()); stopped != nil {
				return nil
			}
		}
		return reader.Err()
	})
	return schema, errors.Join(s.explain(ctx, step, err), stopped)
}

// CopyPieces writes to one Parquet file the rows that produce puts, in their order: stretches,
// from and to, of batches that stay the caller's. The file is the one that CopyQuery writes of
// the same rows out of a query with ORDER BY, to the byte. A session of its own, with the limits
// of this one, writes it: threads that wait for what is put do nothing else, and the queries of
// produce would be left with one.
func (s *Session) CopyPieces(ctx context.Context, schema *arrow.Schema, path string, o ParquetOptions, produce func(put Put) error) (n int64, err error) {
	limits := s.limits
	limits.Path, limits.ReadOnly = "", false
	w, err := Open(ctx, limits)
	if err != nil {
		return 0, cmp.Or(context.Cause(ctx), err)
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return w.CopyFed(ctx, schema, path, o, func(ctx context.Context, feed *Feed) error {
		g := &gathered{ctx: ctx, feed: feed}
		defer g.drop()
		if err := produce(g.put); err != nil {
			return err
		}
		return g.send()
	})
}

// Put takes rows from to to, this one not, of a batch.
type Put func(rec arrow.RecordBatch, from, to int) error
