package onesource

import (
	"testing"

	"guiji/internal/engine"
)

// What is merged is held beside the memory that DuckDB counts: wide rows, and many new
// ones, are put together in more parts, which leave no key out.
func TestMoreIsMergedInMoreParts(t *testing.T) {
	s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir(), Memory: "60MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const keys = 20_000
	if err := s.Exec(t.Context(), "t", "CREATE TEMP TABLE g AS SELECT i::VARCHAR AS entity_key FROM range(20000) r(i)"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		most    int64
		columns int
		parted  bool
	}{{0, 12, false}, {0, 400, true}, {1_000_000, 12, true}} {
		u := &Update{was: Former{Golden: "g"}}
		ranges, err := u.ranges(t.Context(), s, mergedDataset{old: "g", most: c.most}, c.columns)
		if err != nil {
			t.Fatal(err)
		}
		if parted := len(ranges) > 1; parted != c.parted {
			t.Errorf("%d new rows of %d columns: %d parts", c.most, c.columns, len(ranges))
		}
		var all int64
		for _, keys := range ranges {
			var n int64
			if err := s.Row(t.Context(), "t", "SELECT count(*) FROM g"+where(keys), &n); err != nil {
				t.Fatal(err)
			}
			all += n
		}
		if all != keys {
			t.Errorf("%d parts have %d of %d keys", len(ranges), all, keys)
		}
	}
}
