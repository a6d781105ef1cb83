package catalog

import "slices"

// Authorisation lets columns outside the catalogue be read for a time: 因特殊业务或紧急
// 情况 (暂行办法第十七条). It never lifts a collect-once refusal. What it covers lands in raw
// alone: it is in no catalogue entry that could be shared or opened.
type Authorisation struct {
	ID       string           `yaml:"id"`
	Reason   AuthorisedReason `yaml:"reason"`   // 特殊业务 or 紧急
	Approver string           `yaml:"approver"` // the office that approved it; no person's name is kept
	Document string           `yaml:"document"` // number of the document
	Resource string           `yaml:"resource"` // department/name
	Items    []AuthorisedItem `yaml:"items"`
	Expires  string           `yaml:"expires"` // last day it is read on
}

// AuthorisedItem is a column outside the catalogue.
type AuthorisedItem struct {
	Name    string  `yaml:"name"`              // ASCII
	Label   string  `yaml:"label"`             // 中文名
	Column  string  `yaml:"column,omitempty"`  // in the source; default Name
	Type    Type    `yaml:"type"`              //
	Privacy Privacy `yaml:"privacy,omitempty"` // default direct: nobody has classed it
}

// AuthorisedReason is why columns outside the catalogue may be read.
type AuthorisedReason string

// The reasons.
const (
	SpecialBusiness AuthorisedReason = "特殊业务"
	Emergency       AuthorisedReason = "紧急"
)

// Authorise adds, in memory, the columns that authorisations cover today (a date) to
// the items of their resources. From the day after expires on they are not read.
func (p *Project) Authorise(today string) {
	for _, a := range p.Authorisations {
		r := p.Resource(a.Resource)
		if r == nil || a.Expires < today {
			continue
		}
		for _, it := range a.Items {
			if it.Privacy == PrivacyNone {
				it.Privacy = PrivacyDirect
			}
			r.Items = append(r.Items, Item{
				Name: it.Name, Label: it.Label, Column: it.Column, Type: it.Type, Privacy: it.Privacy, Role: RoleTemporary, LegalBasis: a.Document,
			})
		}
		r.fill()
	}
}

// written is an entry without what authorisations add to it.
func (r *Resource) written() *Resource {
	n := slices.IndexFunc(r.Items, func(it Item) bool { return it.Role == RoleTemporary })
	if n < 0 {
		return r
	}
	out := *r
	out.Items = r.Items[:n:n]
	return &out
}
