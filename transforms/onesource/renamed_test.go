package onesource_test

import (
	"testing"

	"guiji/catalog"
	"guiji/transforms/onesource"
)

// An element that is called by another code is the same element: ids stay with keys that
// bear the code, conflicts are as old as they were, and decisions by the old code hold.
func TestARenamedElement(t *testing.T) {
	s := open(t, 2)
	rows := []([]string){{"1|A|∅|张", "2|∅|p|李", "3|B|q|王"}, {"1|A|∅|章", "2|∅|p|李"}}
	p, members := linked(t, catalog.Entity{Keys: []string{"K1", "K2"}}, 2)
	fillLinked(t, s, 2, rows...)
	p.Links = []catalog.Link{must("L", "=K2:p", "=Z"), cannot("M", "=K2:q", "=A"), exclude("X", "a:2")}
	made := func(version int64, previous bool) (ids, conflicts []string, told int) {
		e := onesource.Entities(p, members, day(t, "2026-05-01"), version)[0]
		if previous {
			e.Previous, e.PrevCrosswalk, e.PrevEvents = "was_conflicts", "was_crosswalk", "was_events"
			e.ReadRenamed()
		}
		out := resolve(t, s, e, onesource.Options{})
		ids = rowsOf(t, s, "SELECT golden_id, replace(entity_key, 'K9', 'K2') FROM ("+onesource.GoldenQuery(e, onesource.Options{})+") ORDER BY 2")
		conflicts = rowsOf(t, s, "SELECT entity_key, element, since FROM ("+onesource.ConflictsQuery(e, onesource.Options{})+")")
		keep(t, s, "was_conflicts", onesource.ConflictsQuery(e, onesource.Options{}))
		keep(t, s, "was_crosswalk", onesource.CrosswalkQuery(e, onesource.Options{}))
		keep(t, s, "was_events", onesource.EventsQuery(e, onesource.Options{}))
		if len(out.Events) > 0 {
			t.Errorf("release %d: %v", version, out.Events)
		}
		return ids, conflicts, int(out.Problems["decision_unmatched"])
	}
	before, conflicts, told := made(1, false)
	p.Entities[0].Keys = []string{"K1", "K9"}
	p.Elements[1].Code, p.Elements[1].Replaces = "K9", []string{"K2"}
	p.Elements[2].Code, p.Elements[2].Replaces = "N2", []string{"N"}
	for i := range members {
		m := &members[i]
		m.Elements = map[string]*catalog.Item{"K1": m.Elements["K1"], "K9": m.Elements["K2"], "N2": m.Elements["N"]}
	}
	after, renamed, still := made(7, true)
	same(t, "ids", before, after)
	same(t, "told of decisions", told, still)
	same(t, "conflicts", []string{"A|N|1"}, conflicts)
	same(t, "conflicts under the new code", []string{"A|N2|1"}, renamed)
}

// An entity whose last source is withdrawn has no golden records, and everybody has left;
// back, it has the same.
func TestADesertedEntity(t *testing.T) {
	c := newChain(t, 1)
	fillLinked(t, c.s, 1, []string{"1|A|张", "2|B|李"})
	one, _ := c.next(t, "2026-01-01")
	golden := rowsOf(t, c.s, "FROM was_golden")
	_, out := c.next(t, "2026-01-02", exclude("L", "a:"))
	if out.Golden != 0 || out.Members != 0 || out.Events["left"] != 2 {
		t.Errorf("left out: %+v", out)
	}
	c.next(t, "2026-01-03")
	e := onesource.Deserted(c.project, c.project.Entities[0], day(t, "2026-01-04"), 4)
	e.PrevCrosswalk, e.PrevEvents, e.Previous = "was_crosswalk", "was_events", "was_conflicts"
	out = resolve(t, c.s, e, onesource.Options{})
	if out.Golden != 0 || out.Events["left"] != 2 || len(rowsOf(t, c.s, onesource.CrosswalkQuery(e, onesource.Options{}))) > 0 || len(rowsOf(t, c.s, onesource.GoldenQuery(e, onesource.Options{}))) > 0 {
		t.Errorf("deserted: %+v", out)
	}
	keep(t, c.s, "was_crosswalk", onesource.CrosswalkQuery(e, onesource.Options{}))
	keep(t, c.s, "was_events", onesource.EventsQuery(e, onesource.Options{}))
	c.version = 4
	c.next(t, "2026-01-05")
	same(t, "back", golden, rowsOf(t, c.s, "FROM was_golden"))
	same(t, "returned", []string{"A|returned|∅", "B|returned|∅"}, c.events(t, one))
}
