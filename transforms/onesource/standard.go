package onesource

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/internal/engine"
)

// Standard returns the query of standard/<resource>'s content: the items without
// copies (and _key), without the rows withheld and those that lost, by key: a
// total order, so the file is byte-identical. Duplicates must have run in the
// session.
//
// Where the image is in order already, nothing is sorted: the rows that go are
// marked in a bit string, and a filter keeps the order of what stays, which a join
// would not. That is half the cost.
func Standard(ctx context.Context, s *engine.Session, t Table) (string, error) {
	if t.Ordered == nil {
		return StandardQuery(t), nil
	}
	m, err := t.marks(ctx, s)
	if err != nil || m.bits == 0 {
		return StandardQuery(t), err
	}
	mark := fmt.Sprintf("SET VARIABLE guiji_gone = (SELECT bitstring_agg(p, 0, %d) FROM (%s) g(p))", m.bits-1, m.gone)
	if err := s.Exec(ctx, "standard.gone", mark); err != nil {
		return "", err
	}
	var some bool
	if err := s.Row(ctx, "standard.gone", "SELECT getvariable('guiji_gone') IS NOT NULL", &some); err != nil {
		return "", err
	}
	query := "SELECT " + qualifiedList("r", t.standardColumns()) + " FROM " + t.Raw + " r"
	if some {
		query += " WHERE get_bit(getvariable('guiji_gone'), (" + m.position + ")::INTEGER) = 0"
	}
	return query, nil
}

// marks says which bit stands for a row.
type marks struct {
	position string // of a row r: an expression, from 0
	gone     string // the positions of the rows that go: a query
	bits     int64  // how many; 0: rows cannot be marked
}

// bitsPerRow is how sparse a key may be to stand for its row's position.
const bitsPerRow = 8

// marks are by the key itself where that is one dense number, as the keys of most
// tables are: the filter then looks at one column, and the copy uses all cores.
// Else they are by place in the files, columns that DuckDB adds, which an item of
// such a name would stand before.
func (t Table) marks(ctx context.Context, s *engine.Session) (marks, error) {
	var total int64
	for _, n := range t.Ordered {
		total += n
	}
	if total == 0 {
		return marks{}, nil
	}
	gone := "SELECT " + engine.Idents(t.Keys) + " FROM withheld UNION ALL SELECT " + engine.Idents(t.Keys) + " FROM losers"
	if t.wholeNumberKey() {
		key := engine.Ident(t.Keys[0])
		var low, high int64
		if err := s.Row(ctx, "standard.range", "SELECT min("+key+"), max("+key+") FROM "+t.Raw, &low, &high); err != nil {
			return marks{}, err
		}
		if bits := high - low + 1; bits > 0 && bits <= min(total*bitsPerRow, math.MaxInt32) {
			from := func(key string) string { return fmt.Sprintf("%s - (%d)", key, low) }
			return marks{position: from("r." + key), gone: "SELECT " + from(key) + " FROM (" + gone + ")", bits: bits}, nil
		}
	}
	if t.hidesPositions() || total > math.MaxInt32 {
		return marks{}, nil
	}
	place := t.place()
	return marks{position: place, bits: total, gone: "SELECT (" + place + ")::BIGINT FROM " + t.Raw + " r SEMI JOIN (" + gone + ") g ON " +
		sameKeys("r", "g", t.Keys)}, nil
}

// wholeNumberKey reports whether the key is one int64.
func (t Table) wholeNumberKey() bool {
	if len(t.Keys) != 1 {
		return false
	}
	it := find(t.Items, t.Keys[0])
	return it != nil && arrow.TypeEqual(it.Type.Arrow(), arrow.PrimitiveTypes.Int64)
}

// place is a row's number over all files.
func (t Table) place() string {
	var before int64
	out := "r.file_row_number + CASE r.file_index"
	for i, n := range t.Ordered {
		if n > 0 {
			out += fmt.Sprintf(" WHEN %d THEN %d", i, before)
		}
		before += n
	}
	return out + " END"
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
		if !it.RawOnly() {
			names = append(names, it.Name)
		}
	}
	return names
}
