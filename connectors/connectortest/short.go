package connectortest

import (
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/internal/fault"
)

// cutShort: a file that ends anywhere is refused, or its broken row quarantined. A source that
// can tell where its files must end never reads one with less in it.
func (h Harness) cutShort(t *testing.T) {
	data := rowsWithGaps(60)
	table := h.Load(t, Table{"short", numbered(), data})
	path := h.File.Path(t, table)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rewrite(t, path, whole) })
	step := max(1, len(whole)/60)
	if os.Getenv("GUIJI_LONG") != "" {
		step = 1
	}
	for at := 0; at < len(whole); at += step {
		if at > len(whole)-10 { // the last ones each
			step = 1
		}
		rewrite(t, path, whole[:at])
		out, err := h.tryFile(t, table)
		if err == nil {
			h.beginning(t, at, out, data)
		} else if k := fault.KindOf(err); k != fault.Data && k != fault.Config && k != fault.Changed {
			t.Errorf("cut after %d bytes of %d: an error of kind %s: %v", at, len(whole), k, err)
		}
	}
	rewrite(t, path, whole)
	h.same(t, h.all(t, request(table, "id", "a")).cells, data)
}

// tryFile reads a table from a file that may be broken.
func (h Harness) tryFile(t *testing.T, table string) (*rows, error) {
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	src, err := h.File.Open(t, alloc)
	if err != nil {
		return &rows{}, err
	}
	return h.tryAll(t, src, table)
}

// rewrite gives a file other content; those who have it open see it.
func rewrite(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// beginning states that rows are the first of data, unchanged, and that what is missing was
// told of. The last row of a file whose end nobody can tell may have lost the end of its text.
func (h Harness) beginning(t *testing.T, at int, out *rows, data [][]Value) {
	t.Helper()
	got := out.cells
	if len(got) > len(data) {
		t.Fatalf("cut after %d bytes: %d rows of %d", at, len(got), len(data))
	}
	if len(got) < len(data) && len(out.bad) == 0 && !h.Cannot.End {
		t.Fatalf("cut after %d bytes: %d rows of %d, and no word of the others", at, len(got), len(data))
	}
	if h.Cannot.End && len(got) > 0 {
		last := got[len(got)-1]
		for c, v := range data[len(got)-1] {
			if last[c] != nil && !strings.HasPrefix(*v, *last[c]) {
				t.Fatalf("cut after %d bytes: row %d column %d is %s", at, len(got)-1, c, show(last[c]))
			}
		}
		got = got[:len(got)-1]
	}
	h.same(t, got, data[:len(got)])
}

// cutWhileRead: a file that loses its end while it is read is refused, unless all of it was
// there already.
func (h Harness) cutWhileRead(t *testing.T) {
	data := rowsWithGaps(20_000)
	table := h.Load(t, Table{"shrinking", numbered(), data})
	path := h.File.Path(t, table)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rewrite(t, path, whole) })
	for _, at := range []int{0, len(whole) / 2, len(whole) - 1} {
		rewrite(t, path, whole)
		snap := open(t, h.source(t), request(table, "id", "a"))
		out := &rows{t: t, schema: snap.Schema()}
		out.onBatch = func() error {
			out.onBatch = nil
			return os.Truncate(path, int64(at))
		}
		var err error
		for _, p := range snap.Parts() {
			if err = snap.Read(deadline(t), p, out); err != nil {
				break
			}
		}
		if k := fault.KindOf(err); err != nil && k != fault.Data && k != fault.Changed {
			t.Errorf("cut after %d bytes of %d: an error of kind %s: %v", at, len(whole), k, err)
		}
		if err == nil {
			h.same(t, sorted(out.cells), sorted(data))
		}
	}
}
