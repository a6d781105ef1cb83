package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// ring judges whether fallbacks come back to where they began. An element's value goes
// from its authority to its fallbacks and no further, so that no value is ever sought in
// a circle. But an item may stand for several elements: where one of them takes b when a
// is silent, and another a when b is, each holder is registered as the source of the
// other. Then the two are one element registered twice, or a fallback is wrong. Judged
// today and on each later day an authority's term begins.
func (j *judge) ring() {
	days := []string{j.date}
	for _, e := range j.p.Elements {
		for _, t := range e.Authority {
			if isDate(t.From) && t.From > j.date {
				days = append(days, t.From)
			}
		}
	}
	slices.Sort(days)
	told := map[string]bool{}
	for _, day := range slices.Compact(days) {
		next := j.p.silent(day)
		for i := range j.p.Elements {
			e := &j.p.Elements[i]
			for _, t := range e.Authority.ActiveOn(day) {
				way := circle(next, t.Item, e.Code)
				if key := ringName(way); way != nil && !told[key] {
					told[key] = true
					j.file(elementsFile, indexed("", i)+".fallback", j.cite("collect_once", guide), "catalog.check.fallback.cycle", e.Code, e.Name, ringWords(way), day)
				}
			}
		}
	}
}

// hop is where an element's value is looked for when an item is silent.
type hop struct {
	to      ItemRef
	element string
}

// silent are, of each item that has an authority on a day, the fallbacks of the elements
// it has it over.
func (p *Project) silent(day string) map[ItemRef][]hop {
	out := map[ItemRef][]hop{}
	for i := range p.Elements {
		e := &p.Elements[i]
		for _, t := range e.Authority.ActiveOn(day) {
			for _, f := range e.Fallback {
				if f != t.Item { // told as its own fallback
					out[t.Item] = append(out[t.Item], hop{f, e.Code})
				}
			}
		}
	}
	return out
}

// circle is the way from an item, by an element, back to it; nil without one.
func circle(next map[ItemRef][]hop, from ItemRef, element string) []hop {
	seen := map[ItemRef]bool{}
	var walk func(at ItemRef, way []hop) []hop
	walk = func(at ItemRef, way []hop) []hop {
		for _, h := range next[at] {
			if len(way) == 0 && h.element != element || seen[h.to] && h.to != from {
				continue
			}
			seen[h.to] = true
			if h.to == from {
				return append(way, h)
			}
			if found := walk(h.to, append(slices.Clone(way), h)); found != nil {
				return found
			}
		}
		return nil
	}
	return walk(from, nil)
}

// ringName is the same for a ring wherever it is entered.
func ringName(way []hop) string {
	var names []string
	for _, h := range way {
		names = append(names, fmt.Sprintf("%s %s", h.to, h.element))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// ringWords is a → b (DE0001) → a (DE0002).
func ringWords(way []hop) string {
	if len(way) == 0 {
		return ""
	}
	words := []string{string(way[len(way)-1].to)}
	for _, h := range way {
		words = append(words, fmt.Sprintf("%s (%s)", h.to, h.element))
	}
	return strings.Join(words, " → ")
}
