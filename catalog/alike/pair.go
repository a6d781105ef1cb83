package alike

import (
	"cmp"
	"maps"
	"slices"
)

// By is why two items are taken for one.
type By string

// The reasons, the strongest first. Rows is found by comparing data alone.
const (
	ByColumn     By = "column"  // the same column of one table
	ByElement    By = "element" // the same data element
	ByName       By = "name"    // the same name, synonyms and register's aliases included
	BySimilarity By = "similar" // a similar name
	ByRows       By = "rows"    // equal values row by row, whatever the names
)

// Pair is two entries, A before B, with what the catalogue says for their being one.
type Pair struct {
	A, B    string     // resource ids
	Table   bool       // both read one table of one source
	Name    float64    // likeness of the entries' names, 0..1
	Overlap float64    // how much of the smaller entry's items, by weight, the other has, 0..1
	Items   []ItemPair // in A's order
	Score   float64    // 0..1
}

// ItemPair is an item of A and one of B that the catalogue takes for one.
type ItemPair struct {
	A, B     string // item names
	By       By
	Likeness float64 // of the names, 0..1; 1 for the same element
	Weight   float64 // what the pair counts
	Settled  bool    // one is a registered fallback or a copy: nothing is left to decide
}

// Measured: see docs/find-duplicates.md for what these give on planted catalogues.
const (
	similarItems = 0.75 // names of items from here on are similar
	similarNames = 0.6  // names of entries from here on are reason enough to look closer
	lookCloser   = 0.35 // share of the smaller entry's weight that is
	unnamed      = 0.6  // of the overlap counts where the entries' names have nothing in common
	sameName     = 0.5  // the score of two entries of one rare name, whatever their items
)

// Pairs are all pairs of entries with a score of at least least, the best first. Only pairs
// that share a name, an element, much of the entries' names or a table are looked at.
func (c *Catalogue) Pairs(least float64) []Pair {
	var out []Pair
	for at := range c.candidates() {
		a, b := c.entries[at[0]], c.entries[at[1]]
		if p := c.compare(a, b); p.Score >= least && (len(p.Items) > 0 || p.Name >= similarNames || p.Table) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(x, y Pair) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return out
}

// Between is what the catalogue says of two entries, in the order of their ids.
func (c *Catalogue) Between(a, b string) Pair {
	if a > b {
		a, b = b, a
	}
	x, y := c.byID[a], c.byID[b]
	if x == nil || y == nil {
		return Pair{A: a, B: b}
	}
	return c.compare(x, y)
}

// candidates are pairs of places of entries that may be worth a closer look, found by
// what they have in common: not every pair is looked at.
func (c *Catalogue) candidates() map[[2]int]bool {
	shared := map[[2]int]float64{}
	groups := c.groups()
	for _, key := range slices.Sorted(maps.Keys(groups)) { // sums in one order: the same every time
		list := groups[key]
		var weights []float64
		for _, at := range list {
			weights = append(weights, c.entries[at].heaviest(key))
		}
		for i := range list {
			for j := i + 1; weights[i] > 0 && j < len(list); j++ {
				if list[i] != list[j] && weights[j] > 0 {
					shared[[2]int{list[i], list[j]}] += min(weights[i], weights[j])
				}
			}
		}
	}
	out := map[[2]int]bool{}
	for at, w := range shared {
		if w >= lookCloser*min(c.entries[at[0]].total, c.entries[at[1]].total) {
			out[at] = true
		}
	}
	c.byEntryName(out)
	c.byTable(out)
	return out
}

// heaviest is the weight of an entry's items in a group, 0 for those that say little.
func (e *entry) heaviest(key string) float64 {
	w := 0.0
	for _, it := range e.items {
		if !it.little && ("n:"+it.token == key || it.element != "" && "e:"+it.element == key) {
			w = max(w, it.weight)
		}
	}
	return w
}

// byEntryName adds the pairs of entries whose names have much in common.
func (c *Catalogue) byEntryName(out map[[2]int]bool) {
	index := map[uint64][]int{}
	for at, e := range c.entries {
		for _, g := range slices.Compact(slices.Clone(e.grams)) {
			index[g] = append(index[g], at)
		}
	}
	shared := map[[2]int]bool{}
	for _, list := range index {
		for i := range list {
			for _, b := range list[i+1:] {
				shared[[2]int{list[i], b}] = true
			}
		}
	}
	for at := range shared {
		if c.nameLikeness(c.entries[at[0]], c.entries[at[1]]) >= similarNames {
			out[at] = true
		}
	}
}

// compare weighs what two entries have in common.
func (c *Catalogue) compare(a, b *entry) Pair {
	p := Pair{A: a.res.ID, B: b.res.ID, Table: sameTable(a, b), Name: c.nameLikeness(a, b), Items: match(a, b)}
	shared, squares, heavy := 0.0, 0.0, 0.0
	for _, m := range p.Items {
		shared += m.Weight * m.Likeness
		squares += m.Weight * m.Weight * m.Likeness
		if m.Weight > little {
			heavy++
		}
	}
	if small, all := min(a.total, b.total), a.total+b.total-shared; small > 0 && all > 0 {
		// Of the smaller entry above all: half a table is as much collected twice as a whole
		// one. That one item alone is common says less than that many are.
		p.Overlap = min(1, (0.7*shared/small+0.3*shared/all)) * heavy / (heavy + 0.5)
	}
	// Items that many entries have together are a form that departments fill in, each for
	// its own: only rare items, or a rare name, tell two entries from fifty.
	rare := min(a.rare, b.rare) * p.Name
	if shared > 0 {
		rare = max(rare, squares/shared)
	}
	p.Score = rare * p.Overlap * (unnamed + (1-unnamed)*p.Name)
	if a.name == b.name {
		p.Score = max(p.Score, sameName*min(a.rare, b.rare))
	}
	if p.Table {
		p.Score = max(p.Score, oneTable)
	}
	return p
}
