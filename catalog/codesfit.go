package catalog

import (
	"slices"
	"strings"
)

// codesSure is the share of the rows that a code table must hold for its codes to be taken
// for an item's.
const codesSure = 0.95

// Share is how much of some rows, counted by value, a code table has as a code, name or
// alias.
func (t *CodeTable) Share(rows map[string]int64) float64 {
	var held, all int64
	for value, n := range rows {
		if all += n; value == "" {
			all -= n
			continue
		}
		if _, ok := t.Lookup(value); ok {
			held += n
		}
	}
	if all == 0 {
		return 0
	}
	return float64(held) / float64(all)
}

// CodesOf finds the code tables that values of an item lie in: the one to take, and all
// that fit where none stands out. One stands out by the item's element, or by a name the
// item goes by; else one that is alone, of values that differ.
func (p *Project) CodesOf(rows map[string]int64, e *Element, names ...string) (table string, fit []string) {
	for name, t := range p.Codes {
		if t.Share(rows) >= codesSure {
			fit = append(fit, name)
		}
	}
	slices.Sort(fit)
	for _, name := range fit {
		if e != nil && (name == e.Domain.Codes || e.Standard != "" && name == codeTableName(e.Standard)) || slices.Contains(names, name) {
			return name, nil
		}
	}
	if len(fit) == 1 && len(rows) > 1 {
		return fit[0], nil
	}
	return "", fit
}

// codeTableName is the name a standard's code table has by custom: GB/T 2261.1-2003 is
// gbt2261_1.
func codeTableName(standard string) string {
	if at := strings.LastIndexByte(standard, '-'); at > 0 {
		standard = standard[:at]
	}
	return strings.NewReplacer("/", "", " ", "", ".", "_").Replace(strings.ToLower(standard))
}
