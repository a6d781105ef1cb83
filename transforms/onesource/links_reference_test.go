package onesource_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"guiji/catalog"
)

// office is the small world of the links' reference: three sources with two keys a row,
// a table that maps the second key to the first, and decisions.
type office struct {
	rows      [3][]call
	table     [][2]string // of K2, K1
	decisions []catalog.Link
}

// call is a row: its keys, "" for none.
type call struct {
	id   int
	keys [2]string
	name string
}

// name is the record as decisions write it.
func name(source, id int) string { return fmt.Sprintf("%c:%d", 'a'+source, id) }

func drawOffice(t *rapid.T) office {
	var o office
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	for i := range o.rows {
		for id := range rapid.IntRange(0, 5).Draw(t, "rows") {
			o.rows[i] = append(o.rows[i], call{id, [2]string{pick("first", "A", "B", "C", ""), pick("second", "p", "q", "", "")}, pick("name", "x", "y")})
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "mapped") {
		o.table = append(o.table, [2]string{pick("from", "p", "q"), pick("to", "A", "B")})
	}
	part := func() string {
		if rapid.Bool().Draw(t, "by key") {
			return pick("key", "=A", "=B", "=C", "=K2:p", "=K2:q", "=Z")
		}
		return name(rapid.IntRange(0, 2).Draw(t, "source"), rapid.IntRange(0, 5).Draw(t, "record"))
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "decisions") {
		id := fmt.Sprintf("L%d", i)
		switch pick("kind", "must", "must", "cannot", "exclude") {
		case "must":
			o.decisions = append(o.decisions, must(id, part(), part()))
		case "cannot":
			o.decisions = append(o.decisions, cannot(id, part(), part()))
		default:
			o.decisions = append(o.decisions, exclude(id, name(rapid.IntRange(0, 2).Draw(t, "source"), rapid.IntRange(0, 5).Draw(t, "record"))))
		}
	}
	return o
}

// said is a decision's part as it was written.
func said(l catalog.Linked) string {
	if l.EntityKey != "" {
		return "=" + l.EntityKey
	}
	return strings.TrimPrefix(l.Resource, "d/") + ":" + l.Record[0]
}

// subjects are the entity key of each record, by name: the rules of decision 003 done
// by hand. Records without a link are left out.
func (o office) subjects() map[string]string {
	of := o.tied()
	dropped, named := map[string]bool{}, map[string]bool{}
	for _, d := range o.decisions {
		for _, l := range d.Exclude {
			dropped[said(l)] = true
		}
		for _, l := range d.MustLink {
			named[said(l)] = true
		}
	}
	known := maps.Clone(of) // by the names that decisions use
	for r, k := range of {
		if k == "" && !named[r] {
			delete(known, r)
			delete(of, r)
		}
	}
	byOwn := o.ownKeys(dropped)
	alone := map[string]bool{}
	for r, k := range of {
		if k == "" {
			of[r], alone[r] = standIn(r), true
			known[r] = of[r]
		}
	}
	node := func(l catalog.Linked) (string, bool) {
		if l.EntityKey == "" {
			k, ok := of[said(l)]
			return k, ok
		}
		for r := range known {
			if of[r] == l.EntityKey || byOwn[r] == l.EntityKey {
				if byOwn[r] == l.EntityKey && o.tiedKey(r) != "" {
					return o.tiedKey(r), true
				}
				return l.EntityKey, true
			}
		}
		return "", false
	}
	parted := o.part(of, node)
	groups, bad := o.join(node)
	for r, k := range of {
		g := groups[k]
		switch {
		case len(g) < 2 || bad[k]:
			if alone[r] && !parted[r] {
				delete(of, r)
			}
		default:
			of[r] = slices.MinFunc(g, compare)
		}
	}
	return of
}

func standIn(record string) string {
	source, id, _ := strings.Cut(record, ":")
	return "#d/" + source + `:["` + id + `"]`
}

func compare(a, b string) int {
	rank := func(k string) int { return strings.Count(k, "K2:") + 2*strings.Count(k, "#") }
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}

// ownKeys are the keys the records give themselves.
func (o office) ownKeys(dropped map[string]bool) map[string]string {
	out := map[string]string{}
	for i, rows := range o.rows {
		for _, r := range rows {
			switch {
			case dropped[name(i, r.id)]:
			case r.keys[0] != "":
				out[name(i, r.id)] = r.keys[0]
			case r.keys[1] != "":
				out[name(i, r.id)] = "K2:" + r.keys[1]
			default:
				out[name(i, r.id)] = ""
			}
		}
	}
	return out
}

// tied are the entity keys once routes are tied.
func (o office) tied() map[string]string {
	dropped := map[string]bool{}
	for _, d := range o.decisions {
		for _, l := range d.Exclude {
			dropped[said(l)] = true
		}
	}
	own := o.ownKeys(dropped)
	claims := map[string]map[string]bool{"p": {}, "q": {}}
	for i, rows := range o.rows {
		for _, r := range rows {
			if _, in := own[name(i, r.id)]; in && r.keys[0] != "" && r.keys[1] != "" {
				claims[r.keys[1]][r.keys[0]] = true
			}
		}
	}
	for _, m := range o.table {
		claims[m[0]][m[1]] = true
	}
	for _, d := range o.decisions {
		for i, l := range d.CannotLink {
			if q, ok := strings.CutPrefix(l.EntityKey, "K2:"); ok {
				delete(claims[q], d.CannotLink[1-i].EntityKey)
			}
		}
	}
	for r, k := range own {
		if q, ok := strings.CutPrefix(k, "K2:"); ok && len(claims[q]) == 1 {
			for first := range claims[q] {
				own[r] = first
			}
		}
	}
	return own
}

// tiedKey is a record's key once routes are tied.
func (o office) tiedKey(record string) string { return o.tied()[record] }

// part takes records out of their keys.
func (o office) part(of map[string]string, node func(catalog.Linked) (string, bool)) map[string]bool {
	out := map[string]bool{}
	for _, d := range o.decisions {
		if len(d.CannotLink) != 2 {
			continue
		}
		a, okA := node(d.CannotLink[0])
		b, okB := node(d.CannotLink[1])
		if !okA || !okB || a != b {
			continue
		}
		leaving := said(d.CannotLink[1])
		if strings.HasPrefix(leaving, "=") {
			leaving = said(d.CannotLink[0])
		}
		if !strings.HasPrefix(leaving, "=") && !strings.HasPrefix(of[leaving], "#") {
			of[leaving], out[leaving] = standIn(leaving), true
		}
	}
	return out
}

// join groups keys until no decision changes anything; bad are the keys of groups that
// another decision forbids.
func (o office) join(node func(catalog.Linked) (string, bool)) (groups map[string][]string, bad map[string]bool) {
	groups, bad = map[string][]string{}, map[string]bool{}
	for range o.decisions {
		for _, d := range o.decisions {
			var keys []string
			for _, l := range d.MustLink {
				if k, ok := node(l); ok {
					keys = append(keys, append(groups[k], k)...)
				}
			}
			slices.Sort(keys)
			keys = slices.Compact(keys)
			for _, k := range keys {
				groups[k] = keys
			}
		}
	}
	for _, d := range o.decisions {
		if len(d.CannotLink) != 2 {
			continue
		}
		a, okA := node(d.CannotLink[0])
		b, okB := node(d.CannotLink[1])
		if okA && okB && a != b && slices.Contains(groups[a], b) {
			for _, k := range groups[a] {
				bad[k] = true
			}
		}
	}
	return groups, bad
}
