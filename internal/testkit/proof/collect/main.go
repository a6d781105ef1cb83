// Command collect reads the output of go test -v, passes on what a person must see of
// it, and prints at the end the figures and the fault table that tests told of by
// package proof. It fails where one is missing or off, and where a test failed.
package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// bound is what a figure must be.
type bound struct {
	name  string
	least int64
	exact bool
}

// bounds are the promises of the reliability chapter (docs/proofs.md), in its order.
func bounds() []bound {
	return []bound{
		{"kills", 500, false}, {"lost_rows", 0, true}, {"doubled_rows", 0, true}, {"partial_reads", 0, true}, {"cursor_ahead", 0, true},
		{"bytes_differ", 0, true}, {"dropped_commit_responses", 1000, false}, {"double_commits", 0, true}, {"deleted_live", 0, true},
		{"schedulers", 8, false}, {"scheduler_rounds", 200, false}, {"schedulers_sigstop", 200, false}, {"winners_per_version", 1, true},
		{"flips", 1000, false}, {"flips_found", 1000, false}, {"incremental_equals_full", 1, true}, {"writers", 32, false}, {"simulated_schedules", 100_000, false},
	}
}

// faults are those of the fault table, in its order.
func faults() []string {
	return []string{
		"source down", "connection reset once", "connection reset each time", "slow source", "cut mid-stream", "DDL mid-run", "KILL on the server", "deadlock",
		"bad dates and encodings", "replica lag", "store down", "store answers 503", "wrong store credentials", "partial multipart", "lost response",
		"disk full in scratch", "disk full in the store", "memory limit", "SIGTERM", "kill -9", "two schedulers", "clock jump",
	}
}

// told is what tests told of.
type told struct {
	figures map[string][]string
	faults  map[string][]string
	failed  bool
}

func main() {
	t, err := read(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if off := t.table(os.Stdout); off > 0 || t.failed {
		fmt.Printf("%d figures or faults are off; tests failed: %v\n", off, t.failed)
		os.Exit(1)
	}
}

// read passes on everything but the marks of tests that began or went on.
func read(in io.Reader, out io.Writer) (*told, error) {
	figure := regexp.MustCompile(`\bfigure ([a-z0-9_]+) ([0-9]+)`)
	fault := regexp.MustCompile(`\bfault (.+?) → (.*)`)
	noise := regexp.MustCompile(`^\s*=== (RUN|PAUSE|CONT|NAME)`)
	t := &told{figures: map[string][]string{}, faults: map[string][]string{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		line := lines.Text()
		if m := figure.FindStringSubmatch(line); m != nil {
			t.figures[m[1]] = append(t.figures[m[1]], m[2])
		}
		if m := fault.FindStringSubmatch(line); m != nil && !slices.Contains(t.faults[m[1]], m[2]) {
			t.faults[m[1]] = append(t.faults[m[1]], m[2])
		}
		if strings.HasPrefix(line, "FAIL") || strings.Contains(line, "--- FAIL") || strings.HasPrefix(line, "panic:") {
			t.failed = true
		}
		if !noise.MatchString(line) {
			fmt.Fprintln(out, line)
		}
	}
	return t, lines.Err()
}

// table prints what was told and counts what is off.
func (t *told) table(out io.Writer) (off int) {
	fmt.Fprintln(out)
	for _, b := range bounds() {
		for _, v := range t.figures[b.name] {
			mark := ""
			if n, err := strconv.ParseInt(v, 10, 64); err != nil || b.exact && n != b.least || n < b.least {
				mark, off = fmt.Sprintf("   OFF: %d is promised", b.least), off+1
			}
			fmt.Fprintf(out, "figure %s %s%s\n", b.name, v, mark)
		}
		if len(t.figures[b.name]) == 0 {
			off++
			fmt.Fprintf(out, "figure %s MISSING\n", b.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.figures)) {
		if !slices.ContainsFunc(bounds(), func(b bound) bool { return b.name == name }) {
			fmt.Fprintf(out, "figure %s %s\n", name, strings.Join(t.figures[name], " "))
		}
	}
	fmt.Fprintln(out)
	for _, name := range faults() {
		what := t.faults[name]
		switch {
		case len(what) == 0:
			off, what = off+1, []string{"MISSING"}
		case slices.ContainsFunc(what, func(s string) bool { return strings.Contains(s, "FAILED") }):
			off++
		}
		for _, w := range what {
			fmt.Fprintf(out, "fault %s → %s\n", name, w)
		}
	}
	return off
}
