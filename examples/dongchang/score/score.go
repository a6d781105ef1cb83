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
	left := unanswered(r)
	for _, m := range manifest {
		l := line(m.Kind)
		l.Planted++
		if left.answer(m) {
			l.Found++
		} else {
			l.Missed++
		}
	}
	for _, of := range left.exact {
		for _, f := range of {
			line(f.kind).False++
		}
	}
	for range left.rejected {
		line("quarantine: other").False++
	}
	out := []Line{}
	for _, kind := range sorted(lines) {
		out = append(out, *lines[kind])
	}
	return out
}

// findings are those of a release that no planted defect has answered for.
type findings struct {
	exact    map[string][]finding // by identity
	rejected []finding            // quarantine, which is matched by text
}

func unanswered(r *Release) findings {
	left := findings{exact: map[string][]finding{}}
	for _, f := range r.findings {
		if f.expect == generate.Quarantine {
			left.rejected = append(left.rejected, f)
			continue
		}
		left.exact[f.identity()] = append(left.exact[f.identity()], f)
	}
	return left
}

// answer takes the finding of a planted defect out; false if there is none.
func (left *findings) answer(m generate.Finding) (found bool) {
	if m.Expect == generate.Quarantine {
		left.rejected, found = take(left.rejected, m)
		return found
	}
	id := identity(m)
	of := left.exact[id]
	if len(of) == 0 {
		return false
	}
	left.exact[id] = of[1:]
	return true
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
