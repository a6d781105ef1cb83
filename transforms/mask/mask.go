// Package mask hides personal items from eyes that need not see them: on screens,
// in queries and previews. Pattern masks (张**, 371502********1234) are for that
// alone, never for opening data. cmd and publish import it.
package mask

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
)

// Projection shows releases' columns masked. Identifiers that guiji makes out of
// personal values (golden ids, digests, record keys) are shown as pseudonyms: equal
// where the identifiers are equal, so that joins and counts hold within one
// Projection, and of no use outside of it.
type Projection struct{ salt string }

// NewProjection makes a projection with pseudonyms of its own.
func NewProjection() Projection { return Projection{rand.Text()} }

// Column is the SQL for a column of a dataset of a release.
func (p Projection) Column(rel *lake.Release, dataset string, c lake.Column) string {
	class := Class(rel, dataset, c)
	if class == catalog.PrivacyNone || !identifier(dataset, c.Name) {
		return Expression(class, c.Type, c.Name)
	}
	col := engine.Ident(c.Name)
	return fmt.Sprintf("left(sha256(%s || %s), 16)", engine.Lit(p.salt), col)
}

// identifier tells columns of identifiers that guiji makes, none of which a person
// reads anything from.
func identifier(dataset, column string) bool {
	switch {
	case column == "_key", column == "_hash":
		return true
	case strings.HasPrefix(dataset, "entity/"):
		return slices.Contains([]string{"golden_id", "other_id", "current_id", "record_key"}, column)
	}
	return strings.HasSuffix(dataset, "/duplicates") && column == "kept"
}

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
