package pipelines_test

import (
	"testing"

	"guiji/connectors"
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

// A source that is not read as of one moment may miss a record that is there. Its order is
// closed when the next load of everything misses it too; what is stored tells nothing more.
func TestRecordsMissedByChanceAreNotGone(t *testing.T) {
	p := newFamily(t, "items:\n  - {name: code, type: C(10)}\n  - {name: up, type: C(10), checks: [{length: {min: 2}}]}\n", parentItems)
	p.edit(t, "guiji.yaml", `"*"], gate: {max_failure_rate: 0%`, `"*"], gate: {max_failure_rate: 100%`)
	p.write(t, "drop/parent.csv", "code\na\n")
	for i, step := range []struct {
		rows  string // none: what is stored is checked again
		loose bool
		want  [][]any
	}{
		{"1,a\n2,b\n3,c\n4,dd\n", false, [][]any{{"1", "open", nil}, {"2", "open", nil}, {"3", "open", nil}}},
		{"4,dd\n", true, [][]any{{"1", "open", "unsettled"}, {"2", "open", "unsettled"}, {"3", "open", "unsettled"}}},
		{"", true, [][]any{{"1", "open", "unsettled"}, {"2", "open", "unsettled"}, {"3", "open", "unsettled"}}},
		{"2,b\n3,cc\n4,dd\n", true, [][]any{{"1", "gone", nil}, {"2", "open", nil}, {"3", "mended", nil}}},
		{"4,dd\n", false, [][]any{{"1", "gone", nil}, {"2", "gone", nil}, {"3", "mended", nil}}},
	} {
		p.opened = nil
		if step.loose {
			p.opened = func(s connectors.Source) connectors.Source { return loose{s} }
		}
		var err error
		if step.rows == "" {
			_, _, err = p.runner(t).Recheck(t.Context(), pipelines.Request{Pipeline: "all"}, false)
		} else {
			p.write(t, "drop/child.csv", "code,up\n"+step.rows)
			_, err = p.run(t, pipelines.Request{Pipeline: "all"})
		}
		if err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
		p.same(t, "quality/gongan/child/orders", "SELECT code, order_state, because FROM {} ORDER BY ALL", step.want)
	}
}

// A value that another code table mends is not mended at its source: that closes no order.
func TestStandardisingAnotherWayMendsNothing(t *testing.T) {
	p := newFamily(t, "items:\n  - {name: code, type: C(10)}\n  - {name: up, type: C(10), standardize: [trim, {codes: kind}], checks: [{length: {max: 1}}]}\n", parentItems)
	p.edit(t, "guiji.yaml", `"*"], gate: {max_failure_rate: 0%`, `"*"], gate: {max_failure_rate: 100%`)
	p.write(t, "drop/parent.csv", "code\na\n")
	p.write(t, "drop/child.csv", "code,up\n1,many\n2,much\n")
	for i, step := range []struct {
		codes, child string
		recheck      bool
		want         [][]any
	}{
		{"1,one,\n", "1,many\n2,much\n", false, [][]any{{"1", "open", nil}, {"2", "open", nil}}},
		{"1,one,many\n", "1,many\n2,much\n", false, [][]any{{"1", "open", "rule_changed"}, {"2", "open", nil}}},
		{"1,one,many\n", "1,many\n2,one\n", false, [][]any{{"1", "open", "rule_changed"}, {"2", "mended", nil}}},
		{"1,one,\n", "", true, [][]any{{"1", "open", nil}, {"2", "mended", nil}}},
	} {
		p.write(t, "codes/kind.csv", "code,name,alias\n"+step.codes)
		var err error
		if step.recheck {
			_, _, err = p.runner(t).Recheck(t.Context(), pipelines.Request{Pipeline: "all"}, false)
		} else {
			p.write(t, "drop/child.csv", "code,up\n"+step.child)
			_, err = p.run(t, pipelines.Request{Pipeline: "all"})
		}
		if err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
		p.same(t, "quality/gongan/child/orders", "SELECT code, order_state, because FROM {} ORDER BY ALL", step.want)
	}
}
