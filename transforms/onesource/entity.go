package onesource

import (
	"slices"
	"strings"
	"time"

	"guiji/catalog"
)

// Entity is one kind of subject with all who speak of it.
type Entity struct {
	Entity        catalog.Entity
	Elements      []catalog.Element // its columns, in order
	Members       []Member          // those never landed too: their types fix the columns
	Date          time.Time         // authorities valid on this day
	Version       int64             // number of the release being made
	Previous      string            // relation of the previous release's conflicts; "" if none
	PrevCrosswalk string            // relation of its crosswalk; "" if none
	PrevEvents    string            // relation of its events; "" if none
	Decisions     []catalog.Link    // of this entity that hold on the day, by id
	Mapped        map[string]string // by key element: relation (q, k) of that key and the entity's first
	DoubtFrom     int               // an authority's value is doubtful from so many departments on; 0: 2
	Marks         []Mark            // what is in dispute, of any entity

	out []Member // those landed that a decision leaves out
}

// Entities groups members by entity, in the project's order. An entity nobody
// speaks of is left out. Previous, PrevCrosswalk, DoubtFrom
// and Marks are the caller's to fill.
func Entities(p *catalog.Project, members []Member, date time.Time, version int64) []Entity {
	var out []Entity
	for _, ce := range p.Entities {
		e := Deserted(p, ce, date, version)
		for _, m := range members {
			if m.Subject.Entity == ce.ID {
				e.Members = append(e.Members, m)
			}
		}
		if len(e.Members) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// Deserted is an entity that nobody speaks of: a Resolve of it with the crosswalk before
// tells who left.
func Deserted(p *catalog.Project, ce catalog.Entity, date time.Time, version int64) Entity {
	e := Entity{Entity: ce, Date: date, Version: version, Decisions: decisionsOf(p, ce.ID, date)}
	for _, el := range p.Elements {
		if el.Entity == ce.ID && el.Column != "" {
			e.Elements = append(e.Elements, el)
		}
	}
	return e
}

// landed are the members that have rows.
func (e Entity) landed() []Member {
	return slices.DeleteFunc(slices.Clone(e.Members), func(m Member) bool { return m.Raw == "" })
}

// field is one column of the golden table.
type field struct {
	index     int
	element   catalog.Element
	typ       catalog.Type
	known     bool     // an authority is registered for the day
	authority *Member  // it, if it has landed
	fallbacks []Member // those landed, ranked
	// where no authority is registered and the element says how to do without:
	rule       catalog.Survivorship
	candidates []Member // those landed, by name
}

// fields resolves who may say what.
func (e Entity) fields() []field {
	out := make([]field, len(e.Elements))
	for i, el := range e.Elements {
		f := field{index: i, element: el}
		ref, known := authorityAt(el.Authority, e.Date)
		f.known = known
		typed := e.holders(el.Code)
		if f.rule = e.survivorship(el, known); f.rule != "" {
			f.candidates, typed = e.candidates(el.Code)
		}
		if m := e.holder(el.Code, ref); m != nil {
			typed = append([]Member{*m}, typed...)
			if m.Raw != "" {
				f.authority = m
			}
		}
		for _, ref := range el.Fallback {
			if m := e.holder(el.Code, ref); known && m != nil && m.Raw != "" && (f.authority == nil || m.Source != f.authority.Source) {
				f.fallbacks = append(f.fallbacks, *m)
			}
		}
		if len(typed) > 0 {
			f.typ = typed[0].Elements[el.Code].Type
		}
		out[i] = f
	}
	return out
}

// holders are the members that hold an element.
func (e Entity) holders(code string) []Member {
	return slices.DeleteFunc(slices.Clone(e.Members), func(m Member) bool { return m.Elements[code] == nil })
}

// holder is the member that holds an element in the item named; nil without one.
func (e Entity) holder(code string, ref catalog.ItemRef) *Member {
	resource, item := splitRef(ref)
	for _, m := range e.Members {
		if it := m.Elements[code]; it != nil && m.Resource.ID == resource && it.Name == item {
			return &m
		}
	}
	return nil
}

func splitRef(ref catalog.ItemRef) (resource, item string) {
	resource, item, _ = strings.Cut(string(ref), ".")
	return resource, item
}

// authorityAt is the term that covers a day, its first and last day included;
// where two meet on one day, the later one.
func authorityAt(terms catalog.Authority, day time.Time) (catalog.ItemRef, bool) {
	d := day.Format(time.DateOnly)
	best := -1
	for i, t := range terms {
		if t.From <= d && (t.To == "" || d <= t.To) && (best < 0 || t.From >= terms[best].From) {
			best = i
		}
	}
	if best < 0 {
		return "", false
	}
	return terms[best].Item, true
}
