package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/sync/errgroup"

	"guiji/internal/engine"
	"guiji/quality"
	"guiji/quality/checks"
)

// batchRows and batchKinds are the batches the checks see: so many different ones,
// that none is in cache when it comes again.
const (
	batchRows  = 1 << 16
	batchKinds = 16
)

// checks measures a hundred row checks over b.rows rows of Arrow batches: what CPU time
// they take a value, what regular expressions do, and the wall time over that of one
// DuckDB query a check on the same rows in Parquet.
func (b *bench) checks(ctx context.Context) error {
	dir := filepath.Join(b.dir, "checks")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	batches := checkedBatches(batchKinds)
	set, err := rowSetOf(hundredChecks(), batches[0].Schema())
	if err != nil {
		return err
	}
	patterns, err := rowSetOf(tenPatterns(), batches[0].Schema())
	if err != nil {
		return err
	}
	var cpu, wall, regex []float64
	for range b.reps {
		c, w, err := b.evaluated(ctx, set, batches)
		if err != nil {
			return err
		}
		r, _, err := b.evaluated(ctx, patterns, batches)
		if err != nil {
			return err
		}
		cpu, wall, regex = append(cpu, c.Seconds()), append(wall, w.Seconds()), append(regex, r.Seconds())
	}
	each := 1e9 / float64(b.times()*batchRows)
	fmt.Printf("figure check_ns_per_value %.3f ns\n", median(cpu)*each/float64(len(hundredChecks())))
	fmt.Printf("figure regex_ns_per_value %.3f ns\n", median(regex)*each/float64(len(tenPatterns())))
	single, err := b.singleQueries(ctx, dir, set, batches)
	if err != nil {
		return err
	}
	fmt.Printf("figure checks_over_single_queries %.3f x\n", median(wall)/single.Seconds())
	return os.RemoveAll(dir)
}

// times is how many batches b.rows are.
func (b *bench) times() int { return max(1, b.rows/batchRows) }

// rowSetOf binds the checks of the measured table.
func rowSetOf(measured []measuredCheck, schema *arrow.Schema) (*quality.RowSet, error) {
	env, items, err := checkedTable(measured)
	if err != nil {
		return nil, err
	}
	all, errs := quality.Bind(env, items, schema, checks.All())
	if len(errs) > 0 {
		return nil, errs[0]
	}
	var rules []*quality.Rule
	for _, r := range all {
		if r.Check != checks.Type { // bound by itself to every item: not one of the measured
			r.Bit = len(rules)
			rules = append(rules, r)
		}
	}
	if len(rules) != len(measured) {
		return nil, fmt.Errorf("%d rules of %d checks", len(rules), len(measured))
	}
	return quality.NewRowSet(rules, schema, env)
}

// evaluated runs a set over all rows, as many batches at once as there are cores.
func (b *bench) evaluated(ctx context.Context, set *quality.RowSet, batches []arrow.RecordBatch) (cpu, wall time.Duration, err error) {
	group, ctx := errgroup.WithContext(ctx)
	busy, began := processCPU(), time.Now()
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		own := set.Clone()
		group.Go(func() error {
			for i := w; i < b.times() && ctx.Err() == nil; i += workers {
				masks, err := own.Eval(memory.DefaultAllocator, batches[i%len(batches)], nil)
				if err != nil {
					return err
				}
				for _, m := range masks {
					m.Release()
				}
			}
			return ctx.Err()
		})
	}
	err = group.Wait()
	return processCPU() - busy, time.Since(began), err
}

// processCPU is what this process has used of all cores.
func processCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// singleQueries counts the failures of each check by a query of its own over the same
// rows in Parquet, and compares the counts with those of the kernels.
func (b *bench) singleQueries(ctx context.Context, dir string, set *quality.RowSet, batches []arrow.RecordBatch) (time.Duration, error) {
	s, err := engine.Open(ctx, engine.Options{Temp: dir, Memory: "2GB"})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	path := filepath.Join(dir, "rows.parquet")
	all := make([]arrow.RecordBatch, b.times())
	own := set.Clone()
	for i := range all {
		all[i] = batches[i%len(batches)]
		masks, err := own.Eval(memory.DefaultAllocator, all[i], nil)
		if err != nil {
			return 0, err
		}
		for _, m := range masks {
			m.Release()
		}
	}
	reader, err := array.NewRecordReader(batches[0].Schema(), all)
	if err != nil {
		return 0, err
	}
	defer reader.Release()
	if _, err := s.CopyArrow(ctx, reader, path, engine.ParquetOptions{}); err != nil {
		return 0, err
	}
	began := time.Now()
	for i, c := range hundredChecks() {
		var n int64
		if err := s.Row(ctx, c.id(i), "SELECT count(*) FILTER (WHERE "+c.fails+") FROM "+engine.Parquet([]string{path}), &n); err != nil {
			return 0, err
		}
		if want := own.Counts()[c.id(i)].Failed; n != want {
			return 0, fmt.Errorf("%s: the query counts %d failures, the kernel %d", c.written, n, want)
		}
	}
	return time.Since(began), nil
}
