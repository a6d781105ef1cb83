package pipelines_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guiji/catalog"
	"guiji/lake"
	"guiji/pipelines"
)

// onPaper is a project of which nothing has landed: an element that nobody has the authority
// over, one that a draft has it over, and a copy with a term.
func onPaper(t *testing.T) *testProject {
	t.Helper()
	p := &testProject{dir: t.TempDir()}
	p.write(t, "guiji.yaml", "profiles: [{id: dongchang-2020, extended_by: 示例}]"+fmt.Sprintf(configYAML, "127.0.0.1:1"))
	p.write(t, "departments.yaml", departmentsYAML+"- {id: minzheng, name: 区民政局, code: 11371502MB28G1240Q, contact: {name_of_office: 办公室}}\n")
	p.write(t, "entities.yaml", entitiesYAML)
	p.write(t, "elements.yaml", elementsYAML+`
- {code: DE0003, name: 婚姻状况, column: marital, entity: person, authority: minzheng/household.marital}
- {code: DE0004, name: 籍贯, column: native, entity: person}
`)
	p.write(t, "catalog/gongan/resident.yaml", strings.Replace(residentYAML, "items:\n", `items:
  - {name: marital, label: 婚姻状况, type: C(2), element: DE0003, role: copy, held_since: 2020-01-01, clean_up_by: 2026-12-20, legal_basis: 《中华人民共和国户口登记条例》第三条}
`, 1))
	p.write(t, "catalog/minzheng/household.yaml", strings.NewReplacer("107001/000012", "107001/000013", "常住人口", "家庭", "published", "draft", "provider: gongan", "provider: minzheng").Replace(
		residentYAML[:strings.Index(residentYAML, "items:")])+"items:\n  - {name: marital, label: 婚姻状况, type: C(2), element: DE0003}\n")
	p.write(t, "codes/gbt2261_1.csv", sexCSV)
	return p
}

// Before any release has told of them, tasks of the catalogue are dated from today; what a
// release tells of keeps its dates, under another code of its element too. Items to be
// cleaned up are there when their day is near, and when it is past.
func TestTasksOfTheCatalogue(t *testing.T) {
	project, err := catalog.Load(onPaper(t).dir)
	if err != nil {
		t.Fatal(err)
	}
	on := func(day string, head *lake.Release) []lake.Task {
		t.Helper()
		now, _ := time.Parse(time.DateOnly, day)
		tasks, err := pipelines.Tasks(project, head, now)
		if err != nil {
			t.Fatal(err)
		}
		for i := range tasks {
			tasks[i].Basis = ""
		}
		return tasks
	}
	draft := lake.Task{ID: "DE0003:authority_unpublished", Kind: lake.TaskAuthorityUnpublished, Resource: "minzheng/household", Element: "DE0003", Name: "婚姻状况",
		For: []string{"minzheng"}, Opened: "2026-11-02", Due: "2026-11-23"}
	none := lake.Task{ID: "DE0004:authority_missing", Kind: lake.TaskAuthorityMissing, Element: "DE0004", Name: "籍贯", Opened: "2026-11-02", Due: "2026-11-23"}
	held := lake.Task{ID: "gongan/resident.marital:clean_up:DE0003", Kind: lake.TaskCleanUp, Resource: "gongan/resident", Element: "DE0003", Name: "婚姻状况",
		For: []string{"gongan"}, Was: "minzheng/household.marital", Due: "2026-12-20"}
	if diff := cmp.Diff([]lake.Task{draft, none}, on("2026-11-02", nil)); diff != "" {
		t.Errorf("before any run, 48 days before a clean-up (-want +got):\n%s", diff)
	}
	head := &lake.Release{Version: 7, Tasks: []lake.Task{draft, none}}
	head.Tasks[0].Since, head.Tasks[1].Since = 5, 5
	if diff := cmp.Diff(append(head.Tasks, held), on("2026-11-20", head)); diff != "" {
		t.Errorf("after a release, 30 days before (-want +got):\n%s", diff)
	}
	held.Stops = true
	project.Element("DE0004").Replaces = []string{"DE0009"}
	head.Tasks[1].ID, head.Tasks[1].Element = "DE0009:authority_missing", "DE0009"
	if diff := cmp.Diff(append(head.Tasks, held), on("2026-12-21", head)); diff != "" {
		t.Errorf("with another code, the day after (-want +got):\n%s", diff)
	}
}
