package twins

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// link is a column, or several, by which rows of two tables may belong together.
type link struct {
	items  []string
	expr   string // NULL where a part is
	number bool   // a running number: two tables that know nothing of each other have the same ones
	rank   int
}

// among is the condition that a row is in a sample of one in so many. That a value is
// blank shows only once it is made comparable: such rows are dropped when they are read.
func (l link) among(oneIn uint64) string {
	filled := make([]string, len(l.items))
	for i, item := range l.items {
		filled[i] = engine.Ident(item) + " IS NOT NULL"
	}
	return fmt.Sprintf("hash(%s) %% %d = 0 AND %s", l.expr, oneIn, strings.Join(filled, " AND "))
}

// The ranks of links, what links best in front.
const (
	rankLinking  = iota // an element that identifies subjects
	rankKey             // the declared key
	rankDistinct        // hardly two rows are alike in it
	rankNumber          // a running number
)

const (
	maxLinks    = 4     // of a table
	profileRows = 5_000 // the first of a table, read to see which columns are distinct
	distinctAt  = 0.95  // share of distinct among the filled values of a column that may link
	filledAt    = 0.5   // share of rows in which it has a value
	longAt      = 5     // mean length in characters: shorter ones are codes
)

// links are the columns by which a table's rows may be known again, at most maxLinks.
func (t *Table) links(ctx context.Context, s *engine.Session, p *catalog.Project, columns []column) ([]link, error) {
	var out []link
	for _, c := range columns {
		if p.Linking(c.item.Element) {
			out = append(out, link{items: []string{c.item.Name}, expr: c.expr(), rank: rankLinking})
		}
	}
	if l, ok := t.declared(columns); ok {
		out = append(out, l)
	}
	distinct, err := t.distinct(ctx, s, columns)
	if err != nil {
		return nil, err
	}
	for i, c := range columns {
		if distinct[i] && c.typ.Kind == catalog.Text {
			out = append(out, link{items: []string{c.item.Name}, expr: c.expr(), rank: rankDistinct})
		}
	}
	slices.SortStableFunc(out, func(a, b link) int { return cmp.Compare(a.rank, b.rank) })
	seen := map[string]bool{}
	out = slices.DeleteFunc(out, func(l link) bool {
		name := strings.Join(l.items, ",")
		again := seen[name]
		seen[name] = true
		return again
	})
	return out[:min(len(out), maxLinks)], nil
}

// declared is the table's declared key. The parts of a key of several are put in one
// order, for another table may name them in another.
func (t *Table) declared(columns []column) (link, bool) {
	var parts []string
	number := true
	for _, k := range t.Resource.Source.Key {
		i := slices.IndexFunc(columns, func(c column) bool { return c.item.Name == k })
		if i < 0 {
			return link{}, false
		}
		parts = append(parts, columns[i].expr())
		number = number && columns[i].typ.Kind == catalog.Number
	}
	l := link{items: t.Resource.Source.Key, rank: rankKey, number: number}
	switch len(parts) {
	case 0:
		return link{}, false
	case 1:
		l.expr = parts[0]
		if number {
			l.rank = rankNumber
		}
	default:
		var filled []string
		for _, p := range parts {
			filled = append(filled, p+" IS NOT NULL")
		}
		l.expr = "CASE WHEN " + strings.Join(filled, " AND ") + " THEN CAST(list_sort([" + strings.Join(parts, ", ") + "]) AS VARCHAR) END"
	}
	return l, true
}

// distinct tells of each column whether its values could tell rows apart, by the first
// rows of the table.
func (t *Table) distinct(ctx context.Context, s *engine.Session, columns []column) ([]bool, error) {
	var counts []string
	for i := range columns {
		v := fmt.Sprintf("v%d", i)
		counts = append(counts, "count("+v+"), count(DISTINCT "+v+"), coalesce(avg(length("+v+")), 0)")
	}
	var values []string
	for i, c := range columns {
		values = append(values, fmt.Sprintf("%s AS v%d", c.expr(), i))
	}
	filled, alike, long := make([]float64, len(columns)), make([]float64, len(columns)), make([]float64, len(columns))
	var rows float64
	into := []any{&rows}
	for i := range columns {
		into = append(into, &filled[i], &alike[i], &long[i])
	}
	query := fmt.Sprintf("SELECT count(*), %s FROM (SELECT %s FROM %s LIMIT %d)", strings.Join(counts, ", "), strings.Join(values, ", "), t.From, profileRows)
	if err := s.Row(ctx, "twins profile", query, into...); err != nil {
		return nil, err
	}
	out := make([]bool, len(columns))
	for i := range columns {
		out[i] = filled[i] > 0 && filled[i] >= filledAt*rows && alike[i] >= distinctAt*filled[i] && long[i] >= longAt
	}
	return out, nil
}
