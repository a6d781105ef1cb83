// Package objectstest is what every object store must do: the contract of
// lake.Objects as a test. A store is done when it passes. Tests of lake's stores
// import it.
package objectstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

// Run runs the contract. fresh makes an empty store and returns a function that
// opens one more handle on it, as another process would.
func Run(t *testing.T, fresh func(t *testing.T) (open func() lake.Objects)) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, func() lake.Objects)
	}{
		{"RoundTrip", roundTrip}, {"NotFound", notFound}, {"Absent", absent}, {"Swap", swap},
		{"OneWinner", oneWinner}, {"CountersAddUp", countersAddUp}, {"List", list}, {"Delete", deletes},
		{"Big", big}, {"Keys", keys}, {"BrokenBody", brokenBody}, {"Cancelled", cancelled}, {"Probe", probe},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh(t)) })
	}
}

func put(t *testing.T, o lake.Objects, key, body string, cond lake.Condition) (lake.Object, error) {
	t.Helper()
	return o.Put(t.Context(), key, strings.NewReader(body), int64(len(body)), cond)
}

func mustPut(t *testing.T, o lake.Objects, key, body string) lake.Object {
	t.Helper()
	got, err := put(t, o, key, body, lake.Condition{})
	if err != nil {
		t.Fatalf("put %q: %v", key, err)
	}
	return got
}

func read(t *testing.T, o lake.Objects, key string) string {
	t.Helper()
	r, _, err := o.Get(t.Context(), key)
	if err != nil {
		t.Fatalf("get %q: %v", key, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read %q: %v", key, err)
	}
	return string(b)
}

func roundTrip(t *testing.T, open func() lake.Objects) {
	a, b := open(), open()
	for key, body := range map[string]string{"x": "1", "a/b/c.json": `{"v":1}`, "empty": "", "数据/常住人口 1.parquet": "\x00\xff"} {
		put := mustPut(t, a, key, body)
		head, err := b.Head(t.Context(), key)
		if err != nil {
			t.Fatalf("head %q: %v", key, err)
		}
		if head.Key != key || head.Size != int64(len(body)) || head.ETag == "" || head.ETag != put.ETag {
			t.Errorf("head %q: %+v, put said %+v", key, head, put)
		}
		if age := time.Since(head.Modified); age < -time.Minute || age > time.Hour {
			t.Errorf("%q was modified %v ago", key, age)
		}
		if got := read(t, b, key); got != body {
			t.Errorf("get %q: %q, want %q", key, got, body)
		}
	}
	mustPut(t, a, "x", "22")
	if got := read(t, b, "x"); got != "22" {
		t.Errorf("after a second put: %q", got)
	}
}

func notFound(t *testing.T, open func() lake.Objects) {
	o := open()
	mustPut(t, o, "folder/file", "x")
	for _, key := range []string{"nothing", "no/thing", "folder", "folder/file/below"} {
		if _, _, err := o.Get(t.Context(), key); !errors.Is(err, lake.ErrNotFound) {
			t.Errorf("get %q: %v, want ErrNotFound", key, err)
		}
		if _, err := o.Head(t.Context(), key); !errors.Is(err, lake.ErrNotFound) {
			t.Errorf("head %q: %v, want ErrNotFound", key, err)
		}
	}
}

func absent(t *testing.T, open func() lake.Objects) {
	a, b := open(), open()
	if _, err := put(t, a, "k/1", "first", lake.Condition{Absent: true}); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"second", "first"} {
		if _, err := put(t, b, "k/1", body, lake.Condition{Absent: true}); !errors.Is(err, lake.ErrConflict) {
			t.Fatalf("second create: %v, want ErrConflict", err)
		}
	}
	if got := read(t, b, "k/1"); got != "first" {
		t.Fatalf("the object holds %q", got)
	}
}

func swap(t *testing.T, open func() lake.Objects) {
	a, b := open(), open()
	first := mustPut(t, a, "lease", "1")
	second, err := put(t, b, "lease", "2", lake.Condition{ETag: first.ETag})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := put(t, a, "lease", "3", lake.Condition{ETag: first.ETag}); !errors.Is(err, lake.ErrConflict) {
		t.Fatalf("swap on a stale tag: %v, want ErrConflict", err)
	}
	if got := read(t, a, "lease"); got != "2" {
		t.Fatalf("the object holds %q", got)
	}
	if _, err := put(t, a, "lease", "3", lake.Condition{ETag: second.ETag}); err != nil {
		t.Fatal(err)
	}
	if _, err := put(t, a, "never", "1", lake.Condition{ETag: first.ETag}); !errors.Is(err, lake.ErrConflict) {
		t.Fatalf("swap of what is not there: %v, want ErrConflict", err)
	}
}

