package catalog

import (
	"slices"

	"guiji/internal/text"
)

// entities judges the kinds of subject and their keys.
func (j *judge) entities() {
	seen := map[string]bool{}
	for i, e := range j.p.Entities {
		path := indexed("", i)
		if !resourceName.MatchString(e.ID) {
			j.file(entitiesFile, path+".id", "", "catalog.check.entity.id", e.ID)
		}
		if seen[e.ID] {
			j.file(entitiesFile, path+".id", "", "catalog.check.entity.twice", e.ID)
		}
		seen[e.ID] = true
		if e.Name == "" {
			j.file(entitiesFile, path, "", "catalog.check.entity.name", e.ID)
		}
		if len(e.Keys) == 0 {
			j.file(entitiesFile, path, "", "catalog.check.entity.keys", e.ID)
		}
		for k, code := range e.Keys {
			at := indexed(path+".keys", k)
			switch el := j.p.Element(code); {
			case el == nil:
				j.file(entitiesFile, at, guide, "catalog.check.element.unknown", code)
			case el.Entity != e.ID:
				j.file(entitiesFile, at, "", "catalog.check.entity.key", e.ID, code, el.Entity)
			}
		}
		j.keyRoutes(&j.p.Entities[i], path)
	}
}

// elements judges the data elements and who has the authority over each.
func (j *judge) elements() {
	codes := map[string]bool{}
	columns := map[[2]string]string{}
	for i := range j.p.Elements {
		e := &j.p.Elements[i]
		path := indexed("", i)
		tell := func(at, basis string, key text.Key, args ...any) { j.file(elementsFile, path+at, basis, key, args...) }
		if e.Code == "" || codes[e.Code] {
			tell(".code", guide, "catalog.check.element.code", e.Code)
		}
		codes[e.Code] = true
		if e.Name == "" {
			tell("", guide, "catalog.check.element.name", e.Code)
		}
		if !resourceName.MatchString(e.Column) {
			tell(".column", "", "catalog.check.element.column", e.Code, e.Column)
		}
		if other, ok := columns[[2]string{e.Entity, e.Column}]; ok {
			tell(".column", "", "catalog.check.element.column.twice", e.Column, other, e.Code)
		}
		columns[[2]string{e.Entity, e.Column}] = e.Code
		if j.p.Entity(e.Entity) == nil {
			tell(".entity", "", "catalog.check.entity.unknown", e.Entity)
		}
		j.elementColumn(e, path)
		j.authority(e, path)
		j.fallback(e, path)
		j.register(e, path)
	}
	j.renames()
	j.ring()
}

// authority judges 一数一源: at any date an element has one authority. None is no
// error but a task: the value is held, and a designation is asked for.
func (j *judge) authority(e *Element, path string) {
	once := j.cite("collect_once", guide)
	for k, t := range e.Authority {
		at := path + ".authority"
		if k < len(e.Authority) && (t.From != "" || t.To != "" || len(e.Authority) > 1) {
			at = indexed(at, k)
		}
		if t.From != "" && !isDate(t.From) || t.To != "" && !isDate(t.To) || t.From != "" && t.To != "" && t.To < t.From {
			j.file(elementsFile, at, once, "catalog.check.authority.dates", e.Code, t.From, t.To)
			continue
		}
		if t.To == "" || j.date <= t.To { // an authority of the past may be gone
			j.reference(e, t.Item, at)
		}
		for _, later := range e.Authority[k+1:] {
			if overlap(t, later) {
				j.file(elementsFile, at, once, "catalog.check.authority.two", e.Code, e.Name, string(t.Item), string(later.Item))
			}
		}
	}
	for _, c := range j.p.Unpublished(e, j.date) {
		j.tell(Warning, j.p.at(elementsFile, path), once, "catalog.check.authority.unpublished", e.Code, e.Name, string(c.Ref()))
	}
	if e.HeldBack(j.date) {
		j.tell(Warning, j.p.at(elementsFile, path), once, "catalog.check.authority.none", e.Code, e.Name)
	}
}

func overlap(a, b AuthorityTerm) bool {
	return (a.To == "" || b.From == "" || b.From <= a.To) && (b.To == "" || a.From == "" || a.From <= b.To)
}

// reference judges an item that is said to give an element's value.
func (j *judge) reference(e *Element, ref ItemRef, at string) {
	r, it := j.p.Find(ref)
	switch {
	case r == nil:
		j.file(elementsFile, at, guide, "catalog.check.ref", e.Code, string(ref))
	case !r.Carries(it.Name, e.Code):
		j.file(elementsFile, at, guide, "catalog.check.ref.element", e.Code, string(ref))
	case it.Role == RoleCopy:
		j.file(elementsFile, at, guide, "catalog.check.ref.copy", e.Code, string(ref))
	}
}

// fallback judges what counts where the authority is silent.
func (j *judge) fallback(e *Element, path string) {
	if e.WhenEmpty == EmptyMeansFallback && len(e.Fallback) == 0 {
		j.file(elementsFile, path+".when_empty", "", "catalog.check.fallback.none", e.Code)
	}
	for k, ref := range e.Fallback {
		at := indexed(path+".fallback", k)
		j.reference(e, ref, at)
		j.fallbackType(e, ref, at)
		if slices.Contains(e.Fallback[:k], ref) {
			j.file(elementsFile, at, "", "catalog.check.fallback.twice", e.Code, string(ref))
		}
		for _, t := range e.Authority {
			switch {
			case t.Item != ref || t.To != "" && t.To < j.date:
			case t.From > j.date:
				j.tell(Warning, j.p.at(elementsFile, at), "", "catalog.check.fallback.later", e.Code, string(ref), t.From)
			default:
				j.file(elementsFile, at, "", "catalog.check.fallback.authority", e.Code, string(ref))
			}
		}
	}
}
