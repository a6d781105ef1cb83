package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// all is an output in which everything is as promised.
func all() string {
	var b strings.Builder
	for _, f := range bounds() {
		fmt.Fprintf(&b, "    x_test.go:1: figure %s %d\n", f.name, f.least)
	}
	for _, f := range faults() {
		fmt.Fprintf(&b, "    x_test.go:1: fault %s → refused\n", f)
	}
	return b.String() + "ok  \tguiji/x\t1s\n"
}

func TestWhatIsOffIsCounted(t *testing.T) {
	for name, c := range map[string]struct {
		output string
		off    int
		failed bool
	}{
		"as promised":          {all(), 0, false},
		"a row lost":           {strings.Replace(all(), "lost_rows 0", "lost_rows 2", 1), 1, false},
		"too few kills":        {strings.Replace(all(), "kills 500", "kills 499", 1), 1, false},
		"more kills":           {strings.Replace(all(), "kills 500", "kills 600", 1), 0, false},
		"a figure twice":       {all() + "figure lost_rows 0\n", 0, false},
		"a figure twice, once": {all() + "figure lost_rows 1\n", 1, false},
		"a figure missing":     {strings.Replace(all(), "figure double_commits 0", "", 1), 1, false},
		"a fault missing":      {strings.Replace(all(), "fault deadlock → refused", "", 1), 1, false},
		"a fault that failed":  {strings.Replace(all(), "deadlock → refused", "deadlock → FAILED", 1), 1, false},
		"a failed test":        {all() + "--- FAIL: TestX (0.00s)\nFAIL\tguiji/x\t1s\n", 0, true},
	} {
		got, err := read(strings.NewReader(c.output), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if off := got.table(&out); off != c.off || got.failed != c.failed {
			t.Errorf("%s: %d off, failed %v\n%s", name, off, got.failed, out.String())
		}
	}
}
