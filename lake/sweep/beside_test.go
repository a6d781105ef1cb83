package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/testkit/minio"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/lake/stores"
	"guiji/lake/sweep"
)

// Runs of several pipelines land while gc sweeps with the shortest retention there is:
// no file that a release names is ever gone.
func TestGCBesideRuns(t *testing.T) {
	w := newWorld(t)
	rounds := proof.Of(150, 12)
	var runs, sweeps sync.WaitGroup
	var missing, swept atomic.Int64
	for p := range 3 {
		runs.Go(func() { missing.Add(w.pipeline(p, rounds, &swept)) })
	}
	done := make(chan struct{})
	for range 2 {
		sweeps.Go(func() {
			for {
				rep, err := sweep.Collect(t.Context(), w.input(w.objs, catalog.Retention{}, start))
				if err != nil && fault.KindOf(err) != fault.Locked && fault.KindOf(err) != fault.Unreachable {
					t.Error(err)
				}
				if rep != nil {
					swept.Add(int64(rep.Files))
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	runs.Wait()
	close(done)
	sweeps.Wait()
	damage, _ := w.problems()
	for _, p := range damage {
		t.Errorf("%s: %s", p.Key, p.What)
	}
	if missing.Load() > 0 || swept.Load() == 0 {
		t.Errorf("%d files that a release names were gone, %d were swept", missing.Load(), swept.Load())
	}
	proof.Figure(t, "deleted_live", missing.Load()+int64(len(damage)))
}

// pipeline lands a resource so often, under its lease, and counts the files that were
// missing from what it had just landed. Half way it rests until something was swept: gc
// plans anew whenever a run lands, and on a fast disk it might never come to an end.
func (w *world) pipeline(p, rounds int, swept *atomic.Int64) (missing int64) {
	held, err := lake.Hold(w.Context(), w.objs, "test", time.Minute, fmt.Sprintf("p%d", p))
	if err != nil {
		w.Error(err)
		return 0
	}
	own := over(w.TB, w.objs)
	own.n = 1_000_000 * (p + 1)
	for i := range rounds {
		for n := 0; i == rounds/2 && swept.Load() == 0 && n < 30_000; n++ {
			time.Sleep(time.Millisecond)
		}
		r, err := own.rebasing(fmt.Sprintf("a/x%d", p), start.Add(time.Duration(i)*time.Minute))
		if err != nil {
			w.Error(err)
			break
		}
		for _, d := range r.Datasets {
			if _, err := w.objs.Head(w.Context(), d.Files[0].Key); !errors.Is(err, lake.ErrNotFound) {
				continue
			}
			if _, err := lake.NewChain(w.objs).At(w.Context(), r.Version); !errors.Is(err, lake.ErrExpired) {
				missing++
			}
		}
	}
	if err := held.Release(); err != nil {
		w.Error(err)
	}
	return missing
}

// rebasing lands as a run does: its file is uploaded once, and committed on whatever is
// the head.
func (w *world) rebasing(resource string, at time.Time) (*lake.Release, error) {
	f, err := w.upload(w.objs, "standard/"+resource)
	if err != nil {
		return nil, err
	}
	for {
		head, err := w.chain.Head(w.Context())
		if err != nil {
			return nil, err
		}
		r := &lake.Release{Version: 1, Datasets: map[string]lake.Dataset{}, Resources: map[string]lake.Resource{}}
		if head != nil {
			r = head.Successor(lake.By{})
			r.Datasets, r.Resources = cloned(head.Datasets), cloned(head.Resources)
		}
		r.Created, r.RunID, r.Pipeline, r.Slots = at, "r", "nightly", []string{}
		r.Datasets["standard/"+resource] = set(resource, "", f, r.Version)
		r.Resources[resource] = lake.Resource{Outcome: "ok", Since: r.Version}
		if err = w.chain.Commit(w.Context(), r); !errors.Is(err, lake.ErrConflict) {
			return r, err
		}
	}
}

// A head that expires between being found and being read has a successor: that one is
// the head.
func TestHeadExpiresWhileRead(t *testing.T) {
	w := newWorld(t)
	first := w.land("a/x", start)
	reader := lake.NewChain(&before{w.objs, func() {
		w.land("a/x", start.AddDate(0, 1, 0))
		w.collect(w.input(w.objs, catalog.Retention{}, start.AddDate(0, 2, 0)))
	}})
	head, err := reader.Head(t.Context())
	if err != nil || head.Version <= first.Version {
		t.Errorf("%+v %v", head, err)
	}
	if _, err := w.chain.At(t.Context(), first.Version); !errors.Is(err, lake.ErrExpired) {
		t.Errorf("release %d did not expire: %v", first.Version, err)
	}
}

// before does something once before it reads a release.
type before struct {
	lake.Objects
	do func()
}

func (b *before) Get(ctx context.Context, key string) (io.ReadCloser, lake.Object, error) {
	if do := b.do; do != nil && strings.HasPrefix(key, "release/") {
		b.do = nil
		do()
	}
	return b.Objects.Get(ctx, key)
}

// What killed runs left goes when it is old and no lease is open, and nothing else.
func TestOrphans(t *testing.T) {
	w := newWorld(t)
	r := w.land("a/x", start)
	left, err := w.upload(w.objs, "standard/a/x")
	if err != nil {
		t.Fatal(err)
	}
	rules := catalog.Retention{Last: 1, Monthly: 12, Orphans: 7 * 24 * time.Hour}
	for _, id := range []string{"20240101T220000-aaaaaa", time.Now().Format("20060102T150405") + "-bbbbbb"} {
		if err := lake.PutRun(t.Context(), w.objs, lake.RunRecord{ID: id, Outcome: lake.RunOK}); err != nil {
			t.Fatal(err)
		}
	}
	if rep := w.collect(w.input(w.objs, rules, time.Now())); rep.Orphans != 0 || rep.Runs != 1 {
		t.Errorf("young: %+v", rep)
	}
	later := time.Now().AddDate(0, 0, 8)
	lease, err := lake.Acquire(t.Context(), w.objs, "nightly", "a killed run", time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	if rep := w.collect(w.input(w.objs, rules, later)); rep.Orphans != 1 || rep.Waiting != "nightly" {
		t.Errorf("a lease that was not given back: %+v", rep)
	}
	if err := lease.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	dry := w.input(w.objs, rules, later)
	dry.DryRun = true
	for _, in := range []sweep.Input{dry, w.input(w.objs, rules, later)} {
		if _, err := w.objs.Head(t.Context(), left.Key); err != nil {
			t.Fatalf("it went too early: %v", err)
		}
		if rep := w.collect(in); rep.Orphans != 1 || rep.OrphanB != left.Size || rep.Waiting != "" {
			t.Errorf("old: %+v", rep)
		}
	}
	if _, err := w.objs.Head(t.Context(), left.Key); !errors.Is(err, lake.ErrNotFound) {
		t.Errorf("the orphan: %v", err)
	}
	if _, err := w.objs.Head(t.Context(), r.Datasets["standard/a/x"].Files[0].Key); err != nil {
		t.Errorf("a live file: %v", err)
	}
	w.sound()
}

// A release that cannot be read stops gc: what it names is not known.
func TestGCStopsAtARubbishRelease(t *testing.T) {
	w := newWorld(t)
	for i := range 4 {
		w.land("a/x", start.AddDate(0, 0, i))
	}
	if _, err := w.objs.Put(t.Context(), "release/v000000000002.json", strings.NewReader("{"), 1, lake.Condition{}); err != nil {
		t.Fatal(err)
	}
	_, err := sweep.Collect(t.Context(), w.input(w.objs, catalog.Retention{Last: 1}, start.AddDate(0, 1, 0)))
	if fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "v000000000002") {
		t.Errorf("%v", err)
	}
	if damage, _ := w.problems(); len(damage) != 1 || damage[0].Key != "release/v000000000002.json" {
		t.Errorf("%+v", damage)
	}
}

// The same on a real S3 store: expiry, withdrawal, a lost process.
func TestGCOnMinIO(t *testing.T) {
	server := minio.Start(t)
	t.Setenv("CARE_SECRET", server.SecretKey)
	objs, err := stores.Open(t.Context(), catalog.Config{Store: "s3://" + server.Endpoint + "/care", StoreAuth: catalog.StoreAuth{AccessKey: server.AccessKey, SecretKey: "${CARE_SECRET}"}}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := over(t, objs)
	for i := range 8 {
		w.land([]string{"a/x", "a/y"}[i%2], start.AddDate(0, 0, i))
	}
	rules := catalog.Retention{Last: 2, Daily: 3, Monthly: 1, Orphans: time.Hour}
	now := start.AddDate(0, 0, 8)
	for _, steps := range []int{3, 5, 7} {
		if _, err := sweep.Collect(t.Context(), w.input(&stopping{w.objs, steps}, rules, now, "a/x")); err == nil {
			t.Fatalf("%d writes were enough", steps)
		}
		if damage, _ := w.problems(); len(damage) > 0 {
			t.Fatalf("killed after %d writes: %+v", steps, damage)
		}
		if err := objs.Delete(t.Context(), "lease/_care.json"); err != nil {
			t.Fatal(err)
		}
	}
	w.collect(w.input(w.objs, rules, now, "a/x"))
	if damage, _ := w.problems(); len(damage) > 0 {
		t.Errorf("%+v", damage)
	}
	if _, err := w.chain.At(t.Context(), 1); !errors.Is(err, lake.ErrExpired) {
		t.Errorf("release 1: %v", err)
	}
}
