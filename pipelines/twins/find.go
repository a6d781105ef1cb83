package twins

import (
	"cmp"
	"slices"

	"guiji/catalog"
	"guiji/catalog/alike"
)

// Ask is the score from which a pair is put to the departments.
const Ask = 0.5

// against is what is left of the catalogue's word where the data speak against it.
const against = 0.3

// Verdict is what was found of a pair, in a word.
type Verdict string

// The verdicts.
const (
	Same     Verdict = "same"     // both hold the same subjects and values
	Within   Verdict = "within"   // A's subjects are among B's
	Contains Verdict = "contains" // B's are among A's
	Overlaps Verdict = "overlaps" // some subjects of each are the other's too
	Alike    Verdict = "alike"    // by the catalogue; the data were not compared, or too few of them meet
	Apart    Verdict = "apart"    // the data speak against it: other subjects, or other values
	OneTable Verdict = "table"    // both read one table: no sample of rows speaks against that
)

// State is what was decided of a pair.
type State string

// The states.
const (
	Undecided State = "undecided"
	Decided   State = "decided"
	Reopened  State = "reopened" // decided, and since then more items are alike
	Unmerged  State = "unmerged" // decided to merge, and not carried out
)

// Finding is a pair of resources with all that speaks for and against their being one.
type Finding struct {
	alike.Pair // Score is the catalogue's alone
	Data       *Data
	Total      float64 // 0..1, what the list is ranked by
	Verdict    Verdict
	State      State
	Decision   *catalog.SameData
	Since      [][2]string // with Reopened: the items that the decision does not speak of
}

// Find ranks all pairs whose total is at least least: what the catalogue says, and the
// evidence of data as far as it is of the entries' present versions. ev may be nil.
func Find(p *catalog.Project, said *alike.Catalogue, ev *Evidence, least float64) []Finding {
	data := ev.current(p)
	var out []Finding
	add := func(pair alike.Pair) {
		f := Finding{Pair: pair, Data: data[[2]string{pair.A, pair.B}]}
		f.judge(said)
		if f.Total < least {
			return
		}
		f.decide(p)
		out = append(out, f)
	}
	for _, pair := range said.Pairs(0) {
		add(pair)
		delete(data, [2]string{pair.A, pair.B})
	}
	for at := range data { // what only the data tell
		if said.Has(at[0]) && said.Has(at[1]) {
			add(said.Between(at[0], at[1]))
		}
	}
	slices.SortFunc(out, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(y.Total, x.Total), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return out
}

// current are the data of pairs whose entries have the versions they were measured at.
func (e *Evidence) current(p *catalog.Project) map[[2]string]*Data {
	out := map[[2]string]*Data{}
	if e == nil {
		return out
	}
	for i := range e.Pairs {
		m := &e.Pairs[i]
		a, b := p.Resource(m.A), p.Resource(m.B)
		if a != nil && b != nil && a.Version == m.VersionA && b.Version == m.VersionB {
			out[[2]string{m.A, m.B}] = &m.Data
		}
	}
	return out
}

// judge makes one figure and one word of what the catalogue and the data say. Data that
// speak for a pair need no name in common; data that speak against it leave little of one.
func (f *Finding) judge(said *alike.Catalogue) {
	f.Total, f.Verdict = f.Score, Alike
	if f.Table {
		f.Verdict = OneTable
	}
	if f.Data == nil {
		return
	}
	w := weigh(said, f.A, f.B, f.Data)
	if !w.measured {
		return
	}
	f.Total = max(w.score, against*f.Score)
	switch {
	case f.Table:
		f.Total = max(w.score, f.Score)
	case w.score < agreeing:
		f.Verdict = Apart
	case f.Data.InA() >= mostly && f.Data.InB() >= mostly:
		f.Verdict = Same
	case f.Data.InB() >= mostly:
		f.Verdict = Within
	case f.Data.InA() >= mostly:
		f.Verdict = Contains
	default:
		f.Verdict = Overlaps
	}
}

// mostly is the share of keys from which a table counts as part of another.
const mostly = 0.9

// decide looks up what was decided. A decision that names items speaks of these alone: it
// is asked again once others are the same by element, name or rows.
func (f *Finding) decide(p *catalog.Project) {
	f.State = Undecided
	if f.Decision = p.SameData(f.A, f.B); f.Decision == nil {
		return
	}
	f.State = Decided
	for _, pair := range f.Strong(p) {
		if !f.Decision.Covers(f.A, pair[0], f.B, pair[1]) {
			f.Since = append(f.Since, pair)
		}
	}
	switch {
	case len(f.Since) > 0:
		f.State = Reopened
	case len(p.Unmerged(f.Decision)) > 0:
		f.State = Unmerged
	}
}

// Strong are the pairs of items that are the same by element, name or rows and of which
// something is left to decide: neither links records, and none is a registered fallback
// or copy.
func (f *Finding) Strong(p *catalog.Project) [][2]string {
	said := map[[2]string]bool{}
	settled := map[[2]string]bool{}
	for _, i := range f.Items {
		settled[[2]string{i.A, i.B}] = i.Settled
		said[[2]string{i.A, i.B}] = i.By != alike.BySimilarity && !i.Settled
	}
	if f.Data != nil {
		for _, g := range f.Data.Items {
			if g.Proves() && !settled[[2]string{g.A, g.B}] {
				said[[2]string{g.A, g.B}] = true
			}
		}
	}
	a, b := p.Resource(f.A), p.Resource(f.B)
	var out [][2]string
	for pair, strong := range said {
		x, y := a.Item(pair[0]), b.Item(pair[1])
		if strong && x != nil && y != nil && !p.Linking(x.Element) && !p.Linking(y.Element) {
			out = append(out, pair)
		}
	}
	slices.SortFunc(out, func(x, y [2]string) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) })
	return out
}

// Open tells a pair that departments have yet to decide.
func (f *Finding) Open() bool { return f.State == Undecided || f.State == Reopened }
