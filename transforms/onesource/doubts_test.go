package onesource_test

import (
	"fmt"
	"testing"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// holding is a holder of the one field of these tests.
type holding struct {
	resource string
	rows     []string // (id, key, value, at)
	from     catalog.ItemRef
}

// holders is a world of the register a/own, whose word counts, and who else holds the
// field.
func holders(t testing.TB, s *engine.Session, own []string, others ...holding) onesource.Entity {
	e := onesource.Entity{Entity: catalog.Entity{ID: "person", Keys: []string{"K"}}, Version: 5, Date: day(t, "2025-01-01"),
		Elements: []catalog.Element{{Code: "E", Column: "e", Authority: catalog.Authority{{Item: "a/own.e"}}}}}
	for i, h := range append([]holding{{resource: "a/own", rows: own}}, others...) {
		r := &catalog.Resource{ID: h.resource, Vote: &catalog.KeepRule{Fn: "latest", Item: "at"},
			Items: []catalog.Item{{Name: "id"}, {Name: "k"}, {Name: "e", CopiedFrom: h.from}, {Name: "at", Type: typ(t, "T")}}}
		table := fmt.Sprintf("raw_%d", i)
		image(t, s, table, []string{"id VARCHAR", "k VARCHAR", "e VARCHAR", "at TIMESTAMP"}, h.rows)
		e.Members = append(e.Members, onesource.Member{Source: int16(i), Resource: r, Items: items(r), Keys: []string{"id"}, Raw: table,
			Routes: []*catalog.Item{r.Item("k")}, Elements: map[string]*catalog.Item{"K": r.Item("k"), "E": r.Item("e")}})
	}
	return e
}

func says(value string) []string { return []string{"('1', 'A', " + value + ", NULL)"} }

const doubtColumns = "SELECT entity_key, element, authority, record_key, authority_value, other_value, kind, holders, held_by, since FROM ("

// A value is doubtful where enough departments that do not speak by another's word
// agree on one other value. The golden value stays in every case.
func TestWhoMakesADoubt(t *testing.T) {
	s := open(t, 2)
	for name, c := range map[string]struct {
		own    string
		others []holding
		least  int
		want   []string
	}{
		"two agree":                   {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "c/r", rows: says("'y'")}}, want: []string{"A|E|0|[\"1\"]|x|y|differs|2|b/r,c/r|5"}},
		"as they write it":            {own: "'x'", others: []holding{{resource: "b/r", rows: says("'Y'")}, {resource: "c/r", rows: says("' ｙ'")}}, want: []string{"A|E|0|[\"1\"]|x| ｙ|differs|2|b/r,c/r|5"}},
		"one alone":                   {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "c/r", rows: says("'x'")}}},
		"two, not of one mind":        {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "c/r", rows: says("'z'")}}},
		"one department twice":        {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "b/s", rows: says("'y'")}}},
		"the authority's own":         {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "a/other", rows: says("'y'")}}},
		"three are asked for":         {own: "'x'", least: 3, others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "c/r", rows: says("'y'")}}},
		"one is enough":               {own: "'x'", least: 1, others: []holding{{resource: "b/r", rows: says("'y'")}}, want: []string{"A|E|0|[\"1\"]|x|y|differs|1|b/r|5"}},
		"an empty authority":          {own: "NULL", others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "c/r", rows: says("'y'")}}, want: []string{"A|E|0|[\"1\"]|∅|y|copy_has|2|b/r,c/r|5"}},
		"all empty but the authority": {own: "'x'", others: []holding{{resource: "b/r", rows: says("NULL")}, {resource: "c/r", rows: says("''")}}},
		"a copy of the authority":     {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "c/r", rows: says("'y'"), from: "a/own.e"}}},
		"two copies of one":           {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'"), from: "d/r.e"}, {resource: "c/r", rows: says("'y'"), from: "d/r.e"}}},
		"a copy and its source":       {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "c/r", rows: says("'y'"), from: "b/r.e"}}},
		"a copy of a third":           {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "c/r", rows: says("'y'"), from: "d/r.e"}}, want: []string{"A|E|0|[\"1\"]|x|y|differs|2|b/r,c/r|5"}},
		"a ring of copies":            {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'"), from: "c/r.e"}, {resource: "c/r", rows: says("'y'"), from: "b/r.e"}}, want: []string{"A|E|0|[\"1\"]|x|y|differs|2|b/r,c/r|5"}},
		"two doubts of one value": {own: "'x'", others: []holding{{resource: "b/r", rows: says("'y'")}, {resource: "c/r", rows: says("'y'")}, {resource: "d/r", rows: says("'z'")}, {resource: "e/r", rows: says("'z'")}},
			want: []string{"A|E|0|[\"1\"]|x|y|differs|2|b/r,c/r|5", "A|E|0|[\"1\"]|x|z|differs|2|d/r,e/r|5"}},
	} {
		e := holders(t, s, says(c.own), c.others...)
		e.DoubtFrom = c.least
		out := resolve(t, s, e, onesource.Options{})
		if c.want == nil {
			c.want = []string{}
		}
		same(t, name, c.want, rowsOf(t, s, doubtColumns+onesource.DoubtsQuery(e, onesource.Options{})+")"))
		if out.DoubtsByAuthority[0] != int64(len(c.want)) {
			t.Errorf("%s: counted %v", name, out.DoubtsByAuthority)
		}
		value := map[string]string{"'x'": "x|0|∅", "NULL": "∅|∅|∅"}[c.own]
		same(t, name+": golden", []string{value}, rowsOf(t, s, "SELECT e, e__from, disputed FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")"))
	}
}

