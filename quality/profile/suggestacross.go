package profile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// order proposes which of two days comes first, where nearly all rows say so. Of three in
// a row only neighbours are proposed.
func (g *guessing) order() error {
	var days []*Column
	for i := range g.Profile.Columns {
		c := &g.Profile.Columns[i]
		if (c.kind == day || c.kind == moment) && c.Distinct > 1 && g.Resource.CursorItem() != g.Resource.Item(c.Name) && !strings.Contains(c.Label, "更新") {
			days = append(days, c)
		}
	}
	type pair struct{ first, then *Column }
	holds := map[pair]string{}
	for _, a := range days {
		for _, b := range days {
			if a == b || a.kind != b.kind {
				continue
			}
			var both, right, before int64
			x, y := engine.Ident(a.Name), engine.Ident(b.Name)
			err := g.Session.Row(g.ctx, "suggest", fmt.Sprintf("SELECT count(*), count(*) FILTER (WHERE %[1]s <= %[2]s), count(*) FILTER (WHERE %[1]s < %[2]s) FROM %[3]s WHERE %[1]s IS NOT NULL AND %[2]s IS NOT NULL", x, y, g.Relation), &both, &right, &before)
			if err != nil {
				return err
			}
			if both >= enough && right*50 >= both*49 && before*2 > both {
				holds[pair{a, b}] = Share(right, both)
			}
		}
	}
	for _, a := range days {
		for _, b := range days {
			share, ok := holds[pair{a, b}]
			between := slices.ContainsFunc(days, func(m *Column) bool { return holds[pair{a, m}] != "" && holds[pair{m, b}] != "" })
			if ok && !between {
				g.add(rankOrder, a.Name, "compare", `{op: "<=", with: `+b.Name+"}", g.say("suggest.order", share, b.Name))
			}
		}
	}
	return nil
}

// pairsTried is how many pairs of items are tried for a key of two.
const pairsTried = 15

// together proposes two items whose values together tell all rows apart, where no item
// does by itself.
func (g *guessing) together() error {
	if len(g.Resource.Source.Key) > 0 || slices.ContainsFunc(g.out, func(s Suggestion) bool { return s.Kind == "unique" }) {
		return nil
	}
	var columns []*Column
	for i := range g.Profile.Columns {
		if c := &g.Profile.Columns[i]; c.Nulls == 0 && c.Distinct > 1 && (c.kind == words || c.kind == day || c.kind == number && g.Resource.Item(c.Name).Type.Scale == 0) {
			columns = append(columns, c)
		}
	}
	slices.SortStableFunc(columns, func(a, b *Column) int { return int(b.Distinct - a.Distinct) })
	tried := 0
	for i, a := range columns {
		for _, b := range columns[i+1:] {
			if tried++; tried > pairsTried || a.Distinct*b.Distinct < g.Profile.Rows {
				continue
			}
			var tuples int64
			list := engine.Idents([]string{a.Name, b.Name})
			if err := g.Session.Row(g.ctx, "suggest", "SELECT count(*) FROM (SELECT "+list+" FROM "+g.Relation+" GROUP BY ALL)", &tuples); err != nil {
				return err
			}
			if tuples*1000 >= g.Profile.Rows*999 {
				g.add(rankKey, "", "unique", "["+a.Name+", "+b.Name+"]", g.say("suggest.unique", Count(tuples), Count(g.Profile.Rows)))
				return nil
			}
		}
	}
	return nil
}

// references proposes that values are those of another resource's key: of the same data
// element, name or label, for numbers from 1 lie in every key.
func (g *guessing) references() error {
	for _, id := range slices.Sorted(maps.Keys(g.Others)) {
		other := g.Project.Resource(id)
		if other == nil || len(other.Source.Key) != 1 || id == g.Resource.ID {
			continue
		}
		key := other.Item(other.Source.Key[0])
		for i := range g.Profile.Columns {
			c := &g.Profile.Columns[i]
			it := g.Resource.Item(c.Name)
			if key == nil || c.Distinct < 3 || it.Type.Kind != key.Type.Kind || !sameThing(it, key) || slices.Contains(g.Resource.Source.Key, it.Name) {
				continue
			}
			var held int64
			err := g.Session.Row(g.ctx, "suggest", fmt.Sprintf("SELECT count(*) FROM %s r SEMI JOIN %s o ON r.%s = o.%s", g.Relation, g.Others[id], engine.Ident(it.Name), engine.Ident(key.Name)), &held)
			if err != nil {
				return err
			}
			if filled := c.Filled(g.Profile.Rows); float64(held) >= 0.95*float64(filled) {
				g.add(rankReference, c.Name, "foreign_key", id+"."+key.Name, g.say("suggest.reference", Share(held, filled), id))
			}
		}
	}
	return nil
}

// sameThing tells items that may stand for the same.
func sameThing(a, b *catalog.Item) bool {
	return a.Element != "" && a.Element == b.Element || a.Name == b.Name && a.Name != "id" || a.Label != "" && a.Label == b.Label
}

// volume proposes how many rows there may be, by how many there were.
func (g *guessing) volume() error {
	least, greatest := g.Profile.Rows, g.Profile.Rows
	for _, n := range g.History {
		least, greatest = min(least, n), max(greatest, n)
	}
	if greatest == 0 {
		return nil
	}
	if len(g.History) >= 5 {
		g.add(rankWhole, "", "volume_drift", "", g.say("suggest.drift", len(g.History)))
	}
	g.add(rankWhole, "", "row_count", fmt.Sprintf("{min: %d, max: %d}", least/2, greatest*2), g.say("suggest.volume", Count(least), Count(greatest), len(g.History)+1))
	return nil
}
