package pacing

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

func TestHours(t *testing.T) {
	at := func(clock string) time.Time {
		v, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for written, want := range map[string]map[string]bool{
		"":              {"00:00": true, "12:00": true},
		"22:00-06:00":   {"22:00": true, "23:59": true, "00:00": true, "05:59": true, "06:00": false, "21:59": false},
		"01:30 - 04:00": {"01:29": false, "03:59": true},
		"08:30-12:00":   {"08:29": false, "08:30": true, "11:59": true, "12:00": false},
	} {
		h, ok := ParseHours(written)
		for clock, in := range want {
			if !ok || h.Holds(at(clock)) != in {
				t.Errorf("%q at %s: %v", written, clock, !in)
			}
		}
	}
	for _, bad := range []string{"22:00", "22-06", "22:00-22:00", "25:00-06:00", "night", "-"} {
		if _, ok := ParseHours(bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
}

// A context ends with the hours, whether they pass midnight or not, and says so.
func TestWithin(t *testing.T) {
	h, _ := ParseHours("22:00-06:00")
	for now, want := range map[string]time.Duration{"2026-01-02 23:00": 7 * time.Hour, "2026-01-03 05:59": time.Minute} {
		at, err := time.Parse("2006-01-02 15:04", now)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		ctx, cancel, ok := h.Within(t.Context(), at)
		if !ok {
			t.Fatalf("%s lies outside", now)
		}
		end, _ := ctx.Deadline()
		if got := end.Sub(began).Round(time.Second); got != want {
			t.Errorf("at %s %s are left, wanted %s", now, got, want)
		}
		cancel()
		if Over(ctx) {
			t.Error("a cancelled context is over with the hours")
		}
	}
	ctx, cancel, ok := h.Within(t.Context(), time.Date(2026, 1, 3, 5, 59, 59, 999_000_000, time.UTC))
	defer cancel()
	if !ok {
		t.Fatal("the last moment lies outside")
	}
	<-ctx.Done()
	if !Over(ctx) {
		t.Error("it ended otherwise")
	}
	if _, _, ok := h.Within(t.Context(), time.Date(2026, 1, 3, 6, 0, 0, 0, time.UTC)); ok {
		t.Error("the end lies inside")
	}
	if ctx, cancel, ok := (Hours{}).Within(t.Context(), time.Now()); !ok || ctx != t.Context() {
		cancel()
		t.Error("the whole day ends")
	}
}

func TestPace(t *testing.T) {
	p := &Pace{Rows: 10_000, Bytes: 1 << 40}
	began := time.Now()
	var wg sync.WaitGroup
	for range 4 { // together, not each
		wg.Go(func() {
			for range 5 {
				if err := p.Wait(t.Context(), 100, 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if took := time.Since(began); took < 190*time.Millisecond {
		t.Errorf("2000 rows at 10000 a second took %s", took)
	}
	if (&Pace{}).Limited() || !p.Limited() {
		t.Error("which pace is limited")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Wait(ctx, 1_000_000, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
