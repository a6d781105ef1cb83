package catalog

import (
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// KeyRoute says how one of an entity's keys is written, or which key of its subjects
// stands for it. A key without a route is compared as it is.
type KeyRoute struct {
	Key     string      `yaml:"key"`            // element code, one of the entity's keys
	Form    KeyForm     `yaml:"form,omitempty"` // a text of another form is no key
	Mapping *KeyMapping `yaml:"mapping,omitempty"`
}

// KeyMapping is a table of the entity's first key by this one: old registration numbers
// and the credit codes that came in their place. A number with two keys links nobody.
type KeyMapping struct {
	Codes    string `yaml:"codes,omitempty"`    // a table of codes/: code is the first key, alias this one
	Resource string `yaml:"resource,omitempty"` // or a resource of the catalogue,
	From     string `yaml:"from,omitempty"`     // its item with this key,
	To       string `yaml:"to,omitempty"`       // and the one with the entity's first key
}

// KeyForm is how a key is written. Its check digit is proved by the item's checks.
type KeyForm string

// The forms.
const (
	FormCitizenID        KeyForm = "citizen_id"        // GB 11643-1999; one of 15 digits is matched as the 18 it was lifted to
	FormCreditCode       KeyForm = "credit_code"       // GB 32100-2015
	FormOrganisationCode KeyForm = "organisation_code" // GB 11714-1997, with or without hyphen: positions 9 to 17 of the credit code
)

// UnmarshalYAML refuses any other word.
func (f *KeyForm) UnmarshalYAML(n ast.Node) error {
	return word(f, n, FormCitizenID, FormCreditCode, FormOrganisationCode)
}

// Route is how a key of the entity is written; nil where nothing is said.
func (e *Entity) Route(key string) *KeyRoute {
	if i := slices.IndexFunc(e.Routes, func(r KeyRoute) bool { return r.Key == key }); i >= 0 {
		return &e.Routes[i]
	}
	return nil
}

// keyRoutes judges how an entity's keys are written.
func (j *judge) keyRoutes(e *Entity, path string) {
	for i, r := range e.Routes {
		at := indexed(path+".routes", i)
		where := slices.Index(e.Keys, r.Key)
		switch {
		case where < 0:
			j.file(entitiesFile, at+".key", "", "catalog.check.route.key", e.ID, r.Key)
		case slices.ContainsFunc(e.Routes[:i], func(o KeyRoute) bool { return o.Key == r.Key }):
			j.file(entitiesFile, at+".key", "", "catalog.check.route.twice", e.ID, r.Key)
		case r.Form == "" && r.Mapping == nil:
			j.file(entitiesFile, at, "", "catalog.check.route.nothing", r.Key)
		case r.Mapping != nil && where == 0:
			j.file(entitiesFile, at+".mapping", "", "catalog.check.route.first", e.ID, r.Key)
		case r.Form == FormOrganisationCode && !slices.ContainsFunc(e.Keys[:where], func(k string) bool { o := e.Route(k); return o != nil && o.Form == FormCreditCode }):
			j.file(entitiesFile, at+".form", creditRule, "catalog.check.route.within", r.Key)
		}
		if r.Mapping != nil {
			j.mapping(r, at+".mapping")
		}
	}
	for i, code := range e.Distinguish {
		if el := j.p.Element(code); el == nil || el.Entity != e.ID || slices.Contains(e.Keys, code) {
			j.file(entitiesFile, indexed(path+".distinguish", i), "", "catalog.check.route.distinguish", e.ID, code)
		}
	}
	if e.ManyRecords < 0 {
		j.file(entitiesFile, path+".many_records", "", "catalog.check.route.many", e.ID)
	}
}

// mapping judges where the other key of a number is written.
func (j *judge) mapping(r KeyRoute, at string) {
	m := r.Mapping
	if (m.Codes == "") == (m.Resource == "") || m.Codes != "" && (m.From != "" || m.To != "") {
		j.file(entitiesFile, at, "", "catalog.check.route.mapping", r.Key)
		return
	}
	if m.Codes != "" {
		if j.p.Codes[m.Codes] == nil {
			j.file(entitiesFile, at+".codes", "", "catalog.check.route.codes", r.Key, m.Codes)
		}
		return
	}
	res := j.p.Resource(m.Resource)
	if res == nil {
		j.file(entitiesFile, at+".resource", "", "catalog.check.route.resource", r.Key, m.Resource)
		return
	}
	for _, end := range [][2]string{{"from", m.From}, {"to", m.To}} {
		if it := res.Item(end[1]); it == nil || it.RawOnly() {
			j.file(entitiesFile, at+"."+end[0], "", "catalog.check.route.item", r.Key, m.Resource, end[1])
		}
	}
}
