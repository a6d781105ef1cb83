package erase_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"guiji/lake"
	"guiji/lake/erase"
)

// The work orders of a record go by its key, and by their numbers where the resource has
// another key since or no release carries them any more; those of others stay, and whoever keeps acts on them is told.
func TestOrdersOfARecordLeave(t *testing.T) {
	w := newWorld(t)
	tables := tables(3)
	tables["quality/gongan/resident/orders"] = lake.Dataset{Label: "SELECT * FROM (VALUES (20, 'a', 'N-a-20', 'open'), (10, 'a', 'N-a-10', 'open'), (NULL, 'b', 'N-b-20', 'mended'), (NULL, 'b', 'N-b-10', 'mended')) t(id, rule, order_number, order_state)"}
	tables["quality/gongan/resident/metrics"] = lake.Dataset{Label: "SELECT * FROM (VALUES ('a'), ('c')) t(rule)"} // no release has an order of c any more
	w.release(4, tables)
	in := w.in
	in.OrderNumber = func(resource, rule string, key []string) string {
		return "N-" + rule + "-" + strings.Join(key, "-")
	}
	var before []string
	in.Before = func(_ context.Context, out *erase.Outcome) error {
		before = out.Orders
		if got := w.content(4, "quality/gongan/resident/orders"); !strings.Contains(got, "N-a-20") {
			t.Error("the store had changed already")
		}
		return nil
	}
	if _, err := w.erase(in, erase.Target{Entity: "person", Key: li}); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(before, "N-a-20") || !slices.Contains(before, "N-b-20") || !slices.Contains(before, "N-c-20") || slices.ContainsFunc(before, func(n string) bool { return strings.HasSuffix(n, "-10") }) {
		t.Errorf("told of %v", before)
	}
	for _, v := range []uint64{4, 5} {
		if got := w.content(v, "quality/gongan/resident/orders"); strings.Contains(got, "-20") || !strings.Contains(got, "N-a-10") || !strings.Contains(got, "N-b-10") {
			t.Errorf("release %d: %s", v, got)
		}
	}
}
