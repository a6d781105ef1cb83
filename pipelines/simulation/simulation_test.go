package simulation

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"guiji/internal/testkit/proof"
)

// Every schedule of faults keeps every promise.
func TestSimulation(t *testing.T) {
	if s := os.Getenv("GUIJI_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		w := play(t, seed, bug{}, t.TempDir())
		t.Logf("seed %d\n%s", seed, strings.Join(w.trace, "\n"))
		if len(w.wrong) > 0 {
			t.Fatal(strings.Join(w.wrong, "\n"))
		}
		return
	}
	schedules, total := proof.Of(100_000, 1_500), proof.Tally{}
	var next atomic.Uint64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		dir := t.TempDir()
		workers.Go(func() {
			for seed := next.Add(1); seed <= uint64(schedules) && !t.Failed(); seed = next.Add(1) {
				w := play(t, seed, bug{}, dir)
				for what, n := range w.counts {
					total.Add(what, n)
				}
				report(t, w)
			}
		})
	}
	workers.Wait()
	t.Logf("%d releases, %d of them rewritten since; answers lost %d, puts dropped %d, repeated %d, late %d, bodies cut %d, calls that reached nobody %d",
		total.Of("releases"), total.Of("rewritten"), total.Of("lost"), total.Of("dropped"), total.Of("repeated"), total.Of("delayed"), total.Of("cut"), total.Of("unreachable"))
	proof.Figure(t, "simulated_schedules", schedules)
	proof.Fault(t, "clock jump", "clocks an hour off: one winner a version, cursors with their data")
}

func report(t *testing.T, w *world) {
	t.Helper()
	if len(w.wrong) == 0 {
		return
	}
	tail := w.trace[max(0, len(w.trace)-80):]
	t.Errorf("seed %d: %s\nreplay: GUIJI_SEED=%d go test -v -run TestSimulation ./pipelines/simulation\n%s",
		w.seed, w.wrong[0], w.seed, strings.Join(tail, "\n"))
}

// A seed is the whole schedule: played again, the same happens.
func TestSeedsReplay(t *testing.T) {
	dir := t.TempDir()
	for seed := range uint64(proof.Of(2000, 100)) {
		a, b := play(t, seed, bug{}, dir), play(t, seed, bug{}, dir)
		if !slices.Equal(a.trace, b.trace) {
			for i := range a.trace {
				if i >= len(b.trace) || a.trace[i] != b.trace[i] {
					t.Fatalf("seed %d, event %d: %q, then %q", seed, i, a.trace[i], append(b.trace, "")[min(i, len(b.trace))])
				}
			}
			t.Fatalf("seed %d: %d events, then %d", seed, len(a.trace), len(b.trace))
		}
	}
}

// The simulation can fail: it finds each way to break the protocol.
func TestBrokenProtocolsAreFound(t *testing.T) {
	dir := t.TempDir()
	for _, b := range bugs() {
		found := uint64(0)
		var wrong string
		for seed := uint64(1); seed <= 2000 && found == 0; seed++ {
			if w := play(t, seed, b, dir); len(w.wrong) > 0 {
				found, wrong = seed, w.wrong[0]
			}
		}
		if found == 0 {
			t.Errorf("%s: not found", b.name)
			continue
		}
		t.Logf("%s: found by seed %d: %s", b.name, found, wrong)
	}
}
