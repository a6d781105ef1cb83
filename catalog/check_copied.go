package catalog

import (
	"fmt"
	"slices"
)

// copied judges where a fallback or copy says its values are taken over from: an item
// that stands for the same element, and not, by others, itself.
func (j *judge) copied(r *Resource, it *Item, path string) {
	if it.CopiedFrom == "" {
		return
	}
	from, item := j.p.Find(it.CopiedFrom)
	same := from != nil && slices.ContainsFunc(r.carries(), func(c carried) bool { return c.item == it.Name && from.Carries(item.Name, c.element) })
	if !same {
		j.breaks(path+".copied_from", j.cite("collect_once", guide), "catalog.check.copied", it.Title(), string(it.CopiedFrom))
		return
	}
	own := ItemRef(fmt.Sprintf("%s.%s", r.ID, it.Name))
	for seen := (map[ItemRef]bool{}); it != nil && it.CopiedFrom != "" && !seen[it.CopiedFrom]; _, it = j.p.Find(it.CopiedFrom) {
		seen[it.CopiedFrom] = true
		if it.CopiedFrom == own {
			j.breaks(path+".copied_from", "", "catalog.check.copied.ring", string(own))
			return
		}
	}
}
