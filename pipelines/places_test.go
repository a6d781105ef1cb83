package pipelines_test

import (
	"path/filepath"
	"testing"

	"guiji/lake/localdir"
	"guiji/pipelines"
)

// newFolderProject is the test project over a folder of text files, t_person/*.csv.
func newFolderProject(t *testing.T, defaults string) *testProject {
	t.Helper()
	p := &testProject{dir: t.TempDir()}
	p.write(t, "guiji.yaml", "name: test\nconnections:\n  gongan: {connector: csvfile, path: ./drop}\npipelines:\n  nightly: {resources: [\"*\"]}\n"+defaults)
	p.write(t, "departments.yaml", departmentsYAML)
	p.write(t, "elements.yaml", elementsYAML)
	p.write(t, "entities.yaml", entitiesYAML)
	p.write(t, "catalog/gongan/resident.yaml", residentYAML)
	p.write(t, "codes/gbt2261_1.csv", sexCSV)
	var err error
	if p.objs, err = localdir.Open(filepath.Join(p.dir, "lake")); err != nil {
		t.Fatal(err)
	}
	return p
}

const personHeader = "id,sfzh,xm,xb,csrq,gxsj\n"

// A row that standardising refuses is reported where a department finds it: file
// and line, whichever batch it was in.
func TestRefusedRowsHaveFileAndLine(t *testing.T) {
	p := newFolderProject(t, "defaults: {batch: 2}\n")
	p.write(t, "drop/t_person/a.csv", personHeader+
		"1,"+id1+",张三,1,1990-01-01,2026-01-01 08:00:00\n"+
		",x,李四,1,1990-01-01,2026-01-01 08:00:00\n"+
		"3,x,\"王\n五\",1,1990-01-01,2026-01-01 08:00:00\n"+
		"vier,x,赵六,1,1990-01-01,2026-01-01 08:00:00\n")
	p.write(t, "drop/t_person/b.csv", personHeader+
		"5,x,孙七,1\n"+
		"6,y,周八,1,1990-01-01,2026-01-01 08:00:00\n"+
		"99999999999999999999999,x,吴九,1,1990-01-01,2026-01-01 08:00:00\n")
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil {
		t.Fatal(err)
	}
	if c := rec.Resources["gongan/resident"].Resource; c.Quarantined != 4 || c.Landed != 3 {
		t.Errorf("quarantined %d, landed %d", c.Quarantined, c.Landed)
	}
	p.same(t, "quality/gongan/resident/quarantine", `SELECT place, "column" FROM {} ORDER BY place`, [][]any{
		{"t_person/a.csv:3", "id"}, {"t_person/a.csv:6", "id"}, {"t_person/b.csv:2", ""}, {"t_person/b.csv:4", "id"}})
}
