package alike

import (
	"math"
	"slices"
	"strings"

	"guiji/catalog"
)

// little is what an item counts that links records or that nearly every table has:
// having it in common says little of two entries.
const little = 0.15

// Catalogue is a project's entries made ready to be compared.
type Catalogue struct {
	entries []*entry // sorted by id
	byID    map[string]*entry
	grams   map[uint64]float64 // how rare a pair of characters is in entries' names
}

// entry is one resource as it is compared.
type entry struct {
	res   *catalog.Resource
	name  string
	table string   // what it reads, as tableOf says
	grams []uint64 // of the compared form of its name
	rare  float64  // of the name: 1 if at most one other entry has it
	items []item
	total float64 // weight of all items
}

// item is one item as it is compared.
type item struct {
	name    string // catalogue name
	column  string // in the source, lower case: most databases know none
	token   string // compared form of its label
	grams   []uint64
	element string
	weight  float64
	little  bool
	settled bool // a copy or registered fallback: the register knows of it already
}

// New makes ready the published entries, with drafts those on their way there too.
// Withdrawn ones are left out.
func New(p *catalog.Project, drafts bool) *Catalogue {
	c := &Catalogue{byID: map[string]*entry{}}
	words := newNames(p)
	fallback := map[catalog.ItemRef]bool{}
	for _, e := range p.Elements {
		for _, ref := range e.Fallback {
			fallback[ref] = true
		}
	}
	for _, r := range p.Resources {
		if r.Status != catalog.Published && (!drafts || r.Status == catalog.Withdrawn) {
			continue
		}
		e := &entry{res: r, name: entryName(r.Name), table: tableOf(p, r)}
		e.grams = grams(e.name)
		for i := range r.Items {
			it := &r.Items[i]
			token := words.of(it.Title())
			e.items = append(e.items, item{
				name: it.Name, column: strings.ToLower(it.Column), token: token, grams: grams(token), element: it.Element, little: p.Linking(it.Element) || words.few[token],
				settled: it.RawOnly() || fallback[catalog.ItemRef(r.ID+"."+it.Name)],
			})
		}
		c.entries = append(c.entries, e)
		c.byID[r.ID] = e
	}
	slices.SortFunc(c.entries, func(a, b *entry) int { return strings.Compare(a.res.ID, b.res.ID) })
	c.weigh()
	c.weighNames()
	return c
}

// rarity is 1 of what at most one other entry has, and falls to little of what all have.
// What one other has weighs as much as what none has: it is the question.
func (c *Catalogue) rarity(holders int) float64 {
	n := float64(len(c.entries))
	return math.Log(1+n/float64(max(holders-1, 1))) / math.Log(1+n)
}

// weighNames does for entries' names what weigh does for items: 行政处罚 in every
// department's names tells of no common origin.
func (c *Catalogue) weighNames() {
	names, held := map[string]int{}, map[uint64]int{}
	for _, e := range c.entries {
		names[e.name]++
		for _, g := range slices.Compact(slices.Clone(e.grams)) {
			held[g]++
		}
	}
	c.grams = map[uint64]float64{}
	for g, n := range held {
		c.grams[g] = c.rarity(n)
	}
	for _, e := range c.entries {
		e.rare = c.rarity(names[e.name])
	}
}

// nameLikeness of two entries, 0..1: what their names share, rare pairs of characters
// counting more.
func (c *Catalogue) nameLikeness(a, b *entry) float64 {
	return similarity(a.grams, b.grams, func(g uint64) float64 { return c.grams[g] })
}

// weigh gives an item the more weight the fewer entries have one of its name or element,
// 0..1: what is rare tells of a common origin.
func (c *Catalogue) weigh() {
	holders := map[string]int{}
	for key, list := range c.groups() {
		holders[key] = len(slices.Compact(list))
	}
	for _, e := range c.entries {
		for i := range e.items {
			it := &e.items[i]
			it.weight = c.rarity(max(holders["n:"+it.token], holders["e:"+it.element]))
			if it.little {
				it.weight *= little
			}
			if it.settled {
				it.weight = 0
			}
			e.total += it.weight
		}
	}
}

// groups are the entries that have an item of a name (n:) or element (e:), by their
// place, an entry once for each such item.
func (c *Catalogue) groups() map[string][]int {
	out := map[string][]int{}
	for at, e := range c.entries {
		for _, it := range e.items {
			out["n:"+it.token] = append(out["n:"+it.token], at)
			if it.element != "" {
				out["e:"+it.element] = append(out["e:"+it.element], at)
			}
		}
	}
	return out
}

// Has tells whether an entry is among those compared.
func (c *Catalogue) Has(id string) bool { return c.byID[id] != nil }

// Weight is how much it says that an entry has an item, 0..1.
func (c *Catalogue) Weight(id, itemName string) float64 {
	if e := c.byID[id]; e != nil {
		for _, it := range e.items {
			if it.name == itemName {
				return it.weight
			}
		}
	}
	return 0
}

// Total is the weight of all items of an entry.
func (c *Catalogue) Total(id string) float64 {
	if e := c.byID[id]; e != nil {
		return e.total
	}
	return 0
}

// Little tells an item that links records or that nearly every table has.
func (c *Catalogue) Little(id, itemName string) bool {
	if e := c.byID[id]; e != nil {
		return slices.ContainsFunc(e.items, func(it item) bool { return it.name == itemName && it.little })
	}
	return false
}
