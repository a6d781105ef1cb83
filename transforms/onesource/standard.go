package onesource

import (
	"context"
	"fmt"
	"slices"

	"guiji/catalog"
	"guiji/internal/engine"
)

// Standard returns the query of standard/<resource>'s content: the items without
// copies (and _key), without the rows withheld and those that lost, by key: a
// total order, so the file is byte-identical. Duplicates must have run in the
// session.
//
// Where the image is in order already, nothing is sorted: the rows that go are
// marked in a bit string by position, and a filter keeps the order of what stays,
// which a join would not. That is half the cost. The positions are columns that
// DuckDB adds to the files, which an item of such a name would stand before.
func Standard(ctx context.Context, s *engine.Session, t Table) (string, error) {
	if t.Ordered == nil || t.hidesPositions() {
		return StandardQuery(t), nil
	}
	var total int64
	position := "r.file_row_number + CASE r.file_index"
	for i, n := range t.Ordered {
		if n > 0 {
			position += fmt.Sprintf(" WHEN %d THEN %d", i, total)
		}
		total += n
	}
	position = "(" + position + " END)"
	if total == 0 {
		return StandardQuery(t), nil
	}
	gone := "SELECT " + engine.Idents(t.Keys) + " FROM withheld UNION ALL SELECT " + engine.Idents(t.Keys) + " FROM losers"
	mark := fmt.Sprintf("SET VARIABLE guiji_gone = (SELECT bitstring_agg(p, 0, %d) FROM (SELECT %s::BIGINT AS p FROM %s r SEMI JOIN (%s) g ON %s))",
		total-1, position, t.Raw, gone, sameKeys("r", "g", t.Keys))
	if err := s.Exec(ctx, "standard.gone", mark); err != nil {
		return "", err
	}
	var some bool
	if err := s.Row(ctx, "standard.gone", "SELECT getvariable('guiji_gone') IS NOT NULL", &some); err != nil {
		return "", err
	}
	query := "SELECT " + qualifiedList("r", t.standardColumns()) + " FROM " + t.Raw + " r"
	if some {
		query += " WHERE get_bit(getvariable('guiji_gone'), " + position + "::INTEGER) = 0"
	}
	return query, nil
}

// hidesPositions reports whether an item bears the name of a column that DuckDB
// adds to every file's rows. Names know no case.
func (t Table) hidesPositions() bool {
	return slices.ContainsFunc(t.Items, func(it *catalog.Item) bool { return catalog.Virtual(it.Name) })
}

// StandardQuery is the same by joins and a sort, for an image in any order.
func StandardQuery(t Table) string {
	return "SELECT " + qualifiedList("r", t.standardColumns()) + " FROM _clean r ANTI JOIN (SELECT " +
		engine.Idents(t.Keys) + " FROM losers WHERE NOT _shared) l ON " + sameKeys("r", "l", t.Keys) +
		" ORDER BY " + qualifiedList("r", t.Keys)
}

func (t Table) standardColumns() []string {
	var names []string
	if t.keyless() {
		names = append(names, "_key")
	}
	for _, it := range t.Items {
		if it.Role != catalog.RoleCopy {
			names = append(names, it.Name)
		}
	}
	return names
}
