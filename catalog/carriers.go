package catalog

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Carrier is an item that stands for a data element, and as what.
type Carrier struct {
	Resource *Resource
	Item     *Item
	Part     Part
}

// Ref is department/resource.item.
func (c Carrier) Ref() ItemRef { return ItemRef(c.Resource.ID + "." + c.Item.Name) }

// Part is what an item does for its element on a date.
type Part string

// The parts an item can have.
const (
	PartAuthority Part = "authority" // its department says what the value is
	PartFallback  Part = "fallback"  // speaks where the authority is silent
	PartCopy      Part = "copy"      // read for comparison alone
	PartLinking   Part = "linking"   // identifies subjects: all may hold it
	PartHolder    Part = "holder"    // of an element that has no authority
	PartRefused   Part = "refused"   // not collected: it is had by sharing
	PartUnread    Part = "unread"    // of an entry that is not published
)

// Carriers are the items that stand for an element, by resource and in the order of
// items, without saying as what.
func (p *Project) Carriers(code string) []Carrier {
	var out []Carrier
	for _, r := range p.Resources {
		for _, c := range r.carries() {
			if it := r.Item(c.item); it != nil && c.element == code {
				out = append(out, Carrier{Resource: r, Item: it})
			}
		}
	}
	return out
}

// Parts are the items that stand for an element, with what each does for it on a day.
func (p *Project) Parts(code string, date time.Time) []Carrier {
	out := p.Carriers(code)
	for i := range out {
		out[i].Part = p.part(&out[i], code, date.Format(time.DateOnly))
	}
	return out
}

// Register is Parts of every element, by code.
func (p *Project) Register(date time.Time) map[string][]Carrier {
	day := date.Format(time.DateOnly)
	out := map[string][]Carrier{}
	for _, r := range p.Resources {
		for _, c := range r.carries() {
			if it := r.Item(c.item); it != nil {
				held := Carrier{Resource: r, Item: it}
				held.Part = p.part(&held, c.element, day)
				out[c.element] = append(out[c.element], held)
			}
		}
	}
	return out
}

func (p *Project) part(c *Carrier, code, day string) Part {
	e := p.Element(code)
	if e == nil || c.Resource.Status != Published {
		return PartUnread
	}
	terms := e.Authority.ActiveOn(day)
	_, refused := p.refuse(c.Resource, carried{item: c.Item.Name, element: code}, day)
	switch {
	case slices.ContainsFunc(terms, func(t AuthorityTerm) bool { return t.Item == c.Ref() }):
		return PartAuthority
	case p.Linking(code):
		return PartLinking
	case refused:
		return PartRefused
	case c.Item.Role == RoleCopy:
		return PartCopy
	case slices.Contains(e.Fallback, c.Ref()):
		return PartFallback
	}
	return PartHolder
}

// Unpublished are the authorities over an element on a day (2006-01-02) whose entries are
// not published: nothing lands from them, so nobody says its value.
func (p *Project) Unpublished(e *Element, day string) []Carrier {
	var out []Carrier
	for _, t := range e.Authority.ActiveOn(day) {
		if r, it := p.Find(t.Item); r != nil && r.Status != Published {
			out = append(out, Carrier{r, it, PartUnread})
		}
	}
	return out
}

// CleanUp is an item held beside its authority, to be cleaned up: a fallback or copy by
// the end of its term, anything else at once (待清理重复采集项).
type CleanUp struct {
	Carrier
	Element   *Element
	Authority ItemRef
	Refused   bool // its term is over, or it has none: it is not collected
}

// CleanUps are what a department ("" is every one) holds beside an authority on a day, by
// department, then by what is due first; without a term in front.
func (p *Project) CleanUps(date time.Time, department string) []CleanUp {
	day := date.Format(time.DateOnly)
	var out []CleanUp
	for _, r := range p.Resources {
		if r.Status != Published || department != "" && r.Provider != department {
			continue
		}
		for _, c := range r.carries() {
			e, it := p.Element(c.element), r.Item(c.item)
			if e == nil || it == nil {
				continue
			}
			held := Carrier{Resource: r, Item: it}
			held.Part = p.part(&held, c.element, day)
			beside := held.Part == PartFallback || held.Part == PartCopy || held.Part == PartRefused
			if terms := e.Authority.ActiveOn(day); beside && len(terms) > 0 && !terms[0].Item.of(r) {
				out = append(out, CleanUp{held, e, terms[0].Item, held.Part == PartRefused})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b CleanUp) int {
		return cmp.Or(strings.Compare(a.Resource.Provider, b.Resource.Provider), strings.Compare(a.Item.CleanUpBy, b.Item.CleanUpBy),
			strings.Compare(string(a.Ref()), string(b.Ref())), strings.Compare(a.Element.Code, b.Element.Code))
	})
	return out
}
