package onesource

import (
	"context"
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
	// Ordered are the rows of each of Raw's files where all rows, file after file,
	// stand in strictly ascending order of the key; nil where they do not. Raw is
	// then engine.Parquet of those files.
	Ordered []int64
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

// distinct is a relation with the rows of from, but one for each key. Only the
// rows of keys that several have are looked at again; they are kept in temporary
// tables with the suffix: _shared_keys (keys, _rows) and _shared_rows, whose _id
// tells its rows apart: an item named rowid would hide DuckDB's own.
func (t Table) distinct(ctx context.Context, s *engine.Session, from, suffix string) (string, error) {
	keys, rows := "_shared_keys"+suffix, "_shared_rows"+suffix
	if t.Ordered != nil { // strictly ascending: no key is shared
		return from, s.Exec(ctx, "onesource.shared", "CREATE OR REPLACE TEMP TABLE "+keys+" AS SELECT "+engine.Idents(t.Keys)+", 0 AS _rows FROM ("+from+") LIMIT 0")
	}
	if err := s.Exec(ctx, "onesource.shared", "CREATE OR REPLACE TEMP TABLE "+keys+" AS "+t.sharedQuery(from)); err != nil {
		return "", err
	}
	var n int64
	if err := s.Row(ctx, "onesource.shared", "SELECT count(*) FROM "+keys, &n); err != nil || n == 0 {
		return from, err
	}
	for _, step := range []string{
		"CREATE OR REPLACE TEMP TABLE " + rows + " AS SELECT r.*, row_number() OVER () AS _id FROM (" + from + ") r SEMI JOIN " + keys + " k ON " + sameKeys("r", "k", t.Keys),
		"DELETE FROM " + rows + " WHERE _id IN (" + t.surplusQuery(rows) + ")",
	} {
		if err := s.Exec(ctx, "onesource.shared", step); err != nil {
			return "", err
		}
	}
	return "SELECT r.* FROM (" + from + ") r ANTI JOIN " + keys + " k ON " + sameKeys("r", "k", t.Keys) + " UNION ALL SELECT * EXCLUDE (_id) FROM " + rows, nil
}

// sharedQuery finds the keys that more than one row of a relation has. A keyless
// resource has none.
func (t Table) sharedQuery(from string) string {
	query := "SELECT " + engine.Idents(t.Keys) + ", count(*) AS _rows FROM (" + from + ") GROUP BY " +
		engine.Idents(t.Keys) + " HAVING count(*) > 1"
	if t.keyless() {
		query += " LIMIT 0"
	}
	return query
}

// surplusQuery finds the rows too many of each key: those the keep rule, if there
// is one, does not put first, then those that a digest of all values does not, so
// that only equal rows tie. The window sees keys and digests, never whole rows.
func (t Table) surplusQuery(rows string) string {
	keep := ""
	if t.Resource.Duplicates != nil {
		keep = keepOrder("r", t.Resource.Duplicates.Keep)
	}
	var values []string
	for _, it := range t.Items {
		values = append(values, it.Name, rawName(it.Name))
	}
	return "SELECT _id FROM (SELECT r._id, row_number() OVER (PARTITION BY " + qualifiedList("r", t.Keys) + " ORDER BY " +
		order(keep, "md5("+recordKey("r", values)+")") + ") AS _rank FROM " + rows + " r) WHERE _rank > 1"
}
