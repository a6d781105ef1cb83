package pipelines_test

import (
	"maps"
	"strings"
	"testing"

	"guiji/lake"
	"guiji/pipelines"
)

const unitLinks = `- id: L1
  entity: org
  must_link: [{resource: gongan/unit, record: ["2"]}, {entity_key: U1}]
  reason: 同一单位更名后重复登记
  office: 数据管理科
  date: 2020-01-01
`

// again makes the next release and returns what became of units.
func again(t *testing.T, p *testProject) lake.RunEntity {
	t.Helper()
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil || rec.Outcome != lake.RunOK {
		t.Fatalf("run: %s, %v", rec.Outcome, err)
	}
	return rec.Entities["org"]
}

// A decision in git joins two units at the next run, and is undone with the file: the
// same bytes and ids, with an alias in between.
func TestDecisionsInGit(t *testing.T) {
	p, _ := newTwoEntities(t)
	before := p.release(t).Datasets
	p.write(t, "decisions/links.yaml", unitLinks)
	org := again(t, p)
	if org.Golden != 1 || !maps.Equal(org.Events, map[string]int64{"merged": 1}) {
		t.Errorf("joined: %+v", org)
	}
	p.same(t, "entity/org/crosswalk", "SELECT entity_key, own_key, route, decision FROM {} ORDER BY record_key", [][]any{{"U1", nil, "DE0004", nil}, {"U1", "U2", "DE0004", "L1"}})
	p.same(t, "entity/org/aliases", "SELECT count(*) FROM {} WHERE golden_id = left(sha256(CAST(to_json(['org', 'U2']) AS VARCHAR)), 32)", [][]any{{"1"}})

	p.write(t, "decisions/links.yaml", strings.ReplaceAll(unitLinks, `must_link: [{resource: gongan/unit, record: ["2"]}, {entity_key: U1}]`, `exclude: [{resource: gongan/unit, record: ["1"]}, {resource: gongan/unit, record: ["9"]}]`))
	if org = again(t, p); org.Golden != 1 || org.Unlinked != 0 {
		t.Errorf("one left out: %+v", org)
	}
	p.same(t, "entity/org/problems", "SELECT kind, source, record_key, decision FROM {}", [][]any{{"decision_unmatched", "1", `["9"]`, "L1"}, {"excluded", "1", `["1"]`, "L1"}})

	p.write(t, "decisions/links.yaml", "[]\n")
	again(t, p)
	after := p.release(t).Datasets
	for _, name := range []string{"entity/org", "entity/org/crosswalk"} {
		if before[name].Files[0].SHA256 != after[name].Files[0].SHA256 {
			t.Errorf("%s is not as before", name)
		}
	}
	p.same(t, "entity/org/events", "SELECT kind, since FROM {} ORDER BY since, kind", [][]any{{"merged", "2"}, {"merged", "3"}, {"returned", "3"}, {"returned", "4"}})
}

// The members of a withdrawn resource leave, the last ones too.
func TestMembersOfAWithdrawnResourceLeave(t *testing.T) {
	p, _ := newTwoEntities(t)
	p.write(t, "catalog/gongan/unit.yaml", strings.Replace(unitYAML, "status: published", "status: withdrawn", 1))
	if org := again(t, p); org.Golden != 0 || org.Members != 0 || org.Events["left"] != 2 {
		t.Errorf("withdrawn: %+v", org)
	}
	p.same(t, "entity/org", "SELECT count(*) FROM {}", [][]any{{"0"}})
	if org := again(t, p); org.Events["left"] != 0 {
		t.Errorf("told again: %+v", org)
	}
}

// Units of another register are known by the organisation code within the credit code
// and by old numbers that a code table maps.
func TestOldNumbersLinkByATable(t *testing.T) {
	p, server := newTwoEntities(t)
	server.Exec(t, "UPDATE hukou.t_unit SET code = '91371500MA3C0XXX1A' WHERE id = 1", "UPDATE hukou.t_unit SET code = '3715001' WHERE id = 2")
	p.write(t, "codes/zhuce.csv", "code,name,alias\n91371500MA3C0XXX1A,一中,3715001|3715002\n")
	p.write(t, "elements.yaml", twoEntitiesElements+"- {code: DE0006, name: 注册号, column: reg_no, entity: org, key: true, authority: gongan/unit.reg_no}\n")
	p.write(t, "entities.yaml", entitiesYAML+`- id: org
  name: 单位
  keys: [DE0004, DE0006]
  routes:
    - {key: DE0004, form: credit_code}
    - {key: DE0006, mapping: {codes: zhuce}}
`)
	p.write(t, "catalog/gongan/unit.yaml", unitYAML+"  - {name: reg_no, label: 注册号, column: code, type: C(18), element: DE0006}\n")
	if org := again(t, p); org.Golden != 1 || org.Members != 2 || org.Problems["invalid_key"] != 0 {
		t.Errorf("by a table: %+v", org)
	}
	p.same(t, "entity/org/crosswalk", "SELECT entity_key, own_key, route FROM {} ORDER BY record_key", [][]any{
		{"91371500MA3C0XXX1A", nil, "DE0004"}, {"91371500MA3C0XXX1A", "DE0006:3715001", "DE0006"}})
}
