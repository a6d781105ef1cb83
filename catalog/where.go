package catalog

import (
	"github.com/goccy/go-yaml/ast"
)

// Where says which rows a check judges: all its terms must hold. As written:
// {status: [1, 2], closed: null, capital: {min: 100, max: 500}, kind: {not: 9}}.
type Where []WhereTerm

// WhereTerm is what is asked of one item. A row without a value there is chosen by
// the term null alone: NULL is neither one of a list nor outside it.
type WhereTerm struct {
	Item     string
	Values   []string // one of these, as written; nil where Null or a range is asked
	Null     bool     // no value
	Not      bool     // none of Values, or with Null: any value
	Min, Max string   // both included; "" is open
}

// UnmarshalYAML reads the terms, by item.
func (w *Where) UnmarshalYAML(n ast.Node) error {
	values, ok := pairs(n)
	if !ok || len(values) == 0 {
		return misplaced(n, "catalog.written.where")
	}
	for _, v := range values {
		t := WhereTerm{Item: keyText(v)}
		if err := t.read(v.Value); err != nil {
			return err
		}
		*w = append(*w, t)
	}
	return nil
}

// read takes a value, a list, null, {not: …} or {min: …, max: …}.
func (t *WhereTerm) read(n ast.Node) error {
	if isNull(n) {
		t.Null = true
		return nil
	}
	if s, ok := scalar(n); ok {
		t.Values = []string{s}
		return nil
	}
	if list, ok := n.(*ast.SequenceNode); ok {
		return t.list(list)
	}
	values, ok := pairs(n)
	if !ok || len(values) == 0 {
		return misplaced(n, "catalog.written.where")
	}
	for _, v := range values {
		s, plain := scalar(v.Value)
		switch key := keyText(v); {
		case key == "not" && len(values) == 1 && !t.Not:
			t.Not = true
			return t.read(v.Value)
		case key == "min" && plain:
			t.Min = s
		case key == "max" && plain:
			t.Max = s
		default:
			return misplaced(v.Key, "catalog.written.where")
		}
	}
	return nil
}

func (t *WhereTerm) list(n *ast.SequenceNode) error {
	for _, v := range n.Values {
		s, ok := scalar(v)
		if !ok {
			return misplaced(v, "catalog.written.where")
		}
		t.Values = append(t.Values, s)
	}
	if len(t.Values) == 0 {
		return misplaced(n, "catalog.written.where")
	}
	return nil
}