func oneWinner(t *testing.T, open func() lake.Objects) {
	for round := range 5 {
		key := fmt.Sprintf("release/v%d", round)
		var mu sync.Mutex
		var won []string
		var wg sync.WaitGroup
		for w := range 16 {
			o, body := open(), fmt.Sprintf("writer %d", w)
			wg.Go(func() {
				_, err := put(t, o, key, body, lake.Condition{Absent: true})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won = append(won, body)
				case !errors.Is(err, lake.ErrConflict):
					t.Errorf("%s: %v", body, err)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 || read(t, open(), key) != won[0] {
			t.Fatalf("winners %q, the object holds %q", won, read(t, open(), key))
		}
	}
}

// countersAddUp loses an increment if two swaps on one tag both succeed.
func countersAddUp(t *testing.T, open func() lake.Objects) {
	const writers, each = 8, 5
	mustPut(t, open(), "counter", strings.Repeat("·", 1))
	var wg sync.WaitGroup
	for range writers {
		o := open()
		wg.Go(func() {
			for done := 0; done < each; {
				head, err := o.Head(t.Context(), "counter")
				if err != nil {
					t.Error(err)
					return
				}
				// The content follows from the tag: each increment is one sign longer.
				_, err = put(t, o, "counter", strings.Repeat("·", int(head.Size)/len("·")+1), lake.Condition{ETag: head.ETag})
				switch {
				case err == nil:
					done++
				case !errors.Is(err, lake.ErrConflict):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := strings.Count(read(t, open(), "counter"), "·"); got != writers*each+1 {
		t.Fatalf("the counter is %d, want %d", got, writers*each+1)
	}
}

func list(t *testing.T, open func() lake.Objects) {
	o := open()
	want := []string{"a-b", "a.b", "a/b", "a/b-c", "a/c/d", "a0", "b/1", "b/10", "b/2"}
	for _, i := range rand.Perm(len(want)) {
		mustPut(t, o, want[i], want[i])
	}
	for prefix, want := range map[string][]string{
		"": want, "a/": {"a/b", "a/b-c", "a/c/d"}, "a": {"a-b", "a.b", "a/b", "a/b-c", "a/c/d", "a0"},
		"a/b": {"a/b", "a/b-c"}, "b/1": {"b/1", "b/10"}, "c": nil, "a/c/d/": nil, "b/2": {"b/2"}, "zz/": nil,
	} {
		var got []string
		for obj, err := range o.List(t.Context(), prefix) {
			if err != nil {
				t.Fatal(err)
			}
			if obj.Size != int64(len(obj.Key)) {
				t.Errorf("%q has size %d", obj.Key, obj.Size)
			}
			got = append(got, obj.Key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("list %q: %q, want %q", prefix, got, want)
		}
	}
	for range o.List(t.Context(), "") {
		break // stopping early must be safe
	}
}

func deletes(t *testing.T, open func() lake.Objects) {
	a, b := open(), open()
	mustPut(t, a, "d/e/f", "1")
	mustPut(t, a, "d/e/g", "2")
	for range 2 { // the second time nothing is there
		if err := b.Delete(t.Context(), "d/e/f"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Head(t.Context(), "d/e/f"); !errors.Is(err, lake.ErrNotFound) {
		t.Fatalf("after delete: %v", err)
	}
	if read(t, a, "d/e/g") != "2" {
		t.Fatal("the neighbour is gone")
	}
	if err := b.Delete(t.Context(), "d/e/g"); err != nil {
		t.Fatal(err)
	}
	if _, err := put(t, a, "d/e/f", "3", lake.Condition{Absent: true}); err != nil {
		t.Fatalf("create after delete: %v", err)
	}
}

func big(t *testing.T, open func() lake.Objects) {
	a, b := open(), open()
	for _, size := range []int{1 << 20, 1<<20 + 1, 20 << 20} {
		body := make([]byte, size)
		src := rand.NewChaCha8([32]byte{byte(size >> 8)})
		_, _ = src.Read(body) // never fails
		obj, err := a.Put(t.Context(), "data/big.parquet", bytes.NewReader(body), int64(size), lake.Condition{})
		if err != nil {
			t.Fatal(err)
		}
		head, err := b.Head(t.Context(), "data/big.parquet")
		if err != nil || head.ETag != obj.ETag || head.Size != int64(size) {
			t.Fatalf("head %+v, put %+v, %v", head, obj, err)
		}
		if got := read(t, b, "data/big.parquet"); !bytes.Equal([]byte(got), body) {
			t.Fatalf("%d bytes came back changed", size)
		}
	}
}

func keys(t *testing.T, open func() lake.Objects) {
	o := open()
	for _, key := range []string{
		"", "/", "/etc/passwd", "../x", "a/../b", "a/./b", "a//b", "a/", ".hidden", "a/.b", "a\\b", "a\x00b", "a\nb", "a\xffb",
		strings.Repeat("x", 201), strings.Repeat("abc/", 300) + "x",
	} {
		if _, err := put(t, o, key, "x", lake.Condition{}); fault.KindOf(err) != fault.Internal || err == nil {
			t.Errorf("put %q: %v", key, err)
		}
		if _, _, err := o.Get(t.Context(), key); err == nil || errors.Is(err, lake.ErrNotFound) {
			t.Errorf("get %q: %v", key, err)
		}
		if err := o.Delete(t.Context(), key); err == nil {
			t.Errorf("delete %q: no error", key)
		}
	}
	for obj, err := range o.List(t.Context(), "") {
		t.Errorf("there is %q, %v", obj.Key, err)
	}
	for _, key := range []string{"a b", "a+b&c=d?e#f", "a%2Fb", "'q\"", "数据/表"} {
		mustPut(t, o, key, key)
		if got := read(t, o, key); got != key {
			t.Errorf("%q holds %q", key, got)
		}
	}
}

// brokenBody must leave nothing behind: neither a short object nor a changed one.
func brokenBody(t *testing.T, open func() lake.Objects) {
	o := open()
	mustPut(t, o, "kept", "before")
	broken := errors.New("disk gone")
	for name, body := range map[string]io.Reader{
		"fails": io.MultiReader(strings.NewReader("12345"), errReader{broken}),
		"short": strings.NewReader("12345"), "long": strings.NewReader("1234567890ABC"),
	} {
		for _, key := range []string{"new", "kept"} {
			if _, err := o.Put(t.Context(), key, body, 10, lake.Condition{}); err == nil {
				t.Errorf("%s body: no error", name)
			}
		}
	}
	if _, err := o.Head(t.Context(), "new"); !errors.Is(err, lake.ErrNotFound) {
		t.Errorf("a broken body landed: %v", err)
	}
	if got := read(t, o, "kept"); got != "before" {
		t.Errorf("a broken body replaced the object by %q", got)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func cancelled(t *testing.T, open func() lake.Objects) {
	o := open()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := o.Put(ctx, "k", strings.NewReader("x"), 1, lake.Condition{}); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	if _, err := o.Head(ctx, "k"); !errors.Is(err, context.Canceled) {
		t.Errorf("head: %v", err)
	}
	if _, err := o.Head(t.Context(), "k"); !errors.Is(err, lake.ErrNotFound) {
		t.Errorf("a cancelled put landed: %v", err)
	}
}

// probe must tell a store that keeps conditions from one that ignores them.
func probe(t *testing.T, open func() lake.Objects) {
	o := open()
	if err := lake.ConditionalWrites(t.Context(), o); err != nil {
		t.Errorf("the store keeps conditions, the probe says: %v", err)
	}
	for name, broken := range map[string]lake.Objects{
		"no create-if-absent": careless{o, func(c lake.Condition) lake.Condition { return lake.Condition{ETag: c.ETag} }},
		"no compare-and-swap": careless{o, func(c lake.Condition) lake.Condition { return lake.Condition{Absent: c.Absent} }},
	} {
		if err := lake.ConditionalWrites(t.Context(), broken); fault.KindOf(err) != fault.Config || err == nil {
			t.Errorf("%s: the probe says %v", name, err)
		}
	}
	for obj, err := range o.List(t.Context(), "") {
		t.Errorf("the probe left %q, %v", obj.Key, err)
	}
}

// careless is a store that ignores some conditions, as some S3 servers do.
type careless struct {
	lake.Objects
	cond func(lake.Condition) lake.Condition
}

func (c careless) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	return c.Objects.Put(ctx, key, body, size, c.cond(cond))
}
