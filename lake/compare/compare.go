// Package compare counts in what two versions of a table differ, by key, without
// showing a value. pipelines and cmd import it.
package compare

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
)

// Table is one version of a table.
type Table struct {
	From    string // relation in SQL
	Columns []lake.Column
	Rows    int64
}

// Counts are rows of the newer version that the older lacks, the other way round, and
// rows of one key whose content differs.
type Counts struct {
	Added   int64 `json:"added"`
	Removed int64 `json:"removed"`
	Changed int64 `json:"changed"`
}

// Common are the columns, name and type, that both versions have: only these are
// compared, for a column whose type changed is another column. A row's digest says nothing that
// the others do not, and is another in every row where one of them came or went.
func Common(was, is Table) []string {
	var out []string
	for _, c := range is.Columns {
		if c.Name != lake.DigestColumn && slices.ContainsFunc(was.Columns, func(o lake.Column) bool { return o.Name == c.Name && o.Type == c.Type }) {
			out = append(out, c.Name)
		}
	}
	return out
}

// others reports whether the key is none that both versions have: then all rows are
// others.
func others(common, key []string) bool {
	return len(common) == 0 || slices.ContainsFunc(key, func(k string) bool { return !slices.Contains(common, k) })
}

// Unique compares tables in which a key names one row at most, and is never NULL.
func Unique(ctx context.Context, s *engine.Session, was, is Table, key []string) (Counts, error) {
	common := Common(was, is)
	if others(common, key) {
		return Counts{Added: is.Rows, Removed: was.Rows}, nil
	}
	side := func(from string) string {
		return "(SELECT " + engine.Idents(key) + ", hash(" + engine.Idents(common) + ") AS _content FROM " + from + ")"
	}
	var c Counts
	err := s.Row(ctx, "compare", "SELECT count(*) FILTER (o._content IS NULL), count(*) FILTER (n._content IS NULL), "+
		"count(*) FILTER (o._content <> n._content) FROM "+side(is.From)+" n FULL JOIN "+side(was.From)+" o USING ("+engine.Idents(key)+")",
		&c.Added, &c.Removed, &c.Changed)
	return c, err
}

// Rows compares any tables: a key may name several rows or be NULL, and without a key
// equal rows are one and the same.
func Rows(ctx context.Context, s *engine.Session, was, is Table, key []string) (Counts, error) {
	common := Common(was, is)
	if others(common, key) {
		return Counts{Added: is.Rows, Removed: was.Rows}, nil
	}
	var c Counts
	err := s.Row(ctx, "compare", "SELECT coalesce(sum(_added - least(_added, _removed)), 0)::BIGINT, coalesce(sum(_removed - least(_added, _removed)), 0)::BIGINT, "+
		"coalesce(sum(least(_added, _removed)), 0)::BIGINT FROM "+grouped(was, is, common, key), &c.Added, &c.Removed, &c.Changed)
	return c, err
}

// Differing is a key whose rows differ.
type Differing struct {
	Change string   `json:"change"` // added, removed or changed
	Key    []string `json:"key"`    // the key's columns as they are shown; NULL is the text NULL
}

// Keys lists at most limit keys whose rows differ, in their order, each column of the
// key as show has it. It is empty for tables whose key is none that both have.
func Keys(ctx context.Context, s *engine.Session, was, is Table, key []string, show func(column string) string, limit int) ([]Differing, error) {
	common := Common(was, is)
	if others(common, key) || len(key) == 0 {
		return nil, nil
	}
	shown := make([]string, len(key))
	for i, k := range key {
		shown[i] = "coalesce(CAST(" + show(k) + " AS VARCHAR), 'NULL')"
	}
	var out []Differing
	err := s.Each(ctx, "compare", "SELECT CASE WHEN _removed = 0 THEN 'added' WHEN _added = 0 THEN 'removed' ELSE 'changed' END, CAST(to_json(["+
		strings.Join(shown, ", ")+"]) AS VARCHAR) FROM (SELECT * FROM "+grouped(was, is, common, key)+
		" WHERE _added + _removed > 0 ORDER BY "+engine.Idents(key)+fmt.Sprintf(" LIMIT %d)", limit), func(scan engine.Scanner) error {
		var d Differing
		var list string
		if err := scan(&d.Change, &list); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(list), &d.Key); err != nil {
			return fmt.Errorf("a key that differs: %w", err)
		}
		out = append(out, d)
		return nil
	})
	return out, err
}

// grouped is a row a key, with how many of its rows only the newer version has
// (_added) and only the older (_removed): a row that changed is both.
func grouped(was, is Table, common, key []string) string {
	if len(key) == 0 {
		key = common
	}
	side := func(t Table, fresh string) string {
		return "SELECT " + engine.Idents(key) + ", hash(" + engine.Idents(common) + ") AS _content, " + fresh + " AS _fresh FROM " + t.From
	}
	contents := "SELECT " + engine.Idents(key) + ", _content, count(*) FILTER (_fresh) - count(*) FILTER (NOT _fresh) AS _more FROM (" +
		side(is, "true") + " UNION ALL " + side(was, "false") + ") GROUP BY " + engine.Idents(key) + ", _content"
	return "(SELECT " + engine.Idents(key) + ", sum(greatest(_more, 0)) AS _added, sum(greatest(-_more, 0)) AS _removed FROM (" + contents +
		") GROUP BY " + engine.Idents(key) + ")"
}
