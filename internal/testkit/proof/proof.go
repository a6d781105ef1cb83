// Package proof is how tests tell what they have shown: figures and faults, as lines
// a person reads and collect checks. Tests of any room import it.
package proof

import (
	"os"
	"sync"
	"testing"
)

// Figure tells one number: figure NAME VALUE.
func Figure(t testing.TB, name string, value any) {
	t.Helper()
	t.Logf("figure %s %v", name, value)
}

// Fault tells what came of one fault that was injected: fault NAME → WHAT HAPPENED.
// A test that failed tells so instead.
func Fault(t testing.TB, name, happened string) {
	t.Helper()
	if t.Failed() {
		happened = "FAILED"
	}
	t.Logf("fault %s → %s", name, happened)
}

// Long tells whether the long form of a test was asked for: make crash.
func Long() bool { return os.Getenv("GUIJI_LONG") != "" }

// Of is how often something is done: so often in the long form, else in the short.
func Of(long, short int) int {
	if Long() {
		return long
	}
	return short
}

// Tally adds figures up over the parts of a test, which may run at once.
type Tally struct {
	mu sync.Mutex
	n  map[string]int
}

// Add adds n to a figure.
func (y *Tally) Add(name string, n int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.n == nil {
		y.n = map[string]int{}
	}
	y.n[name] += n
}

// Of is a figure as it stands.
func (y *Tally) Of(name string) int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.n[name]
}
