package pipelines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/sourcegraph/conc/panics"
	"github.com/sourcegraph/conc/pool"

	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/quality"
	"guiji/transforms/standardize"
)

// pulled is one resource read from its source into local Parquet files.
type pulled struct {
	plan       *PlannedPull
	dir        string // scratch folder of this resource
	files      []string
	fileRows   []int64
	ordered    bool   // the files' rows, in their order, are in strictly ascending order of the key
	bad        string // Parquet of quarantined rows, unsorted
	env        *quality.Env
	rules      []*quality.Rule
	counts     map[string]quality.Count
	read       int64 // rows the source gave, quarantined ones included
	rows       int64 // rows in files
	badRows    int64
	at         time.Time
	consistent bool
	settles    int // how often its set steps ran
}

var quarantineFields = texts("key", "column", "text", "reason", "place")

// pull reads one resource under one snapshot, its parts in a pool, each part
// through the row steps into one Parquet file. A part that fails is rejected
// whole, and with it the resource.
func (r *run) pull(ctx context.Context, plan *PlannedPull) (*pulled, error) {
	out := &pulled{plan: plan, dir: r.scratchFor(plan.Resource), at: r.Now(), counts: map[string]quality.Count{}}
	if err := os.MkdirAll(out.dir, 0o700); err != nil {
		return nil, err
	}
	if err := plan.keyCollected(); err != nil {
		return nil, err
	}
	source, err := r.sources.open(ctx, plan.Connection)
	if err != nil {
		return nil, err
	}
	snap, err := source.Snapshot(ctx, connectors.Request{
		Table: plan.Table, Columns: plan.columns(), Key: plan.keyColumns(),
		Parts: plan.Parts, BatchRows: r.Project.Config.Defaults.Batch, Limit: r.req.Sample,
	})
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	out.consistent = snap.Consistent()
	steps, err := standardize.Bind(plan.res, plan.items, snap.Schema(), r.Project.Codes, r.Project.Elements...)
	if err != nil {
		return nil, err
	}
	env := &quality.Env{Project: r.Project, Resource: plan.res, Today: r.Now().Format(time.DateOnly)}
	rules, errs := quality.Bind(env, plan.items, steps.Schema(), r.Checks)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	out.env, out.rules = env, rules
	checks, err := quality.NewRowSet(rules, steps.Schema(), env)
	if err != nil {
		return nil, err
	}
	out.bad = filepath.Join(out.dir, "unreadable.parquet")
	writer, err := newRowWriter(out.bad, quarantineFields)
	if err != nil {
		return nil, err
	}
	bad := &badRows{writer: writer}
	err = r.pullParts(ctx, out, snap, steps, checks, bad)
	if cerr := writer.close(); err == nil {
		err = cerr
	}
	out.badRows = bad.n
	if err == nil {
		err = snap.Close()
	}
	return out, err
}

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

// guarded turns a panic into an error with its stack; the panic's own text may hold
// a value and is left out.
func guarded(f func() error) (err error) {
	if p := panics.Try(func() { err = f() }); p != nil {
		return fault.New(fault.Internal, "pipeline.panic").Because(errors.New(string(p.Stack)))
	}
	return err
}

// keyCollected refuses a resource whose key may not be collected: without it
// nothing can be told apart.
func (p *PlannedPull) keyCollected() error {
	for _, r := range p.Refused {
		for _, k := range p.res.Source.Key {
			if r.Item == k {
				return fault.New(fault.Config, "pipeline.key_refused", p.Resource, k, r.Authority).Try("pipeline.key_refused.hint")
			}
		}
	}
	return nil
}
