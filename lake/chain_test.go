package lake_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guiji/internal/fault"
	"guiji/lake"
)

func TestChainGrows(t *testing.T) {
	objs := store(t)
	if head, err := lake.NewChain(objs).Head(t.Context()); head != nil || err != nil {
		t.Fatalf("an empty chain has the head %v, %v", head, err)
	}
	a, b := lake.NewChain(objs), lake.NewChain(objs)
	for v := uint64(1); v <= 12; v++ {
		r := release(v, upload(t, objs, "data/standard/x.parquet", "abc"))
		mustCommit(t, []*lake.Chain{a, b}[v%2], r)
		for _, c := range []*lake.Chain{a, b, lake.NewChain(objs)} {
			head, err := c.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(r, head); d != "" {
				t.Fatalf("the head is not what was committed:\n%s", d)
			}
		}
	}
	want := uint64(12)
	for r, err := range a.Walk(t.Context(), 12) {
		if err != nil || r.Version != want {
			t.Fatalf("walk: %v at %d", err, want)
		}
		want--
	}
	if want != 0 {
		t.Fatalf("the walk ended at %d", want)
	}
}

// The hint may be lost, old, ahead or rubbish: it must change nothing.
func TestHeadWithoutAHint(t *testing.T) {
	for _, hint := range []string{"", "0", "2", "99", "-1", "rubbish", "3\n"} {
		objs := store(t)
		c := lake.NewChain(objs)
		for v := uint64(1); v <= 3; v++ {
			mustCommit(t, c, release(v))
		}
		rewrite(t, objs, "hint/release", func(string) string { return hint })
		if hint == "" {
			if err := objs.Delete(t.Context(), "hint/release"); err != nil {
				t.Fatal(err)
			}
		}
		head, err := lake.NewChain(objs).Head(t.Context())
		if err != nil || head == nil || head.Version != 3 {
			t.Errorf("hint %q: head %v, %v", hint, head, err)
		}
	}
}

func TestOneWinnerAVersion(t *testing.T) {
	objs := store(t)
	for v := uint64(1); v <= 5; v++ {
		var won, lost atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				switch err := lake.NewChain(objs).Commit(t.Context(), release(v)); {
				case err == nil:
					won.Add(1)
				case errors.Is(err, lake.ErrConflict):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != 7 {
			t.Fatalf("version %d: %d won, %d lost", v, won.Load(), lost.Load())
		}
	}
}

// The promise "unknown is not failed": whatever answers are lost, a commit that
// says it is done is there, one that says conflict is not, and none is there twice.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	inner := store(t)
	rng := rand.New(rand.NewPCG(1, 2))
	u := &unsure{Objects: inner}
	c := lake.NewChain(u)
	v, drops := uint64(0), 0
	for drops < 1000 {
		v++
		left := 1 + rng.IntN(3) // answers lost for this version
		u.next = func(key string) (bool, bool) {
			if !strings.HasPrefix(key, "release/") || left == 0 {
				return true, true
			}
			left--
			drops++
			return rng.IntN(4) > 0, false
		}
		other := rng.IntN(10) == 0
		if other {
			mustCommit(t, lake.NewChain(inner), release(v))
		}
		mine := release(v)
		err := c.Commit(t.Context(), mine)
		if other != errors.Is(err, lake.ErrConflict) || !other && err != nil {
			t.Fatalf("version %d (taken: %v): %v", v, other, err)
		}
		there, aerr := lake.NewChain(inner).At(t.Context(), v)
		if aerr != nil || (there.Nonce == mine.Nonce) == other {
			t.Fatalf("version %d (taken: %v): %v", v, other, aerr)
		}
	}
	n := uint64(0)
	for _, err := range lake.NewChain(inner).Walk(t.Context(), v) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != v {
		t.Fatalf("%d releases, %d commits", n, v)
	}
	t.Logf("figure dropped_responses %d; releases %d, double commits 0", drops, v)
}

func TestCommitInDoubtIsUnknown(t *testing.T) {
	d := &down{Objects: store(t)}
	u := &unsure{Objects: d, next: func(string) (bool, bool) { d.isDown = true; return false, false }}
	c := lake.NewChain(u)
	c.Patience = 200 * time.Millisecond
	r := release(1)
	if err := c.Commit(t.Context(), r); fault.KindOf(err) != fault.Unknown {
		t.Fatalf("sent, no answer, store down: %v", err)
	}
	d.isDown = false
	u.next = func(string) (bool, bool) { return true, true }
	mustCommit(t, c, r) // the same release again
	mustCommit(t, c, r)
	if head, err := c.Head(t.Context()); err != nil || head.Nonce != r.Nonce {
		t.Fatalf("head %v, %v", head, err)
	}
}

