package main

import (
	"fmt"
	"testing"

	"guiji/internal/testkit/mariadb"
)

// The catalogue changes between two runs, with the gate open and with it shut: what
// the last release holds has the old form, and the run copes.
func TestCatalogueChanges(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	for i, c := range []struct{ name, old, now string }{
		{"an item more", "  - {name: age", "  - {name: again, column: xm, type: C(50)}\n  - {name: age"},
		{"an item less", "  - {name: age, label: 年龄, column: nl, type: N(3), checks: [{range: {min: 0, max: 150}}]}\n", ""},
		{"an item's type", "column: nl, type: N(3), checks: [{range: {min: 0, max: 150}}]", "column: nl, type: C(3)"},
		{"an item of an element", "column: xm, type: C(50)", "column: xm, type: C(60)"},
		{"the key's type", "label: 编号, type: N(20)", "label: 编号, type: C(20)"},
		{"another key", "key: [id]", "key: [citizen_id]"},
		{"a key of two", "key: [id]", "key: [citizen_id, id]"},
		{"no key any more", ", key: [id]", ""},
		{"an element no longer linked", "type: C(18), element: DE0001", "type: C(18)"},
		{"a check more", "checks: [not_null]", "checks: [not_null, {length: {min: 1}}, unique]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, server, fmt.Sprintf("change%d", i))
			d.good()
			d.edit("catalog/gongan/resident.yaml", c.old, c.now)
			if c.name == "an element no longer linked" {
				d.edit("elements.yaml", ", authority: gongan/resident.citizen_id", "")
			}
			server.Exec(t, "CREATE TABLE "+d.database+".kept AS SELECT * FROM "+d.database+".t_person", "TRUNCATE "+d.database+".t_person")
			if e := d.guiji("run", "--lang", "en"); e.code != 3 {
				t.Errorf("behind a shut gate: exit code %d\n%s", e.code, e.all())
			}
			if got := d.rows("SELECT count(*) FROM standard.gongan__resident"); fmt.Sprint(got) != "[[3]]" {
				t.Errorf("rows %v", got)
			}
			server.Exec(t, "INSERT INTO "+d.database+".t_person SELECT * FROM "+d.database+".kept")
			d.good()
			d.good()
			if got := d.rows("SELECT count(*) FROM standard.gongan__resident"); fmt.Sprint(got) != "[[3]]" {
				t.Errorf("rows %v", got)
			}
			d.tidy()
			if e := d.guiji("verify"); e.code != 0 {
				t.Errorf("verify: exit code %d\n%s", e.code, e.all())
			}
		})
	}
}
