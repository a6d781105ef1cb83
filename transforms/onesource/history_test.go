package onesource_test

import (
	"slices"
	"testing"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// keep copies a query's result into a table, as the next release finds it.
func keep(t fataler, s *engine.Session, table, query string) {
	t.Helper()
	exec(t, s, "CREATE OR REPLACE TEMP TABLE "+table+" AS "+query)
}

func TestSinceIsCopiedForward(t *testing.T) {
	s := open(t, 2)
	members := world(t, s)
	first := onesource.Entities(project(t), members, day(t, "2025-06-01"), 7)[0]
	resolve(t, s, first, onesource.Options{})
	keep(t, s, "before", onesource.ConflictsQuery(first, onesource.Options{}))

	exec(t, s, "UPDATE firm SET rep_name = '张山' WHERE code = 'X2'", "UPDATE insured SET birth = '1991-02-03 ' WHERE no = '9'",
		"UPDATE insured SET name = '李四' WHERE no = '9'")
	second := onesource.Entities(project(t), members, day(t, "2025-06-01"), 9)[0]
	second.Previous = "before"
	resolve(t, s, second, onesource.Options{})
	same(t, "since", []string{
		"A|P2|张山|9", // another value is another conflict
		"A|P3|一九九〇|7",
		"B|P2|李四|9",
		"B|P3|1991-02-03 |9",
	}, rowsOf(t, s, "SELECT entity_key, element, holder_value, since FROM ("+onesource.ConflictsQuery(second, onesource.Options{})+")"))
}

func TestLeavingAMemberOutUndoesItsPart(t *testing.T) {
	s := open(t, 2)
	members := world(t, s)
	entity := func(m []onesource.Member) onesource.Entity {
		return onesource.Entities(project(t), m, day(t, "2025-06-01"), 7)[0]
	}
	golden := func(m []onesource.Member, o onesource.Options) []string {
		resolve(t, s, entity(m), o)
		return append(rowsOf(t, s, onesource.GoldenQuery(entity(m), o)), rowsOf(t, s, onesource.CrosswalkQuery(entity(m), o))...)
	}
	alone := golden(members[:2], onesource.Options{})
	all := golden(members, onesource.Options{})
	if slices.Equal(alone, all) {
		t.Fatal("the third member changed nothing")
	}
	same(t, "after unmerge", alone, golden(members[:2], onesource.Options{}))

	gone := slices.Clone(members)
	gone[3].Raw = "" // it never landed: the columns stay as they are
	same(t, "never landed", alone, golden(gone, onesource.Options{}))
}

func TestAuthorityChangesOnItsDay(t *testing.T) {
	s := open(t, 2)
	members := world(t, s)
	p := project(t)
	p.Elements[3].Authority[1].Item = "shichang/enterprise.rep_phone"
	for date, want := range map[string][]string{
		"2025-12-31": {"A|119|3", "B|120|1", "C|∅|∅"},
		"2026-01-01": {"A|119|3", "B|∅|∅", "C|∅|∅"},
	} {
		e := onesource.Entities(p, members, day(t, date), 1)[0]
		resolve(t, s, e, onesource.Options{})
		same(t, date, want, rowsOf(t, s, `SELECT entity_key, "pho""ne", "pho""ne__from" FROM (`+onesource.GoldenQuery(e, onesource.Options{})+")"))
	}
}

// A golden id outlives a changed key, and is never given to two.
func TestGoldenIDsOutliveAKey(t *testing.T) {
	s := open(t, 2)
	r := &catalog.Resource{ID: "d/r", Items: []catalog.Item{{Name: "id", Type: typ(t, "N(9)")}, {Name: "k"}}}
	e := onesource.Entity{Entity: catalog.Entity{ID: "person", Keys: []string{"K"}}, Date: day(t, "2025-01-01"), Members: []onesource.Member{{
		Resource: r, Items: items(r), Keys: []string{"id"}, Raw: "raw_d", Routes: []*catalog.Item{r.Item("k")}, Elements: map[string]*catalog.Item{"K": r.Item("k")}}}}
	ids := func(version int64, rows ...string) map[string]string {
		image(t, s, "raw_d", []string{"id BIGINT", "k VARCHAR"}, rows)
		e.Version = version
		resolve(t, s, e, onesource.Options{})
		keep(t, s, "before", onesource.CrosswalkQuery(e, onesource.Options{}))
		e.PrevCrosswalk = "before"
		out, seen := map[string]string{}, map[string]bool{}
		for _, l := range rowsOf(t, s, "SELECT entity_key || ' ' || golden_id FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")") {
			out[l[:1]] = l[2:]
			if seen[l[2:]] || len(l) != 34 {
				t.Fatalf("version %d: id of %s", version, l[:1])
			}
			seen[l[2:]] = true
		}
		return out
	}
	one := ids(1, "(1, 'A')", "(2, 'B')", "(3, 'B')")
	two := ids(2, "(1, 'Z')", "(2, 'B')", "(3, 'C')", "(4, 'D')")
	same(t, "the number was replaced", one["A"], two["Z"])
	same(t, "the same key", one["B"], two["B"])
	if two["C"] == one["B"] {
		t.Error("a record that left a living subject took its id along")
	}
	three := ids(3, "(1, 'Z')", "(5, 'A')", "(2, 'B')")
	same(t, "still the same", one["A"], three["Z"])
	if three["A"] == one["A"] || three["A"] == "" {
		t.Error("a new subject took an id that is in use")
	}
	four := ids(4, "(1, 'Z')", "(5, 'A')", "(2, 'B')")
	same(t, "all as before", three, four)
}

