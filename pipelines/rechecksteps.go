package pipelines

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/quality"
	"guiji/transforms/standardize"
)

// recheckSteps are the row steps of an image that is stored: items pass as they are, but
// for those that today's steps standardise anew.
type recheckSteps struct {
	schema *arrow.Schema
	items  []int             // by item: its column in the file
	anew   map[int]int       // item → its place among those standardised anew
	source *arrow.Schema     // of those
	steps  *standardize.Plan // nil: none
	hash   int               // its column in the file; -1: none
	types  int               // the first column of type bits
}

// newRecheckSteps plans them. A cell that does not fit today stays in its row as a
// failure of type, whatever the item's unfit: a recheck takes no row out of the image.
func newRecheckSteps(p *catalog.Project, im *storedImage) (*recheckSteps, error) {
	out := &recheckSteps{anew: map[int]int{}, hash: -1}
	res := *im.plan.res
	res.Source.Key = nil
	var fields, sources []arrow.Field
	var again []*catalog.Item
	column := 0
	for i, it := range im.plan.items {
		fields = append(fields, arrow.Field{Name: it.Name, Type: it.Type.Arrow(), Nullable: true},
			arrow.Field{Name: it.Name + "_raw", Type: arrow.BinaryTypes.String, Nullable: true})
		out.items = append(out.items, column)
		column += 2
		for _, a := range im.anew {
			if a != it {
				continue
			}
			one := *it
			one.Column, one.Unfit = it.Name, catalog.UnfitCell
			out.anew[i] = len(again)
			again = append(again, &one)
			sources = append(sources, arrow.Field{Name: it.Name, Type: arrow.BinaryTypes.String, Nullable: true})
			column--
		}
	}
	if len(im.plan.res.Source.Key) == 0 {
		fields = append(fields, arrow.Field{Name: "_hash", Type: arrow.BinaryTypes.String, Nullable: true})
		out.hash = column
		column++
	}
	out.types, out.schema = column, arrow.NewSchema(fields, nil)
	if len(again) == 0 {
		return out, nil
	}
	out.source = arrow.NewSchema(sources, nil)
	var err error
	out.steps, err = standardize.Bind(&res, again, out.source, p.Codes, p.Elements...)
	return out, err
}

// Schema is the image's, without its masks.
func (c *recheckSteps) Schema() *arrow.Schema { return c.schema }

// ApplyAt puts a batch of the image together.
func (c *recheckSteps) ApplyAt(alloc memory.Allocator, rec arrow.RecordBatch, place string, before int64) (standardize.Result, error) {
	again, err := c.standardised(alloc, rec, place, before)
	if err != nil {
		return standardize.Result{}, err
	}
	if again.Batch != nil {
		defer again.Batch.Release()
	}
	out := standardize.Result{TypeFails: typeFails(rec, c.types, len(c.items))}
	var columns []arrow.Array
	for i, at := range c.items {
		if k, ok := c.anew[i]; ok {
			columns = append(columns, again.Batch.Column(2*k), again.Batch.Column(2*k+1))
			out.TypeFails[i] = again.TypeFails[k]
			continue
		}
		columns = append(columns, rec.Column(at), rec.Column(at+1))
	}
	if c.hash >= 0 {
		columns = append(columns, rec.Column(c.hash))
	}
	for i, f := range c.schema.Fields() {
		if got := columns[i].DataType(); !arrow.TypeEqual(got, f.Type) {
			return standardize.Result{}, fmt.Errorf("column %q of the image is %s, want %s", f.Name, got, f.Type)
		}
	}
	out.Batch = array.NewRecordBatch(c.schema, columns, rec.NumRows())
	return out, nil
}

// standardised are the items that today's steps make anew; without a batch where there
// are none.
func (c *recheckSteps) standardised(alloc memory.Allocator, rec arrow.RecordBatch, place string, before int64) (standardize.Result, error) {
	if c.steps == nil {
		return standardize.Result{}, nil
	}
	pulled := make([]arrow.Array, len(c.anew))
	for i, k := range c.anew {
		pulled[k] = rec.Column(c.items[i])
	}
	batch := array.NewRecordBatch(c.source, pulled, rec.NumRows())
	defer batch.Release()
	out, err := c.steps.ApplyAt(alloc, batch, place, before)
	if err == nil && len(out.Bad) > 0 {
		out.Batch.Release()
		err = fmt.Errorf("%d rows fall out of a stored image", len(out.Bad))
	}
	return out, err
}

// typeFails are the rows whose cells did not fit, by type rule, out of the columns of
// their bits.
func typeFails(rec arrow.RecordBatch, from, types int) [][]int32 {
	out := make([][]int32, types)
	for w := range typeMasks(types) {
		for row, word := range rec.Column(from + w).(*array.Int64).Int64Values() {
			for i := w * quality.MaskBits; word != 0; i, word = i+1, word>>1 {
				if word&1 == 1 {
					out[i] = append(out[i], int32(row))
				}
			}
		}
	}
	return out
}
