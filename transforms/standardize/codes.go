package standardize

import "guiji/catalog"

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
