package orders_test

import (
	"testing"
	"time"

	"guiji/catalog"
)

// What is long overdue is overdue, and was due on the day asked for or before it.
func TestLate(t *testing.T) {
	b := book(t, utc("2026-03-31 20:00"), catalog.Published)
	counts, err := b.Counts(t.Context(), 3)
	if err != nil || counts[0].Overdue == 0 {
		t.Fatalf("%+v, %v", counts, err)
	}
	for day, want := range map[string]int64{"2026-03-15": 0, "2026-03-16": counts[0].Overdue} {
		due, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		late, err := b.Late(t.Context(), due)
		if err != nil || late["d"] != want || late["other"] != 0 {
			t.Errorf("due on %s: %v, %v, want %d", day, late, err, want)
		}
	}
	early := book(t, utc("2026-03-16 20:00"), catalog.Published)
	if late, err := early.Late(t.Context(), utc("2026-03-31 00:00")); err != nil || late["d"] != 0 {
		t.Errorf("before the due date: %v, %v", late, err)
	}
}
