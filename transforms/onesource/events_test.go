package onesource_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// chain makes one release after the other.
type chain struct {
	s       *engine.Session
	project *catalog.Project
	members []onesource.Member
	version int64
	made    bool
}

// next makes the next release of the images as they are, under decisions, and returns
// its golden ids by entity key.
func (c *chain) next(t fataler, date string, decisions ...catalog.Link) (ids map[string]string, out onesource.Outcome) {
	t.Helper()
	c.version++
	c.project.Links = decisions
	when, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatalf("%v", err)
	}
	e := onesource.Entities(c.project, c.members, when, c.version)[0]
	if c.made {
		e.Previous, e.PrevCrosswalk, e.PrevEvents = "was_conflicts", "was_crosswalk", "was_events"
	}
	out = resolve(t, c.s, e, onesource.Options{})
	for table, query := range map[string]string{"was_conflicts": onesource.ConflictsQuery(e, onesource.Options{}), "was_crosswalk": onesource.CrosswalkQuery(e, onesource.Options{}),
		"was_events": onesource.EventsQuery(e, onesource.Options{}), "was_golden": onesource.GoldenQuery(e, onesource.Options{}), "was_aliases": onesource.AliasesQuery(e, onesource.Options{})} {
		keep(t, c.s, table, query)
	}
	c.made, ids = true, map[string]string{}
	seen := map[string]bool{}
	for _, l := range rowsOf(t, c.s, "SELECT entity_key, golden_id FROM was_golden") {
		key, id, _ := strings.Cut(l, "|")
		if ids[key] = id; seen[id] {
			t.Fatalf("release %d gives one id to two", c.version)
		}
		seen[id] = true
	}
	return ids, out
}

// events are those of a release, with ids written as names.
func (c *chain) events(t fataler, names map[string]string) []string {
	out := rowsOf(t, c.s, "SELECT golden_id, kind, other_id FROM was_events WHERE since = (SELECT max(since) FROM was_events)")
	return named(out, names)
}

// named writes ids as the names they have here.
func named(lines []string, names map[string]string) []string {
	var pairs []string
	for name, id := range names {
		pairs = append(pairs, id, name)
	}
	r := strings.NewReplacer(pairs...)
	for i := range lines {
		lines[i] = r.Replace(lines[i])
	}
	slices.Sort(lines)
	return lines
}

func newChain(t testing.TB, sources int) *chain {
	c := &chain{s: open(t, 2)}
	c.project, c.members = linked(t, catalog.Entity{Keys: []string{"K1"}}, sources)
	return c
}

// Ids outlive decisions and what records do: each change is told once, an old id leads
// to the present one, and what is undone is as it was.
func TestEvents(t *testing.T) {
	c := newChain(t, 2)
	a, b := []string{"1|A|张", "2|B|李"}, []string{"1|A|张", "2|B|李", "3|C|赵"}
	fillLinked(t, c.s, 1, a, b)
	one, _ := c.next(t, "2026-01-01")
	if n := rowsOf(t, c.s, "FROM was_events"); len(n) > 0 {
		t.Errorf("events of a first release: %v", n)
	}
	golden := rowsOf(t, c.s, "FROM was_golden")

	two, out := c.next(t, "2026-01-02", must("L", "=A", "=B"))
	same(t, "joined", []string{"B|merged|A"}, c.events(t, one))
	same(t, "counted", map[string]int64{"merged": 1}, out.Events)
	same(t, "the leader's id", one["A"], two["A"])
	same(t, "alias", []string{"B|A"}, named(rowsOf(t, c.s, "FROM was_aliases"), one))

	_, out = c.next(t, "2026-01-03", must("L", "=A", "=B"))
	same(t, "nothing new", map[string]int64{}, out.Events)

	c.next(t, "2026-01-04")
	same(t, "undone", []string{"A|split|B", "B|returned|∅"}, c.events(t, one))
	same(t, "as before", golden, rowsOf(t, c.s, "FROM was_golden"))
	same(t, "no alias", []string{}, rowsOf(t, c.s, "FROM was_aliases"))

	fillLinked(t, c.s, 1, []string{"1|Z|张", "2|B|李"}, []string{"1|Z|张", "2|B|李", "3|C|赵"})
	three, _ := c.next(t, "2026-01-05")
	same(t, "the number was replaced", one["A"], three["Z"])
	same(t, "rekeyed", []string{"A|rekeyed|" + digest(t, c.s, "Z")}, c.events(t, one))

	fillLinked(t, c.s, 1, []string{"2|B|李"}, []string{"2|B|李"})
	c.next(t, "2026-01-06")
	same(t, "gone", []string{"A|left|∅", "C|left|∅"}, c.events(t, one))

	fillLinked(t, c.s, 1, []string{"1|Z|张", "2|B|李"}, []string{"2|B|李", "3|C|赵"})
	four, _ := c.next(t, "2026-01-07")
	same(t, "back with the id it had, though the key forms another", one["A"], four["Z"])
	same(t, "back", []string{"A|returned|∅", "C|returned|∅"}, c.events(t, one))

	fillLinked(t, c.s, 1, []string{"1|Z|张", "2|Z|李", "9|A|新"}, []string{"2|C|李", "3|C|赵"})
	five, _ := c.next(t, "2026-01-08")
	one["new"] = five["A"]
	same(t, "one key's records went two ways; a number came free and was given to another", []string{"B|split|A", "B|split|C", "new|formed|A"}, c.events(t, one))
	same(t, "no alias of one that was split", []string{}, rowsOf(t, c.s, "FROM was_aliases"))
}

