package pipelines

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/sourcegraph/conc/pool"

	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/retry"
	"guiji/lake"
	"guiji/quality"
	"guiji/transforms/onesource"
)

// partTries is how often a part is read in a snapshot that still lives.
const partTries = 3

// reading is what the parts of one resource are read with.
type reading struct {
	run     *run
	out     *pulled
	snap    connectors.Snapshot
	steps   rowSteps
	checks  *quality.RowSet
	schema  *arrow.Schema // of the whole image
	parquet engine.ParquetOptions
	keep    *kept  // nil: nowhere
	meter   *meter // nil: as slow as it likes
}

// partFiles is what one part became.
type partFiles struct {
	paths  []string
	rows   []int64
	bad    string // Parquet of its quarantined rows
	badN   int64
	read   int64 // rows the source gave, quarantined ones included
	counts map[string]quality.Count
	order  *keyOrder
}

// pullParts reads all parts and adds up what they counted. A part is the unit of retry
// and of resume. The first file has all columns and no rows: a part's files lack those
// in which nothing was mended.
func (r *run) pullParts(ctx context.Context, out *pulled, snap connectors.Snapshot, steps rowSteps, checks *quality.RowSet) error {
	fields := append(steps.Schema().Fields(), checks.MaskFields()...)
	if r.places {
		fields = append(fields, placeField())
	}
	schema := arrow.NewSchema(fields, nil)
	meta, err := rulesMetadata(out.rules)
	if err != nil {
		return err
	}
	if meta[itemsKey], err = r.itemsMetadata(out); err != nil {
		return err
	}
	rd := &reading{run: r, out: out, snap: snap, steps: steps, checks: checks, schema: schema, parquet: engine.ParquetOptions{Metadata: meta}}
	empty, err := array.NewRecordReader(schema, nil)
	if err != nil {
		return err
	}
	head := filepath.Join(out.dir, "columns.parquet")
	if _, err := r.copier.CopyArrow(ctx, empty, head, rd.written(schema)); err != nil {
		return err
	}
	slow := func() error { return nil }
	if !out.quiet {
		ctx, rd.meter, slow = r.measured(ctx, out.plan.Resource)
	}
	done, err := rd.all(ctx, snap.Parts())
	if cut := slow(); cut != nil {
		return cut
	}
	if err != nil {
		return err
	}
	out.gather(head, done)
	return nil
}

// all takes or reads the parts, some at once. One that fails ends the others.
func (rd *reading) all(ctx context.Context, parts []connectors.Part) ([]*partFiles, error) {
	if rd.keep = rd.run.keeper(rd.out, rd.snap); rd.keep != nil {
		rd.keep.prune(parts)
	}
	done := make([]*partFiles, len(parts))
	var mu sync.Mutex
	p := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError().WithMaxGoroutines(writers(rd.out.plan.Parts, rd.schema.NumFields()))
	for i, part := range parts {
		p.Go(func(ctx context.Context) error {
			one, err := rd.takeOrRead(ctx, part, filepath.Join(rd.out.dir, fmt.Sprintf("part-%05d", i)))
			if err != nil {
				return err
			}
			rd.run.at(atPullPart)
			mu.Lock()
			defer mu.Unlock()
			done[i] = one
			return nil
		})
	}
	return done, p.Wait()
}

// writers is how many parts of so many columns are written at once: a writer of a
// wide table takes tens of MB for each thread.
func writers(parts, columns int) int { return min(max(1, parts), max(1, 512/columns)) }

// gather lists the files of all parts, in order, and adds up their counts.
func (p *pulled) gather(head string, parts []*partFiles) {
	p.files, p.fileRows = []string{head}, []int64{0}
	orders := make([]*keyOrder, len(parts))
	for i, f := range parts {
		p.files, p.fileRows, p.bad = append(p.files, f.paths...), append(p.fileRows, f.rows...), append(p.bad, f.bad)
		orders[i] = f.order
		p.read, p.badRows = p.read+f.read, p.badRows+f.badN
		quality.Merge(p.counts, f.counts)
		for _, n := range f.rows {
			p.rows += n
		}
	}
	p.ordered = ordered(orders)
}

