package pipelines_test

import (
	"testing"

	"guiji/pipelines"
)

// versions are those of a person whose times are the test's own.
const versions = "SELECT name, CAST(valid_from AS VARCHAR), CAST(valid_to AS VARCHAR) FROM {} WHERE id = 4 ORDER BY valid_from"

func TestHistoryKeepsEveryVersion(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, ", delete_detection: true, max_deletes: 100%")
	p.edit(t, "catalog/gongan/resident.yaml", "duplicates:", "history: true\nduplicates:")
	const history = "standard/gongan/resident/history"
	p.pull(t, pipelines.Request{})
	p.same(t, history, versions, [][]any{{"王五", "2026-01-01 08:00:00", nil}})

	server.Exec(t, person(4, id3, "王六", "2026-01-03 08:00:00"))
	p.pull(t, pipelines.Request{})
	want := [][]any{{"王五", "2026-01-01 08:00:00", "2026-01-03 08:00:00"}, {"王六", "2026-01-03 08:00:00", nil}}
	p.same(t, history, versions, want)

	was := p.release(t).Datasets[history]
	p.pull(t, pipelines.Request{})
	p.pull(t, pipelines.Request{Full: true})
	if now := p.release(t).Datasets[history]; now.Files[0].SHA256 != was.Files[0].SHA256 {
		t.Error("a run over unchanged data changed the history")
	}

	// A version whose time does not lie behind the one before begins when it is seen.
	server.Exec(t, person(4, id3, "王七", "2026-01-03 08:00:00"))
	p.pull(t, pipelines.Request{Slot: "nightly@2026-02-01T22:00+0800"})
	want = append(want[:1], []any{"王六", "2026-01-03 08:00:00", "2026-02-01 22:00:00"}, []any{"王七", "2026-02-01 22:00:00", nil})
	p.same(t, history, versions, want)

	// What is gone ends; what comes back begins no earlier than it ended.
	server.Exec(t, "DELETE FROM hukou.t_person WHERE id = 4")
	p.pull(t, pipelines.Request{Slot: "nightly@2026-02-02T22:00+0800"})
	want[2] = []any{"王七", "2026-02-01 22:00:00", "2026-02-02 22:00:00"}
	p.same(t, history, versions, want)
	server.Exec(t, person(4, id3, "王八", "2026-01-04 08:00:00"))
	p.pull(t, pipelines.Request{Slot: "nightly@2026-02-03T22:00+0800"})
	p.same(t, history, versions, append(want, []any{"王八", "2026-02-03 22:00:00", nil}))

	p.same(t, history, `SELECT count(*) FROM (SELECT valid_from, valid_to, lead(valid_from) OVER (PARTITION BY id ORDER BY valid_from) AS next FROM {})
		WHERE valid_to <= valid_from OR next < valid_to OR valid_to IS NULL AND next IS NOT NULL`, [][]any{{"0"}})
	p.same(t, history, "SELECT count(*) FROM {} WHERE valid_to IS NULL", p.rows(t, "standard/gongan/resident", "SELECT count(*) FROM {}"))

	// A column that is new is empty in the versions before it.
	p.edit(t, "catalog/gongan/resident.yaml", "history:", "  - {name: again, label: 又, column: xb, type: C(4)}\nhistory:")
	p.pull(t, pipelines.Request{Slot: "nightly@2026-02-04T22:00+0800"})
	p.same(t, history, "SELECT again, valid_to IS NULL FROM {} WHERE id = 5 ORDER BY valid_from", [][]any{{nil, "false"}, {"1", "true"}})
	if label := p.release(t).Datasets[history].Label; label != "常住人口基本信息（历史）" {
		t.Error(label)
	}
}
