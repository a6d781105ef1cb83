package pipelines_test

import (
	"reflect"
	"strings"
	"testing"

	"guiji/lake"
	"guiji/pipelines"
)

// entityFiles are the files of all datasets of an entity.
func entityFiles(rel *lake.Release, id string) map[string]string {
	out := map[string]string{}
	for name, d := range rel.Datasets {
		if name == "entity/"+id || strings.HasPrefix(name, "entity/"+id+"/") {
			out[name] = d.Files[0].SHA256
		}
	}
	return out
}

// An entity none of whose members' rows changed keeps its datasets; where rows changed
// only their subjects are made again; where the register changed, all are. What the files
// hold does not depend on it.
func TestEntitiesAreMadeAsFarAsTheyChanged(t *testing.T) {
	p, server := newTwoEntities(t)
	run := func(version uint64) (*lake.RunRecord, *lake.Release) {
		t.Helper()
		rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
		if err != nil || rec.Release != version {
			t.Fatalf("release %d: %v", rec.Release, err)
		}
		return rec, p.release(t)
	}
	first := p.release(t)
	rec, second := run(2)
	for _, id := range []string{"person", "org"} {
		if got := rec.Entities[id]; got.Mode != "unchanged" || got.Golden == 0 || got.Golden != first.Entities[id].Counts.Golden {
			t.Errorf("%s, of which nothing changed: %+v", id, got)
		}
		for name := range entityFiles(second, id) {
			if !reflect.DeepEqual(first.Datasets[name], second.Datasets[name]) {
				t.Errorf("%s is not the one before", name)
			}
		}
	}
	server.Exec(t, "UPDATE hukou.t_person SET xm = '张三丰', gxsj = now() WHERE id = 1")
	rec, third := run(3)
	if got := rec.Entities["person"]; got.Mode != "incremental" || got.Touched != 1 {
		t.Errorf("person, of which a record changed: %+v", got)
	}
	if got := rec.Entities["org"].Mode; got != "unchanged" {
		t.Errorf("org was made: %s", got)
	}
	p.same(t, "entity/person", "SELECT name FROM {} WHERE entity_key = '"+id1+"'", [][]any{{"张三丰"}})
	counts := rec.Entities["person"]

	p.write(t, "elements.yaml", strings.Replace(twoEntitiesElements, "name: 档案号", "name: 档案编号", 1))
	rec, fourth := run(4)
	if got := rec.Entities["person"]; got.Mode != "full" || got.Golden != counts.Golden || got.Members != counts.Members || got.Unlinked != counts.Unlinked {
		t.Errorf("person, after the register changed: %+v, before %+v", got, counts)
	}
	if made, whole := entityFiles(third, "person"), entityFiles(fourth, "person"); len(whole) < 7 || !reflect.DeepEqual(made, whole) {
		t.Errorf("made of what changed %v, made anew %v", made, whole)
	}

	later := p.runner(t) // another program: what it makes of the same rows nobody has compared
	later.Version = "next"
	rec, err := later.Run(t.Context(), pipelines.Request{Pipeline: "nightly"})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"person", "org"} {
		if got := rec.Entities[id].Mode; got != "full" {
			t.Errorf("%s, by another version of the program: %s", id, got)
		}
	}
	if whole := entityFiles(p.release(t), "person"); !reflect.DeepEqual(entityFiles(fourth, "person"), whole) {
		t.Errorf("made by another version of the program: %v", whole)
	}
}
