package pipelines_test

import (
	"testing"

	"guiji/pipelines"
)

// A row that cannot be read is named by its key as the source writes it. Its work order is
// that of the record as the image has it, and is not closed.
func TestOrdersOfRowsThatCannotBeRead(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	p.edit(t, "catalog/gongan/resident.yaml", "key: [id]", "key: [citizen_id]")
	p.edit(t, "catalog/gongan/resident.yaml", "duplicates: {by: [citizen_id], keep: latest(updated_at)}", "")
	p.edit(t, "catalog/gongan/resident.yaml", "column: xm, type", "column: xm, unfit: row, type")
	p.edit(t, "catalog/gongan/resident.yaml", "type: C(50), element", "type: C(3), element")
	server.Exec(t, "DELETE FROM hukou.t_person WHERE id IN (2, 3)", person(7, " "+id2[:17]+"ｘ", "王", "2026-01-01 08:00:00"), person(8, "　"+id2, "王", "2026-01-01 08:00:00"))
	p.pull(t, pipelines.Request{})
	const state = "SELECT DISTINCT order_state, because FROM {} WHERE rule = 'name.length' ORDER BY ALL"
	p.same(t, "quality/gongan/resident/orders", state, [][]any{{"open", nil}})
	server.Exec(t, person(7, " "+id2[:17]+"ｘ", "欧阳娜娜", "2026-01-02 08:00:00"), person(8, "　"+id2, "欧阳娜娜", "2026-01-02 08:00:00"))
	p.pull(t, pipelines.Request{})
	p.same(t, "quality/gongan/resident/quarantine", "SELECT count(*) FROM {}", [][]any{{"2"}})
	p.same(t, "quality/gongan/resident/orders", state, [][]any{{"open", "unreadable"}})
}
