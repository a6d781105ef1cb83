package pipelines_test

import (
	"strings"
	"testing"

	"guiji/internal/fault"
	"guiji/pipelines"
)

// What only the rows of an increment show to be unsafe is read in full too, at once: no
// row is lost to another of its key, and none stays behind because its cursor was set
// back.
func TestDoubtfulIncrementsAreReadInFull(t *testing.T) {
	server := sharedServer(t)
	const from = "UPDATE hukou.t_person SET gxsj = '2026-01-02 08:00:00' WHERE id > 3"
	for name, c := range map[string]struct {
		key, settings  string
		before, change []string
		reason         string
	}{
		"the cursor was set back":       {"id", "", []string{from}, []string{"UPDATE hukou.t_person SET xm = '王六', gxsj = '2020-01-01' WHERE id = 4"}, "set back"},
		"an empty cursor got old":       {"id", "", []string{"UPDATE hukou.t_person SET gxsj = NULL WHERE id = 4"}, []string{"UPDATE hukou.t_person SET xm = '王六', gxsj = '2020-01-01' WHERE id = 4"}, "set back"},
		"set back, with all keys":       {"id", ", delete_detection: true", []string{from}, []string{"UPDATE hukou.t_person SET xm = '王六', gxsj = '2020-01-01' WHERE id = 4"}, "set back"},
		"deleted, with all keys":        {"id", ", delete_detection: true, max_deletes: 50%", []string{from}, []string{"DELETE FROM hukou.t_person WHERE id = 4"}, ""},
		"two keys became one":           {"name", "", []string{"UPDATE hukou.t_person SET xm = id"}, []string{person(8, id4, " 1", "2026-01-03 08:00:00")}, "share a key"},
		"rows share one, with all keys": {"name", ", delete_detection: true", []string{"UPDATE hukou.t_person SET xm = id"}, []string{person(8, id4, "1", "2026-01-03 08:00:00")}, "share a key"},
		"rows read share one":           {"name", "", []string{"UPDATE hukou.t_person SET xm = id"}, []string{person(8, id4, "8", "2026-01-03 08:00:00"), person(9, id4, "8", "2026-01-03 08:00:00")}, "share a key"},
	} {
		t.Run(name, func(t *testing.T) {
			server.Exec(t, "DROP DATABASE IF EXISTS hukou")
			loadResidents(t, server)
			server.Exec(t, c.before...)
			p := newProject(t, server)
			p.edit(t, "guiji.yaml", "90%", "100%")
			incremental(t, p, c.settings)
			p.edit(t, "catalog/gongan/resident.yaml", "key: [id], cursor", "key: ["+c.key+"], cursor")
			p.pull(t, pipelines.Request{})
			server.Exec(t, c.change...)
			if got := p.pull(t, pipelines.Request{}); !strings.Contains(got.ModeReason, c.reason) || (got.Mode == "full") != (c.reason != "") {
				t.Errorf("%s because %q, want %q", got.Mode, got.ModeReason, c.reason)
			}
			p.sameAsFull(t)
		})
	}
}

// A column that was dropped and put back has other values, and no row a newer cursor.
func TestAColumnPutBackIsReadInFull(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, "")
	p.pull(t, pipelines.Request{})
	server.Exec(t, "ALTER TABLE hukou.t_person DROP xb")
	if _, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); fault.KindOf(err) != fault.Gate {
		t.Fatalf("a column is missing: %v", err)
	}
	server.Exec(t, "ALTER TABLE hukou.t_person ADD xb varchar(4) DEFAULT '9'")
	if got := p.pull(t, pipelines.Request{}); got.Mode != "full" || !strings.Contains(got.ModeReason, "table was changed") {
		t.Errorf("%s because %q", got.Mode, got.ModeReason)
	}
	if got := p.pull(t, pipelines.Request{}); got.Mode != "incremental" {
		t.Errorf("%s because %q", got.Mode, got.ModeReason)
	}
	p.sameAsFull(t)
}

// A backfill among rows that share a key is refused: it reads no more than its window.
func TestADoubtfulBackfillIsRefused(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	server.Exec(t, "UPDATE hukou.t_person SET xm = id")
	p := newProject(t, server)
	p.edit(t, "guiji.yaml", "90%", "100%")
	incremental(t, p, "")
	p.edit(t, "catalog/gongan/resident.yaml", "key: [id], cursor", "key: [name], cursor")
	p.pull(t, pipelines.Request{})
	server.Exec(t, person(8, id4, " 1", "2026-01-01 08:00:00"))
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly", From: "2026-01-01", To: "2026-01-01"})
	if fault.KindOf(err) != fault.Config || !strings.Contains(rec.Reason, "share a key") {
		t.Errorf("%v: %s", err, rec.Reason)
	}
}
