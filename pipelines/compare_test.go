package pipelines_test

import (
	"testing"

	"guiji/pipelines"
)

// A column whose type changes is another column: a key column makes all rows others,
// any other is left out of the comparison.
func TestCompareAfterATypeChanged(t *testing.T) {
	p := newFamily(t, "items:\n  - {name: code, type: C(10)}\n  - {name: up, type: C(10)}\n", parentItems)
	p.edit(t, "guiji.yaml", `"*"], gate: {max_failure_rate: 0%`, `"*"], gate: {max_failure_rate: 90%`)
	p.write(t, "drop/child.csv", "code,up\nx,1\n1,2\n")
	p.write(t, "drop/parent.csv", "code\na\n")
	for _, c := range []struct {
		items                   string
		added, removed, changed int64
	}{
		{"items:\n  - {name: code, type: C(10)}\n  - {name: up, type: C(10)}\n", 2, 0, 0},
		{"items:\n  - {name: code, type: C(10)}\n  - {name: up, type: N(9)}\n", 0, 0, 0},
		{"items:\n  - {name: code, type: N(9)}\n  - {name: up, type: N(9)}\n", 1, 2, 0},
	} {
		p.entry(t, 1, "child", c.items)
		rec, err := p.run(t, pipelines.Request{Pipeline: "all", Resources: []string{"gongan/child"}})
		if rec == nil || rec.Release == 0 {
			t.Fatalf("no release: %v", err)
		}
		if got := rec.Resources["gongan/child"].Resource; got.Gate != "" || got.Added != c.added || got.Removed != c.removed || got.Changed != c.changed {
			t.Errorf("%s%d added, %d removed, %d changed; %s", c.items, got.Added, got.Removed, got.Changed, got.Gate)
		}
	}
}

// Items that do not land are no columns to look rows up by.
func TestLookupByWhatLands(t *testing.T) {
	p := newFolderProject(t, "")
	p.write(t, "drop/t_person/a.csv", personHeader+"1,"+id1+",张三,1,1990-01-01,2026-01-01 08:00:00\n")
	p.write(t, "catalog/gongan/resident.yaml", residentYAML+"lookup_key: [citizen_id, note]\n")
	p.edit(t, "catalog/gongan/resident.yaml", "items:\n", "items:\n  - {name: note, column: xm, type: C(50), element: DE0002, privacy: direct, role: copy, held_since: 2020-01-01, clean_up_by: 2099-12-31, legal_basis: 《社会救助暂行办法》}\n")
	if _, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); err != nil {
		t.Fatal(err)
	}
	if got := p.release(t).Datasets["standard/gongan/resident"].Lookup; len(got) != 1 || got[0] != "citizen_id" {
		t.Errorf("looked up by %v", got)
	}
}
