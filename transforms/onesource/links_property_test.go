package onesource_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// images makes the office's images, rows in the order that shuffle gives.
func (o office) images(t fataler, s *engine.Session, shuffle func(rows []string)) {
	var sources [][]string
	for _, rows := range o.rows {
		lines := []string{}
		for _, r := range rows {
			cells := []string{fmt.Sprint(r.id), r.keys[0], r.keys[1], r.name}
			for i, c := range cells {
				if c == "" {
					cells[i] = "∅"
				}
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
		shuffle(lines)
		sources = append(sources, lines)
	}
	fillLinked(t, s, 2, sources...)
	var mapped []string
	for _, m := range o.table {
		mapped = append(mapped, "('"+m[0]+"', '"+m[1]+"')")
	}
	shuffle(mapped)
	query := "SELECT NULL::VARCHAR AS q, NULL::VARCHAR AS k LIMIT 0"
	if len(mapped) > 0 {
		query = "SELECT * FROM (VALUES " + strings.Join(mapped, ", ") + ") v(q, k)"
	}
	exec(t, s, "CREATE OR REPLACE TEMP TABLE mapped AS "+query)
}

// officeWorld is what the office's images are of: the name settled by every rule.
func officeWorld(t testing.TB) (*catalog.Project, []onesource.Member) {
	p, members := linked(t, catalog.Entity{Keys: []string{"K1", "K2"}}, 3)
	for _, r := range p.Resources {
		r.Duplicates = nil
	}
	for _, rule := range everyRule {
		p.Elements = append(p.Elements, catalog.Element{Code: string(rule), Column: string(rule), Entity: "person", Survivorship: rule})
		for m := range members {
			members[m].Elements[string(rule)] = members[m].Resource.Item("N")
		}
	}
	return p, members
}

func (o office) entity(t testing.TB, p *catalog.Project, members []onesource.Member, version int64) onesource.Entity {
	p.Links = o.decisions
	e := onesource.Entities(p, members, day(t, "2026-05-01"), version)[0]
	e.Mapped = map[string]string{"K2": "mapped"}
	return e
}

// Links are those that the rules done by hand give, and all tables are the same whatever
// the order of sources and rows, the passes and the threads.
func TestLinksKnowNoOrder(t *testing.T) {
	draws(t, 8)
	p, members := officeWorld(t)
	var sessions []*engine.Session
	for _, threads := range []int{1, 2, 4} {
		sessions = append(sessions, open(t, threads))
	}
	rapid.Check(t, func(rt *rapid.T) {
		o := drawOffice(rt)
		var want []string
		for record, key := range o.subjects() {
			source, id, _ := strings.Cut(record, ":")
			want = append(want, fmt.Sprintf(`%s|%d|["%s"]`, key, source[0]-'a', id))
		}
		slices.Sort(want)
		var first [][]string
		for i, s := range sessions {
			order := rapid.Permutation([]int{0, 1, 2}).Draw(rt, "sources")
			o.images(rt, s, func(rows []string) {
				copy(rows, rapid.Permutation(slices.Clone(rows)).Draw(rt, "rows"))
			})
			e := o.entity(t, p, members, 1)
			e.Members = []onesource.Member{e.Members[order[0]], e.Members[order[1]], e.Members[order[2]]}
			opt := onesource.Options{Passes: i + 1}
			resolve(rt, s, e, opt)
			var all [][]string
			for _, query := range []string{onesource.GoldenQuery(e, opt), onesource.CrosswalkQuery(e, opt), onesource.ConflictsQuery(e, opt), onesource.ProblemsQuery(e, opt), onesource.DoubtsQuery(e, opt)} {
				all = append(all, rowsOf(rt, s, query))
			}
			if first == nil {
				first = all
			} else if diff := gocmp.Diff(first, all); diff != "" {
				rt.Fatalf("sources %v, %d passes, session %d (-first +this):\n%s", order, i+1, i, diff)
			}
		}
		e := o.entity(t, p, members, 1)
		got := links(rt, sessions[2], e, "entity_key, source, record_key")
		slices.Sort(got)
		if diff := gocmp.Diff(append([]string{}, want...), got); diff != "" {
			rt.Fatalf("links (-want +got):\n%s", diff)
		}
	})
}

// Taking any records away and putting them back gives the same records and ids, by a
// decision or at the source.
func TestPutBackIsAsBefore(t *testing.T) {
	draws(t, 8)
	p, members := officeWorld(t)
	s := open(t, 2)
	still := func([]string) {}
	rapid.Check(t, func(rt *rapid.T) {
		o := drawOffice(rt)
		whole := func(o office, version int64, previous bool) [][]string {
			o.images(rt, s, still)
			e := o.entity(t, p, members, version)
			if previous {
				e.PrevCrosswalk, e.PrevEvents, e.Previous = "was_crosswalk", "was_events", "was_conflicts"
			}
			resolve(rt, s, e, onesource.Options{})
			opt := onesource.Options{}
			out := [][]string{rowsOf(rt, s, onesource.GoldenQuery(e, opt)), rowsOf(rt, s, onesource.CrosswalkQuery(e, opt))}
			events := rowsOf(rt, s, onesource.EventsQuery(e, opt))
			keep(rt, s, "now_events", onesource.EventsQuery(e, opt))
			keep(rt, s, "now_conflicts", onesource.ConflictsQuery(e, opt))
			keep(rt, s, "was_crosswalk", onesource.CrosswalkQuery(e, opt))
			exec(rt, s, "CREATE OR REPLACE TEMP TABLE was_events AS FROM now_events", "CREATE OR REPLACE TEMP TABLE was_conflicts AS FROM now_conflicts")
			ids := map[string]bool{}
			for _, l := range out[0] {
				if id := l[:32]; ids[id] {
					rt.Fatalf("one id for two")
				} else {
					ids[id] = true
				}
			}
			if slices.ContainsFunc(rowsOf(rt, s, onesource.AliasesQuery(e, opt)), func(l string) bool { return ids[l[:32]] || !ids[l[33:]] }) {
				rt.Fatalf("an alias of one that is there, or to one that is not: %v", events)
			}
			return out
		}
		before := whole(o, 1, false)
		less := o
		for range rapid.IntRange(1, 3).Draw(rt, "changes") {
			source, id := rapid.IntRange(0, 2).Draw(rt, "of source"), rapid.IntRange(0, 5).Draw(rt, "of record")
			if rapid.Bool().Draw(rt, "by decision") {
				less.decisions = append(slices.Clone(less.decisions), exclude("X"+name(source, id), name(source, id)))
			} else {
				less.rows[source] = slices.DeleteFunc(slices.Clone(less.rows[source]), func(c call) bool { return c.id == id })
			}
		}
		for version := range int64(rapid.IntRange(1, 2).Draw(rt, "releases without")) {
			whole(less, 2+version, true)
		}
		if diff := gocmp.Diff(before, whole(o, 9, true)); diff != "" {
			rt.Fatalf("(-before +put back):\n%s", diff)
		}
	})
}