// takeOrRead takes up a part that an earlier try or run has finished, else reads it and
// keeps it. Not to be able to keep it harms nothing but a later run's speed.
func (rd *reading) takeOrRead(ctx context.Context, part connectors.Part, dir string) (*partFiles, error) {
	r, resource := rd.run, rd.out.plan.Resource
	if rd.keep == nil {
		return rd.again(ctx, part, dir)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	if one := rd.keep.take(part, dir, watchKey(rd.schema, rd.out.plan.res.Source.Key).column); one != nil {
		r.resume.took(resource)
		r.Log.Info("part taken up", "run", r.id, "resource", resource, "part", part.ID, "rows", one.read)
		return one, nil
	}
	one, err := rd.again(ctx, part, dir)
	if err != nil {
		return nil, err
	}
	if err := rd.keep.save(part, one); err != nil {
		r.Log.Warn("part not kept", "run", r.id, "resource", resource, "part", part.ID, "error", err.Error())
	}
	return one, nil
}

// again reads one part, and once more where the source was out of reach and the
// snapshot still lives. Nothing of a failed try is kept.
func (rd *reading) again(ctx context.Context, part connectors.Part, dir string) (*partFiles, error) {
	r := rd.run
	policy := retry.Policy{Tries: partTries, First: pullPolicy.First, Worth: rd.alive, Note: func(try int, err error) {
		r.Log.Warn("part failed", "run", r.id, "resource", rd.out.plan.Resource, "part", part.ID, "try", try, "kind", fault.KindOf(err).String(), "error", err.Error())
	}}
	return retry.Do(ctx, policy, func() (*partFiles, error) {
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, err
		}
		return rd.part(ctx, part, dir)
	})
}

// alive reports whether parts can still be read in the snapshot's moment.
func (rd *reading) alive() bool {
	m, ok := rd.snap.(connectors.Mortal)
	return !ok || m.Alive()
}

// part reads one part through the row steps into files of a folder.
func (rd *reading) part(ctx context.Context, part connectors.Part, dir string) (*partFiles, error) {
	out := &partFiles{bad: filepath.Join(dir, badName), order: watchKey(rd.schema, rd.out.plan.res.Source.Key)}
	writer, err := newRowWriter(out.bad, quarantineFields)
	if err != nil {
		return nil, err
	}
	bad := &badRows{writer: writer}
	mine := rd.checks.Clone()
	s := &stream{
		alloc: rd.run.alloc, part: part.ID, steps: rd.steps, checks: mine, bad: bad, schema: rd.schema, order: out.order, places: rd.run.places,
	}
	if !rd.out.quiet {
		s.onRows = func(n int64) { rd.run.Progress.Rows(rd.out.plan.Resource, n) }
	}
	if p, ok := rd.snap.(connectors.Placer); ok {
		s.place = func(row int64) string { return p.Place(part, row) }
	}
	err = rd.write(ctx, part, s, dir, out)
	if cerr := writer.close(); err == nil {
		err = cerr
	}
	out.read, out.badN, out.counts = s.read.Load(), bad.n, mine.Counts()
	return out, err
}

// written is how a file of the image's columns there is written: of a member of an entity
// each row has its digest.
func (rd *reading) written(there *arrow.Schema) engine.ParquetOptions {
	o := rd.parquet
	if rd.run.places || !onesource.Digested(rd.run.Project, rd.out.plan.res) {
		return o
	}
	for _, f := range there.Fields() {
		o.Columns = append(o.Columns, engine.Ident(f.Name))
	}
	o.Columns = append(o.Columns, onesource.RowDigest(rd.schema, there)+" AS "+lake.DigestColumn)
	return o
}

// write runs the source's side and the writer's side of one part together; the part is
// whole only if both ended well. A panic on either side fails the part.
func (rd *reading) write(ctx context.Context, part connectors.Part, s *stream, dir string, out *partFiles) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.begin(ctx)
	done := make(chan error, 1)
	go func() {
		err := guarded(func() error { return rd.snap.Read(ctx, part, rd.meter.sink(s)) })
		s.finish(err)
		done <- err
	}()
	var err error
	for seg := range s.segments {
		file := filepath.Join(dir, dataName(len(out.paths)))
		var rows int64
		if rows, err = rd.run.copier.CopyArrow(ctx, seg, file, rd.written(seg.Schema())); err != nil {
			cancel(err)
			s.drain(seg)
			break
		}
		out.paths, out.rows = append(out.paths, file), append(out.rows, rows)
	}
	if rerr := <-done; rerr != nil && (err == nil || fault.KindOf(err) == fault.Internal) {
		err = rerr // the source's error says why
	}
	return err
}
