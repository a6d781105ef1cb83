package orders_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"guiji/internal/engine"
	"guiji/quality"
	"guiji/quality/orders"
)

// over folds one run over the orders before, and tells each order's key, state and why.
func (w *world) over(n int, f orders.Fold) string {
	w.Helper()
	f.Session, f.Resource, f.Release, f.Before = w.s, "d/r", uint64(n), w.last
	f.Read, f.Now, f.Due, f.Forget = day.AddDate(0, 0, n), day.AddDate(0, 0, n), day, day.AddDate(-1, 0, 0)
	f.Rules = []quality.Metric{{Rule: "r", Version: "1", Status: quality.Fail}}
	w.last = engine.Parquet(w.folded(f, n))
	keys := make([]string, len(f.Keys))
	for i, k := range f.Keys {
		keys[i] = "coalesce(" + k + "::VARCHAR, '-')"
	}
	var out string
	if err := w.s.Row(w.Context(), "test", "SELECT coalesce(string_agg("+strings.Join(keys, " || ',' || ")+" || ' ' || order_state || coalesce(' ' || because, '') || ' ' || periods, '; ' ORDER BY order_number), '') FROM "+w.last, &out); err != nil {
		w.Fatal(err)
	}
	return out
}

func rows(columns, query string) string {
	return "(SELECT * FROM (VALUES " + query + ") v(" + columns + "))"
}

// A record without a key is what is in it: of equal rows, those that are no longer there
// are gone, and a row that cannot be read is another.
func TestKeylessRecords(t *testing.T) {
	w := newWorld(t)
	hash := strings.Repeat("a", 32)
	fold := func(n, failing, there int) string {
		var fails, image []string
		for i := range failing {
			fails = append(fails, fmt.Sprintf("('%s-%d', 'r', '1')", hash, i+1))
		}
		for range there {
			image = append(image, "('"+hash+"')")
		}
		return strings.ReplaceAll(w.over(n, orders.Fold{Keys: []string{"_key"}, Failures: values("_key, rule, version", fails), Image: values("_hash", image), Nameless: true}), hash, "H")
	}
	for i, step := range []struct {
		failing, there int
		want           string
	}{
		{2, 2, "H-1 open 1; H-2 open 1"}, {1, 1, "H-1 open 2; H-2 gone 1"}, {0, 1, "H-1 mended 2; H-2 gone 1"}, {2, 2, "H-1 open 1; H-2 open 1"}, {0, 0, "H-1 gone 1; H-2 gone 1"},
	} {
		got := fold(i+1, step.failing, step.there)
		if parts := strings.Split(got, "; "); len(parts) == 2 && parts[0] > parts[1] {
			got = parts[1] + "; " + parts[0]
		}
		if got != step.want {
			t.Errorf("run %d: %s, want %s", i+1, got, step.want)
		}
	}
}

// A key of another type goes on where its text is the same; another key ends the orders of
// the one before, and what comes back under the old one is opened anew.
func TestAnotherKey(t *testing.T) {
	w := newWorld(t)
	for i, step := range []struct {
		keys, fails, image, want string
	}{
		{"id", "(7::BIGINT, 'r', '1')", "(7::BIGINT)", "7 open 1"},
		{"id", "('7', 'r', '1')", "('7')", "7 open 2"},
		{"id", "(7.00::DECIMAL(9,2), 'r', '1')", "(7.00::DECIMAL(9,2))", "7.00 open 1; - ended rekeyed 2"},
		{"no", "('x', 'r', '1')", "('x')", "x open 1; - ended rekeyed 1; - ended rekeyed 2"},
		{"no, part", "('x', NULL, 'r', '1')", "('x', NULL)", "x,- open 1; -,- ended rekeyed 1; -,- ended rekeyed 1; -,- ended rekeyed 2"},
		{"id", "('7', 'r', '1')", "('7')", "7 open 1; - ended rekeyed 1; - ended rekeyed 1; - ended rekeyed 1"},
		{"no", "('7', 'r', '1')", "('7')", "7 open 1; - ended rekeyed 1; - ended rekeyed 1; - ended rekeyed 1"},
		{"no, part", "('x', NULL, 'r', '1')", "('x', NULL)", "x,- open 1; -,- ended rekeyed 1; -,- ended rekeyed 1; -,- ended rekeyed 1"},
		{"no, part", "('y', 1, 'r', '1')", "('x', NULL), ('y', 1)", "x,- mended 1; y,1 open 1; -,- ended rekeyed 1; -,- ended rekeyed 1; -,- ended rekeyed 1"},
	} {
		got := w.over(i+1, orders.Fold{Keys: strings.Split(step.keys, ", "), Failures: rows(step.keys+", rule, version", step.fails), Image: rows(step.keys, step.image)})
		var twice int
		if err := w.s.Row(t.Context(), "test", "SELECT count(*) - count(DISTINCT order_number) FROM "+w.last, &twice); err != nil || twice > 0 {
			t.Errorf("run %d: %d numbers are more than one order's, %v", i+1, twice, err)
		}
		if strings.Join(sorted(got), "; ") != strings.Join(sorted(step.want), "; ") {
			t.Errorf("run %d: %s, want %s", i+1, got, step.want)
		}
	}
}

func sorted(s string) []string {
	parts := strings.Split(s, "; ")
	slices.Sort(parts)
	return parts
}
