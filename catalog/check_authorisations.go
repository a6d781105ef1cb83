package catalog

import (
	"slices"
	"strings"

	"guiji/internal/text"
)

// authorisations judges what may be read outside the catalogue for a time.
func (j *judge) authorisations() {
	ids := map[string]bool{}
	for i := range j.p.Authorisations {
		a := &j.p.Authorisations[i]
		path := indexed("", i)
		basis := j.cite("collect_by_catalogue", guide)
		tell := func(at string, key text.Key, args ...any) {
			j.file(authorisationsFile, path+at, basis, key, append([]any{a.ID}, args...)...)
		}
		if a.ID == "" || ids[a.ID] {
			tell(".id", "catalog.check.authorisation.id")
		}
		ids[a.ID] = true
		var missing []string
		for _, f := range []struct{ name, value string }{{"reason", string(a.Reason)}, {"approver", a.Approver}, {"document", a.Document}} {
			if strings.TrimSpace(f.value) == "" {
				missing = append(missing, f.name)
			}
		}
		if len(missing) > 0 {
			tell("", "catalog.check.authorisation.missing", strings.Join(missing, ", "))
		}
		switch {
		case !isDate(a.Expires):
			tell(".expires", "catalog.check.authorisation.expires", a.Expires)
		case a.Expires < j.date:
			j.tell(Warning, j.p.at(authorisationsFile, path+".expires"), basis, "catalog.check.authorisation.over", a.ID, a.Expires)
		}
		j.authorised(a, path, tell)
	}
}

// authorised judges the columns: each outside the catalogue, and none of them an element
// by another name: an authorisation never lifts a collect-once refusal.
func (j *judge) authorised(a *Authorisation, path string, tell func(at string, key text.Key, args ...any)) {
	if len(a.Items) == 0 {
		tell("", "catalog.check.authorisation.items")
	}
	r := j.p.Resource(a.Resource)
	if r == nil {
		tell(".resource", "catalog.check.authorisation.resource", a.Resource)
		return
	}
	r = r.written()
	seen := map[string]bool{}
	for k, it := range a.Items {
		at := indexed(".items", k)
		column := it.Column
		if column == "" {
			column = it.Name
		}
		inside := slices.ContainsFunc(r.Items, func(own Item) bool {
			return strings.EqualFold(own.Name, it.Name) || strings.EqualFold(own.Column, column)
		})
		name := strings.ToLower(it.Name)
		switch {
		case !itemName.MatchString(it.Name) || reservedItem(it.Name) || Virtual(it.Name) || seen[name] || j.claimed(a, it.Name):
			tell(at, "catalog.check.authorisation.name", it.Name)
		case it.Label == "":
			tell(at, "catalog.check.authorisation.label", it.Name)
		case j.p.places[authorisationsFile][path+at+".type"] == 0:
			tell(at, "catalog.check.authorisation.type", it.Name)
		case inside:
			tell(at, "catalog.check.authorisation.inside", column, r.Name)
		default:
			j.disguised(it, at, tell)
		}
		seen[name] = true
	}
}

// claimed tells a column that another authorisation of the resource names already.
func (j *judge) claimed(a *Authorisation, name string) bool {
	for i := range j.p.Authorisations {
		b := &j.p.Authorisations[i]
		if b == a {
			return false
		}
		if b.Resource == a.Resource && b.Expires >= j.date && slices.ContainsFunc(b.Items, func(it AuthorisedItem) bool { return strings.EqualFold(it.Name, name) }) {
			return true
		}
	}
	return false
}

// disguised refuses a column that is called what a data element with an authority is, by
// its name or an alias, blanks aside.
func (j *judge) disguised(it AuthorisedItem, at string, tell func(at string, key text.Key, args ...any)) {
	bare := func(name string) string { return strings.Join(strings.Fields(name), "") }
	called := func(name string) bool { return bare(name) == bare(it.Label) }
	for i := range j.p.Elements {
		e := &j.p.Elements[i]
		if terms := e.Authority.ActiveOn(j.date); len(terms) > 0 && !j.p.Linking(e.Code) && (called(e.Name) || slices.ContainsFunc(e.Aliases, called)) {
			tell(at, "catalog.check.authorisation.element", it.Label, e.Code, string(terms[0].Item), j.p.holder(terms[0].Item))
		}
	}
}
