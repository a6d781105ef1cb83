package standardize

import (
	"cmp"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
)

// Result is what one source batch became. The caller releases Batch.
type Result struct {
	Batch     arrow.RecordBatch
	TypeFails [][]int32     // per item: ascending rows of Batch whose cell did not fit; NULL is stored, the text is in _raw
	Bad       []lake.BadRow // rows that are not in Batch: their key is NULL, or a cell of a key or unfit: row item did not fit
	Mended    []int64       // per item: cells a step changed, among all rows of the source batch
}

// Apply standardises a batch that the connector yielded. It borrows rec; columns
// nothing changes are shared with it. Place goes into the bad rows: a part's id
// or a file; a batch's rows are counted from 1.
func (p *Plan) Apply(alloc memory.Allocator, rec arrow.RecordBatch, place string) (Result, error) {
	return p.ApplyAt(alloc, rec, place, 0)
}

// ApplyAt is Apply for a batch that follows so many rows of the same place.
func (p *Plan) ApplyAt(alloc memory.Allocator, rec arrow.RecordBatch, place string, before int64) (Result, error) {
	if s := rec.Schema(); s != p.source && !s.Equal(p.source) {
		return Result{}, fault.New(fault.Changed, "standardize.batch", p.resource)
	}
	rows := int(rec.NumRows())
	r := &batch{Plan: p, alloc: alloc, rec: rec, rows: rows}
	defer r.release()
	for i := range p.columns {
		r.column(i)
	}
	for _, key := range p.keys {
		r.nullKeys(key)
	}
	if p.hashed != nil {
		r.arrays = append(r.arrays, r.hash())
	}
	out := Result{TypeFails: r.fails, Mended: r.mended}
	if len(r.drops) > 0 {
		out.Bad = r.bad(place, before)
		if err := r.filter(); err != nil {
			return Result{}, err
		}
		for i := range out.TypeFails {
			out.TypeFails[i] = r.renumber(out.TypeFails[i])
		}
		rows -= len(r.drops)
	}
	out.Batch = array.NewRecordBatch(p.schema, r.arrays, int64(rows))
	return out, nil
}

// batch is one Apply under way.
type batch struct {
	*Plan
	alloc   memory.Allocator
	rec     arrow.RecordBatch
	rows    int
	arrays  []arrow.Array // of Plan.schema
	nothing arrow.Array   // a utf8 column of NULLs, shared by all _raw columns nothing is in
	fails   [][]int32
	mended  []int64
	drops   []drop
}

// drop is a row that does not go on, by the cell that decided it.
type drop struct {
	row    int32
	column int
	text   string
	why    text.Key
}

func (r *batch) release() {
	for _, a := range r.arrays {
		a.Release()
	}
	if r.nothing != nil {
		r.nothing.Release()
	}
}

// noRaw is the shared column of NULLs, retained for one more use.
func (r *batch) noRaw() arrow.Array {
	if r.nothing == nil {
		r.nothing = newCells(r.alloc, arrow.BinaryTypes.String, r.rows, 0).array()
	}
	r.nothing.Retain()
	return r.nothing
}

// nullKeys drops the rows whose key is NULL and that did not fall out already.
func (r *batch) nullKeys(key int) {
	values := r.arrays[2*key]
	if values.NullN() == 0 {
		return
	}
	out := map[int32]bool{}
	for _, d := range r.drops {
		out[d.row] = true
	}
	for i := range r.rows {
		if values.IsNull(i) && !out[int32(i)] {
			pulled := ""
			if raw := r.arrays[2*key+1].(*array.String); raw.IsValid(i) {
				pulled = raw.Value(i)
			}
			r.drops = append(r.drops, drop{int32(i), key, pulled, reasonNullKey})
		}
	}
}

// bad turns drops into bad rows, one a row: the first item in order decides.
func (r *batch) bad(place string, before int64) []lake.BadRow {
	slices.SortFunc(r.drops, func(a, b drop) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	r.drops = slices.CompactFunc(r.drops, func(a, b drop) bool { return a.row == b.row })
	key := r.keyReader()
	out := make([]lake.BadRow, len(r.drops))
	for i, d := range r.drops {
		out[i] = lake.BadRow{
			Key:    key(int(d.row)),
			Column: r.source.Field(r.columns[d.column].source).Name,
			Text:   d.text,
			Reason: string(d.why),
			Place:  rowPlace(place, before+int64(d.row)+1),
		}
	}
	return out
}

// filter leaves the dropped rows out of every column.
func (r *batch) filter() error {
	type run struct{ from, to int64 }
	var kept []run
	from := int64(0)
	for _, d := range r.drops {
		if int64(d.row) > from {
			kept = append(kept, run{from, int64(d.row)})
		}
		from = int64(d.row) + 1
	}
	if int64(r.rows) > from || len(kept) == 0 {
		kept = append(kept, run{from, int64(r.rows)})
	}
	for i, a := range r.arrays {
		pieces := make([]arrow.Array, len(kept))
		for j, k := range kept {
			pieces[j] = array.NewSlice(a, k.from, k.to)
		}
		joined, err := array.Concatenate(pieces, r.alloc)
		for _, piece := range pieces {
			piece.Release()
		}
		if err != nil {
			return fault.New(fault.Internal, "standardize.batch", r.resource).Because(err)
		}
		a.Release()
		r.arrays[i] = joined
	}
	return nil
}

// renumber makes source rows into rows of the filtered batch and leaves out
// those dropped; both lists are ascending.
func (r *batch) renumber(rows []int32) []int32 {
	out, gone := rows[:0], 0
	for _, row := range rows {
		for gone < len(r.drops) && r.drops[gone].row < row {
			gone++
		}
		if gone < len(r.drops) && r.drops[gone].row == row {
			continue
		}
		out = append(out, row-int32(gone))
	}
	return out
}
