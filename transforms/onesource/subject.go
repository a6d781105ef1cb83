package onesource

import (
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
)

// Member is one subject of one resource: what that resource says of one entity.
type Member struct {
	Source   int16 // Assign gives it
	Resource *catalog.Resource
	Subject  catalog.Subject
	Routes   []*catalog.Item          // per key of the entity, in its order; nil where the row has none
	Elements map[string]*catalog.Item // by element code: the items that speak, copies included
	Items    []*catalog.Item          // collected: those the raw image has
	Shared   bool                     // no subject is written down and the items hold keys of two entities, or one key twice
	Keys     []string                 // key columns, or ["_key"]
	Rekeyed  bool                     // Keys are not those of the previous crosswalk's record keys
	Raw      string                   // SQL relation of the raw image, with _key when keyless; "" if it never landed
	Standard string                   // SQL relation with the keys of standard: the rows that take part; "" is all of Raw
	Valid    string                   // SQL predicate over Raw: the key item passed its error-severity checks; "" is always
	// RouteValid are such predicates of the keys by route: one that failed counts as none. Fewer, or "", is always.
	RouteValid []string
	Losers     string // SQL relation with the keys of the rows that de-duplication took away; "" if none
	Digested   bool   // Raw has lake.DigestColumn

	mended map[string]bool // items that have a pulled text anywhere
}

// Name is the source's name in Release.Sources: the resource, with #as where the
// subject has a role.
func (m Member) Name() string {
	if m.Subject.As == "" {
		return m.Resource.ID
	}
	return m.Resource.ID + "#" + m.Subject.As
}

// Members derives the subjects of every published resource, in order of
// resource. Collected names the items of a resource that its raw image has; nil
// is all of them. Source, Raw, Standard, Valid, RouteValid, Losers, Digested and
// Rekeyed are the caller's to fill.
func Members(p *catalog.Project, collected func(*catalog.Resource) []*catalog.Item) []Member {
	var out []Member
	for _, r := range p.Resources {
		if r.Status != catalog.Published {
			continue
		}
		items := allItems(r)
		if collected != nil {
			items = collected(r)
		}
		for _, subject := range subjects(p, r, items) {
			if m, ok := member(p, r, subject, items); ok {
				out = append(out, m)
			}
		}
	}
	return out
}

func allItems(r *catalog.Resource) []*catalog.Item {
	out := make([]*catalog.Item, len(r.Items))
	for i := range r.Items {
		out[i] = &r.Items[i]
	}
	return out
}

// subjects are those written down, else the entity of the first item that holds
// a key of one.
func subjects(p *catalog.Project, r *catalog.Resource, items []*catalog.Item) []catalog.Subject {
	if len(r.Subjects) > 0 {
		return r.Subjects
	}
	for _, it := range items {
		for _, e := range p.Entities {
			if it.Element != "" && slices.Contains(e.Keys, it.Element) {
				return []catalog.Subject{{Entity: e.ID, Key: it.Name}}
			}
		}
	}
	return nil
}

// member resolves a subject's items; ok is false if its key is not collected.
func member(p *catalog.Project, r *catalog.Resource, subject catalog.Subject, items []*catalog.Item) (Member, bool) {
	at := slices.IndexFunc(p.Entities, func(e catalog.Entity) bool { return e.ID == subject.Entity })
	key := find(items, subject.Key)
	if at < 0 || key == nil || len(p.Entities[at].Keys) == 0 {
		return Member{}, false
	}
	entity := p.Entities[at]
	m := Member{Resource: r, Subject: subject, Items: items, Elements: spoken(p, subject, items), Keys: slices.Clone(r.Source.Key), Shared: shared(p, items)}
	if len(m.Keys) == 0 {
		m.Keys = []string{"_key"}
	}
	keyElement := key.Element
	if !slices.Contains(entity.Keys, keyElement) {
		keyElement = entity.Keys[0]
	}
	m.Elements[keyElement] = key
	for _, code := range entity.Keys {
		m.Routes = append(m.Routes, m.Elements[code])
	}
	return m, true
}

// shared reports whether the items hold keys of more than one entity, or one key
// twice: the row may be about two.
func shared(p *catalog.Project, items []*catalog.Item) bool {
	entity, seen := "", map[string]bool{}
	for _, it := range items {
		for _, e := range p.Entities {
			if it.Element == "" || !slices.Contains(e.Keys, it.Element) {
				continue
			}
			if seen[it.Element] || entity != "" && entity != e.ID {
				return true
			}
			entity, seen[it.Element] = e.ID, true
		}
	}
	return false
}

// spoken maps the entity's elements to items: as the subject says, else by the
// items' own elements.
func spoken(p *catalog.Project, subject catalog.Subject, items []*catalog.Item) map[string]*catalog.Item {
	out := map[string]*catalog.Item{}
	if len(subject.Items) > 0 {
		for code, name := range subject.Items {
			if it := find(items, name); it != nil {
				out[code] = it
			}
		}
		return out
	}
	for _, it := range items {
		for _, e := range p.Elements {
			if e.Code == it.Element && e.Entity == subject.Entity && out[e.Code] == nil {
				out[e.Code] = it
			}
		}
	}
	return out
}

func find(items []*catalog.Item, name string) *catalog.Item {
	for _, it := range items {
		if it.Name == name {
			return it
		}
	}
	return nil
}

// Assign numbers the members: a member's number is its name's index in sources,
// the list a release carries. Names not yet in it are added at its end; the list
// is returned. A name is never taken out, so a number is never given twice.
func Assign(sources []string, members []Member) []string {
	sources = slices.Clone(sources)
	for i := range members {
		n := slices.Index(sources, members[i].Name())
		if n < 0 {
			n = len(sources)
			sources = append(sources, members[i].Name())
		}
		members[i].Source = int16(n)
	}
	return sources
}

// MaskClear is the predicate that none of these bits of the mask columns is set:
// a Member's Valid, out of the bits of the key item's error-severity row rules.
func MaskClear(bits []int) string {
	masks := map[int]int64{}
	last := -1
	for _, b := range bits {
		masks[b/63] |= 1 << (b % 63)
		last = max(last, b/63)
	}
	var conds []string
	for c := 0; c <= last; c++ {
		if masks[c] != 0 {
			conds = append(conds, fmt.Sprintf("(_mask%d & %d) = 0", c, masks[c]))
		}
	}
	return strings.Join(conds, " AND ")
}
