package catalog

import (
	"maps"
	"slices"
	"strings"

	"guiji/internal/text"
)

// sameData judges what was decided of entries that seem to hold the same data: who
// decided, why, of which entries, and once only. A merge that is not carried out is
// work to be done.
func (j *judge) sameData() {
	first := map[[2]string]string{}
	for i := range j.p.Duplicates {
		d := &j.p.Duplicates[i]
		path := indexed("", i)
		tell := func(at string, key text.Key, args ...any) {
			j.file(duplicatesFile, path+at, j.cite("duplicates", guide), key, args...)
		}
		pair := [2]string{min(d.A, d.B), max(d.A, d.B)}
		switch other, twice := first[pair]; {
		case d.A == d.B:
			tell("", "catalog.check.same.self", d.A)
		case twice:
			tell("", "catalog.check.same.twice", d.A, d.B, other)
		default:
			first[pair] = j.p.at(duplicatesFile, path).String()
		}
		j.sameDataWords(d, tell)
		j.sameDataEntries(d, path, tell)
		if open := j.p.Unmerged(d); len(open) > 0 {
			j.tell(Warning, j.p.at(duplicatesFile, path), j.cite("duplicates", guide), "catalog.check.same.unmerged", d.goes(), d.Stays, strings.Join(open, ", "))
		}
	}
}

// sameDataWords judges outcome, reason, office and date.
func (j *judge) sameDataWords(d *SameData, tell func(at string, key text.Key, args ...any)) {
	switch {
	case d.Outcome == "":
		tell("", "catalog.check.same.outcome", d.A, d.B)
	case d.Outcome == Merged && d.Stays != d.A && d.Stays != d.B:
		tell(".stays", "catalog.check.same.stays", d.A, d.B)
	case d.Outcome == Distinct && d.Stays != "":
		tell(".stays", "catalog.check.same.stays.distinct", d.A, d.B)
	}
	if strings.TrimSpace(d.Because) == "" {
		tell("", "catalog.check.same.because", d.A, d.B)
	}
	if strings.TrimSpace(d.Office) == "" {
		tell("", "catalog.check.same.office", d.A, d.B)
	}
	if !isDate(d.Date) || d.Date > j.date {
		tell(".date", "catalog.check.same.date", d.A, d.B, d.Date)
	}
}

// sameDataEntries judges whether the entries and items are there.
func (j *judge) sameDataEntries(d *SameData, path string, tell func(at string, key text.Key, args ...any)) {
	missing := func(at, id, item string) {
		switch r := j.p.Resource(id); {
		case r == nil && item == "":
			tell(at, "catalog.check.same.resource", id)
		case r != nil && item != "" && r.Item(item) == nil: // taken out since, as a merge asks, or misspelt
			j.tell(Warning, j.p.at(duplicatesFile, path+at), "", "catalog.check.same.item", id, item)
		}
	}
	missing(".a", d.A, "")
	missing(".b", d.B, "")
	for _, a := range slices.Sorted(maps.Keys(d.Items)) {
		missing(".items."+a, d.A, a)
		missing(".items."+a, d.B, d.Items[a])
	}
}
