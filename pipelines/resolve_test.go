package pipelines_test

import (
	"reflect"
	"strings"
	"testing"

	"guiji/internal/fault"
	"guiji/internal/testkit/mariadb"
	"guiji/lake"
	"guiji/pipelines"
)

const (
	twoEntitiesElements = elementsYAML + `
- {code: DE0003, name: 档案号, column: file_no, entity: person, authority: gongan/resident.file_no}
- {code: DE0004, name: 单位代码, column: org_code, entity: org, key: true, authority: gongan/unit.code}
- {code: DE0005, name: 单位名称, column: org_name, entity: org, authority: gongan/unit.name}
`
	twoEntities = entitiesYAML + "- {id: org, name: 单位, keys: [DE0004]}\n"
	fileNo      = "  - {name: file_no, label: 档案号, column: dah, type: C(10), element: DE0003}\n"
)

// unitYAML is a second resource, of another entity.
var unitYAML = strings.NewReplacer("107001/000012", "107001/000013", "常住人口基本信息", "单位", "t_person", "t_unit").Replace(
	residentYAML[:strings.Index(residentYAML, "items:")]) + `items:
  - {name: id, label: 编号, type: N(20)}
  - {name: code, label: 单位代码, type: C(18), element: DE0004}
  - {name: name, label: 单位名称, type: C(50), element: DE0005}
  - {name: person_name, label: 负责人姓名, type: C(50), element: DE0002, privacy: direct}
`

// residentWith is the register with a file number, written as edits say.
func residentWith(edits ...string) string {
	return strings.NewReplacer(append(edits, "duplicates:", fileNo+"duplicates:")...).Replace(residentYAML)
}

// newTwoEntities has landed persons and units in release 1.
func newTwoEntities(t *testing.T) (*testProject, *mariadb.Server) {
	t.Helper()
	server := sharedServer(t)
	loadResidents(t, server)
	server.Exec(t, "ALTER TABLE hukou.t_person ADD dah varchar(10), ADD djsj datetime", "UPDATE hukou.t_person SET dah = concat('甲', id)",
		"CREATE TABLE hukou.t_unit (id bigint unsigned PRIMARY KEY, code varchar(18), name varchar(50), person_name varchar(50))",
		"INSERT INTO hukou.t_unit VALUES (1, 'U1', '一中', '张三'), (2, 'U2', '二中', '李四')")
	p := newProject(t, server)
	p.write(t, "elements.yaml", twoEntitiesElements)
	p.write(t, "entities.yaml", twoEntities)
	p.write(t, "catalog/gongan/resident.yaml", residentWith())
	p.write(t, "catalog/gongan/unit.yaml", unitYAML)
	if rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); err != nil || rec.Outcome != lake.RunOK {
		t.Fatalf("first run: %v", err)
	}
	return p, server
}

// What the catalogue says of an image since it landed does not stop the run of
// another resource: the image speaks as it is stored, and the record says so.
func TestImagesOlderThanTheCatalogue(t *testing.T) {
	p, _ := newTwoEntities(t)
	before := p.release(t).Datasets["entity/person"]
	withSeen := []string{"type: N(20)}", "type: N(20)}\n  - {name: seen, label: 登记时间, column: djsj, type: T}"}
	for name, c := range map[string]struct {
		resident string
		outdated []string
	}{
		"another type":    {strings.Replace(residentWith(), "column: dah, type: C(10)", "column: dah, type: N(9)", 1), []string{"gongan/resident.file_no"}},
		"another key":     {residentWith("type: C(18), element: DE0001", "type: N(18), element: DE0001"), []string{"gongan/resident.citizen_id"}},
		"another time":    {residentWith("column: gxsj, type: T", "column: gxsj, type: C(20)"), []string{"gongan/resident.updated_at"}},
		"a new vote":      {residentWith(withSeen...) + "vote: latest(seen)\n", []string{"gongan/resident.seen"}},
		"a new duplicate": {residentWith(append(withSeen, "latest(updated_at)", "latest(seen)")...), []string{"gongan/resident.seen"}},
		"a longer text":   {residentWith("C(50)", "C(60)"), nil},
	} {
		p.write(t, "catalog/gongan/resident.yaml", c.resident)
		rec, err := p.run(t, pipelines.Request{Pipeline: "nightly", Resources: []string{"gongan/unit"}})
		if err != nil || rec.Outcome != lake.RunOK {
			t.Fatalf("%s: the other resource's run: %v", name, err)
		}
		if got := rec.Entities["person"].Outdated; !reflect.DeepEqual(got, c.outdated) {
			t.Errorf("%s: outdated %v, want %v", name, got, c.outdated)
		}
		if got := rec.Entities["org"].Outdated; got != nil {
			t.Errorf("%s: of the other entity: %v", name, got)
		}
		if after := p.release(t).Datasets["entity/person"]; after.Files[0].SHA256 != before.Files[0].SHA256 {
			t.Errorf("%s: the golden records changed though nothing landed", name)
		}
	}
	p.write(t, "catalog/gongan/resident.yaml", residentWith(withSeen...)+"vote: latest(seen)\n")
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil || rec.Entities["person"].Outdated != nil {
		t.Errorf("after the resource landed: %v, %v", err, rec.Entities["person"].Outdated)
	}
}

