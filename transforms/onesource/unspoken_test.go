package onesource_test

import (
	"testing"

	"guiji/catalog"
	"guiji/transforms/onesource"
)

// A fallback's value that does not fit the authority's type never speaks, and is told
// with its record and without the value.
func TestAFallbackThatDoesNotFitIsTold(t *testing.T) {
	s := open(t, 2)
	r := func(id, kind string) *catalog.Resource {
		return &catalog.Resource{ID: id, Status: catalog.Published, Source: catalog.Source{Key: []string{"id"}},
			Items: []catalog.Item{{Name: "id", Type: typ(t, "N(9)")}, {Name: "k", Element: "K"}, {Name: "v", Element: "E", Type: typ(t, kind)}}}
	}
	p := &catalog.Project{Entities: []catalog.Entity{{ID: "person", Keys: []string{"K"}}}, Resources: []*catalog.Resource{r("d/a", "D"), r("d/b", "C(20)")},
		Elements: []catalog.Element{{Code: "E", Column: "e", Entity: "person", Authority: catalog.Authority{{Item: "d/a.v"}}, Fallback: []catalog.ItemRef{"d/b.v"}}}}
	image(t, s, "raw_a", []string{"id BIGINT", "k VARCHAR", "v DATE"}, []string{"(1, 'A', '2020-01-01')"})
	image(t, s, "raw_b", []string{"id BIGINT", "k VARCHAR", "v VARCHAR"}, []string{"(1, 'A', '去年')", "(2, 'B', '2021-02-03')", "(3, 'C', '去年')", "(4, 'C', '2021-02-03')", "(5, 'D', NULL)"})
	members := onesource.Members(p, nil)
	onesource.Assign(nil, members)
	members[0].Raw, members[1].Raw = "raw_a", "raw_b"
	e := onesource.Entities(p, members, day(t, "2026-01-01"), 1)[0]
	resolve(t, s, e, onesource.Options{})
	same(t, "golden", []string{"A|2020-01-01|0", "B|2021-02-03|1", "C|∅|∅", "D|∅|∅"},
		rowsOf(t, s, "SELECT entity_key, e, e__from FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")"))
	same(t, "problems", []string{`value_unfit|∅|1|["1"]|E|∅|1`, `value_unfit|∅|1|["3"]|E|∅|1`}, problems(t, s, e))
}

// A text of nothing but blanks is no value: it does not win, and an authority that has one
// is empty. Blanks around a text stay.
func TestBlanksAreNoValue(t *testing.T) {
	for _, blank := range []string{"", " ", "  \t\n", "\u3000", " \u00a0\u2003\u3000"} {
		s := open(t, 2)
		b := bureau{whenEmpty: [2]catalog.WhenEmpty{catalog.EmptyMeansFallback, ""}, fallback: [2][]int{{2}, {0}}}
		columns := []string{"id BIGINT", "k VARCHAR", "e0 VARCHAR", "e1 VARCHAR", "at TIMESTAMP"}
		image(t, s, "raw_0", columns, []string{"(1, 'A', " + lit(some(blank)) + ", '东', NULL)", "(2, 'B', '\u3000张', '西', NULL)", "(3, 'C', '—', '西', NULL)"})
		image(t, s, "raw_1", columns, []string{"(1, 'A', '张', " + lit(some(blank)) + ", NULL)"})
		image(t, s, "raw_2", columns, []string{"(1, 'A', '李', '东', NULL)"})
		e := b.entity(t)
		resolve(t, s, e, onesource.Options{})
		same(t, "golden", []string{"A|李|2|∅|∅", "B|\u3000张|0|西|0", "C|—|0|西|0"},
			rowsOf(t, s, "SELECT entity_key, e0, e0__from, e1, e1__from FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")"))
	}
}

// A later key that does not count is told of a record which an earlier one links.
func TestAnInvalidLaterKeyIsTold(t *testing.T) {
	s := open(t, 2)
	p, members := linked(t, catalog.Entity{Keys: []string{"K1", "K2"}, Routes: []catalog.KeyRoute{{Key: "K2", Form: catalog.FormOrganisationCode}}}, 1)
	fillLinked(t, s, 2, []string{"1|A|12345|张", "2|B|123456789|王", "3|∅|12345|李", "4|C|∅|赵", "5|D|987654321|钱"})
	members[0].RouteValid = []string{"", "id <> 5"}
	e := onesource.Entities(p, members, day(t, "2026-01-01"), 1)[0]
	out := resolve(t, s, e, onesource.Options{})
	same(t, "problems", []string{`invalid_key|form|0|["3"]|K2|∅|1`, `invalid_route|form|0|["1"]|K2|∅|1`, `invalid_route|check|0|["5"]|K2|∅|1`}, problems(t, s, e))
	if out.Members != 4 || out.Problems["invalid_route"] != 2 {
		t.Errorf("%+v", out)
	}
}
