package connectortest

import (
	"testing"

	"guiji/connectors"
)

// places asks for the places of rows: each row one of its own, and only while its batch
// is lent.
func (h Harness) places(t *testing.T) {
	data := rowsWithGaps(25)
	table := h.Load(t, Table{"placed", numbered(), data})
	req := request(table, "id", "a")
	req.BatchRows = 4
	snap := open(t, h.source(t), req)
	placer, ok := snap.(connectors.Placer)
	if !ok {
		t.Fatal("its snapshots are no connectors.Placer")
	}
	seen := map[string]bool{}
	for _, p := range snap.Parts() {
		out := &rows{t: t, schema: snap.Schema(), most: req.BatchRows}
		before := 0
		out.onBatch = func() error {
			for row := before; row < len(out.cells); row++ {
				at := placer.Place(p, int64(row))
				if at == "" || seen[at] {
					t.Errorf("part %s, row %d stands at %q, as another one or nowhere", p.ID, row, at)
				}
				seen[at] = true
			}
			for _, row := range []int{-1, before - 1, len(out.cells)} {
				if at := placer.Place(p, int64(row)); at != "" {
					t.Errorf("part %s, row %d is not of this batch and stands at %q", p.ID, row, at)
				}
			}
			before = len(out.cells)
			return nil
		}
		if err := snap.Read(deadline(t), p, out); err != nil {
			t.Fatal(err)
		}
		if at := placer.Place(p, 0); at != "" {
			t.Errorf("part %s is read, and its first row stands at %q", p.ID, at)
		}
	}
	if len(seen) != len(data) {
		t.Errorf("%d places of %d rows", len(seen), len(data))
	}
}
