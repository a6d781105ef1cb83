package alike

import (
	"cmp"
	"slices"
)

// match pairs the items of two entries one to one: where they read one table the same
// column first, then the same element, then the same name, then similar names, the most
// similar first. Items of two elements are never one.
func match(a, b *entry) []ItemPair {
	m := matching{a: a, b: b, usedA: make([]bool, len(a.items)), usedB: make([]bool, len(b.items))}
	if sameTable(a, b) { // one column says one thing, whatever it is called
		m.exact(ByColumn, func(x, y item) bool { return x.column != "" && x.column == y.column })
	}
	m.exact(ByElement, func(x, y item) bool { return x.element != "" && x.element == y.element })
	m.exact(ByName, func(x, y item) bool { return x.token == y.token && (x.element == "" || y.element == "") })
	m.similar()
	slices.SortFunc(m.out, func(x, y placedPair) int { return cmp.Compare(x.at, y.at) })
	var out []ItemPair
	for _, p := range m.out {
		out = append(out, p.ItemPair)
	}
	return out
}

// matching is one pairing under way.
type matching struct {
	a, b         *entry
	usedA, usedB []bool
	out          []placedPair
}

type placedPair struct {
	ItemPair
	at int // place of the item in A
}

func (m *matching) exact(by By, same func(x, y item) bool) {
	for i, x := range m.a.items {
		for j, y := range m.b.items {
			if !m.usedA[i] && !m.usedB[j] && same(x, y) {
				m.take(i, j, by, 1)
			}
		}
	}
}

func (m *matching) similar() {
	type near struct {
		i, j int
		like float64
	}
	var list []near
	for i, x := range m.a.items {
		for j, y := range m.b.items {
			if m.usedA[i] || m.usedB[j] || x.element != "" && y.element != "" {
				continue
			}
			if like := similarity(x.grams, y.grams, evenly); like >= similarItems {
				list = append(list, near{i, j, like})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y near) int { return cmp.Compare(y.like, x.like) })
	for _, n := range list {
		if !m.usedA[n.i] && !m.usedB[n.j] {
			m.take(n.i, n.j, BySimilarity, n.like)
		}
	}
}

func (m *matching) take(i, j int, by By, like float64) {
	m.usedA[i], m.usedB[j] = true, true
	x, y := m.a.items[i], m.b.items[j]
	m.out = append(m.out, placedPair{at: i, ItemPair: ItemPair{
		A: x.name, B: y.name, By: by, Likeness: like, Weight: min(x.weight, y.weight), Settled: x.settled || y.settled,
	}})
}
