package connectortest

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"guiji/connectors"
)

func numbered() []Column { return []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "a"}} }

// rowsWithGaps is a table whose keys are far apart and below zero as well.
func rowsWithGaps(n int) [][]Value {
	out := make([][]Value, n)
	for i := range out {
		id := int64(i) - int64(n)/3
		if i > n/2 {
			id += 4_000_000_000_000
		}
		out[i] = []Value{V(fmt.Sprint(id)), V(fmt.Sprintf("行%d", i))}
	}
	return out
}

func (h Harness) batchesAndLimit(t *testing.T) {
	data := rowsWithGaps(25)
	table := h.Load(t, Table{"batches", numbered(), data})
	req := request(table, "id", "a")
	req.BatchRows = 4
	h.same(t, h.all(t, req).cells, data)
	req.Limit, req.Parts = 7, 3
	if out := h.all(t, req); len(out.cells) != 7 {
		t.Fatalf("%d rows of a sample of 7", len(out.cells))
	}
}

// inParts opens a snapshot of a table that is worth dividing.
func (h Harness) inParts(t *testing.T, n int) (connectors.Snapshot, [][]Value) {
	t.Helper()
	data := rowsWithGaps(n)
	table := h.Load(t, Table{"parts", numbered(), data})
	req := request(table, "id", "a")
	req.Parts = 4
	snap := open(t, h.source(t), req)
	parts := snap.Parts()
	if len(parts) == 0 || len(parts) > 4 {
		t.Fatalf("%d parts, wanted 1 to 4", len(parts))
	}
	if !h.Cannot.Parts && len(parts) == 1 {
		t.Fatalf("one part for %d rows", n)
	}
	return snap, data
}

func (h Harness) partsCoverOnce(t *testing.T) {
	snap, data := h.inParts(t, 30_000)
	ids := map[string]bool{}
	for _, p := range snap.Parts() {
		if ids[p.ID] {
			t.Fatalf("two parts are called %q", p.ID)
		}
		ids[p.ID] = true
	}
	h.same(t, sorted(read(t, snap, 0).cells), sorted(data))
}

func (h Harness) partsAtOnce(t *testing.T) {
	snap, data := h.inParts(t, 30_000)
	parts := snap.Parts()
	outs, errs := make([]*rows, len(parts)), make([]error, len(parts))
	var wg sync.WaitGroup
	for i, p := range parts {
		outs[i] = &rows{t: t, schema: snap.Schema()}
		wg.Go(func() { errs[i] = snap.Read(deadline(t), p, outs[i]) })
	}
	wg.Wait()
	var got [][]Value
	for i := range parts {
		if errs[i] != nil {
			t.Fatalf("part %s: %v", parts[i].ID, errs[i])
		}
		got = append(got, outs[i].cells...)
	}
	h.same(t, sorted(got), sorted(data))
}

func (h Harness) partsSurviveJSON(t *testing.T) {
	snap, data := h.inParts(t, 12_000)
	text, err := json.Marshal(snap.Parts())
	if err != nil {
		t.Fatal(err)
	}
	var parts []connectors.Part
	if err := json.Unmarshal(text, &parts); err != nil {
		t.Fatal(err)
	}
	out := &rows{t: t, schema: snap.Schema()}
	for _, p := range parts {
		if err := snap.Read(deadline(t), p, out); err != nil {
			t.Fatal(err)
		}
	}
	h.same(t, sorted(out.cells), sorted(data))
}

func (h Harness) sameOrderTwice(t *testing.T) {
	snap, _ := h.inParts(t, 12_000)
	h.same(t, read(t, snap, 0).cells, read(t, snap, 0).cells)
}

func sorted(rows [][]Value) [][]Value {
	out := slices.Clone(rows)
	slices.SortFunc(out, func(a, b []Value) int {
		switch x, y := *a[0], *b[0]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return out
}
