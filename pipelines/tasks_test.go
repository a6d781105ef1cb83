package pipelines_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"guiji/lake"
)

// An element without an authority is a task of those whose entries hold it, or of the
// bureau; with another code it is the same task, and designated it is none.
func TestAnAuthorityIsToBeDesignated(t *testing.T) {
	_, p := driftProject(t)
	p.edit(t, "elements.yaml", "privacy: direct, authority: gongan/resident.name}", "privacy: direct}\n- {code: DE0009, name: 籍贯, column: native, entity: person}")
	p.good(t, 2)
	first := p.release(t).Tasks
	want := []lake.Task{
		{ID: "DE0002:authority_missing", Kind: lake.TaskAuthorityMissing, Element: "DE0002", Name: "姓名", For: []string{"gongan"}, Since: 2},
		{ID: "DE0009:authority_missing", Kind: lake.TaskAuthorityMissing, Element: "DE0009", Name: "籍贯", Since: 2},
	}
	if len(first) != 2 || first[0].Opened == "" || first[0].Due <= first[0].Opened || first[0].Basis == "" {
		t.Fatalf("tasks %+v", first)
	}
	for i := range want {
		want[i].Opened, want[i].Due, want[i].Basis, want[i].Provisional = first[i].Opened, first[i].Due, first[i].Basis, first[i].Provisional
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	p.edit(t, "elements.yaml", "{code: DE0002", "{code: DE2002, replaces: [DE0002]")
	p.edit(t, "elements.yaml", "entity: person}\n", "entity: person, survivorship: latest, reason: 会议决定}\n")
	p.good(t, 3)
	want[0].ID, want[0].Element = "DE2002:authority_missing", "DE2002"
	if diff := cmp.Diff(want[:1], p.release(t).Tasks); diff != "" {
		t.Error(diff)
	}
	p.edit(t, "elements.yaml", "DE2002, replaces: [DE0002], name: 姓名, column: name, entity: person,", "DE2002, replaces: [DE0002], name: 姓名, column: name, entity: person, authority: gongan/resident.name,")
	p.good(t, 4)
	if left := p.release(t).Tasks; len(left) > 0 {
		t.Errorf("tasks %+v", left)
	}
}
