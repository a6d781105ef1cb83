package onesource

import (
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// Table is one resource's current raw image.
type Table struct {
	Resource *catalog.Resource
	Items    []*catalog.Item // collected: those the image has
	Keys     []string        // key columns, or ["_key"]
	Raw      string          // SQL relation of the image, with _key when keyless
}

// keyless reports whether rows are told apart by hash and ordinal, which is
// unique by construction.
func (t Table) keyless() bool { return slices.Equal(t.Keys, []string{"_key"}) }

// keepOrder orders rows that are the same so that the one that stays is first:
// by the rule, an empty item last. It is "" for first.
func keepOrder(alias string, rule catalog.KeepRule) string {
	switch rule.Fn {
	case "latest":
		return engine.Qualified(alias, rule.Item) + " DESC NULLS LAST"
	case "earliest":
		return engine.Qualified(alias, rule.Item) + " ASC NULLS LAST"
	}
	return ""
}

// order joins the parts of an ORDER BY that are there.
func order(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), ", ")
}

// sharedOrder orders rows that share a whole declared key: by the keep rule, if
// there is one, then by every value, so that rows it cannot tell apart are equal.
func (t Table) sharedOrder(alias string) string {
	keep := ""
	if t.Resource.Duplicates != nil {
		keep = keepOrder(alias, t.Resource.Duplicates.Keep)
	}
	parts := []string{keep}
	for _, it := range t.Items {
		parts = append(parts, engine.Qualified(alias, it.Name)+" NULLS LAST", engine.Qualified(alias, rawName(it.Name))+" NULLS LAST")
	}
	return order(parts...)
}

// oneEach is a relation with the rows of from, but one for each key in the
// relation shared. Rows whose key is their own take the fast way.
func (t Table) oneEach(from, shared string) string {
	return "SELECT r.* FROM (" + from + ") r ANTI JOIN " + shared + " k ON " + sameKeys("r", "k", t.Keys) +
		" UNION ALL SELECT r.* FROM (" + from + ") r SEMI JOIN " + shared + " k ON " + sameKeys("r", "k", t.Keys) +
		" QUALIFY row_number() OVER (PARTITION BY " + qualifiedList("r", t.Keys) + " ORDER BY " + t.sharedOrder("r") + ") = 1"
}

// sharedQuery finds the keys that more than one row of a relation has.
func (t Table) sharedQuery(from string) string {
	return "SELECT " + engine.Idents(t.Keys) + ", count(*) AS _rows FROM (" + from + ") GROUP BY " +
		engine.Idents(t.Keys) + " HAVING count(*) > 1"
}
