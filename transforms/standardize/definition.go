package standardize

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"guiji/catalog"
)

// version is raised whenever a step or a cast gives another result than before:
// rows standardised under two versions do not belong into one image.
const version = 1

// defined is what decides how one item's cells come out.
type defined struct {
	Name, Column, Type string
	Row                bool
	Steps              []definedStep
}

type definedStep struct {
	Name, Param string
	Codes       []catalog.Code `json:",omitempty"`
}

// Definition is a digest of everything that decides how a resource's rows come out
// of standardising: items, columns, types, steps, the code tables these look into, the
// key, and the version of this package. Equal definitions give equal rows for equal
// source rows.
func Definition(res *catalog.Resource, items []*catalog.Item, codes map[string]*catalog.CodeTable, elements ...catalog.Element) string {
	out := struct {
		Version int
		Key     []string
		Items   []defined
	}{Version: version, Key: res.Source.Key}
	for _, it := range items {
		specs := it.Standardize
		if specs == nil {
			specs = Defaults(it, standardOf(it, elements))
		}
		d := defined{Name: it.Name, Column: it.Column, Type: it.Type.String(),
			Row: it.Unfit == catalog.UnfitRow || slices.Contains(res.Source.Key, it.Name)}
		for _, s := range specs {
			step := definedStep{Name: s.Name, Param: s.Param}
			if table := codes[s.Param]; s.Name == "codes" && table != nil {
				step.Codes = table.Codes
			}
			d.Steps = append(d.Steps, step)
		}
		out.Items = append(out.Items, d)
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err) // plain data: not reached
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
