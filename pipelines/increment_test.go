package pipelines_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/pipelines"
	"guiji/quality/orders"
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
	server := sharedServer(t)
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
	p.edit(t, "guiji.yaml", "user: root", "max_rows_per_second: 100000, user: root") // gentler, and no other source
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

// The plan tells what a run over the newest release would read, without the source.
func TestThePlanTellsTheWindow(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, ", lookback: 2h")
	planned := func(head *lake.Release, req pipelines.Request) pipelines.PlannedPull {
		t.Helper()
		project, err := catalog.Load(p.dir)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := pipelines.MakePlan(project, "nightly", nil, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if err := plan.Over(project, head, req, text.EN, time.Now()); err != nil {
			t.Fatal(err)
		}
		return plan.Resources[0]
	}
	if got := planned(nil, pipelines.Request{}); got.Mode != "full" || got.ModeReason == "" || got.Cursor != "gxsj" {
		t.Errorf("%+v", got)
	}
	p.pull(t, pipelines.Request{})
	if got := planned(p.release(t), pipelines.Request{}); got.Mode != "incremental" || got.From != "2026-01-02 06:00:00" {
		t.Errorf("%+v", got)
	}
	if got := planned(p.release(t), pipelines.Request{Full: true}); got.Mode != "full" || got.From != "" {
		t.Errorf("%+v", got)
	}
}

// Rows without a cursor are read every time, and the run says so.
func TestRowsWithoutACursorAreNeverMissed(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, "")
	server.Exec(t, "UPDATE hukou.t_person SET gxsj = NULL WHERE id = 5")
	p.pull(t, pipelines.Request{})
	server.Exec(t, "UPDATE hukou.t_person SET xm = '赵七' WHERE id = 5", "INSERT INTO hukou.t_person VALUES (7, '"+id1+"', '钱七', '1', '1970-01-01', NULL)")
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if err != nil {
		t.Fatal(err)
	}
	one := rec.Resources[residents]
	if one.Resource.Mode != "incremental" || len(one.Warnings) != 2 {
		t.Errorf("%s, warnings %q", one.Resource.Mode, one.Warnings)
	}
	p.same(t, "raw/gongan/resident", "SELECT id, name FROM {} WHERE id IN (5, 7) ORDER BY id", [][]any{{"5", "赵七"}, {"7", "钱七"}})
}

// What makes an increment unsafe makes it a full read, with the reason in the release.
func TestUnsafeIncrementsAreReadInFull(t *testing.T) {
	server := sharedServer(t)
	for name, c := range map[string]struct {
		settings string
		change   []string
		edit     func(p *testProject)
		reason   string
	}{
		"the source was restored": {change: []string{"DELETE FROM hukou.t_person WHERE id = 2"}, reason: "backwards"},
		"the cursor is gone":      {change: []string{"UPDATE hukou.t_person SET gxsj = NULL"}, reason: "backwards"},
		"the refresh is due":      {settings: ", refresh: 1ns", reason: "refresh is due"},
		"a step changed": {edit: func(p *testProject) {
			p.edit(t, "catalog/gongan/resident.yaml", "column: xm, type", "column: xm, standardize: [trim], type")
		}, reason: "has changed"},
		"a code table changed": {edit: func(p *testProject) { p.edit(t, "codes/gbt2261_1.csv", "女性,女", "女性,女的") }, reason: "has changed"},
		"an item is new": {edit: func(p *testProject) {
			p.edit(t, "catalog/gongan/resident.yaml", "duplicates:", "  - {name: again, label: 又, column: xb, type: C(4)}\nduplicates:")
		}, reason: "has changed"},
		"the connection changed": {edit: func(p *testProject) { p.edit(t, "guiji.yaml", `address: "127.0.0.1`, `address: "localhost`) }, reason: "has changed"},
		"two rows came to share one": {settings: "", edit: func(p *testProject) {
			p.edit(t, "catalog/gongan/resident.yaml", "key: [id], cursor", "key: [name], cursor")
		}, reason: "has changed"},
	} {
		t.Run(name, func(t *testing.T) {
			server.Exec(t, "DROP DATABASE IF EXISTS hukou")
			loadResidents(t, server)
			p := newProject(t, server)
			incremental(t, p, c.settings)
			p.pull(t, pipelines.Request{})
			if len(c.change) > 0 {
				server.Exec(t, c.change...)
			}
			if c.edit != nil {
				c.edit(p)
			}
			got := p.pull(t, pipelines.Request{})
			if got.Mode != "full" || !strings.Contains(got.ModeReason, c.reason) {
				t.Errorf("%s because %q, want full because of %q", got.Mode, got.ModeReason, c.reason)
			}
		})
	}
}

