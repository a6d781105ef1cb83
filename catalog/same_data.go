package catalog

import "github.com/goccy/go-yaml/ast"

// duplicatesFile holds what departments decided of entries that seem to hold the same data.
const duplicatesFile = decisionsDir + "/duplicates.yaml"

// SameData is what the compiling departments decided of two entries that seem to hold
// the same data. The order of the two does not matter.
type SameData struct {
	A       string            `yaml:"a"`               // a resource, department/name
	B       string            `yaml:"b"`               // the other
	Items   map[string]string `yaml:"items,omitempty"` // item of a: item of b. What was looked at; the pair is asked again once others are alike. None: the entries whole, for good
	Outcome Outcome           `yaml:"outcome"`         // merged, or distinct
	Stays   string            `yaml:"stays,omitempty"` // of merged: the entry that stays
	Because string            `yaml:"because"`
	Office  string            `yaml:"office"` // who decided; no person's name
	Date    string            `yaml:"date"`
}

// Outcome of a question whether two entries hold the same data.
type Outcome string

// The outcomes.
const (
	Merged   Outcome = "merged"   // one of them goes, or its items become copies
	Distinct Outcome = "distinct" // they only look alike
)

// UnmarshalYAML refuses any other word.
func (o *Outcome) UnmarshalYAML(n ast.Node) error { return word(o, n, Merged, Distinct) }

// SameData finds the decision on two entries, in either order; nil if there is none.
func (p *Project) SameData(a, b string) *SameData {
	for i := range p.Duplicates {
		if d := &p.Duplicates[i]; d.A == a && d.B == b || d.A == b && d.B == a {
			return d
		}
	}
	return nil
}

// Covers tells whether the decision speaks of an item of resource a and one of b.
func (d *SameData) Covers(a, aItem, b, bItem string) bool {
	if len(d.Items) == 0 {
		return true
	}
	if d.A == b {
		aItem, bItem = bItem, aItem
	}
	return d.Items[aItem] == bItem
}

// goes is the entry that a merge takes away.
func (d *SameData) goes() string {
	if d.Stays == d.A {
		return d.B
	}
	return d.A
}

// Unmerged are the items that a merge should have ended and that are still collected as
// if they were the entry's own: none of a withdrawn entry, none that links records, no copy.
func (p *Project) Unmerged(d *SameData) []string {
	r := p.Resource(d.goes())
	if d.Outcome != Merged || d.Stays != d.A && d.Stays != d.B || r == nil || r.Status == Withdrawn {
		return nil
	}
	ended := map[string]bool{}
	for a, b := range d.Items {
		if d.goes() == d.A {
			ended[a] = true
		} else {
			ended[b] = true
		}
	}
	var out []string
	for i := range r.Items {
		it := &r.Items[i]
		if (len(ended) == 0 || ended[it.Name]) && it.Role != RoleCopy && !p.Linking(it.Element) {
			out = append(out, it.Name)
		}
	}
	return out
}
