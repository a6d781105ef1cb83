package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/lake/sweep"
)

// world is a store whose releases each bring one file and keep the last one's.
type world struct {
	testing.TB
	objs  lake.Objects
	chain *lake.Chain
	zone  *time.Location
	n     int // files made
}

func newWorld(t testing.TB) *world {
	t.Helper()
	objs, err := localdir.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return over(t, objs)
}

func over(t testing.TB, objs lake.Objects) *world {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return &world{TB: t, objs: objs, chain: lake.NewChain(objs), zone: zone}
}

// upload stages a file of one row.
func (w *world) upload(objs lake.Objects, dataset string) (lake.File, error) {
	w.n++
	p := filepath.Join(w.TempDir(), fmt.Sprintf("f%d", w.n))
	if err := os.WriteFile(p, fmt.Appendf(nil, "content of %s, %d", dataset, w.n), 0o600); err != nil {
		w.Fatal(err)
	}
	return lake.Upload(w.Context(), objs, fmt.Sprintf("data/%s/slot/%d/00000.parquet", dataset, w.n), p, 1)
}

// set is a dataset of one file.
func set(resource, version string, f lake.File, since uint64) lake.Dataset {
	return lake.Dataset{Layer: "standard", Table: strings.ReplaceAll(resource, "/", "__") + version, Files: []lake.File{f}, Rows: f.Rows, Since: since,
		Columns: []lake.Column{{Name: "id", Type: "BIGINT"}}}
}

// land commits what a run of a resource would: a new file for it over the head's rest.
func (w *world) land(resource string, at time.Time) *lake.Release {
	w.Helper()
	for {
		r, err := w.tryLand(w.chain, resource, at)
		if errors.Is(err, lake.ErrConflict) {
			continue
		}
		if err != nil {
			w.Fatal(err)
		}
		return r
	}
}

func (w *world) tryLand(chain *lake.Chain, resource string, at time.Time) (*lake.Release, error) {
	f, err := w.upload(w.objs, "standard/"+resource)
	if err != nil {
		return nil, err
	}
	head, err := chain.Head(w.Context())
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
	return r, chain.Commit(w.Context(), r)
}

