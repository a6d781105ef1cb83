package catalog

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"guiji/internal/text"
)

// register judges what an element says of its values, of who speaks where nobody has
// the authority, and of the codes it had before.
func (j *judge) register(e *Element, path string) {
	once := j.cite("collect_once", guide)
	j.domain(e, path+".domain")
	switch {
	case e.Survivorship == SurviveAuthority:
	case len(e.Authority) > 0:
		j.file(elementsFile, path+".survivorship", once, "catalog.check.survivorship.authority", e.Code, e.Name, string(e.Survivorship), string(e.Authority[0].Item))
	case e.Reason == "":
		j.file(elementsFile, path+".survivorship", once, "catalog.check.survivorship.reason", e.Code, e.Name, string(e.Survivorship))
	case len(e.Fallback) > 0 || e.WhenEmpty == EmptyMeansFallback:
		j.file(elementsFile, path+".survivorship", once, "catalog.check.survivorship.fallback", e.Code, string(e.Survivorship))
	}
	for i, old := range e.Replaces {
		at := indexed(path+".replaces", i)
		if old == "" {
			j.file(elementsFile, at, guide, "catalog.check.element.code", old)
		}
		if j.p.Element(old) != nil {
			j.file(elementsFile, at, guide, "catalog.check.replaces.alive", e.Code, old)
		}
		for k := range j.p.Elements {
			if other := &j.p.Elements[k]; other.Code < e.Code && slices.Contains(other.Replaces, old) {
				j.file(elementsFile, at, guide, "catalog.check.replaces.twice", old, other.Code, e.Code)
			}
		}
	}
}

// renames asks those who name an element by a code it had before for the move.
func (j *judge) renames() {
	for _, r := range j.p.renamed {
		j.out = append(j.out, Violation{
			At: r.at, Resource: r.resource, Item: r.item, Severity: Warning, Basis: j.cite("update", guide),
			Key: "catalog.check.renamed", Args: []any{r.old, r.now, j.p.Element(r.now).Name},
		})
	}
}

// domain judges an element's value domain: one form, and one that means something.
func (j *judge) domain(e *Element, path string) {
	d := e.Domain
	tell := func(at string, key text.Key, args ...any) {
		j.file(elementsFile, path+at, guide, key, append([]any{e.Code}, args...)...)
	}
	forms := 0
	for _, said := range []bool{d.Codes != "", d.Pattern != "", d.Min != "" || d.Max != ""} {
		if said {
			forms++
		}
	}
	if forms > 1 {
		tell("", "catalog.check.domain.forms")
	}
	if d.Codes != "" && j.p.Codes[d.Codes] == nil {
		tell(".codes", "catalog.check.domain.codes", d.Codes)
	}
	if _, err := regexp.Compile(d.Pattern); err != nil {
		tell(".pattern", "catalog.check.domain.pattern", d.Pattern)
	}
	if d.Min == "" && d.Max == "" {
		return
	}
	if e.Type == nil || !isLimit(d.Min, e.Type.Kind) || !isLimit(d.Max, e.Type.Kind) || d.empty(e.Type.Kind) {
		tell("", "catalog.check.domain.range", d.Min, d.Max)
	}
}

// isLimit tells what may stand as the limit of a range of a type: "" is none.
func isLimit(s string, kind TypeKind) bool {
	switch kind {
	case Number, Float, Year:
		_, err := strconv.ParseFloat(s, 64)
		return s == "" || err == nil
	case Date, Time:
		return s == "" || s == "today" || isDate(s)
	}
	return false
}

// empty tells a range that no value lies in.
func (d Domain) empty(kind TypeKind) bool {
	if d.Min == "" || d.Max == "" || d.Min == "today" || d.Max == "today" {
		return false
	}
	if kind == Date || kind == Time {
		return d.Min > d.Max
	}
	from, _ := strconv.ParseFloat(d.Min, 64)
	to, _ := strconv.ParseFloat(d.Max, 64)
	return cmp.Less(to, from)
}
