package onesource

import (
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// sameKeys is the join condition of two relations on key columns. NULL equals
// NULL: a key with an empty part is a key.
func sameKeys(left, right string, keys []string) string {
	conds := make([]string, len(keys))
	for i, k := range keys {
		conds[i] = engine.Qualified(left, k) + " IS NOT DISTINCT FROM " + engine.Qualified(right, k)
	}
	return strings.Join(conds, " AND ")
}

// recordKey is the record key in one column: the JSON array of the key columns
// as text. Joined text would collide.
func recordKey(alias string, keys []string) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = "CAST(" + engine.Qualified(alias, k) + " AS VARCHAR)"
	}
	return "CAST(to_json([" + strings.Join(parts, ", ") + "]) AS VARCHAR)"
}

// numbered are n names of columns.
func numbered(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%d", prefix, i)
	}
	return out
}

// qualifiedList names columns behind an alias.
func qualifiedList(alias string, names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = engine.Qualified(alias, n)
	}
	return strings.Join(out, ", ")
}

// number is a source number as a literal.
func number(n int16) string { return fmt.Sprintf("CAST(%d AS SMALLINT)", n) }

// rawName is the column of an item's pulled text.
func rawName(item string) string { return item + "_raw" }
