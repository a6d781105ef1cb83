package catalog

import (
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

// steward is a file of decisions that are all in order; a second entity's is beside it.
const steward = `- id: L1
  entity: person
  must_link:
    - {resource: gongan/resident, record: ["1"]}
    - {entity_key: "110101199003070018"}
  reason: 号码录入有误
  office: 区大数据局数据管理科
  date: 2026-11-01
- {id: L2, entity: person, cannot_link: [{resource: gongan/resident, record: [2]}, {resource: gongan/resident, record: [3]}], reason: 两人同号, office: 数据管理科, date: 2026-11-01, until: 2027-11-01}
- {id: L3, entity: person, exclude: [{resource: "minzheng/household#head", record: ["x1"]}, {resource: "minzheng/household#head"}], reason: 停用, office: 数据管理科, date: 2026-11-01}
`

// routes are two more keys of persons, with forms and mappings, in order.
const routes = `- id: person
  name: 自然人
  keys: [DE0001, DE0005, DE0006]
  routes:
    - {key: DE0001, form: credit_code}
    - {key: DE0005, form: organisation_code, mapping: {codes: gbt2261_1}}
    - {key: DE0006, mapping: {resource: gongan/resident, from: id, to: citizen_id}}
  distinguish: [DE0002]
  many_records: 500
`

func linkProject(t *testing.T, file string, edits ...string) map[string]string {
	t.Helper()
	changes := full(t, "")
	changes[linksFile], changes[entitiesFile] = steward, routes
	changes[elementsFile] = project[elementsFile] + `- {code: DE0005, name: 组织机构代码, column: org_code, entity: person, key: true, authority: gongan/resident.citizen_id}
- {code: DE0006, name: 注册号, column: reg_no, entity: person, key: true, authority: gongan/resident.citizen_id}
`
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(changes[file], edits[i]) {
			t.Fatalf("%s does not hold %q", file, edits[i])
		}
		changes[file] = strings.Replace(changes[file], edits[i], edits[i+1], 1)
	}
	return changes
}

// ofLinks are the violations that this page is about.
func ofLinks(vs []Violation) []string {
	var out []string
	for _, v := range vs {
		if strings.HasPrefix(string(v.Key), "catalog.check.link.") || strings.HasPrefix(string(v.Key), "catalog.check.route.") || v.At.File == linksFile {
			out = append(out, strings.TrimPrefix(string(v.Key), "catalog.check.")+" "+v.At.String())
			for _, lang := range []text.Lang{text.EN, text.ZH} {
				if m := v.Message(lang); strings.Contains(m, "%!") || m == "" {
					out = append(out, m)
				}
			}
		}
	}
	return out
}

func TestDecisionsAndRoutesInOrder(t *testing.T) {
	p, vs := checked(t, linkProject(t, ""))
	if got := ofLinks(vs); got != nil {
		t.Errorf("told of %v", got)
	}
	if len(p.Links) != 3 || p.Links[1].CannotLink[0].Record[0] != "2" || p.Entities[0].Route("DE0006").Mapping.From != "id" || p.Entities[0].Route("DE0009") != nil {
		t.Errorf("read %+v, %+v", p.Links, p.Entities[0])
	}
	for day, want := range map[string]bool{"2026-10-31": false, "2026-11-01": true, "2027-11-01": true, "2027-11-02": false} {
		if p.Links[1].ActiveOn(day) != want {
			t.Errorf("in force on %s: %v", day, !want)
		}
	}
}

