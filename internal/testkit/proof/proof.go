// Package proof is how tests tell what they have shown: figures and faults, as
// lines a person reads and a program checks. Tests of any room import it.
package proof

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// Figure tells one number: figure NAME VALUE.
func Figure(t testing.TB, name string, value any) {
	t.Helper()
	tell(t, fmt.Sprintf("figure %s %v", name, value))
}

// Fault tells what came of one fault that was injected: fault NAME → WHAT HAPPENED.
// A test that failed tells so instead.
func Fault(t testing.TB, name, happened string) {
	t.Helper()
	if t.Failed() {
		happened = "FAILED"
	}
	tell(t, "fault "+name+" → "+happened)
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

// tell logs a line and, where make crash collects, appends it to its file: one write,
// so that lines of several processes stay whole.
func tell(t testing.TB, line string) {
	t.Helper()
	t.Log(line)
	path := os.Getenv("GUIJI_FIGURES")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(strings.ReplaceAll(line, "\n", " ") + "\n"); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
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