// A conflict with what may be one's own put, on a release that cannot be read, is a
// doubt and nothing else: a caller that saw a conflict in it would rebase over itself.
func TestDoubtfulConflictIsNoConflict(t *testing.T) {
	u := &selfConflict{down: down{Objects: store(t)}}
	c := lake.NewChain(u)
	c.Patience = 100 * time.Millisecond
	r := release(1)
	if err := c.Commit(t.Context(), r); fault.KindOf(err) != fault.Unknown || errors.Is(err, lake.ErrConflict) {
		t.Fatalf("%v", err)
	}
	u.isDown = false
	mustCommit(t, c, r)
}

// selfConflict answers a put that happened with a conflict, as to a repeated one, and
// cannot be read from then on.
type selfConflict struct{ down }

func (s *selfConflict) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	o, err := s.Objects.Put(ctx, key, body, size, cond)
	if cond.Absent && err == nil {
		s.isDown, err = true, lake.ErrConflict
	}
	return o, err
}

func TestCommitOfWhatWasNeverSent(t *testing.T) {
	d := &down{Objects: store(t), isDown: true}
	c := lake.NewChain(d)
	c.Patience = 100 * time.Millisecond
	if err := c.Commit(t.Context(), release(1)); fault.KindOf(err) != fault.Unreachable {
		t.Errorf("store down from the start: %v", err)
	}
	d.isDown = false
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Commit(ctx, release(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	if head, err := c.Head(t.Context()); head != nil || err != nil {
		t.Errorf("head %v, %v", head, err)
	}
}

func TestTamperedReleaseIsNamed(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"truncated": func(s string) string { return s[:len(s)/2] },
		"empty":     func(string) string { return "" },
		"appended":  func(s string) string { return s + "{}" },
		"edited":    func(s string) string { return strings.Replace(s, `"run":"r"`, `"run":"x"`, 1) },
		"renamed":   func(s string) string { return strings.Replace(s, `"version":2`, `"version":3`, 1) },
	} {
		objs := store(t)
		c := lake.NewChain(objs)
		for v := uint64(1); v <= 3; v++ {
			mustCommit(t, c, release(v))
		}
		rewrite(t, objs, "release/v000000000002.json", change)
		var last error
		for _, err := range c.Walk(t.Context(), 3) {
			last = err
		}
		if fault.KindOf(last) != fault.Data || !strings.Contains(last.Error(), "2") {
			t.Errorf("%s: %v", name, last)
		}
	}
}

func TestValidateRefuses(t *testing.T) {
	good := func() *lake.Release {
		return release(1, lake.File{Key: "data/x", Size: 1, SHA256: sum("x"), Rows: 3})
	}
	if r := good(); true {
		r.Nonce = "n"
		if err := r.Validate(); err != nil {
			t.Fatal(err)
		}
	}
	for name, spoil := range map[string]func(*lake.Release, *lake.Dataset){
		"layer":     func(_ *lake.Release, d *lake.Dataset) { d.Layer = "raw" },
		"rows":      func(_ *lake.Release, d *lake.Dataset) { d.Rows++ },
		"no files":  func(_ *lake.Release, d *lake.Dataset) { d.Files, d.Rows = nil, 0 },
		"key":       func(_ *lake.Release, d *lake.Dataset) { d.Files[0].Key = "../x" },
		"sha256":    func(_ *lake.Release, d *lake.Dataset) { d.Files[0].SHA256 = "x" },
		"since":     func(_ *lake.Release, d *lake.Dataset) { d.Since = 2 },
		"sorted":    func(_ *lake.Release, d *lake.Dataset) { d.Sorted = []string{"nothing"} },
		"two alike": func(_ *lake.Release, d *lake.Dataset) { d.Columns = append(d.Columns, lake.Column{Name: "ID"}) },
		"nonce":     func(r *lake.Release, _ *lake.Dataset) { r.Nonce = "" },
		"previous":  func(r *lake.Release, _ *lake.Dataset) { r.Previous = &lake.Link{} },
		"sources":   func(r *lake.Release, _ *lake.Dataset) { r.Sources = []string{"a", "a"} },
	} {
		r := good()
		r.Nonce = "n"
		d := r.Datasets["standard/d/0"]
		spoil(r, &d)
		r.Datasets["standard/d/0"] = d
		if err := r.Validate(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
