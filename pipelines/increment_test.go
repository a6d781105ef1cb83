package pipelines_test

import (
	"fmt"
	"testing"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
	"guiji/pipelines"
)

// incremental makes the residents' entry one that is read by its cursor.
func incremental(t *testing.T, p *testProject, settings string) {
	t.Helper()
	p.edit(t, "catalog/gongan/resident.yaml", "key: [id]}", "key: [id], cursor: gxsj"+settings+"}")
}

const residents = "gongan/resident"

// pull runs the residents and returns what the run says of them.
func (p *testProject) pull(t *testing.T, req pipelines.Request) lake.Resource {
	t.Helper()
	req.Pipeline = "nightly"
	rec, err := p.run(t, req)
	if err != nil {
		t.Fatalf("%v: %s", err, rec.Reason)
	}
	return rec.Resources[residents].Resource
}

// person is a row of hukou.t_person.
func person(id int, citizen, name, changed string) string {
	return fmt.Sprintf("REPLACE INTO hukou.t_person VALUES (%d, '%s', '%s', '1', '1970-01-01', '%s')", id, citizen, name, changed)
}

const names = "SELECT id, name FROM {} ORDER BY id"

func TestAnIncrementPicksUpWhatChanged(t *testing.T) {
	server := mariadb.Start(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, "")
	first := p.pull(t, pipelines.Request{})
	if first.Mode != "full" || first.ModeReason == "" || first.Cursor != "2026-01-02 08:00:00" || first.CursorKind != "time" || first.Fetched != 6 {
		t.Fatalf("%+v", first)
	}
	server.Exec(t,
		person(7, id1, "钱七", "2026-01-02 09:00:00"), // new
		person(4, id3, "王六", "2026-01-02 10:00:00"), // changed
		person(8, id4, "孙八", "2026-01-02 07:30:00"), // committed late, inside the look-back
		person(9, id4, "周九", "2026-01-02 06:30:00"), // outside it
		"UPDATE hukou.t_person SET xm = '李四四' WHERE id = 3")
	second := p.pull(t, pipelines.Request{})
	if second.Mode != "incremental" || second.ModeReason != "" || second.Cursor != "2026-01-02 10:00:00" || second.Fetched != 4 || second.Read != 8 {
		t.Errorf("%+v", second)
	}
	if !second.Full.Equal(first.Full) {
		t.Errorf("last full read %v, was %v", second.Full, first.Full)
	}
	p.same(t, "raw/gongan/resident", names, [][]any{
		{"1", "张三"}, {"2", "李四"}, {"3", "李四"}, {"4", "王六"}, {"5", "赵六"}, {"6", nil}, {"7", "钱七"}, {"8", "孙八"}})
	third := p.pull(t, pipelines.Request{Full: true})
	if third.Mode != "full" || third.Fetched != 9 || third.Read != 9 {
		t.Errorf("%+v", third)
	}
}
