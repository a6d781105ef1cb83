package onesource_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/ident"
	"guiji/transforms/onesource"
)

// linked makes an entity of keys and a name N, which sources d/a, d/b … speak of: each
// has a number, an item for each key and the name, and the rows given.
func linked(t testing.TB, entity catalog.Entity, sources int) (*catalog.Project, []onesource.Member) {
	entity.ID = "person"
	p := &catalog.Project{Entities: []catalog.Entity{entity}}
	for _, code := range append(slices.Clone(entity.Keys), "N") {
		el := catalog.Element{Code: code, Column: strings.ToLower(code), Entity: "person"}
		if code == "N" {
			el.Authority = catalog.Authority{{Item: "d/a.N"}}
		}
		p.Elements = append(p.Elements, el)
	}
	for i := range sources {
		r := &catalog.Resource{ID: "d/" + string(rune('a'+i)), Status: catalog.Published, Source: catalog.Source{Key: []string{"id"}},
			Duplicates: &catalog.Duplicates{By: []string{entity.Keys[0]}, Keep: catalog.KeepRule{Fn: "first"}}}
		r.Items = append(r.Items, catalog.Item{Name: "id", Type: typ(t, "N(9)")})
		for _, code := range append(slices.Clone(entity.Keys), "N") {
			r.Items = append(r.Items, catalog.Item{Name: code, Element: code})
		}
		p.Resources = append(p.Resources, r)
	}
	members := onesource.Members(p, nil)
	onesource.Assign(nil, members)
	for i := range members {
		members[i].Raw = "raw_" + members[i].Resource.ID[2:]
	}
	return p, members
}

// fillLinked makes the images: a row is its values, "1|A|p1|张三", ∅ for none.
func fillLinked(t fataler, s *engine.Session, keys int, sources ...[]string) {
	columns := []string{"id BIGINT"}
	for i := range keys {
		columns = append(columns, fmt.Sprintf("K%d VARCHAR", i+1))
	}
	columns = append(columns, "N VARCHAR")
	for i, rows := range sources {
		var tuples []string
		for _, row := range rows {
			var cells []string
			for _, c := range strings.Split(row, "|") {
				if c == "∅" {
					cells = append(cells, "NULL")
				} else {
					cells = append(cells, "'"+c+"'")
				}
			}
			tuples = append(tuples, "("+strings.Join(cells, ", ")+")")
		}
		image(t, s, "raw_"+string(rune('a'+i)), columns, tuples)
	}
}

// links is the crosswalk, a line a record: who, of which source, by what.
func links(t fataler, s *engine.Session, e onesource.Entity, columns string) []string {
	return rowsOf(t, s, "SELECT "+columns+" FROM ("+onesource.CrosswalkQuery(e, onesource.Options{})+")")
}

func problems(t fataler, s *engine.Session, e onesource.Entity) []string {
	return rowsOf(t, s, "SELECT kind, reason, source, record_key, element, decision, records FROM ("+onesource.ProblemsQuery(e, onesource.Options{})+")")
}

// A citizen number of 15 digits is matched as the one of 18 it was lifted to, as the
// step of standardising would have it.
func TestLiftedAsStandardizeDoes(t *testing.T) {
	draws(t, 15)
	s := open(t, 2)
	p, members := linked(t, catalog.Entity{Keys: []string{"K1"}, Routes: []catalog.KeyRoute{{Key: "K1", Form: catalog.FormCitizenID}}}, 1)
	rapid.Check(t, func(rt *rapid.T) {
		var rows, want []string
		for i := range 40 {
			date := fmt.Sprintf("%02d%02d%02d", rapid.IntRange(0, 99).Draw(rt, "y"), rapid.IntRange(1, 13).Draw(rt, "m"), rapid.IntRange(1, 31).Draw(rt, "d"))
			number := "371502" + date + fmt.Sprintf("%03d", rapid.OneOf(rapid.IntRange(0, 999), rapid.IntRange(990, 999)).Draw(rt, "n"))
			rows = append(rows, fmt.Sprintf("%d|%s|张", i, number))
			if lifted, ok := ident.LiftCitizenID(number); ok {
				want = append(want, fmt.Sprintf(`["%d"]|%s`, i, lifted))
			}
		}
		fillLinked(rt, s, 1, rows)
		e := onesource.Entities(p, members, day(t, "2026-01-01"), 1)[0]
		out := resolve(rt, s, e, onesource.Options{})
		got := links(rt, s, e, "record_key, entity_key")
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || out.Problems["invalid_key"] != int64(40-len(want)) {
			rt.Fatalf("linked %v, want %v; %v", got, want, out.Problems)
		}
	})
}

// An organisation code ties to the credit code that has it within, an old number by the
// table; one that stands for two ties nobody and is told.
func TestRoutesOfOrganisations(t *testing.T) {
	const one, two = "91371500MA3C0XXX1A", "91371500MA3C0YYY2B"
	s := open(t, 2)
	p, members := linked(t, catalog.Entity{Keys: []string{"K1", "K2", "K3"}, Routes: []catalog.KeyRoute{
		{Key: "K1", Form: catalog.FormCreditCode}, {Key: "K2", Form: catalog.FormOrganisationCode}, {Key: "K3"}}}, 2)
	fillLinked(t, s, 3, []string{"1|" + strings.ToLower(one) + "|∅|∅|甲", "2|" + two + "|∅|∅|乙", "3|BAD|∅|∅|丙"}, []string{
		"1|∅|MA3C0XXX-1|∅|甲", "2|∅|" + two + "|∅|乙", // a code with its hyphen; a credit code in the column of the old one
		"3|∅|∅|3715001|甲", "4|∅|∅|3715002|乙", "5|∅|∅|3715003|谁", "6|∅|∅|3715009|己", // by the table; torn; unknown
		"7|∅|12345|∅|短", "8|∅|123456789|∅|丁"})
	exec(t, s, "CREATE OR REPLACE TEMP TABLE old AS SELECT * FROM (VALUES ('3715001', '"+one+"'), ('3715001 ', '"+one+"'), ('3715002', '"+two+"'), ('3715003', '"+one+"'), ('3715003', '"+two+"'), ('3715009', 'not a code')) t(was, now)")
	e := onesource.Entities(p, members, day(t, "2026-01-01"), 1)[0]
	e.Mapped = map[string]string{"K3": onesource.MappedItems("old", "was", "now")}
	resolve(t, s, e, onesource.Options{})
	same(t, "links", []string{
		one + `|0|["1"]|∅|K1`, one + `|1|["1"]|K2:MA3C0XXX1|K2`, one + `|1|["3"]|K3:3715001|K3`,
		two + `|0|["2"]|∅|K1`, two + `|1|["2"]|K2:MA3C0YYY2|K2`, two + `|1|["4"]|K3:3715002|K3`,
		`K2:123456789|1|["8"]|∅|K2`, `K3:3715003|1|["5"]|∅|K3`, `K3:3715009|1|["6"]|∅|K3`,
	}, links(t, s, e, "entity_key, source, record_key, own_key, route"))
	same(t, "problems", []string{
		`ambiguous_route|∅|1|["5"]|K3|∅|1`,
		`invalid_key|form|0|["3"]|K1|∅|1`, `invalid_key|form|1|["7"]|K2|∅|1`,
	}, problems(t, s, e))
}
