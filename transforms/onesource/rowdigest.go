package onesource

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/internal/engine"
)

// Digested reports whether the image of a resource has lake.DigestColumn: where records have
// a key of their own and are of some entity.
func Digested(p *catalog.Project, r *catalog.Resource) bool {
	return len(r.Source.Key) > 0 && len(subjects(p, r, allItems(r))) > 0
}

// RowDigest is the value of lake.DigestColumn (int64, no sign: the upper 63 bits of DuckDB's
// hash) as SQL over rows that have the columns there, of an image that has those of all. An
// update compares two images by it: to read their values would take three times as long. It is over values, what was pulled, and which checks a row failed. A column
// that is not there is one of NULL, so files that leave one out tell the same. Rows of two images
// have one digest where they are alike, and else but for one pair in 2^63, or where
// columns or DuckDB's hash are others: then all rows of an image count as changed. What the bits
// of checks stand for is not in it: of rules that judge otherwise by the same bits it tells nothing.
func RowDigest(all, there *arrow.Schema) string {
	var values []string
	for _, f := range all.Fields() {
		value := engine.Ident(f.Name)
		if !there.HasField(f.Name) {
			value = "NULL"
		}
		values = append(values, value)
		if arrow.IsFloating(f.Type.ID()) { // 0 and -0 are equal, and so are their hashes
			values = append(values, "signbit("+value+")")
		}
	}
	return "CAST(hash(" + strings.Join(values, ", ") + ") >> 1 AS BIGINT)"
}
