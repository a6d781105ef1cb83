package sealed_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/lake/objectstest"
	"guiji/lake/sealed"
)

var key = []byte("0123456789abcdef")

func open(t testing.TB, dir string) *sealed.Store {
	t.Helper()
	s, err := sealed.Open(context.Background(), plain(t, dir), key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func plain(t testing.TB, dir string) *localdir.Dir {
	t.Helper()
	d, err := localdir.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestContract(t *testing.T) {
	objectstest.Run(t, func(t *testing.T) func() lake.Objects {
		dir := t.TempDir()
		return func() lake.Objects { return open(t, dir) }
	})
}

func put(t testing.TB, s lake.Objects, name, body string) {
	t.Helper()
	if _, err := s.Put(context.Background(), name, strings.NewReader(body), int64(len(body)), lake.Condition{}); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, s lake.Objects, name string) (string, error) {
	t.Helper()
	body, _, err := s.Get(context.Background(), name)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(body)
	return string(b), errors.Join(err, body.Close())
}

// Sizes around the chunks' edges come back whole, and so does their size from a list.
func TestEdges(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	const chunk = 64 << 10
	for _, size := range []int{0, 1, chunk - 1, chunk, chunk + 1, 2*chunk - 1, 2 * chunk, 2*chunk + 1, 5*chunk + 77} {
		body := strings.Repeat("x", size)
		put(t, s, "data/a", body)
		if got, err := get(t, s, "data/a"); err != nil || got != body {
			t.Errorf("%d bytes: %d came back, %v", size, len(got), err)
		}
		for o, err := range s.List(t.Context(), "data/") {
			if err != nil || o.Size != int64(size) {
				t.Errorf("%d bytes: the list says %d, %v", size, o.Size, err)
			}
		}
	}
}

// Nothing of the content is in any file below, and equal contents do not look equal.
func TestNothingShows(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	canary := strings.Repeat("朱雀玄武371502", 9000)
	put(t, s, "data/a", canary)
	put(t, s, "data/b", canary)
	files := 0
	var seen [][]byte
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		files++
		if bytes.Contains(b, []byte("朱雀")) || bytes.Contains(b, []byte("371502")) {
			t.Errorf("%s holds a value", e.Name())
		}
		if len(b) > 1000 {
			seen = append(seen, b[100:200])
		}
		return err
	})
	if err != nil || files < 3 || len(seen) != 2 || bytes.Equal(seen[0], seen[1]) {
		t.Errorf("%d files, %v", files, err)
	}
	if _, local := any(s).(lake.Local); local {
		t.Error("a sealed store is opened in place")
	}
}

// Every single flipped bit of an object is found, wherever it is; nothing of the chunk
// comes out.
func TestEveryFlippedBit(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "release/v1", "a small object, of which every bit is turned once")
	path := filepath.Join(dir, "release", "v1")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(whole) * 8 {
		bad := bytes.Clone(whole)
		bad[i/8] ^= 1 << (i % 8)
		write(t, path, bad)
		if got, err := get(t, s, "release/v1"); fault.KindOf(err) != fault.Data || err == nil || got != "" {
			t.Fatalf("bit %d: %q, %v", i, got, err)
		}
	}
	t.Logf("figure sealed_flips_found %d", len(whole)*8)
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What was cut, lengthened, reordered, doubled, renamed or taken from another store is
// found.
func TestTampered(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	const chunk, head = 64<<10 + 16, 40
	content := make([]byte, 3*(64<<10)+100)
	for i := range content {
		content[i] = byte(rand.Uint32())
	}
	put(t, s, "data/a", string(content))
	put(t, s, "data/b", string(content))
	path := filepath.Join(dir, "data", "a")
	a, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "data", "b"))
	if err != nil {
		t.Fatal(err)
	}
	part := func(of []byte, i int) []byte { return of[head+i*chunk : min(len(of), head+(i+1)*chunk)] }
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, bad := range map[string][]byte{
		"empty": {}, "only a header": a[:head], "a header and a bit": a[:head+5], "no last chunk": a[:head+3*chunk],
		"one chunk": a[:head+chunk], "a byte less": a[:len(a)-1], "a byte more": join(a, []byte{0}), "an empty chunk more": join(a, make([]byte, 16)),
		"chunks swapped":    join(a[:head], part(a, 1), part(a, 0), part(a, 2), part(a, 3)),
		"a chunk doubled":   join(a[:head], part(a, 0), part(a, 0), part(a, 1), part(a, 2), part(a, 3)),
		"a chunk missing":   join(a[:head], part(a, 0), part(a, 2), part(a, 3)),
		"the last chunk":    join(a[:head], part(a, 3)),
		"another's chunk":   join(a[:head], part(b, 0), part(a, 1), part(a, 2), part(a, 3)),
		"another's header":  join(b[:head], a[head:]),
		"another's content": b,
		"plain":             content,
	} {
		write(t, path, bad)
		if _, err := get(t, s, "data/a"); err == nil || fault.KindOf(err) != fault.Data {
			t.Errorf("%s: %v", name, err)
		}
	}
	write(t, path, a)
	if got, err := get(t, s, "data/a"); err != nil || got != string(content) {
		t.Errorf("as it was: %v", err)
	}
}