// An entity that cannot be made stays as it was; the other goes on, and the run
// says which and why.
func TestAnEntityThatCannotBeMade(t *testing.T) {
	p, server := newTwoEntities(t)
	before := p.release(t)
	server.Exec(t, "UPDATE hukou.t_person SET xm = '张三丰' WHERE id = 1", "UPDATE hukou.t_unit SET name = '三中' WHERE id = 2")
	p.write(t, "catalog/gongan/unit.yaml", unitYAML+"vote: latest(nobody)\n") // as no catalogue check lets through
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if fault.KindOf(err) != fault.Config || rec.Outcome != lake.RunPartial || rec.Release != 2 {
		t.Fatalf("outcome %s, release %d, %v", rec.Outcome, rec.Release, err)
	}
	if org := rec.Entities["org"]; org.Kind != "config" || !strings.Contains(org.Reason, "nobody") || org.Golden != 0 {
		t.Errorf("org: %+v", org)
	}
	if person := rec.Entities["person"]; person.Kind != "" || person.Golden != 4 {
		t.Errorf("person: %+v", person)
	}
	after := p.release(t)
	for _, name := range []string{"entity/org", "entity/org/crosswalk", "entity/org/conflicts"} {
		if !reflect.DeepEqual(before.Datasets[name], after.Datasets[name]) {
			t.Errorf("%s is not the one before", name)
		}
	}
	p.same(t, "entity/person", "SELECT name FROM {} WHERE entity_key = '"+id1+"'", [][]any{{"张三丰"}})
	p.same(t, "standard/gongan/unit", "SELECT name FROM {} ORDER BY id", [][]any{{"一中"}, {"三中"}})

	p.write(t, "catalog/gongan/unit.yaml", unitYAML)
	if rec, err = p.run(t, pipelines.Request{Pipeline: "nightly"}); err != nil || rec.Entities["org"].Kind != "" {
		t.Fatalf("after it was mended: %v", err)
	}
	p.same(t, "entity/org", "SELECT org_name FROM {} ORDER BY entity_key", [][]any{{"一中"}, {"三中"}})
}

// A rule over an item that has its authority elsewhere fails its resource before it is
// read. The entity goes by the image that is there, and nothing else waits.
func TestARuleOverARefusedItem(t *testing.T) {
	p, server := newTwoEntities(t)
	server.Exec(t, "UPDATE hukou.t_person SET xm = '张三丰' WHERE id = 1", "UPDATE hukou.t_unit SET name = '三中' WHERE id = 2")
	p.write(t, "catalog/gongan/unit.yaml", unitYAML+"vote: latest(person_name)\n")
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if fault.KindOf(err) != fault.Config || rec.Outcome != lake.RunPartial || rec.Release != 2 {
		t.Fatalf("outcome %s, release %d, %v", rec.Outcome, rec.Release, err)
	}
	if unit := rec.Resources["gongan/unit"]; unit.Kind != "config" || !strings.Contains(unit.Reason, "catalog/gongan/unit.yaml:") || !strings.Contains(unit.Reason, "person_name") {
		t.Errorf("unit: %+v", unit)
	}
	for _, id := range []string{"person", "org"} {
		if e := rec.Entities[id]; e.Kind != "" || e.Golden == 0 {
			t.Errorf("%s: %+v", id, e)
		}
	}
	p.same(t, "entity/person", "SELECT name FROM {} WHERE entity_key = '"+id1+"'", [][]any{{"张三丰"}})
	p.same(t, "entity/org", "SELECT org_name FROM {} ORDER BY entity_key", [][]any{{"一中"}, {"二中"}})
	rec, _, err = p.runner(t).Recheck(t.Context(), pipelines.Request{Pipeline: "nightly"}, false)
	if unit, org := rec.Resources["gongan/unit"], rec.Entities["org"]; fault.KindOf(err) != fault.Config || unit.Kind != "config" || org.Kind != "" {
		t.Errorf("rechecked: unit %+v, org %+v, %v", unit, org, err)
	}
}

// After a change of the declared key, equal record keys are of other records: no
// golden id is handed over by them.
func TestAnotherRecordKeyHandsNoIDOver(t *testing.T) {
	p, server := newTwoEntities(t)
	server.Exec(t, "DELETE FROM hukou.t_unit WHERE id = 1", "UPDATE hukou.t_unit SET code = 'U3', name = '1' WHERE id = 2")
	p.write(t, "catalog/gongan/unit.yaml", strings.Replace(unitYAML, "key: [id]", "key: [name]", 1))
	if _, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); err != nil {
		t.Fatal(err)
	}
	own := "SELECT entity_key, golden_id = left(sha256(CAST(to_json(['org', entity_key]) AS VARCHAR)), 32) FROM {}"
	p.same(t, "entity/org", own, [][]any{{"U3", "true"}})
}
