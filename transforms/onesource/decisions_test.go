package onesource_test

import (
	"slices"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// about writes a decision's parts: "a:1" is record 1 of d/a, "=K" the subject of key K,
// "a:" all of d/a.
func about(parts ...string) []catalog.Linked {
	var out []catalog.Linked
	for _, p := range parts {
		if key, ok := strings.CutPrefix(p, "="); ok {
			out = append(out, catalog.Linked{EntityKey: key})
			continue
		}
		source, record, _ := strings.Cut(p, ":")
		l := catalog.Linked{Resource: "d/" + source}
		if record != "" {
			l.Record = []string{record}
		}
		out = append(out, l)
	}
	return out
}

func must(id string, parts ...string) catalog.Link {
	return catalog.Link{ID: id, Entity: "person", MustLink: about(parts...), Date: "2026-01-01"}
}

func cannot(id string, parts ...string) catalog.Link {
	return catalog.Link{ID: id, Entity: "person", CannotLink: about(parts...), Date: "2026-01-01"}
}

func exclude(id string, parts ...string) catalog.Link {
	return catalog.Link{ID: id, Entity: "person", Exclude: about(parts...), Date: "2026-01-01"}
}

// decided resolves two sources of one key under decisions.
func decided(t testing.TB, s *engine.Session, decisions ...catalog.Link) (onesource.Entity, onesource.Outcome) {
	p, members := linked(t, catalog.Entity{Keys: []string{"K1"}}, 2)
	fillLinked(t, s, 1, []string{"1|A|张", "2|B|李", "3|∅|王"}, []string{"1|A|张", "2|B|李", "3|B|李丽", "4|BAD|赵"})
	members[1].Valid = "K1 <> 'BAD'"
	p.Links = decisions
	e := onesource.Entities(p, members, day(t, "2026-05-01"), 1)[0]
	return e, resolve(t, s, e, onesource.Options{})
}

func TestDecisions(t *testing.T) {
	s := open(t, 2)
	undecided := []string{`A|0|1`, `A|1|1`, `B|0|2`, `B|1|2`, `B|1|3`}
	for name, c := range map[string]struct {
		decisions []catalog.Link
		links     []string // entity key, source, record; the key of its own and the decision where there are
		problems  []string // kind, reason, decision
	}{
		"none":                  {nil, undecided, []string{"invalid_key|check|∅"}},
		"two keys":              {[]catalog.Link{must("L", "=B", "=A")}, []string{`A|0|1`, `A|0|2|B|L`, `A|1|1`, `A|1|2|B|L`, `A|1|3|B|L`}, []string{"invalid_key|check|∅"}},
		"two records":           {[]catalog.Link{must("L", "b:3", "a:1")}, []string{`A|0|1`, `A|0|2|B|L`, `A|1|1`, `A|1|2|B|L`, `A|1|3|B|L`}, []string{"invalid_key|check|∅"}},
		"one without a key":     {[]catalog.Link{must("L", "a:3", "=B")}, append(slices.Clone(undecided), `B|0|3|∅|L`), []string{"invalid_key|check|∅"}},
		"one with a bad key":    {[]catalog.Link{must("L", "b:4", "a:1")}, append(slices.Clone(undecided), `A|1|4|∅|L`), nil},
		"two without a key":     {[]catalog.Link{must("L", "b:4", "a:3")}, append(slices.Clone(undecided), `#d/a:["3"]|0|3|∅|L`, `#d/a:["3"]|1|4|∅|L`), nil},
		"parted":                {[]catalog.Link{cannot("L", "b:2", "b:3")}, []string{`A|0|1`, `A|1|1`, `B|0|2`, `B|1|2`, `#d/b:["3"]|1|3|B|L`}, []string{"invalid_key|check|∅"}},
		"parted from a key":     {[]catalog.Link{cannot("L", "b:3", "=B")}, []string{`A|0|1`, `A|1|1`, `B|0|2`, `B|1|2`, `#d/b:["3"]|1|3|B|L`}, []string{"invalid_key|check|∅"}},
		"another's record":      {[]catalog.Link{cannot("L1", "=B", "b:3"), must("L2", "b:3", "=A")}, []string{`A|0|1`, `A|1|1`, `A|1|3|B|L2`, `B|0|2`, `B|1|2`}, []string{"invalid_key|check|∅"}},
		"already so":            {[]catalog.Link{must("L1", "b:2", "b:3"), cannot("L2", "=A", "=B")}, undecided, []string{"invalid_key|check|∅"}},
		"left out":              {[]catalog.Link{exclude("L", "b:3", "b:4")}, []string{`A|0|1`, `A|1|1`, `B|0|2`, `B|1|2`}, []string{"excluded|∅|L", "excluded|∅|L"}},
		"a resource left out":   {[]catalog.Link{exclude("L", "b:")}, []string{`A|0|1`, `B|0|2`}, []string{"excluded|∅|L"}},
		"what is not there":     {[]catalog.Link{exclude("L1", "a:9"), must("L2", "a:8", "=Z"), exclude("L3", "z:"), must("L4", "=A", "=B", "a:7")}, []string{`A|0|1`, `A|0|2|B|L4`, `A|1|1`, `A|1|2|B|L4`, `A|1|3|B|L4`}, []string{"decision_unmatched|record|L4", "decision_unmatched|record|L2", "decision_unmatched|record|L1", "decision_unmatched|entity_key|L2", "decision_unmatched|resource|L3", "invalid_key|check|∅"}},
		"over":                  {[]catalog.Link{{ID: "L", Entity: "person", MustLink: about("=A", "=B"), Date: "2026-01-01", Until: "2026-04-30"}}, undecided, []string{"invalid_key|check|∅"}},
		"another entity's":      {[]catalog.Link{{ID: "L", Entity: "place", MustLink: about("=A", "=B"), Date: "2026-01-01"}}, undecided, []string{"invalid_key|check|∅"}},
		"contradiction at once": {[]catalog.Link{must("L1", "=A", "=B"), cannot("L2", "a:1", "b:3")}, undecided, []string{"decision_conflict|cannot_link|L2", "decision_conflict|must_link|L1", "invalid_key|check|∅"}},
		"contradiction through": {[]catalog.Link{must("L1", "=A", "a:3"), must("L2", "a:3", "=B"), cannot("L3", "=A", "=B")}, undecided, []string{"decision_conflict|cannot_link|L3", "decision_conflict|must_link|L1", "decision_conflict|must_link|L2", "invalid_key|check|∅"}},
	} {
		e, _ := decided(t, s, c.decisions...)
		got := links(t, s, e, "entity_key, source, record_key->>0, own_key, decision")
		for i, l := range got {
			got[i] = strings.TrimSuffix(l, "|∅|∅")
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(c.links))
		same(t, name+": links", want, got)
		told := rowsOf(t, s, "SELECT kind, reason, decision FROM ("+onesource.ProblemsQuery(e, onesource.Options{})+")")
		if len(told)+len(c.problems) > 0 {
			same(t, name+": problems", c.problems, told)
		}
	}
}
