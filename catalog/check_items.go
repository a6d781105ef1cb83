package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// items judges the 信息项 of an entry.
func (j *judge) items(r *Resource) {
	defer func() { j.item = nil }()
	if len(r.Items) == 0 {
		j.breaks("items", guide, "catalog.check.items.none")
	}
	seen := map[string]string{}
	for i := range r.Items {
		it := &r.Items[i]
		path := indexed("items", i)
		j.item = it
		j.itemName(it, path)
		if first, ok := seen[strings.ToLower(it.Name)]; ok { // DuckDB's names know no case
			j.breaks(path+".name", guide, "catalog.check.item.twice", it.Name, first)
		}
		seen[strings.ToLower(it.Name)] = it.Name
		if in, ok := j.p.places[r.File]; ok && in[path+".type"] == 0 {
			j.breaks(path, guide, "catalog.check.item.type")
		}
		if r.Basis(it) == "" {
			j.breaks(path, j.cite("collect_by_catalogue", guide), "catalog.check.item.basis", it.Title())
		}
		if it.Element != "" && j.p.Element(it.Element) == nil {
			j.breaks(path+".element", guide, "catalog.check.element.unknown", it.Element)
		}
		j.held(r, it, path)
	}
	for _, c := range r.carries() {
		if j.item = r.Item(c.item); j.item != nil {
			j.personal(j.item, c)
			j.carrier(j.item, c)
		}
	}
}

// itemName keeps names apart from the columns that a release adds: _mask0,
// <item>_raw, <column>__from (docs/layout.md), and from those DuckDB adds to files.
func (j *judge) itemName(it *Item, path string) {
	switch {
	case !itemName.MatchString(it.Name):
		j.breaks(path+".name", guide, "catalog.check.item.name", it.Name)
	case reservedItem(it.Name):
		j.breaks(path+".name", guide, "catalog.check.item.reserved", it.Name)
	case Virtual(it.Name):
		j.breaks(path+".name", guide, "catalog.check.item.virtual", it.Name)
	}
}

func reservedItem(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, "_raw") || strings.HasSuffix(lower, "__from")
}

// personal asks for a privacy class where the element is personal; of a direct
// identifier no less than direct.
func (j *judge) personal(it *Item, c carried) {
	e := j.p.Element(c.element)
	if e == nil || e.Privacy == PrivacyNone {
		return
	}
	if it.Privacy == PrivacyNone || e.Privacy == PrivacyDirect && it.Privacy != PrivacyDirect {
		j.breaks(parent(c.path), j.cite("protection", personLaw), "catalog.check.item.privacy", it.Title(), e.Name, string(e.Privacy))
	}
}

// held judges what is held beside its authority: since when, on what basis of its
// own, and until when.
func (j *judge) held(r *Resource, it *Item, path string) {
	for _, f := range []struct{ name, value string }{{"held_since", it.HeldSince}, {"clean_up_by", it.CleanUpBy}} {
		if f.value != "" && !isDate(f.value) {
			j.breaks(path+"."+f.name, j.cite("collect_once", guide), "catalog.check.date", f.value)
		}
	}
	fallback := j.isFallback(r, ItemRef(r.ID+"."+it.Name))
	if !fallback && it.Role != RoleCopy {
		return
	}
	var missing []string
	for _, f := range []struct{ name, value string }{{"held_since", it.HeldSince}, {"legal_basis", it.LegalBasis}, {"clean_up_by", it.CleanUpBy}} {
		if strings.TrimSpace(f.value) == "" {
			missing = append(missing, f.name)
		}
	}
	if len(missing) > 0 {
		j.breaks(path, j.cite("collect_once", guide), "catalog.check.held", it.Title(), strings.Join(missing, ", "))
	}
	if isDate(it.HeldSince) && (it.HeldSince > j.date || isDate(it.CleanUpBy) && it.HeldSince > it.CleanUpBy) {
		j.breaks(path+".held_since", j.cite("collect_once", guide), "catalog.check.held.since", it.Title(), it.HeldSince)
	}
	j.copied(r, it, path)
	if it.Role != RoleCopy {
		return
	}
	if it.Element == "" && !slices.ContainsFunc(r.carries(), func(c carried) bool { return c.item == it.Name }) {
		j.breaks(path, j.cite("collect_once", guide), "catalog.check.copy.element", it.Title())
	}
	if slices.Contains(r.Source.Key, it.Name) {
		j.breaks(path+".role", "", "catalog.check.copy.key", it.Title())
	}
}