// An id goes over to a new key only in a row that is about one subject: an
// enterprise's new legal representative is another person.
func TestIDsNeverPassToAnother(t *testing.T) {
	person, org := catalog.Subject{Entity: "person", Key: "k"}, catalog.Subject{Entity: "organisation", Key: "id"}
	rep := catalog.Subject{Entity: "person", As: "legal_rep", Key: "k"}
	for name, c := range map[string]struct {
		subjects   []catalog.Subject
		other      string // element of the item beside k
		rekeyed    bool
		handedOver bool
	}{
		"a role":              {subjects: []catalog.Subject{org, rep}},
		"a role alone":        {subjects: []catalog.Subject{rep}},
		"two without roles":   {subjects: []catalog.Subject{org, person}},
		"its own":             {subjects: []catalog.Subject{person}, handedOver: true},
		"its own, beside one": {subjects: []catalog.Subject{person, {Entity: "person", As: "spouse", Key: "other"}}, handedOver: true},
		"nothing written":     {handedOver: true},
		"a second number":     {other: "P2", handedOver: true},
		"another's number":    {other: "P"},
		"an employer's code":  {other: "O"},
		"another record key":  {rekeyed: true},
	} {
		s := open(t, 2)
		r := &catalog.Resource{ID: "d/r", Status: catalog.Published, Source: catalog.Source{Key: []string{"id"}}, Subjects: c.subjects,
			Items: []catalog.Item{{Name: "id"}, {Name: "k", Element: "P"}, {Name: "other", Element: c.other}}}
		p := &catalog.Project{Resources: []*catalog.Resource{r}, Entities: []catalog.Entity{{ID: "person", Keys: []string{"P", "P2"}}, {ID: "organisation", Keys: []string{"O"}}}}
		members := onesource.Members(p, nil)
		onesource.Assign(nil, members)
		for i := range members {
			members[i].Raw = "raw_d"
		}
		resolved := func(previous string, version int64, row string) []string {
			image(t, s, "raw_d", []string{"id VARCHAR", "k VARCHAR", "other VARCHAR"}, []string{row})
			e := onesource.Entities(p, members, day(t, "2025-01-01"), version)[0]
			e.PrevCrosswalk = previous
			for i := range e.Members {
				e.Members[i].Rekeyed = c.rekeyed
			}
			resolve(t, s, e, onesource.Options{})
			keep(t, s, "before", onesource.CrosswalkQuery(e, onesource.Options{}))
			return rowsOf(t, s, "SELECT DISTINCT golden_id FROM before WHERE entity_key IN ('A', 'Z')")
		}
		one, two := resolved("", 1, "('X1', 'A', NULL)"), resolved("before", 2, "('X1', 'Z', NULL)")
		if len(one) != 1 || len(two) != 1 || (one[0] == two[0]) != c.handedOver {
			t.Errorf("%s: %v became %v", name, one, two)
		}
	}
}

// An entity with several keys: rows that have both tie the routes together.
func TestRoutesAreTied(t *testing.T) {
	s := open(t, 2)
	r := &catalog.Resource{ID: "d/r", Status: catalog.Published, Source: catalog.Source{Key: []string{"id"}}, Items: []catalog.Item{
		{Name: "id", Type: typ(t, "N(9)")}, {Name: "citizen", Element: "K1"}, {Name: "passport", Element: "K2"}, {Name: "permit", Element: "K3"}}}
	p := &catalog.Project{Resources: []*catalog.Resource{r}, Entities: []catalog.Entity{{ID: "person", Keys: []string{"K1", "K2", "K3"}}}}
	for _, code := range p.Entities[0].Keys {
		p.Elements = append(p.Elements, catalog.Element{Code: code, Column: code, Entity: "person"})
	}
	image(t, s, "raw_d", []string{"id BIGINT", "citizen VARCHAR", "passport VARCHAR", "permit VARCHAR"}, []string{
		"(1, 'A', 'p1', NULL)", "(2, NULL, 'p1', 't1')", "(3, NULL, NULL, 't1')", // one person by three numbers
		"(4, 'B', 'p2', NULL)", "(5, 'C', 'p2', NULL)", "(6, NULL, 'p2', NULL)", // two claim one passport
		"(7, NULL, 'A', NULL)", "(8, NULL, ' ', '')", // a passport that reads like a citizen id; nothing at all
	})
	members := onesource.Members(p, nil)
	members[0].Raw = "raw_d"
	e := onesource.Entities(p, members, day(t, "2025-01-01"), 1)[0]
	out := resolve(t, s, e, onesource.Options{})
	same(t, "links", []string{
		`A|["1"]`, `A|["2"]`, `A|["3"]`, `B|["4"]`, `C|["5"]`, `K2:A|["7"]`, `K2:p2|["6"]`,
	}, rowsOf(t, s, "SELECT entity_key, record_key FROM ("+onesource.CrosswalkQuery(e, onesource.Options{})+")"))
	same(t, "unlinked", int64(1), out.Unlinked)
	same(t, "how", []string{`["1"]|∅|K1`, `["2"]|K2:p1|K2`, `["3"]|K3:t1|K3`, `["4"]|∅|K1`, `["5"]|∅|K1`, `["6"]|∅|K2`, `["7"]|∅|K2`},
		rowsOf(t, s, "SELECT record_key, own_key, route FROM ("+onesource.CrosswalkQuery(e, onesource.Options{})+") ORDER BY record_key"))
}
