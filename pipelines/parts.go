package pipelines

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/sourcegraph/conc/pool"

	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/quality"
	"guiji/transforms/standardize"
)

// pullParts reads all parts and adds up what they counted. The first file has all
// columns and no rows: a part's files lack those in which nothing was mended.
func (r *run) pullParts(ctx context.Context, out *pulled, snap connectors.Snapshot, steps *standardize.Plan, checks *quality.RowSet, bad *badRows) error {
	schema := arrow.NewSchema(append(steps.Schema().Fields(), checks.MaskFields()...), nil)
	meta, err := rulesMetadata(out.rules)
	if err != nil {
		return err
	}
	parquet := engine.ParquetOptions{Metadata: meta}
	empty, err := array.NewRecordReader(schema, nil)
	if err != nil {
		return err
	}
	head := filepath.Join(out.dir, "columns.parquet")
	if _, err := r.copier.CopyArrow(ctx, empty, head, parquet); err != nil {
		return err
	}
	parts := snap.Parts()
	done := make([]partFiles, len(parts))
	var mu sync.Mutex
	p := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError().WithMaxGoroutines(writers(out.plan.Parts, schema.NumFields()))
	for i, part := range parts {
		p.Go(func(ctx context.Context) error {
			mine := checks.Clone()
			s := &stream{
				alloc: r.alloc, part: part.ID, steps: steps, checks: mine, bad: bad, schema: schema,
				order:  watchKey(schema, out.plan.res.Source.Key),
				onRows: func(n int64) { r.Progress.Rows(out.plan.Resource, n) },
			}
			if p, ok := snap.(connectors.Placer); ok {
				s.place = func(row int64) string { return p.Place(part, row) }
			}
			files, err := readPart(ctx, r.copier, snap, part, s, filepath.Join(out.dir, fmt.Sprintf("part-%05d", i)), parquet)
			if err != nil {
				return err
			}
			r.at(atPullPart)
			mu.Lock()
			defer mu.Unlock()
			done[i] = files
			out.read += s.read.Load()
			quality.Merge(out.counts, mine.Counts())
			return nil
		})
	}
	if err := p.Wait(); err != nil {
		return err
	}
	out.gather(head, done)
	return nil
}

// writers is how many parts of so many columns are written at once: a writer of a
// wide table takes tens of MB for each thread.
func writers(parts, columns int) int { return min(max(1, parts), max(1, 512/columns)) }

// partFiles is what one part was written to.
type partFiles struct {
	paths []string
	rows  []int64
	order *keyOrder
}

// gather lists the files of all parts, in order.
func (p *pulled) gather(head string, parts []partFiles) {
	p.files, p.fileRows = []string{head}, []int64{0}
	orders := make([]*keyOrder, len(parts))
	for i, f := range parts {
		p.files, p.fileRows = append(p.files, f.paths...), append(p.fileRows, f.rows...)
		orders[i] = f.order
		for _, n := range f.rows {
			p.rows += n
		}
	}
	p.ordered = ordered(orders)
}

// readPart runs the source's side and the writer's side of one part together; the
// part is whole only if both ended well. A panic on either side fails the part.
func readPart(ctx context.Context, copier *engine.Session, snap connectors.Snapshot, part connectors.Part, s *stream, path string, o engine.ParquetOptions) (partFiles, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.begin(ctx)
	done := make(chan error, 1)
	go func() {
		err := guarded(func() error { return snap.Read(ctx, part, s) })
		s.finish(err)
		done <- err
	}()
	out := partFiles{order: s.order}
	var err error
	for seg := range s.segments {
		file := fmt.Sprintf("%s-%02d.parquet", path, len(out.paths))
		var rows int64
		if rows, err = copier.CopyArrow(ctx, seg, file, o); err != nil {
			cancel(err)
			s.drain(seg)
			break
		}
		out.paths, out.rows = append(out.paths, file), append(out.rows, rows)
	}
	if rerr := <-done; rerr != nil && (err == nil || fault.KindOf(err) == fault.Internal) {
		err = rerr // the source's error says why
	}
	return out, err
}