// Only the row that votes is a witness: what a department said long ago is not.
func TestOldRowsAreNoWitness(t *testing.T) {
	s := open(t, 2)
	old := []string{"('1', 'A', 'y', '2020-01-01')", "('2', 'A', 'x', '2024-01-01')"}
	e := holders(t, s, says("'x'"), holding{resource: "b/r", rows: old}, holding{resource: "c/r", rows: says("'y'")})
	e.Members[1].Resource.Vote = &catalog.KeepRule{Fn: "latest", Item: "at"}
	resolve(t, s, e, onesource.Options{})
	same(t, "doubts", []string{}, rowsOf(t, s, onesource.DoubtsQuery(e, onesource.Options{})))
	e.Members[1].Resource.Vote = nil // every row is compared now, and still only one votes: the smallest key
	resolve(t, s, e, onesource.Options{})
	same(t, "conflicts", []string{"1", "1"}, rowsOf(t, s, "SELECT json_extract_string(record_key, '$[0]') FROM ("+onesource.ConflictsQuery(e, onesource.Options{})+")"))
	same(t, "doubts", []string{"b/r,c/r"}, rowsOf(t, s, "SELECT held_by FROM ("+onesource.DoubtsQuery(e, onesource.Options{})+")"))
}

// A conflict has the times of both records; a doubt is as old as the release in which
// enough had agreed, and older than none.
func TestTimesAndSinceOfADoubt(t *testing.T) {
	s := open(t, 2)
	own := []string{"('7', 'A', 'x', '2023-02-03 04:05:06')"}
	late := []string{"('9', 'A', 'y', '2024-05-06 07:08:09')"}
	run := func(version int64, previous string, others ...holding) onesource.Entity {
		e := holders(t, s, own, others...)
		e.Version, e.Previous = version, previous
		resolve(t, s, e, onesource.Options{})
		keep(t, s, "before", onesource.ConflictsQuery(e, onesource.Options{}))
		return e
	}
	b, c, d := holding{resource: "b/r", rows: late}, holding{resource: "c/r", rows: says("'y'")}, holding{resource: "d/r", rows: says("'y'")}
	run(3, "", b)
	same(t, "times", []string{`["9"]|2024-05-06 07:08:09|2023-02-03 04:05:06|3`}, rowsOf(t, s, "SELECT record_key, holder_time, authority_time, since FROM before"))
	since := func(e onesource.Entity) []string {
		return rowsOf(t, s, "SELECT holders, since, record_key, authority_time FROM ("+onesource.DoubtsQuery(e, onesource.Options{})+")")
	}
	same(t, "second witness", []string{`2|4|["7"]|2023-02-03 04:05:06`}, since(run(4, "before", b, c)))
	same(t, "third witness", []string{`3|4|["7"]|2023-02-03 04:05:06`}, since(run(6, "before", b, c, d)))
}

