package pipelines_test

import (
	"strings"
	"testing"

	"guiji/pipelines"
)

const driftItems = `items:
  - {name: code, type: C(10), checks: [{drift: {of: nulls, learn: 3}}]}
  - {name: up, type: C(10)}
checks:
  - {volume_drift: {learn: 3}, on_fail: block}
  - {same_row_count: {as: gongan/parent, within: 50%}, severity: warning}
  - {row_count: {min: 1}, where: {up: a}}
`

// Numbers of earlier runs are handed on from release to release; before there are
// enough nothing passes, and a drift shuts the gate it was told to.
func TestDriftOverReleases(t *testing.T) {
	p := newFamily(t, driftItems, parentItems)
	p.write(t, "drop/parent.csv", "code\na\nb\n")
	rows := func(n int) {
		t.Helper()
		var b strings.Builder
		for i := range n {
			b.WriteString(string(rune('A'+i)) + ",a\n")
		}
		p.write(t, "drop/child.csv", "code,up\n"+b.String())
	}
	for i, want := range [][]any{{"not_evaluated", "3", ""}, {"not_evaluated", "3", "3"}, {"not_evaluated", "2", "3 3"}, {"pass", "3", "3 3 2"}, {"fail", "9", "3 3 2 3"}, {"pass", "3", "3 3 2 3 9"}} {
		rows([]int{3, 3, 2, 3, 9, 3}[i])
		rec, err := p.run(t, pipelines.Request{Pipeline: "all"})
		if err != nil && i != 4 {
			t.Fatal(err)
		}
		if got, shut := rec.Resources["gongan/child"].Outcome, i == 4; got != map[bool]string{false: "ok", true: "gated"}[shut] {
			t.Errorf("run %d ends %s", i, got)
		}
		p.same(t, "quality/gongan/child/metrics", "SELECT status, observed, past FROM {} WHERE rule = 'volume_drift'", [][]any{want})
	}
	p.same(t, "quality/gongan/child/metrics", "SELECT rule, status, a::VARCHAR, b::VARCHAR, observed FROM {} WHERE rule LIKE '%row_count' ORDER BY rule",
		[][]any{{"row_count", "pass", "1", "1", "3"}, {"same_row_count", "pass", "1", "1", "3"}})
	p.same(t, "quality/gongan/child/failures", "SELECT count(*)::VARCHAR FROM {}", [][]any{{"0"}})
}
