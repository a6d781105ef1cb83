package catalog

import (
	"maps"
	"slices"
	"strings"
)

// Split parts department/resource.item; ok is false where the form is another.
func (ref ItemRef) Split() (resource, item string, ok bool) {
	resource, item, ok = strings.Cut(string(ref), ".")
	return resource, item, ok && strings.Count(resource, "/") == 1 && item != ""
}

// of tells an item of an entry.
func (ref ItemRef) of(r *Resource) bool {
	id, _, _ := ref.Split()
	return id == r.ID
}

// Find is the resource and item a reference names; nil where there is none.
func (p *Project) Find(ref ItemRef) (*Resource, *Item) {
	id, name, ok := ref.Split()
	if !ok {
		return nil, nil
	}
	r := p.Resource(id)
	if r == nil {
		return nil, nil
	}
	it := r.Item(name)
	if it == nil {
		return nil, nil
	}
	return r, it
}

// ActiveOn are the terms in force on a date (2006-01-02); more than one is a
// violation.
func (a Authority) ActiveOn(date string) []AuthorityTerm {
	var out []AuthorityTerm
	for _, t := range a {
		if (t.From == "" || t.From <= date) && (t.To == "" || date <= t.To) {
			out = append(out, t)
		}
	}
	return out
}

// carried is one element an entry's item stands for.
type carried struct {
	item    string
	element string
	path    string // where the entry says so
}

// carries are the elements of an entry: by its items, and by its subjects, where
// a map of elements to items says it anew.
func (r *Resource) carries() []carried {
	var out []carried
	said := map[[2]string]bool{}
	add := func(item, element, path string) {
		if element != "" && !said[[2]string{item, element}] {
			said[[2]string{item, element}] = true
			out = append(out, carried{item, element, path})
		}
	}
	for i, it := range r.Items {
		add(it.Name, it.Element, indexed("items", i)+".element")
	}
	for i, s := range r.Subjects {
		for _, e := range slices.Sorted(maps.Keys(s.Items)) {
			add(s.Items[e], e, indexed("subjects", i)+".items."+e)
		}
	}
	return out
}

// Carries tells whether an item of the entry stands for an element.
func (r *Resource) Carries(item, element string) bool {
	return slices.ContainsFunc(r.carries(), func(c carried) bool { return c.item == item && c.element == element })
}

// Linking tells an element that identifies subjects and so links records: all
// departments may hold it.
func (p *Project) Linking(element string) bool {
	if e := p.Element(element); e != nil && e.Key {
		return true
	}
	return slices.ContainsFunc(p.Entities, func(e Entity) bool { return slices.Contains(e.Keys, element) })
}

// entitiesOf are the kinds of subject an entry speaks of: those of its subjects,
// or else that of the first item that identifies one.
func (p *Project) entitiesOf(r *Resource) map[string]bool {
	out := map[string]bool{}
	for _, s := range r.Subjects {
		out[s.Entity] = true
	}
	for i := 0; len(out) == 0 && i < len(r.Items); i++ {
		for _, e := range p.Entities {
			if slices.Contains(e.Keys, r.Items[i].Element) {
				out[e.ID] = true
				break
			}
		}
	}
	return out
}

// InPipeline are the resources a pipeline names, in the order of their ids:
// department/name, department/*, or *. Every status is among them.
func (p *Project) InPipeline(name string) []*Resource {
	var out []*Resource
	for _, r := range p.Resources {
		for _, pattern := range p.Config.Pipelines[name].Resources {
			if matches(pattern, r.ID) {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

func matches(pattern, id string) bool {
	if dept, ok := strings.CutSuffix(pattern, "/*"); ok {
		return strings.HasPrefix(id, dept+"/")
	}
	return pattern == "*" || pattern == id
}