// Marks show in the golden record, by id, and by key where the id is gone; lifted, they
// are gone.
func TestMarksShowUntilLifted(t *testing.T) {
	s := open(t, 2)
	e := holders(t, s, []string{"('1', 'A', 'x', NULL)", "('2', 'B', 'y', NULL)", "('3', 'C', 'z', NULL)"})
	e.Elements = append(e.Elements, catalog.Element{Code: "K", Column: "citizen", Authority: catalog.Authority{{Item: "a/own.k"}}})
	ids := func() []string {
		resolve(t, s, e, onesource.Options{})
		return rowsOf(t, s, "SELECT golden_id FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")")
	}
	shown := func() []string {
		resolve(t, s, e, onesource.Options{})
		return rowsOf(t, s, "SELECT entity_key, disputed FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")")
	}
	id := ids()
	e.Marks = []onesource.Mark{
		{Entity: "person", GoldenID: id[0], Key: "C", Element: "K"}, // the id leads, whatever key it had
		{Entity: "person", GoldenID: id[0], Key: "C", Element: "E"},
		{Entity: "person", GoldenID: id[0], Key: "C", Element: "E"},
		{Entity: "person", GoldenID: "gone", Key: "B", Element: "E"},
		{Entity: "person", GoldenID: "gone", Key: "nobody", Element: "E"},
		{Entity: "person", GoldenID: id[2], Key: "C", Element: "X'"},
		{Entity: "organisation", GoldenID: id[2], Key: "C", Element: "E"},
	}
	same(t, "marked", []string{"A|citizen,e", "B|e", "C|∅"}, shown())
	e.Marks = e.Marks[3:4]
	same(t, "one lifted", []string{"A|∅", "B|e", "C|∅"}, shown())
	e.Marks = nil
	same(t, "all lifted", []string{"A|∅", "B|∅", "C|∅"}, shown())
}

// A mark follows its subject into the one it is merged with.
func TestMarksFollowAMerge(t *testing.T) {
	s := open(t, 2)
	own := func(second string) []string {
		return []string{"('1', 'A', 'x', NULL)", "('2', '" + second + "', 'y', NULL)"}
	}
	e := holders(t, s, own("B"))
	resolve(t, s, e, onesource.Options{})
	keep(t, s, "crosswalk_before", onesource.CrosswalkQuery(e, onesource.Options{}))
	keep(t, s, "events_before", onesource.EventsQuery(e, onesource.Options{}))
	b := rowsOf(t, s, "SELECT golden_id FROM ("+onesource.GoldenQuery(e, onesource.Options{})+") WHERE entity_key = 'B'")
	e = holders(t, s, own("A"))
	e.Version, e.PrevCrosswalk, e.PrevEvents = 6, "crosswalk_before", "events_before"
	e.Marks = []onesource.Mark{{Entity: "person", GoldenID: b[0], Key: "B", Element: "E"}}
	resolve(t, s, e, onesource.Options{})
	same(t, "golden", []string{"A|e"}, rowsOf(t, s, "SELECT entity_key, disputed FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")"))
}

// The same rows in the same order, whatever the number of threads and of sources before.
func TestDoubtsAreDeterministic(t *testing.T) {
	var want []string
	for _, threads := range []int{1, 2, 4} {
		s := open(t, threads)
		e := holders(t, s, nil, holding{resource: "b/r"}, holding{resource: "c/r"}, holding{resource: "d/r"})
		for i := range e.Members {
			exec(t, s, fmt.Sprintf("INSERT INTO raw_%d SELECT i::VARCHAR, (i %% 5000)::VARCHAR, CASE WHEN %[1]d = 0 THEN 'x' ELSE 'y' || (hash(i + %[1]d) %% 3)::VARCHAR END, NULL, NULL, NULL, NULL, NULL FROM range(6000) r(i) ORDER BY hash(i)", i))
		}
		resolve(t, s, e, onesource.Options{Passes: threads})
		got := rowsOf(t, s, onesource.DoubtsQuery(e, onesource.Options{}))
		if want == nil {
			want = got
		}
		if len(got) < 2000 {
			t.Fatalf("%d doubts", len(got))
		}
		same(t, fmt.Sprint(threads, " threads"), want, got)
	}
}
