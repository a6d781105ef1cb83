package pipelines

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/transforms/standardize"
)

// keyFile standardises keys as the image's are and writes them to one Parquet file. It
// is the sink of who yields them.
type keyFile struct {
	ctx        context.Context
	alloc      memory.Allocator
	steps      *standardize.Plan
	feed       *engine.Feed
	unreadable int64 // rows whose key is NULL or does not fit
}

var _ connectors.Sink = (*keyFile)(nil)

// Batch takes a batch of key columns.
func (k *keyFile) Batch(rec arrow.RecordBatch) error {
	res, err := k.steps.Apply(k.alloc, rec, "")
	if err != nil {
		return err
	}
	k.unreadable += int64(len(res.Bad))
	if res.Batch.NumRows() == 0 {
		res.Batch.Release()
		return nil
	}
	return k.feed.Send(k.ctx, res.Batch)
}

// Bad takes a key that the source's types cannot represent.
func (k *keyFile) Bad(lake.BadRow) error {
	k.unreadable++
	return nil
}

// writeKeys writes the keys that yield gives to a file, and returns how many of them
// could not be read.
func (m *merging) writeKeys(ctx context.Context, path string, steps *standardize.Plan, yield func(context.Context, connectors.Sink) error) (int64, error) {
	k := &keyFile{alloc: m.run.alloc, steps: steps}
	_, err := m.run.copier.CopyFed(ctx, steps.Schema(), path, engine.ParquetOptions{}, func(ctx context.Context, feed *engine.Feed) error {
		k.ctx, k.feed = ctx, feed
		return yield(ctx, k)
	})
	return k.unreadable, err
}

// keySteps bind the key's items to columns of a schema.
func (m *merging) keySteps(schema *arrow.Schema, more ...*catalog.Item) (*standardize.Plan, error) {
	p := m.run.Project
	return standardize.Bind(m.out.plan.res, append(slices.Clip(m.out.plan.res.KeyItems()), more...), schema, p.Codes, p.Elements...)
}

// textColumn is the column of a key's text beside its typed columns.
const textColumn = "_text"

// quarantineKeys writes the keys of quarantined rows, as the image has them, and beside
// them the text that names each in quarantine. A key is not readable where a column of
// it is why the row is there, or is NULL.
func (m *merging) quarantineKeys(ctx context.Context, quarantine, name string) (path string, unreadable int64, err error) {
	columns := m.out.plan.keyColumns()
	var lits []string
	for _, c := range columns {
		lits = append(lits, engine.Lit(c))
	}
	if err := m.s.Row(ctx, "quarantine", "SELECT count(*) FROM "+quarantine+` WHERE "column" IN (`+join(lits)+")", &unreadable); err != nil {
		return "", 0, err
	}
	var fields []arrow.Field
	for _, c := range columns {
		if !slices.ContainsFunc(fields, func(f arrow.Field) bool { return f.Name == c }) {
			fields = append(fields, arrow.Field{Name: c, Type: arrow.BinaryTypes.String, Nullable: true})
		}
	}
	fields = append(fields, arrow.Field{Name: textColumn, Type: arrow.BinaryTypes.String, Nullable: true})
	schema := arrow.NewSchema(fields, nil)
	text := &catalog.Item{Name: textColumn, Column: textColumn, Type: catalog.Type{Kind: catalog.Text}, Standardize: []catalog.StepSpec{}}
	steps, err := m.keySteps(schema, text)
	if err != nil {
		return "", 0, err
	}
	path = filepath.Join(m.out.dir, name+"-keys.parquet")
	query := `SELECT DISTINCT coalesce("key", '') FROM ` + quarantine + ` WHERE "column" IS NULL OR "column" NOT IN (` + join(lits) + ")"
	n, err := m.writeKeys(ctx, path, steps, func(_ context.Context, sink connectors.Sink) error {
		return m.keyTexts(ctx, query, schema, columns, sink)
	})
	return path, unreadable + n, err
}

// keyTexts streams the keys whose texts a query gives.
func (m *merging) keyTexts(ctx context.Context, query string, schema *arrow.Schema, columns []string, sink connectors.Sink) error {
	rows, err := m.s.Query(ctx, "quarantine", query)
	if err != nil {
		return err
	}
	defer rows.Close()
	b := array.NewRecordBuilder(m.run.alloc, schema)
	defer b.Release()
	flush := func() error {
		rec := b.NewRecordBatch()
		defer rec.Release()
		if rec.NumRows() == 0 {
			return nil
		}
		return sink.Batch(rec)
	}
	n := 0
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		var parts []*string
		if json.Unmarshal([]byte(text), &parts) != nil || len(parts) != len(columns) || slices.Contains(parts, nil) {
			if err := sink.Bad(lake.BadRow{}); err != nil {
				return err
			}
			continue
		}
		done := map[int]bool{}
		for i, c := range columns {
			if at := schema.FieldIndices(c)[0]; !done[at] {
				done[at] = true
				b.Field(at).(*array.StringBuilder).Append(*parts[i])
			}
		}
		b.Field(schema.NumFields() - 1).(*array.StringBuilder).Append(text)
		if n++; n%rowWriterBatch == 0 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the quarantine: %w", err)
	}
	return flush()
}

// readUnread notes which records are in quarantine, by their keys: none of them is gone.
func (r *run) readUnread(ctx context.Context, out *pulled) error {
	if out.badRows == 0 || len(out.plan.res.Source.Key) == 0 {
		return nil
	}
	s, err := r.openEngine(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	m := &merging{run: r, out: out, s: s, keys: out.plan.res.Source.Key}
	path, nameless, err := m.quarantineKeys(ctx, engine.Parquet(out.bad), "unread")
	out.unread, out.nameless = engine.Parquet([]string{path}), nameless > 0
	return err
}
