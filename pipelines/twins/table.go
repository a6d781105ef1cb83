package twins

import (
	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/transforms/onesource"
)

// Table is a resource's clean table in a release.
type Table struct {
	Resource *catalog.Resource
	From     string        // a relation: engine.Parquet of its files
	Columns  []lake.Column // of the dataset
	Rows     int64
}

// column is a column that is compared.
type column struct {
	item *catalog.Item
	typ  catalog.Type // as it is stored, which may be older than the entry
}

// expr is the column's value as it is compared; NULL for an empty one.
func (c column) expr() string { return onesource.Comparable(engine.Ident(c.item.Name), c.typ) }

// compared are the columns of a table that an item stands for and that can be compared.
// Bytes cannot: what they are is not known.
func (t *Table) compared() []column {
	var out []column
	for _, c := range t.Columns {
		it := t.Resource.Item(c.Name)
		if it == nil {
			continue
		}
		typ, _, ok := onesource.Stored(it, c.Type)
		if ok && typ.Kind != catalog.Binary {
			out = append(out, column{it, typ})
		}
	}
	return out
}