func TestWhichStore(t *testing.T) {
	ctx := t.Context()
	other := []byte("another key, 16.")
	dir := t.TempDir()
	put(t, open(t, dir), "data/a", "x")
	if _, err := sealed.Open(ctx, plain(t, dir), other); fault.KindOf(err) != fault.Refused {
		t.Errorf("another key: %v", err)
	}
	if _, err := sealed.Open(ctx, plain(t, dir), key[:15]); err == nil {
		t.Error("a short key is taken")
	}
	if marked, err := sealed.Marked(ctx, plain(t, dir)); !marked || err != nil {
		t.Errorf("a sealed store: %v, %v", marked, err)
	}
	dir = t.TempDir()
	put(t, plain(t, dir), "release/v1", "x")
	if _, err := sealed.Open(ctx, plain(t, dir), key); fault.KindOf(err) != fault.Config {
		t.Errorf("a plain store: %v", err)
	}
	if marked, err := sealed.Marked(ctx, plain(t, dir)); marked || err != nil {
		t.Errorf("a plain store: %v, %v", marked, err)
	}
	s := open(t, t.TempDir())
	for _, err := range []error{s.Delete(ctx, "seal/check"), second(s.Head(ctx, "seal/check"))} {
		if err == nil {
			t.Error("the check object is in reach")
		}
	}
}

func second(_ lake.Object, err error) error { return err }

// Memory does not grow with an object.
func TestFlatMemory(t *testing.T) {
	s := open(t, t.TempDir())
	const size = 64 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := s.Put(t.Context(), "data/big", io.LimitReader(zeros{}, size), size, lake.Condition{}); err != nil {
		t.Fatal(err)
	}
	body, o, err := s.Get(t.Context(), "data/big")
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, body)
	if err = errors.Join(err, body.Close()); err != nil || n != size || o.Size != size {
		t.Fatalf("%d of %d bytes, %v", n, o.Size, err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes allocated for %d", used, size)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// BenchmarkSealed compares a sealed store with a plain one; MB/s are of the content.
func BenchmarkSealed(b *testing.B) {
	const size = 64 << 20
	dir := b.TempDir()
	for _, store := range []struct {
		name string
		objs lake.Objects
	}{{"plain", plain(b, filepath.Join(dir, "plain"))}, {"sm4-gcm", open(b, filepath.Join(dir, "sealed"))}} {
		b.Run("put/"+store.name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if _, err := store.objs.Put(b.Context(), "data/x", io.LimitReader(zeros{}, size), size, lake.Condition{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("get/"+store.name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				body, _, err := store.objs.Get(b.Context(), "data/x")
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, body); err != nil {
					b.Fatal(err)
				}
				body.Close()
			}
		})
	}
}

// Whatever lies in a store's file is opened as sealed or refused, never a panic.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("guiji\x00s1"), 3)
	f.Add(make([]byte, 200), 40)
	dir := f.TempDir()
	s := open(f, dir)
	put(f, s, "data/x", "content")
	whole, err := os.ReadFile(filepath.Join(dir, "data", "x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, len(whole))
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		if cut >= 0 && cut < len(b) {
			b = b[:cut]
		}
		write(t, filepath.Join(dir, "data", "x"), b)
		got, err := get(t, s, "data/x")
		// Each process of the fuzzer seals its own: the seed is another's, and as good.
		if err == nil && (len(b) != len(whole) || got != "content") {
			t.Errorf("%d bytes that nobody sealed were opened", len(b))
		}
		if err != nil && fault.KindOf(err) != fault.Data {
			t.Errorf("kind %v", fault.KindOf(err))
		}
	})
}
