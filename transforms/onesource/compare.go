package onesource

import (
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// sqlType is the DuckDB type an item of a catalogue type is stored in.
func sqlType(t catalog.Type) string {
	switch t.Kind {
	case catalog.Number:
		switch {
		case t.Scale == 0 && t.Precision <= 18:
			return "BIGINT"
		case t.Precision <= 38:
			return fmt.Sprintf("DECIMAL(%d, %d)", t.Precision, t.Scale)
		}
	case catalog.Date:
		return "DATE"
	case catalog.Time:
		return "TIMESTAMP"
	case catalog.Year:
		return "SMALLINT"
	case catalog.Float:
		return "DOUBLE"
	case catalog.Binary:
		return "BLOB"
	}
	return "VARCHAR"
}

// Stored is the type of an item whose image has a column of a DuckDB type, and
// whether that is the catalogue's: an image is as old as its landing, and an entry
// may have changed since. ok is false of a type that no item is stored in.
func Stored(it *catalog.Item, column string) (typ catalog.Type, same, ok bool) {
	column = strings.ReplaceAll(column, " ", "")
	is := func(t catalog.Type) bool { return strings.ReplaceAll(sqlType(t), " ", "") == column }
	if is(it.Type) {
		return it.Type, true, true
	}
	kinds := []catalog.Type{{Kind: catalog.Text}, {Kind: catalog.Number, Precision: 18}, {Kind: catalog.Date}, {Kind: catalog.Time},
		{Kind: catalog.Year}, {Kind: catalog.Float}, {Kind: catalog.Binary}}
	var decimal catalog.Type
	if n, err := fmt.Sscanf(column, "DECIMAL(%d,%d)", &decimal.Precision, &decimal.Scale); n == 2 && err == nil {
		decimal.Kind = catalog.Number
		kinds = append(kinds, decimal)
	}
	if i := slices.IndexFunc(kinds, is); i >= 0 {
		return kinds[i], false, true
	}
	return catalog.Type{}, false, false
}

// asText is a value as text, the same for equal values of different types: 1.50
// and 1.5, a day and its midnight.
func asText(expr string, t catalog.Type) string {
	text := "CAST(" + expr + " AS VARCHAR)"
	switch {
	case t.Kind == catalog.Float, t.Kind == catalog.Number && t.Scale > 0:
		return "regexp_replace(regexp_replace(" + text + `, '(\.[0-9]*[1-9])0+$', '\1'), '\.0*$', '')`
	case t.Kind == catalog.Time:
		return "regexp_replace(" + text + ", ' 00:00:00$', '')"
	}
	return text
}

// dots are the ways to write the dot between the parts of a name, but for the plain one.
// U+00B7 is the rule (民委发〔2016〕33号).
const dots = "\u2022\u30fb\u2027\u22c5\uff65"

// folds are the characters written in several ways and what they are compared as:
// full-width forms and dots.
func folds() (from, to string) {
	var f, g []rune
	for r := rune(0xFF01); r <= 0xFF5E; r++ {
		f, g = append(f, r), append(g, r-0xFEE0)
	}
	for _, r := range dots {
		f, g = append(f, r), append(g, 0x00B7)
	}
	return string(f), string(g)
}

// normal is a text as it is compared: without blanks, half-width, upper case, every dot
// that of names; NULL where nothing is left. Stored values stay as they are. A plain dot
// is folded wherever it stands, on both sides: 1.5 stays equal to 1.5 and differs from 15.
// translate builds its table for every value (3 µs), so only values that need it go
// there; a plain dot, which amounts and dates have too, does not (0.2 µs).
func normal(text string) string {
	from, to := folds()
	odd := `[\s\p{Z}\x{FF01}-\x{FF5E}` + dots + "]"
	dotted := func(s string) string { return "replace(" + s + ", '.', '\u00b7')" }
	folded := "translate(regexp_replace(" + text + `, '[\s\p{Z}]+', '', 'g'), ` + engine.Lit(from) + ", " + engine.Lit(to) + ")"
	return "nullif(upper(CASE WHEN regexp_matches(" + text + ", " + engine.Lit(odd) + ") THEN " + dotted(folded) +
		" WHEN contains(" + text + ", '.') THEN " + dotted(text) + " ELSE " + text + " END), '')"
}

// differs is the condition that two values do not say the same. The dear part
// runs only where the stored values differ.
func differs(a string, at catalog.Type, b string, bt catalog.Type) string {
	unlike := normal(asText(a, at)) + " IS DISTINCT FROM " + normal(asText(b, bt))
	if at == bt && at.Kind != catalog.Text {
		return "(" + a + " IS DISTINCT FROM " + b + ")"
	}
	if sqlType(at) != sqlType(bt) {
		return "(" + unlike + ")"
	}
	return "(CASE WHEN " + a + " IS NOT DISTINCT FROM " + b + " THEN false ELSE " + unlike + " END)"
}

// converted is a fallback's value in the authority's type: NULL if it does not
// fit without loss, so that no value is changed on the way.
func converted(expr string, from, to catalog.Type) string {
	if sqlType(from) == sqlType(to) {
		return expr
	}
	cast := "TRY_CAST(" + expr + " AS " + sqlType(to) + ")"
	return "(CASE WHEN " + asText(cast, to) + " = " + asText(expr, from) + " THEN " + cast + " END)"
}
