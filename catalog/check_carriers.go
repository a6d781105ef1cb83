package catalog

import (
	"slices"

	"github.com/goccy/go-yaml/ast"

	"guiji/internal/text"
)

// carrier compares an item with the element it stands for: its type must fit into the
// element's, and its checks must hold it to the element's value domain.
func (j *judge) carrier(it *Item, c carried) {
	e := j.p.Element(c.element)
	if _, refused := j.p.refuse(j.r, c, j.date); e == nil || refused { // what is not collected need not fit
		return
	}
	if e.Type != nil && !it.Type.within(*e.Type) {
		j.tell(Warning, j.p.at(j.r.File, parent(c.path)+".type"), guide, "catalog.check.carrier.type", it.Title(), it.Type.String(), e.Code, e.Name, e.Type.String())
	}
	kind, want, accepted := e.Domain.check()
	if kind == "" {
		return
	}
	same, other := false, ""
	for _, s := range it.Checks {
		switch {
		case s.Kind == kind && s.says(want):
			same = true
		case s.Kind == kind:
			other = kind
		case slices.Contains(accepted, s.Kind):
			same = true
		}
	}
	key := text.Key("catalog.check.carrier.unchecked")
	switch {
	case same, other == "" && it.Role == RoleCopy: // a copy is compared, not checked
		return
	case other != "":
		key = "catalog.check.carrier.domain"
	}
	j.tell(Warning, j.p.at(j.r.File, parent(c.path)), guide, key, it.Title(), e.Code, e.Name, e.Domain.String())
}

// within tells whether every value of a type fits another.
func (t Type) within(in Type) bool {
	switch {
	case t.Kind != in.Kind:
		return false
	case t.Kind == Text:
		return in.Length == 0 || t.Length > 0 && t.Length <= in.Length
	case t.Kind == Number:
		return t.Scale <= in.Scale && t.Precision-t.Scale <= in.Precision-in.Scale
	}
	return true
}

// check is what holds an item to the domain: the kind of check with its parameters, and
// the kinds that say the same in words of their own.
func (d Domain) check() (kind string, want map[string]string, accepted []string) {
	switch {
	case d.Codes != "":
		return "in_codes", map[string]string{"table": d.Codes}, nil
	case d.Pattern != "":
		return "regex", map[string]string{"pattern": d.Pattern}, []string{"citizen_id", "credit_code", "phone", "date"}
	case d.Min != "" || d.Max != "":
		return "range", map[string]string{"min": d.Min, "max": d.Max}, nil
	}
	return "", nil, nil
}

// String is the domain as a person reads it: gbt2261_1, a pattern, or 0…100.
func (d Domain) String() string {
	switch {
	case d.Codes != "":
		return d.Codes
	case d.Pattern != "":
		return d.Pattern
	case d.Min != "" || d.Max != "":
		return d.Min + "…" + d.Max
	}
	return ""
}

// says tells whether a check's parameters are as wanted; a bare parameter is its first.
func (s CheckSpec) says(want map[string]string) bool {
	if bare, ok := scalar(s.Params); ok {
		for _, v := range want {
			return len(want) == 1 && v == bare
		}
	}
	values, _ := pairs(s.Params)
	has := map[string]ast.Node{}
	for _, v := range values {
		has[keyText(v)] = v.Value
	}
	for name, v := range want {
		written := ""
		if n, ok := has[name]; ok {
			written, _ = scalar(n)
		}
		if written != v {
			return false
		}
	}
	return true
}