func cloned[V any](m map[string]V) map[string]V {
	out := map[string]V{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// input collects with rules as of a time; Rewrite drops the resource's datasets.
func (w *world) input(objs lake.Objects, rules catalog.Retention, now time.Time, gone ...string) sweep.Input {
	in := sweep.Input{Objects: objs, Chain: lake.NewChain(objs), Rules: rules, Zone: w.zone, By: lake.By{RunID: "gc", Pipeline: "_gc", Now: now},
		Owner: "test", Lease: time.Minute, Expired: "outside retention", Gone: map[string]string{}}
	in.Chain.Patience = 50 * time.Millisecond
	for _, g := range gone {
		in.Gone[g] = "withdrawn"
	}
	in.Rewrite = func(_ context.Context, releases []*lake.Release, gone map[string]string) (edits []*lake.Release, staged []string, err error) {
		for _, r := range releases {
			next := *r
			next.Datasets, next.Resources = cloned(r.Datasets), cloned(r.Resources)
			for g := range gone {
				delete(next.Datasets, "standard/"+g)
				delete(next.Resources, g)
			}
			next.Erasures = append(slices.Clone(r.Erasures), lake.Erasure{At: now, Reason: "withdrawn", Datasets: []string{}})
			if len(next.Resources) == len(r.Resources) {
				continue
			}
			f, err := w.upload(objs, "standard/other") // as entities are made anew
			if err != nil {
				return nil, staged, err
			}
			next.Datasets["standard/a/other"] = set("a/other", "x", f, r.Version)
			edits, staged = append(edits, &next), append(staged, f.Key)
		}
		return edits, staged, nil
	}
	return in
}

func (w *world) collect(in sweep.Input) *sweep.Report {
	w.Helper()
	rep, err := sweep.Collect(w.Context(), in)
	if err != nil {
		w.Fatal(err)
	}
	return rep
}

// problems is what verify finds; damage is none of it that is only a note.
func (w *world) problems() (damage, notes []lake.Problem) {
	w.Helper()
	all, _, err := lake.Verify(w.Context(), w.objs, lake.VerifyOptions{ReadData: 1})
	if err != nil {
		w.Fatal(err)
	}
	for _, p := range all {
		if p.Orphan {
			notes = append(notes, p)
		} else {
			damage = append(damage, p)
		}
	}
	return damage, notes
}

// sound checks that verify is quiet and that every release that is kept can be read.
func (w *world) sound() {
	w.Helper()
	if damage, notes := w.problems(); len(damage)+len(notes) > 0 {
		w.Errorf("verify: %+v %+v", damage, notes)
	}
	head, err := lake.NewChain(w.objs).Head(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	for r, err := range lake.NewChain(w.objs).Walk(w.Context(), head.Version) {
		if err != nil {
			w.Fatal(err)
		}
		for name, d := range r.Datasets {
			if _, err := w.objs.Head(w.Context(), d.Files[0].Key); err != nil {
				w.Errorf("release %d, %s: %v", r.Version, name, err)
			}
		}
	}
}

var start = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

func TestRetentionExpires(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.land([]string{"a/x", "a/y"}[i%2], start.Add(time.Duration(i)*8*time.Hour)) // three a day
	}
	now := start.Add(20 * 8 * time.Hour)
	rules := catalog.Retention{Last: 3, Daily: 4, Monthly: 2, Orphans: time.Hour}
	in := w.input(w.objs, rules, now)
	in.DryRun = true
	would := w.collect(in)
	did := w.collect(w.input(w.objs, rules, now))
	if len(would.Expired) == 0 || !slices.Equal(would.Expired, did.Expired) || would.Files != did.Files || would.Bytes != did.Bytes || would.Bytes == 0 {
		t.Errorf("it would expire %v with %d files, it did %v with %d", would.Expired, would.Files, did.Expired, did.Files)
	}
	if did.Release != 21 || len(did.Kept)+len(did.Expired) != 20 {
		t.Errorf("release %d, %d kept, %d expired", did.Release, len(did.Kept), len(did.Expired))
	}
	w.sound()
	for _, v := range did.Expired {
		if _, err := w.chain.At(t.Context(), v); !errors.Is(err, lake.ErrExpired) || !strings.Contains(err.Error(), "outside retention") {
			t.Errorf("release %d: %v", v, err)
		}
		if at, err := w.chain.Made(t.Context(), v); err != nil || !at.Equal(start.Add(time.Duration(v-1)*8*time.Hour)) {
			t.Errorf("release %d was made on %v, %v", v, at, err)
		}
	}
	again := w.collect(w.input(w.objs, rules, now))
	if len(again.Expired) > 0 || again.Release != 0 || again.Orphans != 0 {
		t.Errorf("a second gc: %+v", again)
	}
	// What held an old head in its hand finds the versions after it taken.
	late := lake.NewChain(w.objs)
	old := &lake.Release{Version: did.Expired[0] + 1, Nonce: "late", Previous: &lake.Link{Version: did.Expired[0], SHA256: strings.Repeat("0", 64)}}
	if err := late.Commit(t.Context(), old); !errors.Is(err, lake.ErrConflict) {
		t.Errorf("a commit on an expired release: %v", err)
	}
}

func TestAWithdrawnResourceLeavesEveryRelease(t *testing.T) {
	w := newWorld(t)
	for i := range 6 {
		w.land([]string{"a/x", "a/y"}[i%2], start.AddDate(0, 0, i))
	}
	dry := w.input(w.objs, catalog.Retention{Last: 3, Daily: 30, Monthly: 12, Orphans: time.Hour}, start.AddDate(0, 0, 6), "a/x", "a/never")
	dry.DryRun = true
	if would := w.collect(dry); would.Files == 0 || would.Bytes == 0 || !slices.Equal(would.Withdrawn, []string{"a/x"}) {
		t.Errorf("it would: %+v", would)
	}
	rep := w.collect(w.input(w.objs, catalog.Retention{Last: 3, Daily: 30, Monthly: 12, Orphans: time.Hour}, start.AddDate(0, 0, 6), "a/x", "a/never"))
	if !slices.Equal(rep.Withdrawn, []string{"a/x"}) || len(rep.Rewritten) != 6 || rep.Release != 7 {
		t.Errorf("%+v", rep)
	}
	for o, err := range w.objs.List(t.Context(), "data/standard/a/x/") {
		t.Errorf("%s is still there, %v", o.Key, err)
	}
	w.sound()
	for v := uint64(1); v <= 6; v++ {
		r, err := w.chain.At(t.Context(), v)
		if err != nil || len(r.Erasures) != 1 || r.Erasures[0].Reason != "withdrawn" || r.Resources["a/x"].Outcome != "" {
			t.Errorf("release %d: %+v, %v", v, r, err)
		}
	}
	if again := w.collect(w.input(w.objs, catalog.Retention{Last: 3, Daily: 30, Monthly: 12}, start.AddDate(0, 0, 6), "a/x")); again.Release != 0 {
		t.Errorf("a second gc: %+v", again)
	}
}

// stopping is a store that dies at its n-th call: it and all after it do nothing.
type stopping struct {
	lake.Objects
	left int
}

var errStopped = errors.New("the process was killed")

func (s *stopping) call() error {
	if s.left--; s.left < 0 {
		return errStopped
	}
	return nil
}

func (s *stopping) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	if err := s.call(); err != nil {
		return lake.Object{}, err
	}
	return s.Objects.Put(ctx, key, body, size, cond)
}

func (s *stopping) Delete(ctx context.Context, key string) error {
	if err := s.call(); err != nil {
		return err
	}
	return s.Objects.Delete(ctx, key)
}

// Killed before any write: verify names nothing but what is unfinished, the head can
// be read and built on, and the next gc ends what was begun.
func TestGCKilledAtEveryStep(t *testing.T) {
	rules := catalog.Retention{Last: 2, Daily: 2, Monthly: 1, Orphans: time.Hour}
	now := start.Add(9 * 12 * time.Hour)
	for steps := 0; ; steps++ {
		w := newWorld(t)
		for i := range 9 {
			w.land([]string{"a/x", "a/y"}[i%2], start.Add(time.Duration(i)*12*time.Hour))
		}
		_, err := sweep.Collect(t.Context(), w.input(&stopping{w.objs, steps}, rules, now, "a/x"))
		if damage, _ := w.problems(); len(damage) > 0 {
			t.Fatalf("killed after %d writes: verify finds %+v", steps, damage)
		}
		if head, herr := lake.NewChain(w.objs).Head(t.Context()); herr != nil || head.Version < 9 {
			t.Fatalf("killed after %d writes: head %v, %v", steps, head, herr)
		}
		if steps%3 == 1 {
			w.land("a/y", now) // a run comes before the next gc
		}
		if err := w.objs.Delete(t.Context(), "lease/_care.json"); err != nil { // as if it had run out
			t.Fatal(err)
		}
		w.collect(w.input(w.objs, rules, now, "a/x"))
		damage, notes := w.problems()
		for _, n := range notes { // what was made before anything was written down is an orphan, and swept in time
			if n.What != "lake.verify.orphan" || !strings.HasPrefix(n.Key, "data/standard/other/") {
				t.Errorf("killed after %d writes, ended: %+v", steps, n)
			}
		}
		for o := range w.objs.List(t.Context(), "data/standard/a/x/") {
			t.Errorf("killed after %d writes, ended: %s is still there", steps, o.Key)
		}
		if len(damage) > 0 || t.Failed() {
			t.Fatalf("killed after %d writes, ended: %+v", steps, damage)
		}
		if err == nil {
			proof.Figure(t, "gc_kills", steps)
			return
		}
	}
}
