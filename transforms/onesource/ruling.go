package onesource

import (
	"cmp"
	"slices"
	"strings"

	"guiji/catalog"
)

// recordID is a record of a source.
type recordID struct {
	source int16
	key    string // record key, as the crosswalk shows it
}

// moved is the entity key that a decision brings a record or a subject to, and the
// number of the decision.
type moved struct {
	to string
	by int
}

// told is a decision that could not be applied, or not in full.
type told struct {
	kind, reason string
	decision     int
	record       *recordID // that it names; nil where it names none, or its source is unknown
}

// The kinds of told, and their reasons.
const (
	decisionUnmatched = "decision_unmatched" // resource, record, entity_key: not there
	decisionConflict  = "decision_conflict"  // what must be one subject must not: none of it is linked
)

// named is what stands behind the names in decisions once routes are tied: of each
// record named its entity key, "" where it has none, and of each key named the key it
// was tied to.
type named struct {
	sources map[string]int16
	records map[recordID]string
	keys    map[string]string
}

// ruling is what the decisions come to.
type ruling struct {
	records map[recordID]moved // records that leave their key, or come to one without any of their own
	keys    map[string]moved   // subjects that another leads
	told    []told
}

// standIn is the entity key of a record that a decision takes out of its own, or that
// has none: no key of a source begins so.
func standIn(source, key string) string { return "#" + source + ":" + key }

// court works out a ruling. Keys are nodes of a graph that decisions join.
type court struct {
	entity  Entity
	at      named
	now     map[recordID]string // entity key of each record named
	parents map[string]string
	first   map[string]int   // the first decision that joined a group, by root
	joined  map[string][]int // all of them
	out     ruling
}

// rule works out what decisions come to: first those that part, then those that join,
// each in the order of their ids. What contradicts itself joins nothing.
func (e Entity) rule(at named) ruling {
	c := &court{entity: e, at: at, now: map[recordID]string{}, parents: map[string]string{},
		out: ruling{records: map[recordID]moved{}, keys: map[string]moved{}}}
	names := map[int16]string{}
	for name, n := range at.sources {
		names[n] = name
	}
	for id, k := range at.records {
		if k == "" {
			k = standIn(names[id.source], id.key)
		}
		c.now[id] = k
	}
	for i, d := range e.Decisions {
		if len(d.CannotLink) == 2 {
			c.part(i, d, names)
		}
	}
	for i, d := range e.Decisions {
		if len(d.MustLink) > 0 {
			c.join(i, d)
		}
	}
	c.settle()
	return c.out
}

// node is the entity key that a decision's part names; ok is false where there is none.
func (c *court) node(i int, d catalog.Linked) (key string, id *recordID, ok bool) {
	if d.EntityKey != "" {
		key, ok = c.at.keys[d.EntityKey]
		for _, k := range c.now {
			if k == d.EntityKey {
				key, ok = k, true
			}
		}
		if !ok {
			c.out.told = append(c.out.told, told{decisionUnmatched, "entity_key", i, nil})
		}
		return key, nil, ok
	}
	source, ok := c.at.sources[d.Resource]
	if !ok {
		c.out.told = append(c.out.told, told{decisionUnmatched, "resource", i, nil})
		return "", nil, false
	}
	id = &recordID{source, recordText(d.Record)}
	if key, ok = c.now[*id]; !ok {
		c.out.told = append(c.out.told, told{decisionUnmatched, "record", i, id})
	}
	return key, id, ok
}

// part takes one of two that have one key out of it: the second, if that is a record.
func (c *court) part(i int, d catalog.Link, names map[int16]string) {
	a, first, okA := c.node(i, d.CannotLink[0])
	b, second, okB := c.node(i, d.CannotLink[1])
	if !okA || !okB || a != b {
		return
	}
	leaving := second
	if leaving == nil {
		leaving = first
	}
	if leaving == nil || strings.HasPrefix(c.now[*leaving], "#") {
		c.out.told = append(c.out.told, told{decisionConflict, "same", i, nil})
		return
	}
	own := standIn(names[leaving.source], leaving.key)
	c.now[*leaving] = own
	c.out.records[*leaving] = moved{own, i}
}

func (c *court) find(k string) string {
	for c.parents[k] != "" {
		k = c.parents[k]
	}
	return k
}

// join puts all that a decision names into one group.
func (c *court) join(i int, d catalog.Link) {
	var keys []string
	for _, l := range d.MustLink {
		if k, _, ok := c.node(i, l); ok {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		if a, b := c.find(keys[0]), c.find(k); a != b {
			c.parents[max(a, b)] = min(a, b)
		}
	}
}

// settle names the leader of each group that no decision forbids.
func (c *court) settle() {
	c.first, c.joined = map[string]int{}, map[string][]int{}
	for i, d := range c.entity.Decisions {
		for _, l := range d.MustLink {
			if k, ok := c.known(l); ok {
				root := c.find(k)
				if _, had := c.first[root]; !had {
					c.first[root] = i
				}
				if n := len(c.joined[root]); n == 0 || c.joined[root][n-1] != i {
					c.joined[root] = append(c.joined[root], i)
				}
			}
		}
	}
	bad := c.forbidden()
	groups := map[string][]string{}
	for k := range c.parents {
		groups[c.find(k)] = append(groups[c.find(k)], k)
	}
	standIns := map[string]moved{}
	for root, keys := range groups {
		if bad[root] {
			continue
		}
		keys = append(keys, root)
		lead := slices.MinFunc(keys, c.entity.compareKeys)
		for _, k := range keys {
			switch m := (moved{lead, c.first[root]}); {
			case strings.HasPrefix(k, "#"):
				standIns[k] = m
			case k != lead:
				c.out.keys[k] = m
			}
		}
	}
	for id, k := range c.now {
		if m, ok := standIns[k]; ok {
			c.out.records[id] = m
		}
	}
}

// known is node without a word about what is not there.
func (c *court) known(d catalog.Linked) (string, bool) {
	before := len(c.out.told)
	k, _, ok := c.node(0, d)
	c.out.told = c.out.told[:before]
	return k, ok
}

// forbidden are the groups in which a decision to part is broken.
func (c *court) forbidden() map[string]bool {
	bad := map[string]bool{}
	for i, d := range c.entity.Decisions {
		if len(d.CannotLink) != 2 {
			continue
		}
		a, okA := c.known(d.CannotLink[0])
		b, okB := c.known(d.CannotLink[1])
		root := c.find(a)
		if !okA || !okB || a == b || root != c.find(b) {
			continue
		}
		c.out.told = append(c.out.told, told{decisionConflict, "cannot_link", i, nil})
		if !bad[root] {
			for _, by := range c.joined[root] {
				c.out.told = append(c.out.told, told{decisionConflict, "must_link", by, nil})
			}
		}
		bad[root] = true
	}
	return bad
}

// compareKeys orders entity keys by who leads: one of an earlier route, then the smaller
// text; a record without a key of its own never leads one that has.
func (e Entity) compareKeys(a, b string) int {
	return cmp.Or(cmp.Compare(e.routeOf(a), e.routeOf(b)), strings.Compare(a, b))
}

// routeOf is the route that an entity key came by; one more than the last for a
// stand-in.
func (e Entity) routeOf(key string) int {
	if strings.HasPrefix(key, "#") {
		return len(e.Entity.Keys)
	}
	for i, code := range e.Entity.Keys {
		if i > 0 && strings.HasPrefix(key, code+":") {
			return i
		}
	}
	return 0
}