// An alias leads through several mergers to the id that is there now.
func TestAliasesAreFollowed(t *testing.T) {
	c := newChain(t, 1)
	fillLinked(t, c.s, 1, []string{"1|A|张", "2|B|李", "3|C|赵", "4|D|王"})
	one, _ := c.next(t, "2026-01-01")
	c.next(t, "2026-01-02", must("L1", "=C", "=D"))
	c.next(t, "2026-01-03", must("L1", "=C", "=D"), must("L2", "=B", "=C"))
	c.next(t, "2026-01-04", must("L1", "=C", "=D"), must("L2", "=B", "=C"), must("L3", "=A", "=B"))
	same(t, "to the first", []string{"B|A", "C|A", "D|A"}, named(rowsOf(t, c.s, "FROM was_aliases"), one))
	c.next(t, "2026-01-05", must("L1", "=C", "=D"))
	same(t, "those that came back have none", []string{"D|C"}, named(rowsOf(t, c.s, "FROM was_aliases"), one))
	fillLinked(t, c.s, 1, []string{"1|A|张"})
	c.next(t, "2026-01-06")
	same(t, "none to one that is gone", []string{}, rowsOf(t, c.s, "FROM was_aliases"))
}

// Leaving records or a whole source out needs the decision alone, is the same as if they
// had never been there, and undone gives the same bytes and ids.
func TestLeavingOutAndPuttingBack(t *testing.T) {
	c := newChain(t, 3)
	all := [][]string{{"1|A|张", "2|B|李"}, {"1|A|章", "2|C|赵"}, {"1|A|张", "5|D|周"}}
	tables := []string{"was_golden", "was_crosswalk"}
	state := func() (out [][]string) {
		for _, name := range tables {
			out = append(out, rowsOf(t, c.s, "FROM "+name))
		}
		return append(out, rowsOf(t, c.s, "SELECT * EXCLUDE (since) FROM was_conflicts"))
	}
	fillLinked(t, c.s, 1, all...)
	c.next(t, "2026-01-01")
	whole := state()
	for name, x := range map[string]struct {
		decision catalog.Link
		rest     [][]string
	}{
		"a record":   {exclude("L", "b:1"), [][]string{all[0], {"2|C|赵"}, all[2]}},
		"the last":   {exclude("L", "c:5"), [][]string{all[0], all[1], {"1|A|张"}}},
		"a source":   {exclude("L", "c:"), [][]string{all[0], all[1], nil}},
		"the leader": {exclude("L", "a:"), [][]string{nil, all[1], all[2]}},
	} {
		fillLinked(t, c.s, 1, all...)
		_, out := c.next(t, "2026-01-02", x.decision)
		without := state()
		if slices.EqualFunc(whole, without, slices.Equal) || out.Problems["excluded"] != 1 {
			t.Fatalf("%s: nothing changed, or it was not told: %v", name, out.Problems)
		}
		fresh := newChain(t, 3)
		fillLinked(t, fresh.s, 1, x.rest...)
		fresh.next(t, "2026-01-01")
		mine := c.s
		c.s = fresh.s
		same(t, name+" left out, as if it had never been there", state(), without)
		c.s = mine
		c.next(t, "2026-01-03")
		same(t, name+" put back", whole, state())
	}
}

func digest(t fataler, s *engine.Session, key string) string {
	return rowsOf(t, s, "SELECT left(sha256(CAST(to_json(['person', "+engine.Lit(key)+"]) AS VARCHAR)), 32)")[0]
}
