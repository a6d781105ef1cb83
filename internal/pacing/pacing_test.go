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
		"":            {"00:00": true, "12:00": true},
		"22:00-06:00": {"22:00": true, "23:59": true, "00:00": true, "05:59": true, "06:00": false, "21:59": false},
		"08:30-12:00": {"08:29": false, "08:30": true, "11:59": true, "12:00": false},
	} {
		h, ok := ParseHours(written)
		for clock, in := range want {
			if !ok || h.Holds(at(clock)) != in {
				t.Errorf("%q at %s: %v", written, clock, !in)
			}
		}
	}
	for _, bad := range []string{"22:00", "22-06", "22:00-22:00", "25:00-06:00", "night"} {
		if _, ok := ParseHours(bad); ok {
			t.Errorf("%q is taken", bad)
		}
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
