package pipelines

import (
	"testing"
	"time"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/text"
)

// A cursor is ahead of the clock by its time, not by how its source writes it.
func TestOnlyWhatIsAheadIsToldAhead(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	plan := &PlannedPull{Resource: "gongan/resident", res: &catalog.Resource{}}
	for _, c := range []struct {
		kind        connectors.CursorKind
		max, cursor string
		ahead       bool
	}{
		{connectors.CursorTime, "2026-11-22 08:00:00.000000", "2026-11-22 08:00:00", false},
		{connectors.CursorTime, "2026-11-22 08:00:00", "2026-11-22 08:00:00", false},
		{connectors.CursorTime, "2026-11-22 12:00:00.000001", "2026-11-22 12:00:00", true},
		{connectors.CursorNumber, "0010", "10", false},
		{connectors.CursorDay, "2026-11-23", "2026-11-22", true},
	} {
		w := reach{mode: modeFull}
		if err := w.follow(plan, connectors.Cursor{Kind: c.kind, Max: c.max, Indexed: true}, now, text.EN); err != nil {
			t.Fatal(err)
		}
		if w.cursor != c.cursor || (len(w.warnings) == 1) != c.ahead || (w.clock.kind != "") != c.ahead {
			t.Errorf("%s: cursor %q, told %q, clock %q", c.max, w.cursor, w.warnings, w.clock.kind)
		}
	}
}
