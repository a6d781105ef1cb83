package checks

import (
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Bound is a limit as written: a number, a date, or today. It keeps the text, so
// that no digit is lost on the way through a float. "" is no limit.
type Bound string

// UnmarshalYAML keeps the text of a scalar.
func (b *Bound) UnmarshalYAML(n ast.Node) error {
	s, ok := scalar(n)
	if !ok {
		return yaml.NodeToValue(n, new(string)) // its error names the place
	}
	*b = Bound(s)
	return nil
}

// scalar is the text of a scalar node as written.
func scalar(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.NullNode:
		return "", true
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return v.Value.Value, true
	case ast.ScalarNode:
		return v.GetToken().Value, true
	}
	return "", false
}

// scalarOr reads a scalar into *short, anything else strictly into long.
func scalarOr(n ast.Node, short *string, long any) error {
	if s, ok := scalar(n); ok {
		*short = s
		return nil
	}
	return yaml.NodeToValue(n, long, yaml.Strict())
}
