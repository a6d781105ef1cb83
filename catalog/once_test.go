package catalog

import (
	"slices"
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
		{"with a basis of blanks", household, []string{"legal_basis: 《社会救助暂行办法》第十一条", "legal_basis: '  '"}, "unfounded head_name"},
		{"its column by another name", household, []string{copied, strings.Replace(copied, "role: copy, ", "", 1) + "\n  - {name: head, label: 户主, column: HEAD_NAME, type: C(50), privacy: direct}"}, "elsewhere head_name, column head"},
		{"the column of a copy by another name", household, []string{copied, copied + "\n  - {name: head, label: 户主, column: head_name, type: C(50), privacy: direct}"}, ""},
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

// An entry that has the authority may say the same of a second subject: nothing is
// collected elsewhere, no term is asked for, nothing is to be cleaned up.
func TestASecondSubjectOfTheAuthority(t *testing.T) {
	changes := full(t, resident, "  - {name: name,", "  - {name: spouse_name, label: 配偶姓名, type: C(50), element: DE0002, privacy: direct}\n  - {name: name,")
	for _, fallback := range []string{"", "  when_empty: fallback\n  fallback: [gongan/resident.spouse_name]\n"} {
		changes[elementsFile] = strings.Replace(project[elementsFile], "  entity: person\n", "  entity: person\n"+fallback, 1)
		p, vs := checked(t, changes)
		if Failed(vs) || len(p.CollectOnce(when)) != 0 {
			t.Errorf("refused: %+v %s", p.CollectOnce(when), describe(vs))
		}
		if got := p.CleanUps(when, ""); len(got) != 1 || got[0].Item.Name != "head_name" {
			t.Errorf("to be cleaned up: %+v", got)
		}
	}
}

// What each item does for its element, and what is to be cleaned up: before its term is
// over, and after.
func TestPartsAndCleanUps(t *testing.T) {
	changes := full(t, "")
	changes["catalog/minzheng/old.yaml"] = strings.NewReplacer("307002/000001", "307002/000002", "status: published", "status: draft").Replace(second)
	p, _ := checked(t, changes)
	for day, want := range map[string]string{"2030-12-31": "authority copy unread", "2031-01-01": "authority refused unread"} {
		date, _ := time.Parse(time.DateOnly, day)
		var got []string
		for _, c := range p.Parts("DE0002", date) {
			got = append(got, string(c.Part))
		}
		if have := strings.Join(got, " "); have != want {
			t.Errorf("on %s: %s, want %s", day, have, want)
		}
		ups := p.CleanUps(date, "minzheng")
		if len(ups) != 1 || ups[0].Ref() != "minzheng/household.head_name" || ups[0].Refused != (day == "2031-01-01") || ups[0].Authority != "gongan/resident.name" {
			t.Errorf("on %s to be cleaned up: %+v", day, ups)
		}
	}
	if got := p.Parts("DE0001", when); len(got) != 3 || got[0].Part != PartAuthority || got[1].Part != PartLinking {
		t.Errorf("parts of an identifier: %+v", got)
	}
	for code, want := range p.Register(when) {
		if !slices.Equal(p.Parts(code, when), want) {
			t.Errorf("the register has %+v of %s", want, code)
		}
	}
	if got := p.CleanUps(when, "gongan"); len(got) > 0 {
		t.Errorf("who has the authority is to clean up: %+v", got)
	}
	if p.Parts("DE9999", when) != nil {
		t.Error("an element that is none has items")
	}
}
