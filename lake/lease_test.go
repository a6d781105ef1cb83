package lake_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/testkit/proof"
	"guiji/lake"
)

func TestLeaseIsExclusive(t *testing.T) {
	objs := store(t)
	a, err := lake.Acquire(t.Context(), objs, "nightly", "host-a", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lake.Acquire(t.Context(), objs, "nightly", "host-b", time.Hour)
	if fault.KindOf(err) != fault.Locked || !strings.Contains(err.Error(), "host-a") {
		t.Fatalf("second holder: %v", err)
	}
	if _, err := lake.Acquire(t.Context(), objs, "hourly", "host-b", time.Hour); err != nil {
		t.Fatalf("another pipeline: %v", err)
	}
	if err := a.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, err := lake.Acquire(t.Context(), objs, "nightly", "host-b", time.Hour)
	if err != nil || b.Generation() != a.Generation()+1 {
		t.Fatalf("after release: generation %d, %v", b.Generation(), err)
	}
	if err := a.Renew(t.Context()); fault.KindOf(err) != fault.Locked || !strings.Contains(err.Error(), "host-b") {
		t.Fatalf("renewing a lost lease: %v", err)
	}
	if err := a.Release(t.Context()); err != nil {
		t.Fatalf("releasing a lost lease: %v", err)
	}
	if err := b.Renew(t.Context()); err != nil {
		t.Fatalf("the holder was disturbed: %v", err)
	}
}

func TestLeaseExpires(t *testing.T) {
	objs := store(t)
	for gen := int64(1); gen <= 5; gen++ {
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				l, err := lake.Acquire(t.Context(), objs, "p", "o", 200*time.Millisecond)
				if err == nil && l.Generation() == gen {
					won.Add(1)
				} else if fault.KindOf(err) != fault.Locked && l == nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Fatalf("generation %d has %d holders", gen, won.Load())
		}
		time.Sleep(250 * time.Millisecond)
	}
}

func TestLeaseRubbish(t *testing.T) {
	for _, rubbish := range []string{"", "{", "null", `{"generation":7}`, "\x00\xff"} {
		objs := store(t)
		if _, err := objs.Put(t.Context(), "lease/p.json", strings.NewReader(rubbish), int64(len(rubbish)), lake.Condition{}); err != nil {
			t.Fatal(err)
		}
		if _, err := lake.Acquire(t.Context(), objs, "p", "o", time.Hour); fault.KindOf(err) != fault.Locked {
			t.Errorf("fresh rubbish %q: %v", rubbish, err)
		}
		time.Sleep(5 * time.Millisecond)
		if _, err := lake.Acquire(t.Context(), objs, "p", "o", time.Millisecond); err != nil {
			t.Errorf("old rubbish %q: %v", rubbish, err)
		}
	}
}

// A holder whose clock ran a day ahead and who died does not lock the pipeline for a
// day: the time of the lease's last put is the store's own.
func TestLeaseOfAClockThatRanAhead(t *testing.T) {
	objs := store(t)
	a, err := lake.Acquire(t.Context(), objs, "p", "host-a", 20*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	ahead := a.Expiry().Add(24 * time.Hour).Format(time.RFC3339Nano)
	rewrite(t, objs, "lease/p.json", func(s string) string {
		return strings.Replace(s, a.Expiry().Format(time.RFC3339Nano), ahead, 1)
	})
	time.Sleep(30 * time.Millisecond)
	if owner, until, held, err := lake.Holder(t.Context(), objs, "p", time.Now()); held || err != nil || until.After(time.Now()) {
		t.Errorf("held by %s until %s, %v", owner, until, err)
	}
	if _, err := lake.Acquire(t.Context(), objs, "p", "host-b", time.Hour); err != nil {
		t.Errorf("the lease is locked: %v", err)
	}
	proof.Fault(t, "clock jump", "a lease from a clock a day ahead ends by the store's time of its last put")
}

// A lost answer to a lease's put is settled by reading the lease.
func TestLeaseLostAnswers(t *testing.T) {
	for _, happens := range []bool{true, false} {
		u := &unsure{Objects: store(t), next: func(string) (bool, bool) { return happens, false }}
		l, err := lake.Acquire(t.Context(), u, "p", "o", time.Hour)
		if happens != (err == nil) {
			t.Fatalf("happens %v: %v", happens, err)
		}
		if happens {
			if err := l.Renew(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A renewal that was ended while it was under way may have happened: the lease is
// given back nevertheless.
func TestLeaseIsGivenBackAfterARenewalThatWasEnded(t *testing.T) {
	e := &endedPut{Objects: store(t)}
	l, err := lake.Acquire(t.Context(), e, "p", "o", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	e.end = cancel
	if err := l.Renew(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("the renewal: %v", err)
	}
	if err := l.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := lake.Acquire(t.Context(), e, "p", "other", time.Hour); err != nil {
		t.Errorf("the lease was not given back: %v", err)
	}
}

// endedPut is a store whose caller ends a put after it happened and before it is told.
type endedPut struct {
	lake.Objects
	end func()
}

func (e *endedPut) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	o, err := e.Objects.Put(ctx, key, body, size, cond)
	if e.end != nil {
		e.end()
		e.end = nil
		return lake.Object{}, ctx.Err()
	}
	return o, err
}
