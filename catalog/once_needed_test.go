package catalog

import (
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

// A refused item that a rule of its entry cannot do without is an error at the rule, beside
// the warning at the item; one within its term is neither.
func TestWhatNeedsARefusedItem(t *testing.T) {
	const copied = "role: copy, held_since: 2020-11-01, clean_up_by: 2030-12-31, legal_basis: 《社会救助暂行办法》第十一条"
	free := []string{"privacy: direct, " + copied, "privacy: direct"} // it is refused
	cases := []struct {
		name  string
		edits []string
		want  string // rules, with the lines they stand at
	}{
		{"no rule", free, ""},
		{"the key", slices.Concat(free, []string{"key: [no]", "key: [no, head_name]"}), "source.key[1]:14"},
		{"what votes", slices.Concat(free, []string{"vote: latest(no)", "vote: latest(head_name)"}), "vote:22"},
		{"what is the same", slices.Concat(free, []string{"vote: latest(no)", "duplicates: {by: [income, head_name], keep: latest(head_name)}"}), "duplicates.by[1]:22 duplicates.keep:22"},
		{"whom it is about", slices.Concat(free, []string{"key: head_id,", "key: head_name,"}), "subjects[0].key:21"},
		{"a copy within its term", []string{"vote: latest(no)", "vote: latest(head_name)"}, ""},
		{"a copy past its term", []string{"vote: latest(no)", "vote: latest(head_name)", "2030-12-31", "2026-11-21"}, "vote:22"},
		{"its column by another name", slices.Concat(free, []string{"  - {name: income,", "  - {name: head, column: head_name, label: 户主, type: C(50), privacy: direct}\n  - {name: income,", "vote: latest(no)", "vote: latest(head)"}), "vote:23"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, _ := checked(t, full(t, household, c.edits...))
			var got []string
			for _, r := range p.CollectOnce(when) {
				for _, n := range r.Needed {
					got = append(got, n.Rule+strings.TrimPrefix(n.At.String(), household))
				}
				vs := r.Violations()
				if vs[0].Severity != Warning || len(vs) != 1+len(r.Needed) || Failed(vs) != (len(r.Needed) > 0) {
					t.Errorf("told as%s", describe(vs))
				}
				for _, v := range vs[1:] {
					for _, lang := range []text.Lang{text.EN, text.ZH} {
						if m := v.Message(lang); strings.Contains(m, "%!") || !strings.Contains(m, string(r.Authority)) || v.Way == nil {
							t.Errorf("message: %s", m)
						}
					}
				}
			}
			if have := strings.Join(got, " "); have != c.want {
				t.Errorf("needed by %q, want %q", have, c.want)
			}
		})
	}
}
