package catalog

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/internal/text"
)

const onceBasis = article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"

// said adds lines to element DE0002, whose authority begins in line 6.
func said(lines string) []string { return []string{"  entity: person\n", "  entity: person\n" + lines} }

var registerViolations = []violation{
	{elementsFile, said("  survivorship: latest\n"), "survivorship.authority", "elements.yaml:6", onceBasis},
	{elementsFile, []string{"  authority:\n    - {item: minzheng/old.name, to: 2019-12-31}\n    - {item: gongan/resident.name, from: 2020-01-01}\n", "  survivorship: list\n"}, "survivorship.reason", "elements.yaml:6", onceBasis},
	{elementsFile, []string{"  authority:\n    - {item: minzheng/old.name, to: 2019-12-31}\n    - {item: gongan/resident.name, from: 2020-01-01}\n", "  survivorship: list\n  reason: 联席会议决定\n  fallback: [gongan/resident.name]\n"}, "survivorship.fallback", "elements.yaml:6", onceBasis},
	{elementsFile, said("  replaces: [DE0001]\n"), "replaces.alive", "elements.yaml:6", guide},
	{elementsFile, said("  replaces: ['']\n"), "element.code", "elements.yaml:6", guide},
	{elementsFile, said("  replaces: [DE0002]\n"), "replaces.alive", "elements.yaml:6", guide},
	{elementsFile, []string{"key: true,", "key: true, replaces: [X1],", "  entity: person\n", "  entity: person\n  replaces: [X1]\n"}, "replaces.twice", "elements.yaml:6", guide},
	{elementsFile, said("  domain: {codes: gbt2261_1, pattern: .*}\n"), "domain.forms", "elements.yaml:6", guide},
	{elementsFile, said("  domain: {codes: gbt9999}\n"), "domain.codes", "elements.yaml:6", guide},
	{elementsFile, said("  domain: {pattern: '[0-9'}\n"), "domain.pattern", "elements.yaml:6", guide},
	{elementsFile, said("  domain: {min: 1}\n"), "domain.range", "elements.yaml:6", guide},
	{elementsFile, said("  type: C(5)\n  domain: {min: 1}\n"), "domain.range", "elements.yaml:7", guide},
	{elementsFile, said("  type: N(5)\n  domain: {min: 2, max: 1}\n"), "domain.range", "elements.yaml:7", guide},
	{elementsFile, said("  type: N(5)\n  domain: {min: much}\n"), "domain.range", "elements.yaml:7", guide},
	{elementsFile, said("  type: D\n  domain: {min: 2020-01-01, max: 2019-01-01}\n"), "domain.range", "elements.yaml:7", guide},
	{elementsFile, said("  type: D\n  domain: {min: 2020-02-30}\n"), "domain.range", "elements.yaml:7", guide},
	{elementsFile, said("  fallback: [minzheng/household.head_name, minzheng/household.head_name]\n"), "fallback.twice", "elements.yaml:6", ""},
}

func TestTheRegisterIsJudged(t *testing.T) { tellsEvery(t, registerViolations) }

func TestDomainsThatMeanSomething(t *testing.T) {
	for _, lines := range []string{
		"  type: C(50)\n", "  domain: {codes: gbt2261_1}\n", "  domain: {pattern: '[^ ]+'}\n",
		"  type: N(5)\n  domain: {min: 1, max: 1}\n", "  type: D\n  domain: {min: 1900-01-01, max: today}\n", "  type: D\n  domain: {max: 2019-01-01}\n",
	} {
		if _, vs := checked(t, full(t, elementsFile, said(lines)...)); Failed(vs) {
			t.Errorf("%s: %s", lines, describe(vs))
		}
	}
}

// Items are compared with the element they stand for: what does not fit is work to be
// done, and told where the item says it.
func TestItemsAreComparedWithTheirElement(t *testing.T) {
	at := func(line string) string { return resident + ":" + line }
	for _, c := range []struct {
		name, lines string
		edits       []string // of the resident
		want        string   // key and place; "" for none
	}{
		{"same type", "  type: C(50)\n", nil, ""},
		{"narrower", "  type: C(100)\n", nil, ""},
		{"any text", "  type: C\n", nil, ""},
		{"wider", "  type: C(20)\n", nil, "carrier.type " + at("16")},
		{"another kind", "  type: N(18)\n", nil, "carrier.type " + at("16")},
		{"the table", "  domain: {codes: gbt2261_1}\n", nil, ""},
		{"the table with a date", "  domain: {codes: gbt2261_1}\n", []string{"{in_codes: gbt2261_1}, {sql", "{in_codes: {table: gbt2261_1, at: id}}, {sql"}, ""},
		{"another table", "  domain: {codes: gbt2261_1}\n", []string{"{in_codes: gbt2261_1}, {sql", "{in_codes: gbt2261_2}, {sql"}, "carrier.domain " + at("16")},
		{"no table", "  domain: {codes: gbt2261_1}\n", []string{"{in_codes: gbt2261_1}, {sql", "{sql"}, "carrier.unchecked " + at("16")},
		{"the pattern", "  domain: {pattern: '.+'}\n", []string{"{in_codes: gbt2261_1}, {sql", "{regex: '.+'}, {sql"}, ""},
		{"the pattern, spelt out", "  domain: {pattern: '.+'}\n", []string{"{in_codes: gbt2261_1}, {sql", "{regex: {pattern: '.+'}}, {sql"}, ""},
		{"in words of its own", "  domain: {pattern: '.+'}\n", []string{"{in_codes: gbt2261_1}, {sql", "phone, {sql"}, ""},
		{"another pattern", "  domain: {pattern: '.+'}\n", []string{"{in_codes: gbt2261_1}, {sql", "{regex: '.*'}, {sql"}, "carrier.domain " + at("16")},
		{"no pattern", "  domain: {pattern: '.+'}\n", nil, "carrier.unchecked " + at("16")},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes := full(t, elementsFile, said(c.lines)...)
			changes[resident] = project[resident]
			for i := 0; i < len(c.edits); i += 2 {
				changes[resident] = strings.Replace(changes[resident], c.edits[i], c.edits[i+1], 1)
			}
			if got := carriers(t, changes); got != c.want && c.want != "" || c.want == "" && strings.Contains(got, resident) {
				t.Errorf("told %q, want %q", got, c.want)
			}
		})
	}
}