func TestBadDecisions(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"id: L1", "id: L2", "link.id decisions/links.yaml:9"},
		{"- id: L1\n", "- id: ''\n", "link.id decisions/links.yaml:1"},
		{"entity: person\n", "entity: nobody\n", "entity.unknown decisions/links.yaml:2"},
		{"  reason: 号码录入有误\n", "", "link.missing decisions/links.yaml:1"},
		{"office: 区大数据局数据管理科", "office: ' '", "link.missing decisions/links.yaml:7"},
		{"date: 2026-11-01\n", "date: 2026-11-31\n", "link.dates decisions/links.yaml:8"},
		{"until: 2027-11-01", "until: 2026-10-01", "link.dates decisions/links.yaml:9"},
		{"  must_link:\n    - {resource: gongan/resident, record: [\"1\"]}\n    - {entity_key: \"110101199003070018\"}\n", "", "link.one decisions/links.yaml:1"},
		{"exclude: [", "must_link: [{entity_key: a}, {entity_key: b}], exclude: [", "link.one decisions/links.yaml:10"},
		{"    - {entity_key: \"110101199003070018\"}\n", "", "link.two decisions/links.yaml:3"},
		{"{entity_key: \"110101199003070018\"}", "{entity_key: a, resource: gongan/resident}", "link.form decisions/links.yaml:5"},
		{"{entity_key: \"110101199003070018\"}", "{resource: gongan/resident}", "link.form decisions/links.yaml:5"},
		{"{resource: \"minzheng/household#head\"}", "{entity_key: a}", "link.form decisions/links.yaml:10"},
		{"{resource: gongan/resident, record: [\"1\"]}", "{resource: gongan/gone, record: [\"1\"]}", "link.resource decisions/links.yaml:4"},
		{"\"minzheng/household#head\", record", "minzheng/household, record", "link.speaks decisions/links.yaml:10"},
		{"record: [\"1\"]", "record: [\"1\", \"2\"]", "link.record decisions/links.yaml:4"},
		{"record: [2]", "record: [3]", "link.contradiction decisions/links.yaml:9"},
		{"record: [\"1\"]}", "record: [\"2\"]}\n    - {resource: gongan/resident, record: [\"3\"]}", "link.contradiction decisions/links.yaml:10"},
		{"exclude: [", "exclude: [{resource: gongan/resident, record: [1]}, ", "link.excluded decisions/links.yaml:10"},
	} {
		_, vs := checked(t, linkProject(t, linksFile, c.old, c.new))
		if got := ofLinks(vs); !slices.Contains(got, c.want) || len(got) > 2 {
			t.Errorf("%q: want %s, have %v", c.new, c.want, got)
		}
	}
}

// Two decisions that only together demand what a third forbids are told; one that is
// over does not count.
func TestContradictionsThroughOthers(t *testing.T) {
	chain := `- {id: A, entity: person, must_link: [{entity_key: a}, {entity_key: b}], reason: r, office: o, date: 2026-01-01}
- {id: B, entity: person, must_link: [{entity_key: c}, {entity_key: b}], reason: r, office: o, date: 2026-01-01}
- {id: C, entity: person, cannot_link: [{entity_key: a}, {entity_key: c}], reason: r, office: o, date: 2026-01-01}
`
	changes := linkProject(t, "")
	changes[linksFile] = chain
	_, vs := checked(t, changes)
	if got := ofLinks(vs); !slices.Equal(got, []string{"link.contradiction decisions/links.yaml:3"}) {
		t.Errorf("told of %v", got)
	}
	changes[linksFile] = strings.Replace(chain, "{entity_key: b}], reason: r, office: o, date: 2026-01-01}\n- {id: C", "{entity_key: b}], reason: r, office: o, date: 2026-01-01, until: 2026-02-01}\n- {id: C", 1)
	if _, vs = checked(t, changes); ofLinks(vs) != nil {
		t.Errorf("told of %v", ofLinks(vs))
	}
}

func TestBadRoutes(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"{key: DE0001,", "{key: DE0002,", "route.key entities.yaml:5"},
		{"{key: DE0006,", "{key: DE0005,", "route.twice entities.yaml:7"},
		{"{key: DE0001, form: credit_code}", "{key: DE0001}", "route.nothing entities.yaml:5"},
		{"form: credit_code", "form: credit_code, mapping: {codes: gbt2261_1}", "route.first entities.yaml:5"},
		{"form: credit_code", "form: citizen_id", "route.within entities.yaml:6"},
		{"{codes: gbt2261_1}", "{codes: none}", "route.codes entities.yaml:6"},
		{"{codes: gbt2261_1}", "{}", "route.mapping entities.yaml:6"},
		{"{codes: gbt2261_1}", "{codes: gbt2261_1, from: id}", "route.mapping entities.yaml:6"},
		{"resource: gongan/resident, from", "resource: gongan/none, from", "route.resource entities.yaml:7"},
		{"from: id", "from: none", "route.item entities.yaml:7"},
		{", to: citizen_id", "", "route.item entities.yaml:7"},
		{"distinguish: [DE0002]", "distinguish: [DE0001]", "route.distinguish entities.yaml:8"},
		{"many_records: 500", "many_records: -1", "route.many entities.yaml:9"},
	} {
		_, vs := checked(t, linkProject(t, entitiesFile, c.old, c.new))
		if got := ofLinks(vs); !slices.Contains(got, c.want) || len(got) > 2 {
			t.Errorf("%q: want %s, have %v", c.new, c.want, got)
		}
	}
	for file, body := range map[string]string{
		entitiesFile: strings.Replace(routes, "form: credit_code", "form: creditcode", 1),
		linksFile:    strings.Replace(steward, "must_link:", "mustlink:", 1),
	} {
		changes := linkProject(t, "")
		changes[file] = body
		if _, errs := load(tree(changes), "dir"); len(errs) != 1 || !strings.Contains(errs[0].Error(), file+":") {
			t.Errorf("%s: %v", file, errs)
		}
	}
}