// An image in which rows share a key is not merged into: nobody could tell which of
// them an increment replaces.
func TestSharedKeysAreReadInFull(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	server.Exec(t, "UPDATE hukou.t_person SET xm = '赵六' WHERE id = 6")
	p := newProject(t, server)
	incremental(t, p, "")
	p.edit(t, "catalog/gongan/resident.yaml", "key: [id], cursor", "key: [name], cursor")
	p.pull(t, pipelines.Request{})
	if got := p.pull(t, pipelines.Request{}); got.Mode != "full" || !strings.Contains(got.ModeReason, "share a key") || got.Read != 6 {
		t.Errorf("%+v", got)
	}
}

// A value from a clock that runs ahead does not hide what comes after it.
func TestAFutureCursorHidesNothing(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, "")
	server.Exec(t, person(7, id1, "钱七", "2199-01-01 00:00:00"))
	first := p.pull(t, pipelines.Request{})
	if first.Cursor != "2026-01-02 08:00:00" {
		t.Fatalf("the cursor is %s", first.Cursor)
	}
	server.Exec(t, "REPLACE INTO hukou.t_person VALUES (8, '"+id3+"', '孙八', '1', '1970-01-01', '2026-01-02 09:00:00')")
	if second := p.pull(t, pipelines.Request{}); second.Mode != "incremental" || second.Fetched != 3 || second.Read != 8 || second.Cursor != "2026-01-02 09:00:00" {
		t.Errorf("%+v", second)
	}
}

// A shut gate keeps the image and the cursor that belongs to it.
func TestAGateLeavesTheCursor(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, "")
	first := p.pull(t, pipelines.Request{})
	p.edit(t, "guiji.yaml", "max_failure_rate: 90%", "max_failure_rate: 1%")
	server.Exec(t, person(7, id1, "钱七", "2026-01-03 08:00:00"))
	if _, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); fault.KindOf(err) != fault.Gate {
		t.Fatalf("the gate is open: %v", err)
	}
	if got := p.release(t).Resources[residents]; got.Cursor != first.Cursor || got.Image != first.Image || got.Since != 1 {
		t.Errorf("behind the gate: %+v", got)
	}
	p.edit(t, "guiji.yaml", "max_failure_rate: 1%", "max_failure_rate: 90%")
	if got := p.pull(t, pipelines.Request{}); got.Cursor != "2026-01-03 08:00:00" || got.Read != 7 {
		t.Errorf("after it: %+v", got)
	}
}

