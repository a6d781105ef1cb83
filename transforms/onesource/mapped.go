package onesource

import (
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// MappedCodes is an Entity's Mapped out of a code table: each alias stands for the code.
func MappedCodes(t *catalog.CodeTable) string {
	var values []string
	for _, c := range t.Codes {
		for _, alias := range c.Aliases {
			values = append(values, "("+engine.Lit(alias)+", "+engine.Lit(c.Code)+")")
		}
	}
	if len(values) == 0 {
		return "(SELECT NULL::VARCHAR AS q, NULL::VARCHAR AS k LIMIT 0)"
	}
	return "(SELECT * FROM (VALUES " + strings.Join(values, ", ") + ") v(q, k))"
}

// MappedItems is the same out of two items of a resource's relation.
func MappedItems(relation, from, to string) string {
	return "(SELECT " + engine.Ident(from) + " AS q, " + engine.Ident(to) + " AS k FROM " + relation + ")"
}
