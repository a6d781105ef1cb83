// Package score compares what a release found with what was planted. It looks at
// the release from outside: the JSON and the Parquet files of docs/layout.md.
// cmd/demo and the module's tests import it.
package score

import (
	"slices"
	"strings"

	"guiji/examples/dongchang/generate"
)

// Line is one kind of defect: all rules are exact, so Missed and False must be 0.
type Line struct {
	Kind    string `json:"kind"`
	Planted int    `json:"planted"`
	Found   int    `json:"found"`
	Missed  int    `json:"missed"`
	False   int    `json:"false"` // found, but not planted
}

// conflictKinds are the score's rows of conflicts, by element.
var conflictKinds = map[string]string{"DE0002": "name", "DE0003": "sex", "DE0007": "address", "DE0008": "phone"}

// Compare counts, per kind, what was planted, found, missed and found falsely,
// sorted by kind. Every finding answers for one planted defect at most.
func Compare(manifest []generate.Finding, r *Release) []Line {
	lines := map[string]*Line{}
	line := func(kind string) *Line {
		if lines[kind] == nil {
			lines[kind] = &Line{Kind: kind}
		}
		return lines[kind]
	}
	open := map[string]int{} // exact findings by identity
	var rejected []finding   // quarantine is matched by text
	for _, f := range r.findings {
		if f.expect == generate.Quarantine {
			rejected = append(rejected, f)
			continue
		}
		open[f.identity()]++
	}
	answered := map[string]int{}
	for _, m := range manifest {
		l := line(m.Kind)
		l.Planted++
		found := false
		if m.Expect == generate.Quarantine {
			rejected, found = take(rejected, m)
		} else if id := identity(m); open[id] > 0 {
			open[id]--
			answered[id]++
			found = true
		}
		if found {
			l.Found++
		} else {
			l.Missed++
		}
	}
	for _, f := range r.findings {
		if f.expect == generate.Quarantine {
			continue
		}
		if id := f.identity(); answered[id] > 0 {
			answered[id]--
			continue
		}
		line(f.kind).False++
	}
	for range rejected {
		line("quarantine: other").False++
	}
	out := []Line{}
	for _, kind := range sorted(lines) {
		out = append(out, *lines[kind])
	}
	return out
}

// Passed reports whether nothing was missed and nothing found falsely.
func Passed(lines []Line) bool {
	return !slices.ContainsFunc(lines, func(l Line) bool { return l.Missed != 0 || l.False != 0 })
}

func identity(m generate.Finding) string {
	return strings.Join([]string{m.Expect, m.Resource, m.Rule, m.Key, m.Element, m.Subject}, "\x00")
}

func (f finding) identity() string {
	return strings.Join([]string{f.expect, f.resource, f.rule, f.key, f.element, f.subject}, "\x00")
}

// take finds the quarantined record a planted defect became, by the key or by a
// part of its text; a record without a key by the reason alone.
func take(rejected []finding, m generate.Finding) ([]finding, bool) {
	at := slices.IndexFunc(rejected, func(f finding) bool {
		if f.resource != m.Resource {
			return false
		}
		if m.Reason != "" {
			return f.reason == m.Reason
		}
		return strings.Contains(f.text, m.Text) || strings.Contains(f.key, m.Text)
	})
	if at < 0 {
		return rejected, false
	}
	return slices.Delete(rejected, at, at+1), true
}
