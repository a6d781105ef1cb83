package pipelines_test

import (
	"strings"
	"testing"

	"guiji/internal/ident"
	"guiji/lake"
	"guiji/pipelines"
)

// The thin thread: one MySQL table becomes raw, standard, quality and entity
// datasets of one release.
func TestOneTable(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil {
		t.Fatal(err)
	}
	if rec.Outcome != lake.RunOK || rec.Release != 1 {
		t.Fatalf("outcome %s, release %d", rec.Outcome, rec.Release)
	}
	got := rec.Resources["gongan/resident"].Resource
	counts := [6]int64{got.Read, got.Quarantined, got.Duplicates, got.FailedRows, got.ErrorRows, got.Landed}
	if want := [6]int64{6, 0, 1, 3, 3, 5}; counts != want {
		t.Errorf("read, quarantined, duplicates, failed, error rows, landed: %v, want %v", counts, want)
	}
	if e := rec.Entities["person"]; e.Golden != 4 || e.Unlinked != 1 || e.Conflicts != 0 {
		t.Errorf("golden %d, unlinked %d, conflicts %d: the record whose id fails its check links to nobody", e.Golden, e.Unlinked, e.Conflicts)
	}
	p.same(t, "standard/gongan/resident", "SELECT id, citizen_id, name, sex, birth::VARCHAR FROM {} ORDER BY id", [][]any{
		{"1", id1, "张三", "1", "1990-01-01"}, {"2", id2, "李四", "2", "1992-03-04"}, {"4", id3, "王五", "7", "1985-07-15"},
		{"5", wrong, "赵六", "1", "1970-01-01"}, {"6", id4, nil, "1", nil},
	})
	p.same(t, "raw/gongan/resident", "SELECT id, coalesce(citizen_id_raw, citizen_id), coalesce(sex_raw, sex), coalesce(birth_raw, birth::VARCHAR) FROM {} WHERE id = 2", [][]any{
		{"2", " " + id2 + "　", "女", "1992/3/4"},
	})
	p.same(t, "quality/gongan/resident/failures", "SELECT id, rule FROM {} ORDER BY ALL", [][]any{
		{"4", "sex.in_codes"}, {"5", "citizen_id.citizen_id"}, {"6", "birth.type"}, {"6", "name.not_null"},
	})
	p.same(t, "quality/gongan/resident/duplicates", "SELECT id, kept FROM {}", [][]any{{"3", `["2"]`}})
	p.same(t, "entity/person", "SELECT entity_key, name, name__from FROM {} ORDER BY entity_key LIMIT 1", [][]any{{id4, nil, nil}})
}

var (
	id1   = ident.CompleteCitizenID("37150219900101123")
	id2   = ident.CompleteCitizenID("37150219920304245")
	id3   = ident.CompleteCitizenID("37150219850715789")
	id4   = ident.CompleteCitizenID("37150219700101001")
	wrong = strings.Replace("37150219700101002?", "?", map[bool]string{true: "1", false: "2"}[!strings.HasSuffix(ident.CompleteCitizenID("37150219700101002"), "1")], 1)
)

// A second run over the same rows makes a second release with the same content;
// a changed row is counted as such.
func TestSecondRun(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	first, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil {
		t.Fatal(err)
	}
	before := p.release(t)
	again, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil || again.Release != first.Release+1 {
		t.Fatalf("release %d, %v", again.Release, err)
	}
	after := p.release(t)
	for _, name := range []string{"standard/gongan/resident", "quality/gongan/resident/failures", "entity/person", "entity/person/crosswalk", "meta/items"} {
		if before.Datasets[name].Files[0].SHA256 != after.Datasets[name].Files[0].SHA256 {
			t.Errorf("%s: the same input gave other bytes", name)
		}
		if after.Datasets[name].Since != 1 {
			t.Errorf("%s: since %d, its files came with release 1", name, after.Datasets[name].Since)
		}
	}
	server.Exec(t, "UPDATE hukou.t_person SET xm = '张三丰' WHERE id = 1", "DELETE FROM hukou.t_person WHERE id = 4",
		"INSERT INTO hukou.t_person VALUES (8, '"+ident.CompleteCitizenID("37150219600606333")+"', '钱七', '1', '1960-06-06', '2026-01-02')")
	third, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil {
		t.Fatal(err)
	}
	c := third.Resources["gongan/resident"].Resource
	if c.Added != 1 || c.Removed != 1 || c.Changed != 1 {
		t.Errorf("added %d removed %d changed %d, want 1 each", c.Added, c.Removed, c.Changed)
	}
}
