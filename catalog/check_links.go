package catalog

import (
	"slices"
	"strings"

	"guiji/internal/text"
)

// links judges the stewards' decisions on who is one subject.
func (j *judge) links() {
	seen := map[string]bool{}
	for i, l := range j.p.Links {
		path := indexed("", i)
		tell := func(at string, key text.Key, args ...any) { j.file(linksFile, path+at, "", key, args...) }
		if l.ID == "" || seen[l.ID] {
			tell(".id", "catalog.check.link.id", l.ID)
		}
		seen[l.ID] = true
		if j.p.Entity(l.Entity) == nil {
			tell(".entity", "catalog.check.entity.unknown", l.Entity)
		}
		for _, must := range [][2]string{{"reason", l.Reason}, {"office", l.Office}} {
			if strings.TrimSpace(must[1]) == "" {
				tell("."+must[0], "catalog.check.link.missing", l.ID, must[0])
			}
		}
		if !isDate(l.Date) || l.Until != "" && (!isDate(l.Until) || l.Until < l.Date) {
			tell(".date", "catalog.check.link.dates", l.ID, l.Date, l.Until)
		}
		said := l.said()
		if len(said) != 1 {
			tell("", "catalog.check.link.one", l.ID)
			continue
		}
		for key, list := range said {
			j.linked(l, key, list, path+"."+key)
		}
	}
	for _, e := range j.p.Entities {
		j.contradictions(e.ID)
	}
}

// linked judges what a decision is about.
func (j *judge) linked(l Link, key string, list []Linked, path string) {
	if key == "must_link" && len(list) < 2 || key == "cannot_link" && len(list) != 2 {
		j.file(linksFile, path, "", "catalog.check.link.two", l.ID, key)
	}
	for i, d := range list {
		at := indexed(path, i)
		byKey := d.EntityKey != "" && d.Resource == "" && len(d.Record) == 0 && key != "exclude"
		byRecord := d.EntityKey == "" && d.Resource != "" && (len(d.Record) > 0 || key == "exclude")
		if !byKey && !byRecord {
			j.file(linksFile, at, "", "catalog.check.link.form", l.ID, key)
			continue
		}
		if byRecord {
			j.linkedRecord(l, d, at)
		}
	}
}

// linkedRecord judges a record that a decision names by its resource and key.
func (j *judge) linkedRecord(l Link, d Linked, at string) {
	id, role, _ := strings.Cut(d.Resource, "#")
	r := j.p.Resource(id)
	switch {
	case r == nil:
		j.file(linksFile, at+".resource", "", "catalog.check.link.resource", l.ID, id)
	case !j.p.speaks(r, l.Entity, role):
		j.file(linksFile, at+".resource", "", "catalog.check.link.speaks", l.ID, d.Resource, l.Entity)
	case len(d.Record) > 0 && len(d.Record) != max(1, len(r.Source.Key)):
		j.file(linksFile, at+".record", "", "catalog.check.link.record", l.ID, id, max(1, len(r.Source.Key)))
	}
}

// speaks tells whether an entry has a subject of an entity, in a role.
func (p *Project) speaks(r *Resource, entity, role string) bool {
	if len(r.Subjects) == 0 {
		return role == "" && p.entitiesOf(r)[entity]
	}
	return slices.ContainsFunc(r.Subjects, func(s Subject) bool { return s.Entity == entity && s.As == role })
}

// name tells apart what decisions are about.
func (d Linked) name() string {
	return strings.Join(append([]string{d.Resource, d.EntityKey}, d.Record...), "\x00")
}

// contradictions tells decisions of one entity that cannot both hold: what must be one
// subject, through however many decisions, and must not, or is left out.
func (j *judge) contradictions(entity string) {
	group, by := map[string]string{}, map[string][]string{}
	find := func(n string) string {
		for group[n] != "" && group[n] != n {
			n = group[n]
		}
		return n
	}
	each := func(f func(i int, l Link)) {
		for i, l := range j.p.Links {
			if l.Entity == entity && l.ActiveOn(j.date) {
				f(i, l)
			}
		}
	}
	each(func(_ int, l Link) {
		for k, d := range l.MustLink {
			if a, b := find(l.MustLink[0].name()), find(d.name()); k > 0 && a != b {
				group[b] = a
			}
		}
	})
	each(func(_ int, l Link) {
		if len(l.MustLink) > 0 {
			root := find(l.MustLink[0].name())
			by[root] = append(by[root], l.ID)
		}
	})
	each(func(i int, l Link) {
		path := indexed("", i)
		if c := l.CannotLink; len(c) == 2 && (find(c[0].name()) == find(c[1].name())) {
			j.file(linksFile, path+".cannot_link", "", "catalog.check.link.contradiction", l.ID, strings.Join(by[find(c[0].name())], ", "))
		}
		for k, d := range l.Exclude {
			if ids := by[find(d.name())]; len(ids) > 0 {
				j.file(linksFile, indexed(path+".exclude", k), "", "catalog.check.link.excluded", l.ID, strings.Join(ids, ", "))
			}
		}
	})
}
