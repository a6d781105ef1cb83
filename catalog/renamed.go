package catalog

import (
	"maps"
	"slices"
)

// renamed is a place that names an element by a code it had before.
type renamed struct {
	at       Pos
	resource string
	item     string
	old, now string
}

// CurrentCode is the code of an element that may be named by one it had before: what
// releases and decisions of earlier days say is read through it.
func (p *Project) CurrentCode(code string) string {
	if code == "" || p.Element(code) != nil {
		return code
	}
	for i := range p.Elements {
		if slices.Contains(p.Elements[i].Replaces, code) {
			return p.Elements[i].Code
		}
	}
	return code
}

// rename makes the entries and entities speak of elements by their codes of today, and
// remembers where they do not: Check asks for the move, and everything runs till then.
func (p *Project) rename() {
	now := func(code *string, file, path, resource, item string) {
		if c := p.CurrentCode(*code); c != *code {
			p.renamed = append(p.renamed, renamed{p.at(file, path), resource, item, *code, c})
			*code = c
		}
	}
	for i := range p.Entities {
		for k := range p.Entities[i].Keys {
			now(&p.Entities[i].Keys[k], entitiesFile, indexed(indexed("", i)+".keys", k), "", "")
		}
		for k := range p.Entities[i].Routes {
			now(&p.Entities[i].Routes[k].Key, entitiesFile, indexed(indexed("", i)+".routes", k)+".key", "", "")
		}
		for k := range p.Entities[i].Distinguish {
			now(&p.Entities[i].Distinguish[k], entitiesFile, indexed(indexed("", i)+".distinguish", k), "", "")
		}
	}
	for _, r := range p.Resources {
		for i := range r.Items {
			it := &r.Items[i]
			now(&it.Element, r.File, indexed("items", i)+".element", r.ID, it.Name)
		}
		for i, s := range r.Subjects {
			for _, code := range slices.Sorted(maps.Keys(s.Items)) {
				item, is := s.Items[code], code
				now(&is, r.File, indexed("subjects", i)+".items."+code, r.ID, item)
				if _, both := s.Items[is]; is != code && !both {
					delete(s.Items, code)
					s.Items[is] = item
				}
			}
		}
	}
}
