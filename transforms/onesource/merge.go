package onesource

import (
	"cmp"
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/internal/engine"
)

// mergedDataset is a dataset of which the release before has a part: all but the rows of
// touched entity keys.
type mergedDataset struct {
	fresh, old string   // a query and a relation
	most       int64    // rows of fresh, at the most
	sorted     []string // by the entity key first
}

// merge puts the dataset whole, one range of entity keys after the other.
func (d mergedDataset) merge(ctx context.Context, s *engine.Session, schema *arrow.Schema, ranges []string, put engine.Put) error {
	by, err := sortedBy(schema, d.sorted)
	if err != nil {
		return err
	}
	m := &merge{by: by, put: put}
	defer m.fresh.drop()
	defer m.gone.drop()
	for _, keys := range ranges {
		now, err := s.Batches(ctx, "onesource.fresh", "SELECT * FROM ("+d.fresh+")"+where(keys)+" ORDER BY "+engine.Idents(d.sorted), m.fresh.take)
		if err == nil {
			err = sameTypes(schema, now)
		}
		if err == nil {
			m.gone.drop()
			_, err = s.Batches(ctx, "onesource.touched", "SELECT * FROM (SELECT k AS entity_key FROM _touched)"+where(keys)+" ORDER BY 1", m.gone.take)
		}
		if err == nil { // the file's rows come as they stand in it
			_, err = s.Batches(ctx, "onesource.whole", "SELECT * FROM "+d.old+where(keys), m.among)
		}
		if err == nil {
			err = m.rest()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// merge puts fresh rows among those that stay of a release. Both come in the order of the
// columns by, ascending and NULL last, as DuckDB sorts: what is merged needs no sorting.
type merge struct {
	by    []int // columns
	put   engine.Put
	fresh rows
	gone  rows // keys, of one column: rows with one of them in the first of by do not stay
}

// rows are what is left of batches.
type rows struct {
	batches []arrow.RecordBatch
	at      int // in the first
}

// take retains a batch.
func (r *rows) take(rec arrow.RecordBatch) error {
	if rec.NumRows() > 0 {
		rec.Retain()
		r.batches = append(r.batches, rec)
	}
	return nil
}

// left reports whether any are.
func (r *rows) left() bool { return len(r.batches) > 0 }

// to goes on to a row of the first batch.
func (r *rows) to(row int) {
	if r.at = row; row == int(r.batches[0].NumRows()) {
		r.batches[0].Release()
		r.batches, r.at = r.batches[1:], 0
	}
}

func (r *rows) drop() {
	for r.left() {
		r.to(int(r.batches[0].NumRows()))
	}
}

// among puts the rows of a batch that stay, and the fresh ones that go between them.
func (m *merge) among(rec arrow.RecordBatch) error {
	for from, n := 0, int(rec.NumRows()); from < n; {
		to, next := m.staying(rec, from)
		if err := m.stretch(rec, from, to); err != nil {
			return err
		}
		from = next
	}
	return nil
}

// staying is the first row from from on that does not stay, and the first behind it that may.
func (m *merge) staying(rec arrow.RecordBatch, from int) (to, next int) {
	n, keys := int(rec.NumRows()), rec.Column(m.by[0])
	for m.gone.left() {
		gone := m.gone.batches[0].Column(0)
		to = from + sort.Search(n-from, func(i int) bool { return compareCells(keys, from+i, gone, m.gone.at) >= 0 })
		next = to
		for next < n && compareCells(keys, next, gone, m.gone.at) == 0 {
			next++
		}
		if next == n { // more of this key may follow
			return to, n
		}
		m.gone.to(m.gone.at + 1)
		if to < next {
			return to, next
		}
	}
	return n, n
}

// stretch puts rows that stay one after the other, and the fresh ones between them.
func (m *merge) stretch(rec arrow.RecordBatch, from, n int) error {
	for from < n {
		to := n
		if m.fresh.left() {
			to = from + sort.Search(n-from, func(i int) bool { return m.compare(rec, from+i, m.fresh.batches[0], m.fresh.at) > 0 })
		}
		if err := m.put(rec, from, to); err != nil {
			return err
		}
		if from = to; from < n {
			if err := m.before(rec, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// before puts the fresh rows that go before a row.
func (m *merge) before(rec arrow.RecordBatch, row int) error {
	for m.fresh.left() {
		first, at := m.fresh.batches[0], m.fresh.at
		n := int(first.NumRows())
		to := at + sort.Search(n-at, func(i int) bool { return m.compare(first, at+i, rec, row) >= 0 })
		if err := m.put(first, at, to); err != nil {
			return err
		}
		if m.fresh.to(to); to < n {
			return nil
		}
	}
	return nil
}

// rest puts the fresh rows that are left.
func (m *merge) rest() error {
	for m.fresh.left() {
		first := m.fresh.batches[0]
		if err := m.put(first, m.fresh.at, int(first.NumRows())); err != nil {
			return err
		}
		m.fresh.to(int(first.NumRows()))
	}
	return nil
}

// compare orders two rows.
func (m *merge) compare(a arrow.RecordBatch, i int, b arrow.RecordBatch, j int) int {
	for _, c := range m.by {
		if order := compareCells(a.Column(c), i, b.Column(c), j); order != 0 {
			return order
		}
	}
	return 0
}

// compareCells orders two values of a column, NULL last.
func compareCells(a arrow.Array, i int, b arrow.Array, j int) int {
	switch an, bn := a.IsNull(i), b.IsNull(j); {
	case an && bn:
		return 0
	case an:
		return 1
	case bn:
		return -1
	}
	if a, ok := a.(*array.String); ok {
		return strings.Compare(a.Value(i), b.(*array.String).Value(j))
	}
	return cmp.Compare(a.(*array.Int16).Value(i), b.(*array.Int16).Value(j))
}

// sortedBy are the places of columns in a schema. Only columns that compareCells knows
// can be sorted by.
func sortedBy(schema *arrow.Schema, names []string) ([]int, error) {
	out := make([]int, len(names))
	for i, name := range names {
		at := schema.FieldIndices(name)
		if len(at) != 1 {
			return nil, fmt.Errorf("merge by %s: %d columns have that name", name, len(at))
		}
		switch t := schema.Field(at[0]).Type; t.ID() {
		case arrow.STRING, arrow.INT16:
		default:
			return nil, fmt.Errorf("merge by %s: a column of type %s", name, t)
		}
		out[i] = at[0]
	}
	return out, nil
}

// sameTypes reports an error where two schemas have other columns.
func sameTypes(a, b *arrow.Schema) error {
	if a.NumFields() != b.NumFields() {
		return fmt.Errorf("merge: %d columns and %d", a.NumFields(), b.NumFields())
	}
	for i, f := range a.Fields() {
		if g := b.Field(i); f.Name != g.Name || !arrow.TypeEqual(f.Type, g.Type) {
			return fmt.Errorf("merge: column %s of type %s and %s of type %s", f.Name, f.Type, g.Name, g.Type)
		}
	}
	return nil
}