// isFallback tells an item that stands in for an authority elsewhere.
func (j *judge) isFallback(r *Resource, ref ItemRef) bool {
	return slices.ContainsFunc(j.p.Elements, func(e Element) bool {
		own := slices.ContainsFunc(e.Authority.ActiveOn(j.date), func(t AuthorityTerm) bool { return t.Item.of(r) })
		return !own && slices.Contains(e.Fallback, ref)
	})
}

// source judges where the rows come from and what is said over items by name.
func (j *judge) source(r *Resource) {
	if _, ok := j.p.Config.Connections[r.Source.Connection]; !ok {
		j.breaks("source.connection", "", "catalog.check.connection", r.Source.Connection)
	}
	if r.Source.Table == "" {
		j.breaks("source", "", "catalog.check.table")
	}
	j.names("source.key", r.Source.Key)
	j.keyNames(r)
	j.cursor(r)
	j.names("lookup_key", r.LookupKey)
	if d := r.Duplicates; d != nil {
		if len(d.By) == 0 {
			j.breaks("duplicates", "", "catalog.check.duplicates")
		}
		j.names("duplicates.by", d.By)
		j.keep("duplicates.keep", d.Keep)
		if d.Keep.Fn == "" {
			j.breaks("duplicates", "", "catalog.check.keep")
		}
	}
	if r.Vote != nil {
		j.keep("vote", *r.Vote)
	}
}

func (j *judge) keep(path string, k KeepRule) {
	if k.Item != "" && j.r.Item(k.Item) == nil {
		j.breaks(path, "", "catalog.check.item.none", k.Item)
	}
}

// names judges a list of items by name: each is there, and once.
func (j *judge) names(path string, names []string) {
	seen := map[string]bool{}
	for i, n := range names {
		at := indexed(path, i)
		if j.r.Item(n) == nil {
			j.breaks(at, "", "catalog.check.item.none", n)
		}
		if seen[n] {
			j.breaks(at, "", "catalog.check.item.again", n)
		}
		seen[n] = true
	}
}

// subjects judges whom a row speaks of.
func (j *judge) subjects(r *Resource) {
	seen := map[string]bool{}
	for i, s := range r.Subjects {
		path := indexed("subjects", i)
		if j.p.Entity(s.Entity) == nil {
			j.breaks(path+".entity", "", "catalog.check.entity.unknown", s.Entity)
		}
		if name := s.As; seen[name] {
			j.breaks(path, "", "catalog.check.subject.twice", fmt.Sprintf("%s#%s", r.ID, name))
		}
		seen[s.As] = true
		if r.Item(s.Key) == nil {
			j.breaks(path+".key", "", "catalog.check.item.none", s.Key)
		}
	}
	entities := j.p.entitiesOf(r)
	for _, c := range r.carries() {
		if e := j.p.Element(c.element); e != nil && !entities[e.Entity] && !j.p.Linking(c.element) {
			j.tell(Warning, j.p.at(r.File, c.path), "", "catalog.check.subject.none", c.item, c.element, e.Entity)
		}
		if !strings.HasPrefix(c.path, "subjects") {
			continue
		}
		if r.Item(c.item) == nil {
			j.breaks(c.path, "", "catalog.check.item.none", c.item)
		}
		if j.p.Element(c.element) == nil {
			j.breaks(c.path, guide, "catalog.check.element.unknown", c.element)
		}
	}
}
