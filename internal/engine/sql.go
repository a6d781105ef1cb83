package engine

import "strings"

// Ident quotes an identifier.
func Ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Idents quotes identifiers and joins them by commas.
func Idents(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = Ident(n)
	}
	return strings.Join(out, ", ")
}

// Qualified quotes an identifier behind a relation's alias.
func Qualified(alias, name string) string { return alias + "." + Ident(name) }

// Lit quotes a string literal.
func Lit(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Parquet is a relation over Parquet files, which must not be none. Columns are
// matched by name: one that a file lacks is NULL in its rows.
func Parquet(files []string) string {
	lits := make([]string, len(files))
	for i, f := range files {
		lits[i] = Lit(f)
	}
	byName := ""
	if len(files) > 1 {
		byName = ", union_by_name = true"
	}
	return "read_parquet([" + strings.Join(lits, ", ") + "], hive_partitioning = false" + byName + ")"
}
