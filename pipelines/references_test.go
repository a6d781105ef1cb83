package pipelines_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"guiji/connectors"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/pipelines"
)

const (
	referencesConfig = `
name: test
connections:
  gongan: {connector: csvfile, path: ./drop}
pipelines:
  children: {resources: [gongan/child], gate: {max_failure_rate: 0%}}
  parents: {resources: [gongan/parent], gate: {max_failure_rate: 0%}}
  all: {resources: ["*"], gate: {max_failure_rate: 0%}}
`
	referencesEntry = `
code: 107001/00001%d
name: %s
version: 1
status: published
provider: gongan
category: [基础, 人口]
format: 电子表格
update_cycle: 每日
legal_basis: 《中华人民共和国户口登记条例》第三条
share: {class: 无条件}
open:  {class: 无条件}
source: {connection: gongan, table: %s.csv, key: [code]}
`
)

// newFamily is a project of two resources, child and parent, over CSV files.
func newFamily(t *testing.T, child, parent string) *testProject {
	t.Helper()
	p := &testProject{dir: t.TempDir()}
	p.write(t, "guiji.yaml", referencesConfig)
	p.write(t, "departments.yaml", departmentsYAML)
	p.write(t, "elements.yaml", "[]\n")
	p.write(t, "entities.yaml", "[]\n")
	p.entry(t, 1, "child", child)
	p.entry(t, 2, "parent", parent)
	var err error
	if p.objs, err = localdir.Open(filepath.Join(p.dir, "lake")); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *testProject) entry(t *testing.T, n int, name, items string) {
	t.Helper()
	p.write(t, "catalog/gongan/"+name+".yaml", fmt.Sprintf(referencesEntry, n, name, name)+items)
}

const (
	childItems  = "items:\n  - {name: code, type: C(10)}\n  - {name: up, type: C(10), checks: [foreign_key: gongan/parent.code]}\n"
	parentItems = "items:\n  - {name: code, type: C(10)}\n"
	circleItems = "items:\n  - {name: code, type: C(10)}\n  - {name: first, type: C(10), checks: [foreign_key: gongan/child.code]}\n"
)

// outcomes checks what became of child and parent: outcome and rows failing.
func (p *testProject) outcomes(t *testing.T, rec *lake.RunRecord, child, parent string) {
	t.Helper()
	for id, want := range map[string]string{"gongan/child": child, "gongan/parent": parent} {
		r := rec.Resources[id]
		if got := fmt.Sprintf("%s %d", r.Outcome, r.Resource.FailedRows); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

// A file of parents that arrives empty shuts its own gate and no other: what refers
// to it looks into the last good image.
func TestForeignKeysLookIntoWhatLands(t *testing.T) {
	p := newFamily(t, childItems, parentItems)
	p.write(t, "drop/parent.csv", "code\na\nb\n")
	p.write(t, "drop/child.csv", "code,up\n1,a\n2,b\n")
	if rec, err := p.run(t, pipelines.Request{Pipeline: "all"}); err != nil {
		t.Fatal(err)
	} else {
		p.outcomes(t, rec, "ok 0", "ok 0")
	}
	p.write(t, "drop/parent.csv", "code\n")
	rec, _ := p.run(t, pipelines.Request{Pipeline: "all"})
	p.outcomes(t, rec, "ok 0", "gated 0")

	p.write(t, "drop/parent.csv", "code\na\n")
	rec, _ = p.run(t, pipelines.Request{Pipeline: "all"})
	p.outcomes(t, rec, "gated 1", "ok 0")
	p.same(t, "quality/gongan/child/failures", "SELECT code, rule FROM {}", [][]any{{"2", "up.foreign_key"}})
}

// At a first run there is no last image: the rule is not evaluated.
func TestForeignKeysIntoNothing(t *testing.T) {
	p := newFamily(t, childItems, parentItems)
	p.write(t, "drop/parent.csv", "code\n")
	p.write(t, "drop/child.csv", "code,up\n1,a\n")
	rec, _ := p.run(t, pipelines.Request{Pipeline: "all"})
	p.outcomes(t, rec, "ok 0", "gated 0")
	p.same(t, "quality/gongan/child/metrics", "SELECT status FROM {} WHERE rule = 'up.foreign_key'", [][]any{{"not_evaluated"}})
}

// Two that refer to each other: the one settled first looked into an image that
// then did not land, and is settled again.
func TestForeignKeysInACircle(t *testing.T) {
	p := newFamily(t, childItems, circleItems)
	p.write(t, "drop/parent.csv", "code,first\na,1\n")
	p.write(t, "drop/child.csv", "code,up\n1,a\n")
	if _, err := p.run(t, pipelines.Request{Pipeline: "all"}); err != nil {
		t.Fatal(err)
	}
	for _, empty := range []string{"child", "parent"} {
		p.write(t, "drop/parent.csv", "code,first\na,1\n")
		p.write(t, "drop/child.csv", "code,up\n1,a\n")
		p.write(t, "drop/"+empty+".csv", map[string]string{"child": "code,up\n", "parent": "code,first\n"}[empty])
		rec, _ := p.run(t, pipelines.Request{Pipeline: "all"})
		want := map[bool]string{true: "gated 0", false: "ok 0"}
		p.outcomes(t, rec, want[empty == "child"], want[empty == "parent"])
	}
}

// A run that another one overtakes looks into what the other landed, and its reports
// compare with the release before it, not with the one it began on.
func TestForeignKeysAfterARebase(t *testing.T) {
	p := newFamily(t, childItems, parentItems)
	p.write(t, "drop/parent.csv", "code\na\n")
	p.write(t, "drop/child.csv", "code,up\n1,a\n")
	if _, err := p.run(t, pipelines.Request{Pipeline: "all"}); err != nil {
		t.Fatal(err)
	}
	p.write(t, "drop/child.csv", "code,up\n1,a\n2,b\n")
	p.opened = func(src connectors.Source) connectors.Source {
		p.opened = nil
		p.write(t, "drop/parent.csv", "code\na\nb\n")
		if _, err := p.run(t, pipelines.Request{Pipeline: "parents"}); err != nil {
			t.Error(err)
		}
		return src
	}
	var compared [2]uint64
	p.report = func(rel, previous *lake.Release) { compared = [2]uint64{rel.Version, previous.Version} }
	rec, err := p.run(t, pipelines.Request{Pipeline: "children"})
	if err != nil || rec.Release != 3 {
		t.Fatalf("release %d, %v", rec.Release, err)
	}
	if r := rec.Resources["gongan/child"]; r.Outcome != lake.RunOK || r.Resource.FailedRows != 0 || r.Resource.Added != 1 {
		t.Errorf("child: %s, %d rows fail, %d added", r.Outcome, r.Resource.FailedRows, r.Resource.Added)
	}
	if compared != [2]uint64{3, 2} {
		t.Errorf("reports of release %d compare with %d", compared[0], compared[1])
	}
	p.same(t, "quality/gongan/child/failures", "SELECT code, rule FROM {}", nil)
	p.same(t, "standard/gongan/child", "SELECT code, up FROM {} ORDER BY code", [][]any{{"1", "a"}, {"2", "b"}})
}
