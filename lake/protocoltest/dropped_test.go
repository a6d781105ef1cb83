package protocoltest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/testkit/minio"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/lake/s3"
)

// patience is how long these writers try to learn what became of a commit: short, so
// that late puts arrive when they have given up.
const patience = 120 * time.Millisecond

// writer commits one slot after another through a postman of its own.
type writer struct {
	t       *testing.T
	id      int
	objs    lake.Objects
	post    *postman
	rng     *rand.Rand
	done    map[string]string // slot: the nonce whose commit was reported done
	unknown int
}

// The promise "unknown is not failed" on a real store: whatever becomes of the answers
// to commits, none lands twice, and no file of a release is deleted.
func TestDroppedCommitResponses(t *testing.T) {
	target, m := proof.Of(1000, 100), minio.Start(t)
	config := s3.Config{Endpoint: m.Endpoint, Bucket: "guiji", AccessKey: m.AccessKey, SecretKey: m.SecretKey}
	clean, err := s3.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	var stop atomic.Bool
	var writers []*writer
	var all sync.WaitGroup
	for i := range 8 {
		w := newWriter(t, i, config)
		writers = append(writers, w)
		all.Go(func() {
			for n := 0; !stop.Load() && !t.Failed(); n++ {
				w.slot(fmt.Sprintf("nightly@%d-%d", i, n))
			}
		})
	}
	for total(writers) < target && !t.Failed() {
		time.Sleep(10 * time.Millisecond)
	}
	stop.Store(true)
	all.Wait()
	unknown := 0
	for _, w := range writers {
		w.post.rest()
		unknown += w.unknown
	}
	proof.Figure(t, "dropped_commit_responses", total(writers))
	t.Logf("%d commits ended as unknown", unknown)
	if unknown == 0 {
		t.Error("no commit ended as unknown: nothing was shown of those")
	}
	judge(t, clean, writers)
	proof.Fault(t, "lost response", "on MinIO, with late and repeated puts: no double commit, no live file deleted")
}

func newWriter(t *testing.T, i int, config s3.Config) *writer {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(i), 17))
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	post := &postman{RoundTripper: transport, rng: rand.New(rand.NewPCG(uint64(i), 19)), drops: map[string]int{}}
	config.Transport = post
	objs, err := s3.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return &writer{t: t, id: i, objs: objs, post: post, rng: rng, done: map[string]string{}}
}

func total(writers []*writer) (n int) {
	for _, w := range writers {
		w.post.mu.Lock()
		for _, k := range w.post.drops {
			n += k
		}
		w.post.mu.Unlock()
	}
	return n
}

// slot lands one slot, by several runs where commits stay in doubt.
func (w *writer) slot(slot string) {
	for attempt := range 50 {
		landed, err := w.run(slot, attempt)
		if landed || err == nil {
			return
		}
		kind := fault.KindOf(err)
		if kind == fault.Unreachable {
			time.Sleep(patience / 4)
		}
		if kind != fault.Unknown && kind != fault.Unreachable && !errors.Is(err, lake.ErrConflict) {
			w.t.Errorf("slot %s: %v", slot, err)
			return
		}
	}
	w.t.Errorf("slot %s does not land", slot)
}

// run is one run: head, slot, stage, commit, rebase.
func (w *writer) run(slot string, attempt int) (landed bool, err error) {
	ctx, chain := context.Background(), lake.NewChain(w.objs)
	chain.Patience = patience
	head, err := chain.Head(ctx)
	if err != nil {
		return false, err
	}
	if head != nil && taken(head, slot) { // an earlier run's put arrived late
		return true, nil
	}
	file, err := stage(ctx, w.objs, fmt.Sprintf("data/standard/w%d/%s/%d.parquet", w.id, slot, attempt))
	if err != nil {
		return false, err
	}
	for range 200 {
		rel := compose(head, fmt.Sprintf("standard/w%d", w.id), slot, file)
		err = chain.Commit(ctx, rel)
		if fault.KindOf(err) == fault.Unknown {
			w.unknown++
			if w.rng.IntN(2) == 0 {
				return false, err // a new run follows; this one's put may still arrive
			}
			err = chain.Commit(ctx, rel) // the same body again is safe
		}
		switch {
		case err == nil:
			w.done[slot] = rel.Nonce
			return true, nil
		case !errors.Is(err, lake.ErrConflict):
			return false, err
		}
		if w.rng.IntN(20) == 0 { // it gives up, and what it staged is nobody's
			return false, errors.Join(err, w.objs.Delete(ctx, file.Key))
		}
		if head, err = chain.Head(ctx); err != nil || taken(head, slot) {
			return err == nil, err
		}
	}
	return false, err
}

// judge counts what landed twice, and what of it is gone.
func judge(t *testing.T, objs lake.Objects, writers []*writer) {
	t.Helper()
	chain := lake.NewChain(objs)
	head, err := chain.Head(t.Context())
	if err != nil || head == nil {
		t.Fatalf("head %v, %v", head, err)
	}
	landed, nonces := map[string]int{}, map[string]bool{}
	for rel, err := range chain.Walk(t.Context(), head.Version) {
		if err != nil {
			t.Fatal(err)
		}
		landed[rel.Slots[len(rel.Slots)-1]]++
		nonces[rel.Nonce] = true
	}
	double, lost := 0, 0
	for slot, n := range landed {
		if n > 1 {
			double++
			t.Errorf("slot %s landed %d times", slot, n)
		}
	}
	for _, w := range writers {
		for slot, nonce := range w.done {
			if !nonces[nonce] {
				lost++
				t.Errorf("slot %s was reported done and is not there", slot)
			}
		}
	}
	problems, stats, err := lake.Verify(t.Context(), objs, lake.VerifyOptions{ReadData: 1})
	if err != nil {
		t.Fatal(err)
	}
	deleted := 0
	for _, p := range problems {
		if !p.Orphan {
			deleted++
			t.Errorf("%s: %s", p.Key, p.What)
		}
	}
	proof.Figure(t, "double_commits", double)
	proof.Figure(t, "deleted_live", deleted)
	t.Logf("%d releases, %d files read, %d orphans; reported done and lost: %d", stats.Releases, stats.Read, stats.Orphans, lost)
}
