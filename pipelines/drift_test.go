package pipelines_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guiji/internal/fault"
	"guiji/internal/testkit/mariadb"
	"guiji/lake"
	"guiji/pipelines"
)

// driftProject has landed a table with a column more than the catalogue has items.
func driftProject(t *testing.T) (*mariadb.Server, *testProject) {
	t.Helper()
	server := sharedServer(t)
	loadResidents(t, server)
	server.Exec(t, "ALTER TABLE hukou.t_person ADD COLUMN bz varchar(20)")
	p := newProject(t, server)
	p.edit(t, "guiji.yaml", "pipelines:", "profiles: [{id: dongchang-2020, extended_by: 东昌政办字〔2022〕1号}, {id: state-council-809-2025}]\npipelines:")
	p.good(t, 1)
	if tasks := p.release(t).Tasks; len(tasks) > 0 {
		t.Fatalf("tasks of a first run: %v: columns that were always there are no drift", tasks)
	}
	return server, p
}

// good runs the pipeline, which makes a release of that version.
func (p *testProject) good(t *testing.T, version uint64) *lake.RunRecord {
	t.Helper()
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil || rec.Outcome != lake.RunOK || rec.Release != version {
		t.Fatalf("run: %+v, %v", rec, err)
	}
	return rec
}

// A new column is not collected, and its department has a task until it mends the
// entry: dates stay as they were, and the strictest profile's term counts.
func TestNewColumn(t *testing.T) {
	server, p := driftProject(t)
	server.Exec(t, "ALTER TABLE hukou.t_person ADD COLUMN dh varchar(20)")
	rec := p.good(t, 2)
	if d := rec.Resources["gongan/resident"].Drift; len(d) != 1 || rec.Tasks != 1 {
		t.Fatalf("drift of the run %v, %d tasks", d, rec.Tasks)
	}
	task := p.release(t).Tasks[0]
	if task.ID != "gongan/resident:column_new:dh" || task.Is != "varchar(20)" || task.Stops || task.Since != 2 || task.Opened == "" || task.Due <= task.Opened {
		t.Errorf("task %+v", task)
	}
	if !strings.Contains(task.Basis, "第十六条（15个工作日）") || !strings.Contains(task.Basis, "国务院令第809号") {
		t.Errorf("basis %s", task.Basis)
	}
	p.good(t, 3)
	if again := p.release(t).Tasks; !cmp.Equal(again, []lake.Task{task}) {
		t.Errorf("the next release has %v", again)
	}
	p.edit(t, "catalog/gongan/resident.yaml", "version: 1", "version: 2") // the department has decided not to have it collected
	p.good(t, 4)
	if left := p.release(t).Tasks; len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

// Where a collected column is gone or of another kind, or the table is gone, the
// resource stops: its last good data stays to the byte, a release tells why, and the next
// run after the mend lands and closes the task.
func TestDriftStops(t *testing.T) {
	server, p := driftProject(t)
	version := uint64(1)
	for _, c := range []struct{ kind, column, break_, mend string }{
		{"column_missing", "xb", "ALTER TABLE hukou.t_person RENAME COLUMN xb TO xingbie", "ALTER TABLE hukou.t_person RENAME COLUMN xingbie TO xb"},
		{"column_retyped", "id", "ALTER TABLE hukou.t_person MODIFY id varchar(30) NOT NULL", "ALTER TABLE hukou.t_person MODIFY id bigint unsigned NOT NULL"},
		{"table_missing", "", "RENAME TABLE hukou.t_person TO hukou.t_old", "RENAME TABLE hukou.t_old TO hukou.t_person"},
	} {
		before := p.release(t)
		server.Exec(t, c.break_)
		rec, err := p.run(t, pipelines.Request{Pipeline: "nightly", Slot: "nightly@" + c.kind})
		version++
		if fault.KindOf(err) != fault.Gate || rec.Outcome != lake.RunGated || rec.Release != version {
			t.Fatalf("%s: outcome %s, release %d, %v", c.kind, rec.Outcome, rec.Release, err)
		}
		if r := rec.Resources["gongan/resident"]; r.Outcome != lake.RunGated || !strings.Contains(r.Reason, c.column) {
			t.Errorf("%s: %s because %s", c.kind, r.Outcome, r.Reason)
		}
		rel := p.release(t)
		i := slices.IndexFunc(rel.Tasks, func(t lake.Task) bool { return t.Kind == c.kind && t.Column == c.column })
		if i < 0 || !rel.Tasks[i].Stops || rel.Tasks[i].Since != version {
			t.Errorf("%s: tasks %+v", c.kind, rel.Tasks)
		}
		for name, d := range before.Datasets {
			if strings.HasPrefix(name, "meta/") {
				continue
			}
			if now := rel.Datasets[name]; len(now.Files) == 0 || now.Files[0].SHA256 != d.Files[0].SHA256 || now.Since != d.Since {
				t.Errorf("%s: %s did not stay", c.kind, name)
			}
		}
		server.Exec(t, c.mend)
		version++
		p.good(t, version)
		if left := p.release(t).Tasks; len(left) > 0 {
			t.Errorf("%s: left are %v", c.kind, left)
		}
	}
}

// A wider column is told of and collected.
func TestWidenedColumn(t *testing.T) {
	server, p := driftProject(t)
	server.Exec(t, "ALTER TABLE hukou.t_person MODIFY xm varchar(100), MODIFY bz varchar(100)")
	p.good(t, 2)
	if tasks := p.release(t).Tasks; len(tasks) != 1 || tasks[0].ID != "gongan/resident:column_retyped:xm" || tasks[0].Stops ||
		tasks[0].Was != "varchar(50)" || tasks[0].Is != "varchar(100)" {
		t.Errorf("tasks %+v", tasks)
	}
}
