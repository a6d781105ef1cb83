package report_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"guiji/lake"
	"guiji/quality/report"
)

// madeOf knows when one release was made.
func madeOf(rel *lake.Release) func(context.Context, uint64) (time.Time, error) {
	return func(_ context.Context, version uint64) (time.Time, error) {
		if version != rel.Version {
			return time.Time{}, fmt.Errorf("release %d: %w", version, lake.ErrNotFound)
		}
		return rel.Created, nil
	}
}

// What departments are reminded of is what their reports count, with the same terms: of a
// conflict that is part of a doubt the holder is not, nor of one that the authority is to
// confirm.
func TestOwingIsWhatReportsCount(t *testing.T) {
	for name, doubts := range map[string]string{
		"the holder waits for the authority": "SELECT * REPLACE (1::BIGINT AS since) FROM (" + doubtRows + ")",
		"the holder is to mend":              "SELECT * REPLACE (1::BIGINT AS since, '王' AS other_value, 'minzheng/household' AS held_by) FROM (" + doubtRows + ")",
	} {
		s, in := shortTerms(t)
		s.put(in.Release, "entity/person/doubts", doubts)
		in.Made = madeOf(in.Previous)
		owing, err := report.Owing(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		out, err := report.Build(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range out.Departments {
			var open, late [2]int64
			for _, o := range owing {
				kind := 0
				if o.Doubts {
					kind = 1
				}
				if o.Department != d.Department {
					continue
				}
				if open[kind] += o.Count; o.Due < d.Date {
					late[kind] += o.Count
				}
			}
			if open != [2]int64{d.Conflicts, d.Doubts} || late != [2]int64{d.ConflictsOverdue, d.DoubtsOverdue} {
				t.Errorf("%s: %s is reminded of %v, late %v; its report counts %d and %d, late %d and %d", name, d.Department, open, late, d.Conflicts, d.Doubts, d.ConflictsOverdue, d.DoubtsOverdue)
			}
		}
	}
}

// Counts by department, kind and day; nothing of a release without entities, no day where
// no term is known.
func TestOwing(t *testing.T) {
	s, in := shortTerms(t)
	s.put(in.Release, "entity/person/doubts", "SELECT * REPLACE (1::BIGINT AS since, '王' AS other_value) FROM ("+doubtRows+")")
	in.Made = madeOf(in.Previous)
	told := func() string {
		t.Helper()
		owing, err := report.Owing(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		lines := make([]string, len(owing))
		for i, o := range owing {
			lines[i] = fmt.Sprintf("%s %t %d %s", o.Department, o.Doubts, o.Count, o.Due)
		}
		return strings.Join(lines, "|")
	}
	if got, want := told(), "renshe false 1 2026-11-22|gongan true 1 2026-11-22"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	in.Deadline = nil
	if got, want := told(), "renshe false 1 |gongan true 1 "; got != want {
		t.Errorf("without terms %q, want %q", got, want)
	}
	in.Release = release(3, 23)
	if got := told(); got != "" {
		t.Errorf("of nothing %q", got)
	}
}
