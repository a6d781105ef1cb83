package catalog

import (
	"strings"
	"testing"
	"time"

	"guiji/internal/text"
)

func TestCollectOnce(t *testing.T) {
	const copied = "{name: head_name, label: 户主姓名, type: C(50), privacy: direct, role: copy, held_since: 2020-11-01, clean_up_by: 2030-12-31, legal_basis: 《社会救助暂行办法》第十一条}"
	at := "elements.yaml"
	cases := []struct {
		name  string
		file  string
		edits []string
		want  string // key and item of the one refusal; "" for none
	}{
		{"a copy within its term, an identifier", household, nil, ""},
		{"no copy", household, []string{"role: copy, ", ""}, "elsewhere head_name"},
		{"by the item's element", household, []string{"items: {DE0001: head_id, DE0002: head_name}", "items: {DE0001: head_id}", copied, "{name: head_name, type: C(50), element: DE0002}"}, "elsewhere head_name"},
		{"a copy past its term", household, []string{"2030-12-31", "2026-11-21"}, "over head_name"},
		{"on the last day", household, []string{"2030-12-31", "2026-11-22"}, ""},
		{"a copy without a basis of its own", household, []string{", legal_basis: 《社会救助暂行办法》第十一条", ""}, "unfounded head_name"},
		{"a copy without a term", household, []string{"clean_up_by: 2030-12-31, ", ""}, "unfounded head_name"},
		{"a copy held since nobody knows when", household, []string{"held_since: 2020-11-01, ", ""}, "unfounded head_name"},
		{"a draft does not run", household, []string{"role: copy, ", "", "status: published", "status: draft"}, ""},
		{"no authority at the date", at, []string{"    - {item: gongan/resident.name, from: 2020-01-01}\n", ""}, ""},
		{"the authority moved here", at, []string{"gongan/resident.name, from", "minzheng/household.head_name, from"}, "elsewhere name"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, _ := checked(t, full(t, c.file, c.edits...))
			var got []string
			for _, r := range p.CollectOnce(when) {
				got = append(got, strings.TrimPrefix(string(r.Key), "catalog.once.")+" "+r.Item)
				if !strings.Contains(r.Basis, article+"第十七条第二款") || r.At.Line == 0 || r.Element != "DE0002" {
					t.Errorf("refusal lacks basis, place or element: %+v", r)
				}
				for _, lang := range []text.Lang{text.EN, text.ZH} {
					if m := r.Message(lang); strings.Contains(m, "%!") || !strings.Contains(m, string(r.Authority)) {
						t.Errorf("message: %s", m)
					}
				}
			}
			if have := strings.Join(got, ", "); have != c.want {
				t.Errorf("refused %q, want %q", have, c.want)
			}
		})
	}
}

func TestCollectOnceAllowsARegisteredFallback(t *testing.T) {
	changes := full(t, household, "role: copy, ", "")
	changes[elementsFile] = strings.Replace(project[elementsFile], "  entity: person\n", "  entity: person\n  when_empty: fallback\n  fallback: [minzheng/household.head_name]\n", 1)
	p, vs := checked(t, changes)
	if Failed(vs) {
		t.Fatal(describe(vs))
	}
	if got := p.CollectOnce(when); len(got) != 0 {
		t.Errorf("refused: %+v", got)
	}
	if got := p.CollectOnce(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)); len(got) != 1 || got[0].Key != "catalog.once.over" {
		t.Errorf("past its term: %+v", got)
	}
}
