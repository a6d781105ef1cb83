package standardize

import (
	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
)

// bindCodes makes names and aliases of a code table into its codes. A text that
// is a code stays; one that stands for two codes (市辖区 does in many cities) is
// not guessed at.
func bindCodes(param string, _ catalog.Type, tables map[string]*catalog.CodeTable) (mender, bool) {
	table := tables[param]
	if table == nil {
		return mender{}, false
	}
	codeOf, ambiguous := map[string]string{}, map[string]bool{}
	isCode := map[string]bool{}
	for _, c := range table.Codes {
		isCode[c.Code] = true
	}
	for _, c := range table.Codes {
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if code, known := codeOf[name]; known && code != c.Code {
				ambiguous[name] = true
			}
			codeOf[name] = c.Code
		}
	}
	for name := range codeOf {
		if ambiguous[name] || isCode[name] || name == "" {
			delete(codeOf, name)
		}
	}
	return mender{apply: func(dst, b []byte) []byte {
		if code, ok := codeOf[string(b)]; ok {
			return append(dst, code...)
		}
		return b
	}}, true
}

// codeTableOf is the code table an in_codes check of the item names: its bare
// parameter, or the one under table; "" without such a check.
func codeTableOf(item *catalog.Item) string {
	for _, c := range item.Checks {
		if c.Kind != "in_codes" || c.Params == nil {
			continue
		}
		switch n := c.Params.(type) {
		case *ast.StringNode:
			return n.Value
		case *ast.MappingNode:
			for _, v := range n.Values {
				if s, ok := v.Value.(*ast.StringNode); ok && v.Key.String() == "table" {
					return s.Value
				}
			}
		}
	}
	return ""
}
