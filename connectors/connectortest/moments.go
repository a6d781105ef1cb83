package connectortest

import (
	"fmt"
	"testing"

	"guiji/connectors"
	"guiji/internal/fault"
)

// identity: equal snapshots of unchanged data share it and give the same rows in the same
// order and parts; one changed row ends that.
func (h Harness) identity(t *testing.T) {
	data := Table{Name: "identified", Columns: numbered(), Rows: rowsWithGaps(3_000)}
	table := h.Load(t, data)
	req := request(table, "id", "a")
	req.Parts = 3
	identity := func(req connectors.Request) string {
		snap, err := h.source(t).Snapshot(deadline(t), req)
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		return snap.(connectors.Identified).Identity()
	}
	first := identity(req)
	if first == "" || identity(req) != first {
		t.Fatalf("nothing has changed, and %q became %q", first, identity(req))
	}
	once := func() (cells [][]Value) {
		snap := open(t, h.source(t), req)
		defer snap.Close() // it may hold a lock on the table
		return read(t, snap, 0).cells
	}
	h.same(t, once(), once())
	other := req
	other.Columns = []string{"a", "id"}
	if identity(other) == first {
		t.Error("other columns have the same identity")
	}
	data.Rows[1_500][1] = V("改")
	h.Load(t, data)
	if identity(req) == first {
		t.Error("a row has changed, and the identity has not")
	}
}

// momentHolds: rows that are written while the parts are read are in none of them, and in the
// next snapshot.
func (h Harness) momentHolds(t *testing.T) {
	data := rowsWithGaps(6_000)
	table := h.Load(t, Table{"held", numbered(), data})
	req := request(table, "id", "a")
	req.Parts = 3
	src := h.source(t)
	snap := open(t, src, req)
	written := 0
	write := func() error {
		written++
		h.Insert(t, table, [][]Value{{V(fmt.Sprint(5_000_000_000_000 + written)), V("后来")}})
		return nil
	}
	if err := write(); err != nil { // before the first part, and between all batches
		t.Fatal(err)
	}
	out := &rows{t: t, schema: snap.Schema(), onBatch: write}
	for _, p := range snap.Parts() {
		if err := snap.Read(deadline(t), p, out); err != nil {
			t.Fatal(err)
		}
	}
	h.same(t, sorted(out.cells), sorted(data))
	if err := snap.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(read(t, open(t, src, req), 0).cells); n != len(data)+written {
		t.Errorf("the next snapshot has %d rows, wanted %d", n, len(data)+written)
	}
}

// partAgain: a connection that the server ends in the middle of a part costs that reading, and
// the part is read again whole in the same snapshot while that is alive.
func (h Harness) partAgain(t *testing.T) {
	snap, data := h.inParts(t, 30_000)
	var all [][]Value
	for i, p := range snap.Parts() {
		out := &rows{t: t, schema: snap.Schema()}
		if i == 0 {
			out.onBatch = func() error {
				out.onBatch = nil
				h.Kill(t)
				return nil
			}
		}
		err := snap.Read(deadline(t), p, out)
		for tries := 0; err != nil; tries++ {
			if fault.KindOf(err) != fault.Unreachable || tries > 16 {
				t.Fatalf("part %s: %v", p.ID, err)
			}
			if mortal, ok := snap.(connectors.Mortal); ok && !mortal.Alive() {
				t.Fatal("the snapshot went with one of its connections")
			}
			out = &rows{t: t, schema: snap.Schema()}
			err = snap.Read(deadline(t), p, out)
		}
		all = append(all, out.cells...)
	}
	h.same(t, sorted(all), sorted(data))
}

// gone: a snapshot without a connection left says that it is, and its errors are worth a new one.
func (h Harness) gone(t *testing.T) {
	snap, _ := h.inParts(t, 3_000)
	mortal, ok := snap.(connectors.Mortal)
	if !ok || !mortal.Alive() {
		t.Fatalf("a snapshot that was just opened is not alive, or cannot tell (%v)", ok)
	}
	for tries := 0; mortal.Alive(); tries++ {
		if tries > 16 {
			t.Fatal("it is alive whatever is killed")
		}
		h.Kill(t)
	}
	for _, p := range snap.Parts() {
		if err := snap.Read(deadline(t), p, &rows{t: t, schema: snap.Schema()}); fault.KindOf(err) != fault.Unreachable {
			t.Errorf("part %s: %v", p.ID, err)
		}
	}
}
