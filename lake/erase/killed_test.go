package erase_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/lake/erase"
	"guiji/lake/localdir"
)

// stopping is a store that dies at its n-th write.
type stopping struct {
	lake.Objects
	left int
}

var errStopped = errors.New("the process was killed")

func (s *stopping) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	if s.left--; s.left < 0 {
		return lake.Object{}, errStopped
	}
	return s.Objects.Put(ctx, key, body, size, cond)
}

func (s *stopping) Delete(ctx context.Context, key string) error {
	if s.left--; s.left < 0 {
		return errStopped
	}
	return s.Objects.Delete(ctx, key)
}

// copied is the world over a copy of its store.
func (w *world) copied(t *testing.T) *world {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	if err := os.CopyFS(dir, os.DirFS(w.objs.(*localdir.Dir).LocalRoot())); err != nil {
		t.Fatal(err)
	}
	objs, err := localdir.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	next := *w
	next.objs = objs
	if next.cache, err = lake.NewCache(objs, t.TempDir(), 0); err != nil {
		t.Fatal(err)
	}
	next.in.Objects, next.in.Chain, next.in.Cache, next.in.Scratch = objs, lake.NewChain(objs), next.cache, t.TempDir()
	return &next
}

// Killed before any of its writes: verify finds no damage and names what is
// unfinished; done again, or resumed, all of the person is gone. The short form
// kills before every seventh.
func TestEraseKilledAtEveryStep(t *testing.T) {
	stride := proof.Of(1, 7)
	whole := newWorld(t)
	for steps := 0; ; steps += stride {
		w := whole.copied(t)
		in := w.in
		in.Objects = &stopping{w.objs, steps}
		in.Chain = lake.NewChain(in.Objects)
		_, err := w.erase(in, erase.Target{Entity: "person", Key: li})
		damage, notes := w.verified()
		if len(damage) > 0 {
			t.Fatalf("killed after %d writes: %q", steps, damage)
		}
		begun := slices.ContainsFunc(notes, func(s string) bool { return strings.Contains(s, "lake.verify.unfinished.erasure") })
		if head, herr := lake.NewChain(w.objs).Head(t.Context()); herr != nil || err != nil && head.Version == 4 && !begun {
			t.Fatalf("killed after %d writes: release %v, %v, not named: %q", steps, head, herr, notes)
		}
		if _, rerr := w.in.Chain.Resume(t.Context()); rerr != nil {
			t.Fatal(rerr)
		}
		if !begun && err != nil {
			if _, err := w.erase(w.in, erase.Target{Entity: "person", Key: li}); err != nil {
				t.Fatal(err)
			}
		}
		if left := w.mentioned(li, "李", hash+"1"); len(left) > 0 {
			t.Fatalf("killed after %d writes, ended: %q", steps, left)
		}
		if damage, _ := w.verified(); len(damage) > 0 {
			t.Fatalf("killed after %d writes, ended: %q", steps, damage)
		}
		if err == nil {
			proof.Figure(t, "erase_kills", steps/stride)
			return
		}
	}
}