// A row that can no longer be read withdraws its old version, and comes back when it is
// mended; what was not read again stays in quarantine.
func TestQuarantineFollowsTheSource(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, "")
	p.edit(t, "catalog/gongan/resident.yaml", "column: xm, type", "column: xm, unfit: row, type")
	p.edit(t, "catalog/gongan/resident.yaml", "type: C(50), element", "type: C(3), element")
	long := "欧阳娜娜"
	server.Exec(t, person(5, wrong, long, "2026-01-01 08:00:00"))
	first := p.pull(t, pipelines.Request{})
	if first.Quarantined != 1 || first.Read != 6 {
		t.Fatalf("%+v", first)
	}
	quarantined := func(want ...string) {
		t.Helper()
		var rows [][]any
		for _, key := range want {
			rows = append(rows, []any{key, "xm"})
		}
		p.same(t, "quality/gongan/resident/quarantine", `SELECT "key", "column" FROM {} ORDER BY 1`, rows)
	}
	quarantined(`["5"]`)
	server.Exec(t, person(4, id3, long, "2026-01-03 08:00:00"))
	if got := p.pull(t, pipelines.Request{}); got.Mode != "incremental" || got.Quarantined != 2 || got.Read != 6 || got.Fetched != 2 {
		t.Errorf("%+v", got)
	}
	quarantined(`["4"]`, `["5"]`)
	p.same(t, "raw/gongan/resident", "SELECT count(*) FROM {} WHERE id = 4", [][]any{{"0"}})
	server.Exec(t, person(5, wrong, "欧阳", "2026-01-04 08:00:00"))
	if got := p.pull(t, pipelines.Request{}); got.Mode != "incremental" || got.Quarantined != 1 || got.Read != 6 {
		t.Errorf("%+v", got)
	}
	quarantined(`["4"]`)
	p.sameAsFull(t)
}

// ordersAreFailures compares the open work orders of what was judged with the failures.
func (p *testProject) ordersAreFailures(t *testing.T) {
	t.Helper()
	name := "quality/" + residents
	want := p.rows(t, name+"/failures", "SELECT rule, version, COLUMNS(c -> c NOT IN ('rule', 'version')) FROM {} ORDER BY ALL")
	p.same(t, name+"/orders", "SELECT rule, version, COLUMNS(c -> c NOT IN ('"+strings.Join(orders.Columns(), "', '")+"')) FROM {} WHERE order_state = 'open' AND because IS NULL ORDER BY ALL", want)
}

// sameAsFull reads the resource in full and compares what the releases before and after
// hold: standard, entity and quality file by file, raw by its rows.
func (p *testProject) sameAsFull(t *testing.T) {
	t.Helper()
	was := p.release(t)
	rows := p.rawRows(t)
	p.ordersAreFailures(t)
	got := p.pull(t, pipelines.Request{Full: true})
	if got.Mode != "full" {
		t.Fatalf("%+v", got)
	}
	p.ordersAreFailures(t)
	now := p.release(t)
	for name, d := range now.Datasets {
		if d.Layer == "raw" || d.Layer == "meta" || strings.HasSuffix(name, "/deleted") || strings.HasSuffix(name, "/history") || strings.HasSuffix(name, "/orders") {
			continue
		}
		sums := func(d lake.Dataset) (out []string) {
			for _, f := range d.Files {
				out = append(out, f.SHA256)
			}
			return out
		}
		if !slices.Equal(sums(d), sums(was.Datasets[name])) {
			t.Errorf("%s differs after a full read", name)
		}
	}
	if now := p.rawRows(t); !slices.Equal(rows, now) {
		t.Errorf("raw differs after a full read: %d rows, %d", len(rows), len(now))
	}
	before := was.Resources[residents]
	if before.Read != got.Read || before.Quarantined != got.Quarantined || before.FailedRows != got.FailedRows || before.ErrorRows != got.ErrorRows {
		t.Errorf("counts differ: %+v, %+v", before, got)
	}
}

// rawRows are the rows of the residents' image as text, sorted.
func (p *testProject) rawRows(t *testing.T) []string {
	t.Helper()
	rows := p.rows(t, "raw/"+residents, "SELECT CAST(r AS VARCHAR) FROM (SELECT COLUMNS('.*') FROM {} ORDER BY ALL) r ORDER BY 1")
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = fmt.Sprint(r[0])
	}
	return out
}

