package catalog

import "strings"

// aliases judges the other names of data elements: within one entity a name may stand
// for one element only, or nobody knows which of them an item of that name is.
func (j *judge) aliases() {
	type name struct{ entity, word string }
	means := map[name]string{}
	for _, e := range j.p.Elements {
		means[name{e.Entity, e.Name}] = e.Code
	}
	for i, e := range j.p.Elements {
		for k, alias := range e.Aliases {
			at := indexed(indexed("", i)+".aliases", k)
			if strings.TrimSpace(alias) == "" {
				j.file(elementsFile, at, "", "catalog.check.alias.empty", e.Code)
				continue
			}
			n := name{e.Entity, alias}
			if other, taken := means[n]; taken {
				j.file(elementsFile, at, "", "catalog.check.alias.twice", alias, e.Code, other)
			}
			means[n] = e.Code
		}
	}
}
