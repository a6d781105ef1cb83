package connectortest

import (
	"testing"

	"guiji/connectors"
	"guiji/internal/fault"
)

// identity: equal snapshots of unchanged data share it, and one changed row ends that.
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
