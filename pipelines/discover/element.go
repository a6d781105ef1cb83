package discover

import (
	"cmp"
	"slices"
	"strings"

	"guiji/catalog"
)

// how an element was found; stronger ones are smaller.
const (
	byLabel = iota
	byWords
	byContent
	byEnding
	byColumn
	byInitials
	notFound
)

// candidate is an element that a column may be of.
type candidate struct {
	element *catalog.Element
	how     int
}

// elements finds the elements that a column may be of, the likeliest first. keys are the
// entities whose identifiers the table holds.
func (d *Drafter) elements(c *column, keys map[string]bool) []candidate {
	var out []candidate
	for i := range d.Project.Elements {
		e := &d.Project.Elements[i]
		if how := c.matches(e); how != notFound {
			out = append(out, candidate{e, how})
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.how, b.how), cmp.Compare(away(keys, a), away(keys, b)))
	})
	if len(out) > 1 && out[0].how >= byColumn {
		if away(keys, out[0]) != away(keys, out[1]) || out[0].how != out[1].how {
			return out[:1]
		}
		return out // several alike: a person chooses
	}
	return out[:min(1, len(out))]
}

func away(keys map[string]bool, c candidate) int {
	if keys[c.element.Entity] {
		return 0
	}
	return 1
}

// matches tells how a column's words or values say that it is of an element. Values that
// break the element's standard say that it is not.
func (c *column) matches(e *catalog.Element) int {
	content := notFound
	for _, s := range []struct {
		standard string
		trial    trial
	}{{"GB 11643", citizen}, {"GB 32100", credit}} {
		if !strings.HasPrefix(e.Standard, s.standard) {
			continue
		}
		if c.is(s.trial) {
			content = byContent
		} else if c.filled() > 0 && c.share(s.trial) < 0.5 {
			return notFound
		}
	}
	label, name := bare(c.label()), strings.ToLower(c.Name)
	switch {
	case label == e.Name:
		return byLabel
	case label != "" && sameMeaning(label, e.Name):
		return byWords
	case content != notFound:
		return content
	case label != "" && len([]rune(e.Name)) > 1 && strings.HasSuffix(label, e.Name) && personal(e):
		return byEnding
	case label != "":
		return notFound // it has a name, and another one
	case name == e.Column:
		return byColumn
	case len(name) > 1 && name == initials(e.Name):
		return byInitials
	}
	return notFound
}

// personal elements are meant by longer labels too: 法定代表人姓名.
func personal(e *catalog.Element) bool { return e.Privacy == catalog.PrivacyDirect || e.Key }

// entities are those whose key elements a table holds.
func (d *Drafter) entities(columns []column) map[string]bool {
	out := map[string]bool{}
	for i := range columns {
		for j := range d.Project.Elements {
			if e := &d.Project.Elements[j]; e.Key && columns[i].matches(e) != notFound {
				out[e.Entity] = true
			}
		}
	}
	return out
}

// codes finds the code tables that the column's values lie in: the one to take, and all
// that fit where none stands out.
func (d *Drafter) codes(c *column, e *catalog.Element) (table string, fit []string) {
	if len(c.few) == 0 || len(c.few) > mostFew || c.filled() < 3 || c.is(aDate) || c.is(aTime) {
		return "", nil
	}
	var short int64 // longer values are no codes, and not among the few
	for _, n := range c.few {
		short += n
	}
	if float64(short) < sure*float64(c.filled()) {
		return "", nil
	}
	return d.Project.CodesOf(c.few, e, strings.ToLower(c.Name), ascii(c.label()))
}
