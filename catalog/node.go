package catalog

import (
	"strconv"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// plainNode refuses what a project file does without (anchors, aliases, tags,
// merge keys: each line says what it means where it stands) and keeps scalars as
// written: a number that YAML reads as another text (0402 is 258 in octal, 1.10
// is 1.1) becomes the text, so that a code never changes in silence.
func plainNode(n ast.Node) (ast.Node, error) {
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.DirectiveNode:
		return nil, misplaced(n, "catalog.file.anchor")
	case *ast.IntegerNode:
		if written := n.Token.Value; written != canonicalInteger(n.Value) {
			return scalarText(n, written), nil
		}
	case *ast.FloatNode:
		if written := n.Token.Value; written != strconv.FormatFloat(n.Value, 'f', -1, 64) {
			return scalarText(n, written), nil
		}
	case *ast.BoolNode:
		if written := n.Token.Value; written != strconv.FormatBool(n.Value) {
			return scalarText(n, written), nil
		}
	case *ast.InfinityNode, *ast.NanNode:
		return scalarText(n, n.GetToken().Value), nil
	}
	return rebuild(n, plainNode)
}

func canonicalInteger(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	}
	return ""
}

func scalarText(n ast.Node, written string) ast.Node {
	tok := *n.GetToken()
	tok.Type, tok.Value = token.StringType, written
	return &ast.StringNode{BaseNode: &ast.BaseNode{Path: n.GetPath()}, Token: &tok, Value: written}
}

// rebuild copies a mapping or sequence with f applied to its values; other nodes
// come back as they are.
func rebuild(n ast.Node, f func(ast.Node) (ast.Node, error)) (ast.Node, error) {
	switch n := n.(type) {
	case *ast.MappingNode:
		out := *n
		out.Values = make([]*ast.MappingValueNode, len(n.Values))
		for i, v := range n.Values {
			nv, err := rebuildPair(v, f)
			if err != nil {
				return nil, err
			}
			out.Values[i] = nv
		}
		return &out, nil
	case *ast.MappingValueNode:
		return rebuildPair(n, f)
	case *ast.SequenceNode:
		out := *n
		out.Values = make([]ast.Node, len(n.Values))
		for i, v := range n.Values {
			nv, err := f(v)
			if err != nil {
				return nil, err
			}
			out.Values[i] = nv
		}
		return &out, nil
	}
	return n, nil
}

func rebuildPair(v *ast.MappingValueNode, f func(ast.Node) (ast.Node, error)) (*ast.MappingValueNode, error) {
	switch v.Key.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
	default:
		return nil, misplaced(v.Key, "catalog.file.anchor")
	}
	if v.Value == nil {
		return v, nil
	}
	value, err := f(v.Value)
	if err != nil {
		return nil, err
	}
	out := *v
	out.Value = value
	return &out, nil
}

// pairs are the entries of a mapping in order, and whether the node is one.
func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// keyText is a mapping key as written.
func keyText(v *ast.MappingValueNode) string {
	if s, ok := v.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return v.Key.GetToken().Value
}

// scalar is a node's text as written, and whether it is a scalar at all.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// isNull tells a missing or null node.
func isNull(n ast.Node) bool {
	_, ok := n.(*ast.NullNode)
	return n == nil || ok
}
