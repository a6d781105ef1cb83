package connectortest

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"go.uber.org/goleak"

	"guiji/connectors"
	"guiji/internal/fault"
)

// attempts are reads of one small table through a proxy, each from opening a source to its end.
type attempts struct {
	h     Harness
	proxy *proxy
	table string
	data  [][]Value
	alloc *memory.CheckedAllocator
	total int64   // bytes that are answered when nothing is cut
	ends  []int64 // where messages end in them
}

// newAttempts reads the table once whole, to learn where answers can be cut. At the end of the
// test nothing of any attempt may be left.
func (h Harness) newAttempts(t *testing.T) *attempts {
	t.Helper()
	a := &attempts{h: h, data: rowsWithGaps(12), alloc: memory.NewCheckedAllocator(memory.DefaultAllocator)}
	a.table = h.Load(t, Table{"cut", numbered(), a.data})
	a.proxy = newProxy(t, h.Wire.Server)
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() {
		a.proxy.cut(-1, false)
		a.alloc.AssertSize(t, 0)
		goleak.VerifyNone(t, before)
	})
	chunks := a.proxy.heard(func() {
		if out, err := a.read(t); err != nil || len(out.bad) > 0 {
			t.Fatalf("through the proxy: %v", err)
		} else {
			h.same(t, out.cells, a.data)
		}
	})
	a.total, a.ends = ends(chunks, h.Wire.Ends)
	return a
}

// ends are the offsets, in all that was answered, where messages end, by the protocol's own
// account or else where the server paused.
func ends(chunks []chunk, protocol func([]byte) []int) (total int64, out []int64) {
	streams, starts := map[int][]byte{}, map[int][]int64{}
	for _, c := range chunks {
		for i := range c.data {
			starts[c.conn] = append(starts[c.conn], total+int64(i)+1)
		}
		streams[c.conn] = append(streams[c.conn], c.data...)
		total += int64(len(c.data))
		if protocol == nil {
			out = append(out, total)
		}
	}
	if protocol != nil {
		for conn, stream := range streams {
			for _, end := range protocol(stream) {
				out = append(out, starts[conn][end-1])
			}
		}
	}
	slices.Sort(out)
	return total, out
}

// places are where the suite cuts: at the end of every message and at others between; with
// GUIJI_LONG at every byte.
func (a *attempts) places(most int) []int64 {
	if os.Getenv("GUIJI_LONG") != "" {
		most = int(a.total)
	}
	out, between := thinned(a.ends, most), int64(max(4, most/5))
	for i := range between {
		out = append(out, a.total*i/between)
	}
	out = append(out, a.total-1)
	slices.Sort(out)
	return slices.Compact(slices.DeleteFunc(out, func(at int64) bool { return at < 0 || at >= a.total }))
}

// thinned leaves so many of a list, evenly, its last ones among them.
func thinned(list []int64, most int) []int64 {
	if len(list) <= most {
		return slices.Clone(list)
	}
	var out []int64
	for i := range most {
		out = append(out, list[len(list)-1-i*len(list)/most])
	}
	return out
}

// read is one attempt.
func (a *attempts) read(t *testing.T) (*rows, error) {
	src, err := a.h.Wire.Open(t, a.alloc, a.proxy.address())
	if err != nil {
		return &rows{}, err
	}
	return a.h.tryAll(t, src, a.table)
}

// tryAll reads a table from a source, which it closes.
func (h Harness) tryAll(t *testing.T, src connectors.Source, table string) (*rows, error) {
	defer src.Close()
	snap, err := src.Snapshot(deadline(t), request(table, "id", "a"))
	if err != nil {
		return &rows{}, err
	}
	defer snap.Close()
	out := &rows{t: t, schema: snap.Schema()}
	for _, p := range snap.Parts() {
		if err := snap.Read(deadline(t), p, out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// slow is how long an attempt over a cut connection may take, waits between tries included.
const slow = 15 * time.Second

// judge: what was cut is an error that is worth another try, or all rows came all the same.
func (a *attempts) judge(t *testing.T, at int64, began time.Time, out *rows, err error) {
	t.Helper()
	where := fmt.Sprintf("cut after %d of %d bytes", at, a.total)
	if took := time.Since(began); took > slow {
		t.Errorf("%s: noticed after %s", where, took)
	}
	if err != nil {
		if fault.KindOf(err) != fault.Unreachable {
			t.Errorf("%s: an error of kind %s, not unreachable: %v", where, fault.KindOf(err), err)
		}
		return
	}
	if len(out.cells) != len(a.data) || len(out.bad) > 0 {
		t.Fatalf("%s: taken for the end, with %d rows of %d", where, len(out.cells), len(a.data))
	}
	a.h.same(t, out.cells, a.data)
}

// cutAnywhere: wherever the server falls silent for good, the read never looks like its end.
func (h Harness) cutAnywhere(t *testing.T) {
	a := h.newAttempts(t)
	for _, at := range a.places(100) {
		a.proxy.cut(at, false)
		began := time.Now()
		out, err := a.read(t)
		a.judge(t, at, began, out, err)
		if err == nil && at < a.total/2 {
			t.Errorf("cut after %d of %d bytes, and all is well", at, a.total)
		}
	}
}

// cutOnce: one connection that breaks is an error, or is made good by another.
func (h Harness) cutOnce(t *testing.T) {
	a := h.newAttempts(t)
	for _, at := range a.places(12) {
		a.proxy.cut(at, true)
		began := time.Now()
		out, err := a.read(t)
		a.judge(t, at, began, out, err)
	}
}
