package catalog

import (
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

// What would collide with a release's own columns, or not fit into one, is found
// before anything is pulled.
func TestCheckLayout(t *testing.T) {
	household := func(edits ...string) map[string]string { return full(t, household, edits...) }
	fallback := func(typ string) map[string]string {
		changes := household("label: 收入, type: \"N(12,2)\"", "label: 收入, type: "+typ+", privacy: direct, element: DE0002, held_since: 2020-11-01, clean_up_by: 2030-12-31, legal_basis: x")
		changes[elementsFile] = strings.Replace(project[elementsFile], "- code: DE0002", "- code: DE0002\n  when_empty: fallback\n  fallback: [minzheng/household.income]", 1)
		return changes
	}
	cases := []struct {
		changes  map[string]string
		key      text.Key // "" is accepted
		severity Severity
	}{
		{household("key: [no]", "key: [Rule]", "name: no,", "name: Rule,", "latest(no)", "latest(Rule)", "lookup_key: [no]", "lookup_key: [Rule]"), "key.reserved", Error},
		{household("key: [no]", "key: [kept]", "name: no,", "name: kept,", "latest(no)", "latest(kept)", "lookup_key: [no]", "lookup_key: [kept]"), "key.reserved", Error},
		{household("key: [no]", "key: [version]", "name: no,", "name: version,", "latest(no)", "latest(version)", "lookup_key: [no]", "lookup_key: [version]"), "key.reserved", Error},
		{household("key: [no]", "key: [until]", "name: no,", "name: until,", "latest(no)", "latest(until)", "lookup_key: [no]", "lookup_key: [until]"), "key.reserved", Error},
		{household("key: [no]", "key: [Order_Number]", "name: no,", "name: Order_Number,", "latest(no)", "latest(Order_Number)", "lookup_key: [no]", "lookup_key: [Order_Number]"), "key.reserved", Error},
		{household("name: income", "name: rule"), "", ""},
		{household("name: income", "name: due"), "", ""},
		{household("name: income", "name: file_row_number"), "item.virtual", Error},
		{household("name: income", "name: File_Index"), "item.virtual", Error},
		{household("name: income", "name: filename"), "item.virtual", Error},
		{household("name: income", "name: rowid"), "item.virtual", Error},
		{household("name: income", "name: rowid_2"), "", ""},
		{household("key: [no]", "key: [no], cursor: updated"), "cursor", Warning},
		{household("key: [no]", "key: [no], cursor: income"), "", ""},
		{household("key: [no]", "key: [no], cursor: sr", "label: 收入", "label: 收入, column: sr"), "", ""},
		{full(t, elementsFile, "column: citizen_id", "column: golden_id"), "element.column.reserved", Error},
		{full(t, elementsFile, "column: citizen_id", "column: entity_key"), "element.column.reserved", Error},
		{full(t, elementsFile, "column: citizen_id", "column: name__from"), "element.column.reserved", Error},
		{full(t, elementsFile, "column: citizen_id", "column: disputed"), "element.column.reserved", Error},
		{fallback("D"), "fallback.type", Error},
		{fallback("C(4)"), "", ""},
	}
	mine := []text.Key{"item.virtual", "key.reserved", "cursor", "element.column.reserved", "fallback.type"}
	for i, c := range cases {
		_, vs := checked(t, c.changes)
		var got []Violation
		for _, v := range vs {
			if slices.Contains(mine, text.Key(strings.TrimPrefix(string(v.Key), "catalog.check."))) {
				got = append(got, v)
			}
		}
		switch {
		case c.key == "" && len(got) > 0:
			t.Errorf("%d: have%s", i, describe(got))
		case c.key != "" && (len(got) != 1 || got[0].Key != "catalog.check."+c.key || got[0].Severity != c.severity || got[0].At.Line == 0):
			t.Errorf("%d: want %s %s, have%s", i, c.severity, c.key, describe(vs))
		}
	}
}