func TestDeletesAreDetected(t *testing.T) {
	server := sharedServer(t)
	for _, mode := range []string{"incremental", "full"} {
		t.Run(mode, func(t *testing.T) {
			server.Exec(t, "DROP DATABASE IF EXISTS hukou")
			loadResidents(t, server)
			p := newProject(t, server)
			incremental(t, p, ", delete_detection: true, max_deletes: 20%, mode: "+mode)
			if first := p.pull(t, pipelines.Request{}); first.Deleted != 0 {
				t.Errorf("deleted at first: %d", first.Deleted)
			}
			server.Exec(t, "DELETE FROM hukou.t_person WHERE id = 4", person(7, id3, "钱七", "2026-01-03 08:00:00"))
			second := p.pull(t, pipelines.Request{})
			if second.Mode != mode || second.Deleted != 1 || second.Read != 6 {
				t.Errorf("%+v", second)
			}
			p.same(t, "quality/gongan/resident/deleted", "SELECT id FROM {}", [][]any{{"4"}})
			p.same(t, "raw/gongan/resident", "SELECT id FROM {} ORDER BY id", [][]any{{"1"}, {"2"}, {"3"}, {"5"}, {"6"}, {"7"}})

			server.Exec(t, "DELETE FROM hukou.t_person WHERE id IN (1, 3)")
			rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
			if fault.KindOf(err) != fault.Gate || !strings.Contains(rec.Reason, "--accept-deletes") {
				t.Fatalf("2 of 6 gone: %v", err)
			}
			p.same(t, "raw/gongan/resident", "SELECT count(*) FROM {}", [][]any{{"6"}})
			p.same(t, "quality/gongan/resident/deleted", "SELECT id FROM {} ORDER BY id", [][]any{{"1"}, {"3"}})
			if got := p.release(t).Resources[residents]; got.Cursor != second.Cursor {
				t.Errorf("behind the gate the cursor is %q, was %q", got.Cursor, second.Cursor)
			}
			var audited []string
			p.audit = func(act, object, result string) {
				if act == "run --accept-deletes" {
					audited = append(audited, object+" "+result)
				}
			}
			if got := p.pull(t, pipelines.Request{Deletes: true}); got.Deleted != 2 || got.Read != 4 {
				t.Errorf("accepted: %+v", got)
			}
			if len(audited) != 1 || !strings.HasPrefix(audited[0], residents) || !strings.HasSuffix(audited[0], "2 of 6 records") {
				t.Errorf("audited %q", audited)
			}
			if got := p.pull(t, pipelines.Request{Deletes: true}); got.Deleted != 0 || got.Read != 4 {
				t.Errorf("again: %+v", got)
			}
			if len(audited) != 1 {
				t.Errorf("audited %q where nothing was over the limit", audited)
			}
			p.sameAsFull(t)
		})
	}
}

func TestABackfillReadsAWindowAgain(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, ", delete_detection: true, max_deletes: 50%")
	first := p.pull(t, pipelines.Request{})
	server.Exec(t,
		"UPDATE hukou.t_person SET xm = '张四' WHERE id = 1", // changed without a new cursor
		person(8, id4, "孙八", "2025-12-31 23:59:59"),        // before the window
		person(9, id4, "周九", "2026-01-01 23:59:59"),        // missed by increments
		"DELETE FROM hukou.t_person WHERE id = 4")
	got := p.pull(t, pipelines.Request{From: "2026-01-01", To: "2026-01-01"})
	if got.Mode != "backfill" || got.Fetched != 5 || got.Deleted != 1 || got.Cursor != first.Cursor || !got.Full.Equal(first.Full) {
		t.Errorf("%+v", got)
	}
	p.same(t, "raw/gongan/resident", names, [][]any{{"1", "张四"}, {"2", "李四"}, {"3", "李四"}, {"5", "赵六"}, {"6", nil}, {"9", "周九"}})
	for _, req := range []pipelines.Request{{From: "yesterday"}, {From: "5"}, {From: "2026-01-02", To: "2026-01-01"}} {
		req.Pipeline = "nightly"
		if rec, err := p.run(t, req); fault.KindOf(err) != fault.Config || rec.Release != 0 {
			t.Errorf("from %q to %q: %v", req.From, req.To, err)
		}
	}
}
