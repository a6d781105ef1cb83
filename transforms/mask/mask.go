// Package mask hides personal items from eyes that need not see them: on screens,
// in queries and previews. Pattern masks (张**, 371502********1234) are for that
// alone, never for opening data. cmd and publish import it.
package mask

import (
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
)

// Expression is the SQL for a column that shows its value masked by privacy class
// and keeps its type; the quoted column itself for PrivacyNone. Text keeps a part:
// an 18-digit identity number its first six and last four characters, a mobile
// number three and four, a name or other short text its first character, longer
// text its first character (direct) or first six (quasi). Dates of class quasi
// keep their year. All else is NULL; text of class sensitive is ****.
func Expression(class catalog.Privacy, duckType, column string) string {
	col, kind := engine.Ident(column), strings.ToUpper(duckType)
	if class == catalog.PrivacyNone {
		return col
	}
	text := kind == "VARCHAR" || kind == "TEXT" || kind == "STRING"
	switch {
	case text && class == catalog.PrivacySensitive:
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN '****' END", col)
	case text:
		return pattern(col, class)
	case class == catalog.PrivacyQuasi && (kind == "DATE" || strings.HasPrefix(kind, "TIMESTAMP")):
		return fmt.Sprintf("CAST(date_trunc('year', %s) AS %s)", col, kind)
	}
	return fmt.Sprintf("CAST(NULL AS %s)", kind)
}

func pattern(col string, class catalog.Privacy) string {
	long := fmt.Sprintf("left(%s, 1) || '****'", col)
	if class == catalog.PrivacyQuasi {
		long = fmt.Sprintf("CASE WHEN length(%[1]s) > 8 THEN left(%[1]s, 6) ELSE left(%[1]s, 1) END || '****'", col)
	}
	return fmt.Sprintf(`CASE WHEN %[1]s IS NULL THEN NULL
 WHEN regexp_full_match(%[1]s, '[0-9]{17}[0-9Xx]') THEN left(%[1]s, 6) || '********' || right(%[1]s, 4)
 WHEN regexp_full_match(%[1]s, '[0-9]{15}') THEN left(%[1]s, 6) || '*****' || right(%[1]s, 4)
 WHEN regexp_full_match(%[1]s, '1[0-9]{10}') THEN left(%[1]s, 3) || '****' || right(%[1]s, 4)
 WHEN length(%[1]s) < 2 THEN '*'
 WHEN length(%[1]s) < 5 THEN left(%[1]s, 1) || '**'
 ELSE %[2]s END`, col, long)
}

// Class is the privacy class of a column of a release: its own where it names
// one. Columns that guiji derives follow from what they hold: <item>_raw and a
// repeated key column from the item, keys and values out of their column from
// the resource or entity as a whole.
func Class(rel *lake.Release, dataset string, c lake.Column) catalog.Privacy {
	if c.Privacy != "" {
		return catalog.Privacy(c.Privacy)
	}
	layer, rest, _ := strings.Cut(dataset, "/")
	switch layer {
	case "raw", "standard":
		return item(rel, rest, c.Name)
	case "quality":
		resource := rest
		if i := strings.LastIndexByte(rest, '/'); i >= 0 {
			resource = rest[:i]
		}
		if class := item(rel, resource, c.Name); class != catalog.PrivacyNone {
			return class
		}
		return loose(c.Name, func() bool { return personal(rel, "raw/"+resource, "standard/"+resource) })
	case "entity":
		entity, _, _ := strings.Cut(rest, "/")
		for _, golden := range rel.Datasets["entity/"+entity].Columns {
			if golden.Name == c.Name && golden.Privacy != "" {
				return catalog.Privacy(golden.Privacy)
			}
		}
		return loose(c.Name, func() bool { return personal(rel, "entity/"+entity) })
	}
	return catalog.PrivacyNone
}

// item is the class of a resource's item, by itself or as <item>_raw.
func item(rel *lake.Release, resource, column string) catalog.Privacy {
	for _, layer := range []string{"standard/", "raw/"} {
		for _, c := range rel.Datasets[layer+resource].Columns {
			if c.Privacy != "" && (c.Name == column || c.Name+"_raw" == column) {
				return catalog.Privacy(c.Privacy)
			}
		}
	}
	return catalog.PrivacyNone
}

// loose columns hold values of other columns: a key as text, a value that did not
// fit, a conflict's two sides.
func loose(column string, personal func() bool) catalog.Privacy {
	names := []string{"key", "text", "kept", "entity_key", "record_key", "holder_value", "authority_value"}
	if slices.Contains(names, column) && personal() {
		return catalog.PrivacyDirect
	}
	return catalog.PrivacyNone
}

// personal reports whether one of the datasets names a privacy class, or whether
// none of them is there to tell.
func personal(rel *lake.Release, datasets ...string) bool {
	known := false
	for _, name := range datasets {
		d, ok := rel.Datasets[name]
		known = known || ok
		for _, c := range d.Columns {
			if c.Privacy != "" {
				return true
			}
		}
	}
	return !known
}
