package pipelines

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"guiji/connectors"
	"guiji/transforms/standardize"
)

// rowSteps are what a stream does to a batch before the row checks: standardising for
// what comes from a source, nothing for an image that has been through it.
type rowSteps interface {
	Schema() *arrow.Schema
	ApplyAt(alloc memory.Allocator, rec arrow.RecordBatch, place string, before int64) (standardize.Result, error)
}

// carried are the steps of a merged image: its rows are standardised already, and the
// columns _type0… behind them say which cells did not fit their type.
type carried struct {
	schema *arrow.Schema
	types  int // type rules
}

// Schema is the image's, without its masks.
func (c *carried) Schema() *arrow.Schema { return c.schema }

// ApplyAt takes the type failures out of a batch.
func (c *carried) ApplyAt(_ memory.Allocator, rec arrow.RecordBatch, _ string, _ int64) (standardize.Result, error) {
	n := c.schema.NumFields()
	for i, f := range c.schema.Fields() {
		if got := rec.Column(i).DataType(); !arrow.TypeEqual(got, f.Type) {
			return standardize.Result{}, fmt.Errorf("column %q of the image is %s, want %s", f.Name, got, f.Type)
		}
	}
	out := standardize.Result{TypeFails: typeFails(rec, n, c.types), Batch: array.NewRecordBatch(c.schema, rec.Columns()[:n], rec.NumRows())}
	return out, nil
}

// image is a merged image in one Parquet file, read as a source is: its parts are
// ranges of row groups.
type image struct {
	path   string
	schema *arrow.Schema
	parts  []connectors.Part
	batch  int
	alloc  memory.Allocator
}

var _ connectors.Snapshot = (*image)(nil)

// groups is a range of row groups.
type groups struct{ From, To int }

func openImage(path string, parts, batch int, alloc memory.Allocator) (*image, error) {
	f, err := file.OpenParquetFile(path, false)
	if err != nil {
		return nil, fmt.Errorf("open the merged image: %w", err)
	}
	defer f.Close()
	out := &image{path: path, batch: batch, alloc: alloc}
	n := f.NumRowGroups()
	parts = min(max(1, parts), max(1, n))
	for i := range parts {
		spec, err := json.Marshal(groups{n * i / parts, n * (i + 1) / parts})
		if err != nil {
			return nil, err
		}
		out.parts = append(out.parts, connectors.Part{ID: fmt.Sprintf("image-%d", i), Spec: spec, Rows: -1})
	}
	reader, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, alloc)
	if err != nil {
		return nil, fmt.Errorf("open the merged image: %w", err)
	}
	if out.schema, err = reader.Schema(); err != nil {
		return nil, fmt.Errorf("open the merged image: %w", err)
	}
	return out, nil
}

// Schema is that of every batch.
func (m *image) Schema() *arrow.Schema { return m.schema }

// Parts are ranges of row groups, in order.
func (m *image) Parts() []connectors.Part { return m.parts }

// Consistent is true: it is one file.
func (m *image) Consistent() bool { return true }

// Close has nothing to end.
func (m *image) Close() error { return nil }

// Read streams one range of row groups.
func (m *image) Read(ctx context.Context, part connectors.Part, sink connectors.Sink) error {
	var g groups
	if err := json.Unmarshal(part.Spec, &g); err != nil {
		return fmt.Errorf("part %s: %w", part.ID, err)
	}
	f, err := file.OpenParquetFile(m.path, false)
	if err != nil {
		return fmt.Errorf("read the merged image: %w", err)
	}
	defer f.Close()
	reader, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: int64(m.batch)}, m.alloc)
	if err != nil {
		return fmt.Errorf("read the merged image: %w", err)
	}
	var chosen []int
	for i := g.From; i < g.To; i++ {
		chosen = append(chosen, i)
	}
	if len(chosen) == 0 {
		return nil
	}
	batches, err := reader.GetRecordReader(ctx, nil, chosen)
	if err != nil {
		return fmt.Errorf("read the merged image: %w", err)
	}
	defer batches.Release()
	for batches.Next() {
		if err := sink.Batch(batches.RecordBatch()); err != nil {
			return err
		}
	}
	if err := batches.Err(); err != nil {
		return fmt.Errorf("read the merged image: %w", err)
	}
	return ctx.Err()
}
