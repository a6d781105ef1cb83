package main

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/connectors"
	"guiji/lake"
)

// renamedSource is a file read in place of a resource's own source: asked for the
// columns of that source, it gives the file's that stand for them.
type renamedSource struct {
	connectors.Source
	names map[string]string // the file's column by the source's
}

// Snapshot opens the file.
func (s renamedSource) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	asked := req
	asked.Table, asked.Columns, asked.Key = "", s.rename(req.Columns), s.rename(req.Key)
	snap, err := s.Source.Snapshot(ctx, asked)
	if err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(req.Columns))
	for i, c := range req.Columns {
		fields[i] = snap.Schema().Field(i)
		fields[i].Name = c
	}
	return renamedSnapshot{Snapshot: snap, schema: arrow.NewSchema(fields, nil)}, nil
}

func (s renamedSource) rename(columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = s.names[c]
	}
	return out
}

// renamedSnapshot is the file's, under the names of the resource's own source.
type renamedSnapshot struct {
	connectors.Snapshot
	schema *arrow.Schema
}

// Schema is that of every batch.
func (s renamedSnapshot) Schema() *arrow.Schema { return s.schema }

// Read streams a part.
func (s renamedSnapshot) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	return s.Snapshot.Read(ctx, part, renamedSink{sink, s.schema})
}

// Place names file and line of a row.
func (s renamedSnapshot) Place(part connectors.Part, row int64) string {
	if p, ok := s.Snapshot.(connectors.Placer); ok {
		return p.Place(part, row)
	}
	return ""
}

type renamedSink struct {
	connectors.Sink
	schema *arrow.Schema
}

// Batch hands a batch on under its new names.
func (s renamedSink) Batch(rec arrow.RecordBatch) error {
	out := array.NewRecordBatch(s.schema, rec.Columns(), rec.NumRows())
	defer out.Release()
	return s.Sink.Batch(out)
}

// Bad hands on a row that cannot be read; its column keeps the file's name, which is what
// its author looks for.
func (s renamedSink) Bad(row lake.BadRow) error { return s.Sink.Bad(row) }