// carriers are the warnings on items that do not fit their element, the first entry's first.
func carriers(t *testing.T, changes map[string]string) string {
	t.Helper()
	_, vs := checked(t, changes)
	for _, v := range vs {
		if name, ok := strings.CutPrefix(string(v.Key), "catalog.check.carrier."); ok && v.At.File == resident {
			if v.Severity != Warning || v.Item != "name" || v.Basis != guide {
				t.Errorf("told as %+v", v)
			}
			return "carrier." + name + " " + v.At.String()
		}
	}
	return ""
}

func TestRangesAreComparedToo(t *testing.T) {
	for check, want := range map[string]text.Key{
		"{range: {min: 0, max: 100}}": "", "{range: {max: 100, min: 0}}": "",
		"{range: {min: 0}}": "catalog.check.carrier.domain", "not_null": "catalog.check.carrier.unchecked",
	} {
		changes := full(t, household, `label: 收入, type: "N(12,2)"`, `label: 收入, type: "N(12,2)", element: DE0009, checks: [`+check+`]`)
		changes[elementsFile] = project[elementsFile] + "- {code: DE0009, name: 收入, column: income, entity: person, type: 'N(14,2)', domain: {min: 0, max: 100}, authority: minzheng/household.income}\n"
		_, vs := checked(t, changes)
		i := slices.IndexFunc(vs, func(v Violation) bool { return strings.HasPrefix(string(v.Key), "catalog.check.carrier") })
		if want == "" && i >= 0 || want != "" && (i < 0 || vs[i].Key != want) {
			t.Errorf("%s: %s", check, describe(vs))
		}
	}
}

// An element without an authority by decision is not held back, and asks nobody.
func TestSurvivorshipWithoutAnAuthority(t *testing.T) {
	none := []string{"  authority:\n    - {item: minzheng/old.name, to: 2019-12-31}\n    - {item: gongan/resident.name, from: 2020-01-01}\n"}
	p, vs := checked(t, full(t, elementsFile, append(none, "  survivorship: most_frequent\n  reason: 数据共享联席会议2026年第2次会议纪要\n")...))
	if len(vs) != 1 || p.Element("DE0002").HeldBack("2026-11-22") || len(p.CollectOnce(when)) != 0 {
		t.Errorf("held back or told of: %s", describe(vs))
	}
	p, vs = checked(t, full(t, elementsFile, append(none, "")...))
	if !slices.ContainsFunc(vs, func(v Violation) bool { return v.Key == "catalog.check.authority.none" }) || !p.Element("DE0002").HeldBack("2026-11-22") {
		t.Errorf("an element without an authority: %s", describe(vs))
	}
	if p.Element("DE0001").HeldBack("2026-11-22") || p.Element("DE0001").Survivorship != SurviveAuthority {
		t.Error("an element with an authority is held back")
	}
}

// A renamed element is found by the code it had: everything runs, and who still writes
// the old code is told to move, with the place.
func TestARenamedElement(t *testing.T) {
	changes := full(t, elementsFile, "code: DE0002", "code: DE2002", "  entity: person\n", "  entity: person\n  replaces: [DE0002]\n", "code: DE0001", "code: DE2001, replaces: [DE0001]")
	p, vs := checked(t, changes)
	if Failed(vs) {
		t.Fatal(describe(vs))
	}
	var told []string
	for _, v := range vs {
		if v.Key == "catalog.check.renamed" {
			told = append(told, v.At.String()+" "+v.Resource+"."+v.Item)
		}
	}
	want := []string{"entities.yaml:1 .", resident + ":15 gongan/resident.citizen_id", resident + ":16 gongan/resident.name",
		household + ":17 minzheng/household.head_id", household + ":21 minzheng/household.head_id", household + ":21 minzheng/household.head_name"}
	slices.Sort(told)
	slices.Sort(want)
	if !slices.Equal(told, want) {
		t.Errorf("told to move:\n%s\nwant:\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	if p.CurrentCode("DE0002") != "DE2002" || p.CurrentCode("DE2002") != "DE2002" || p.CurrentCode("DE7777") != "DE7777" || !p.Linking("DE2001") {
		t.Error("codes of before do not lead to those of today")
	}
	if got := p.CollectOnce(when); len(got) != 0 {
		t.Errorf("refused: %+v", got)
	}
	if got := p.CollectOnce(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)); len(got) != 1 || got[0].Element != "DE2002" {
		t.Errorf("refused past the copy's term: %+v", got)
	}
}

// What is not collected need not fit its element.
func TestRefusedItemsAreNotCompared(t *testing.T) {
	changes := full(t, household, "role: copy, ", "", "head_name, label: 户主姓名, type: C(50)", "head_name, label: 户主姓名, type: N(9)")
	changes[elementsFile] = strings.Replace(project[elementsFile], "  entity: person\n", "  entity: person\n  type: C(50)\n", 1)
	p, vs := checked(t, changes)
	if slices.ContainsFunc(vs, func(v Violation) bool { return v.Key == "catalog.check.carrier.type" }) || len(p.CollectOnce(when)) != 1 {
		t.Error(describe(vs))
	}
}
