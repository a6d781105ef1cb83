package twins

import (
	"cmp"
	"slices"
)

// Data is what the data of two resources say for their being one. It holds shares and
// counts of a sample, and no value.
type Data struct {
	KeyA   []string    `json:"key_a"` // the items their rows were joined by
	KeyB   []string    `json:"key_b"`
	OneIn  uint64      `json:"one_in"` // one key in so many was looked at; 1: all
	KeysA  int         `json:"keys_a"` // distinct keys looked at
	KeysB  int         `json:"keys_b"`
	Shared int         `json:"shared"` // of them in both
	Rows   int         `json:"rows"`   // pairs of rows compared: keys that have one row on either side
	Items  []Agreement `json:"items,omitempty"`
}

// Agreement is how an item of A and one of B agree over the rows compared.
type Agreement struct {
	A        string  `json:"a"`
	B        string  `json:"b"`
	Compared int     `json:"compared"` // rows in which both have a value
	Equal    int     `json:"equal"`
	Beyond   float64 `json:"beyond_chance"` // Cohen's kappa: 1 all agree, 0 as much as two unrelated columns of these values would
}

// Proves tells whether the two agree so far beyond chance that they count as the same.
func (g Agreement) Proves() bool { return g.Beyond >= proven }

const (
	maxRows    = 1500 // rows compared of a pair: a share is then right to 2.5 of a hundred
	minRows    = 30   // fewer say nothing
	agreeing   = 0.2  // share of equal rows from which two items are looked at
	onlyOne    = 0.98 // chance from which two columns are constants
	minBetween = 0.1  // share of the rows in which both must have a value
)

// InB is the share of A's keys that B has too, InA that of B's.
func (d *Data) InB() float64 { return share(d.Shared, d.KeysA) }

// InA is the share of B's keys that A has too.
func (d *Data) InA() float64 { return share(d.Shared, d.KeysB) }

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// align joins two samples by a link of each, and compares what the rows say. named are
// the items to be compared whatever they hold.
func align(a, b *sample, la, lb int, named map[[2]string]bool) *Data {
	oneIn := max(a.oneIn, b.oneIn)
	x, y := &a.keys[la], &b.keys[lb]
	d := &Data{KeyA: a.links[la].items, KeyB: b.links[lb].items, OneIn: oneIn, KeysA: x.at(oneIn), KeysB: y.at(oneIn)}
	var rows [][2]int
	for i, j := 0, 0; i < len(x.hashes) && j < len(y.hashes); {
		switch h, g := x.hashes[i], y.hashes[j]; {
		case h < g:
			i++
		case h > g:
			j++
		default:
			d.Shared++
			if x.row[i] >= 0 && y.row[j] >= 0 && len(rows) < maxRows {
				rows = append(rows, [2]int{x.row[i], y.row[j]})
			}
			i++
			j++
		}
	}
	d.Rows = len(rows)
	if d.Rows >= minRows {
		d.Items = agreements(a, b, rows, func(ia, ib string) bool { return named[[2]string{ia, ib}] }, d)
	}
	return d
}

// agreements are the items that agree, one to one, the best first taken; after them
// those named that do not.
func agreements(a, b *sample, rows [][2]int, named func(a, b string) bool, d *Data) []Agreement {
	equal := make([]int, len(a.columns)*len(b.columns))
	for _, r := range rows {
		right := b.rows[r[1]]
		for i, v := range a.rows[r[0]] {
			if v == 0 {
				continue
			}
			for j, w := range right {
				if v == w {
					equal[i*len(b.columns)+j]++
				}
			}
		}
	}
	var all []Agreement
	for i, ca := range a.columns {
		for j, cb := range b.columns {
			said := named(ca.item.Name, cb.item.Name)
			if slices.Contains(d.KeyA, ca.item.Name) || slices.Contains(d.KeyB, cb.item.Name) || !said && float64(equal[i*len(b.columns)+j]) < agreeing*minBetween*float64(len(rows)) {
				continue
			}
			g := agreement(a, b, rows, i, j)
			if float64(g.Compared) >= minBetween*float64(len(rows)) && (said || float64(g.Equal) >= agreeing*float64(g.Compared)) {
				all = append(all, g)
			}
		}
	}
	return oneToOne(all, named)
}

// agreement counts how two columns agree, and how much of it chance would give them.
func agreement(a, b *sample, rows [][2]int, i, j int) Agreement {
	g := Agreement{A: a.columns[i].item.Name, B: b.columns[j].item.Name}
	left, right := map[uint32]int{}, map[uint32]int{}
	for _, r := range rows {
		v, w := a.rows[r[0]][i], b.rows[r[1]][j]
		if v == 0 || w == 0 {
			continue
		}
		g.Compared++
		left[v]++
		right[w]++
		if v == w {
			g.Equal++
		}
	}
	together := 0
	for v, n := range left {
		together += n * right[v]
	}
	if g.Compared == 0 {
		return g
	}
	chance := float64(together) / float64(g.Compared) / float64(g.Compared)
	if chance < onlyOne {
		g.Beyond = (share(g.Equal, g.Compared) - chance) / (1 - chance)
	}
	return g
}

func oneToOne(all []Agreement, named func(a, b string) bool) []Agreement {
	slices.SortStableFunc(all, func(x, y Agreement) int {
		return cmp.Or(cmp.Compare(y.Beyond, x.Beyond), cmp.Compare(y.Compared, x.Compared))
	})
	usedA, usedB := map[string]bool{}, map[string]bool{}
	var out []Agreement
	for _, g := range all {
		if usedA[g.A] || usedB[g.B] || g.Beyond < agreeing && !named(g.A, g.B) {
			continue
		}
		usedA[g.A], usedB[g.B] = true, true
		out = append(out, g)
	}
	return out
}
