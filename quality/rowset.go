package quality

import (
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// MaskBits is how many rules one mask column holds: the sign bit stays free.
const MaskBits = 63

// sliceRows is how many rows all kernels judge before the next ones: so few that a
// column still lies in the core's own cache when the next rule looks at it.
const sliceRows = 2048

// Count is what a row rule counted.
type Count struct{ Failed, Evaluated int64 }

// Merge adds the counts of one part to those of others.
func Merge(into, from map[string]Count) {
	for id, c := range from {
		sum := into[id]
		into[id] = Count{sum.Failed + c.Failed, sum.Evaluated + c.Evaluated}
	}
}

// RowSet evaluates all row rules of a resource on a batch. It is for one
// goroutine: each part has a Clone of its own, and the counts are merged.
type RowSet struct {
	env    Env
	rules  []*Rule  // the row rules, by bit
	fed    []int    // for each rule: which of typeFails its kernel takes, -1: none
	kernel []Kernel //
	filter []int    // for each rule: which of filters chooses its rows, -1: it judges all
	column [][]int  // for each rule with a filter: its items' columns
	choose []*filter
	counts []Count
	types  int // how many type rules there are
	words  int
	fails  []int32
	unfit  []int32 // rows of one type rule in the slice at hand
	zeros  *memory.Buffer
}

// NewRowSet makes the kernels of the row rules among rules. The schema is that of
// the batches Eval will see.
func NewRowSet(rules []*Rule, schema *arrow.Schema, env *Env) (*RowSet, error) {
	s := &RowSet{env: *env}
	s.env.Schema = schema
	fedBy := map[string]int{}
	for _, r := range rules {
		if r.Bit < 0 {
			continue
		}
		if r.Bit != len(s.rules) {
			return nil, fmt.Errorf("rule %q has bit %d, want %d", r.ID, r.Bit, len(s.rules))
		}
		if r.Check.Name == TypeCheck {
			fedBy[r.Items[0].Name] = s.types
			s.types++
		}
		s.rules = append(s.rules, r)
	}
	s.words = (len(s.rules) + MaskBits - 1) / MaskBits
	s.counts = make([]Count, len(s.rules))
	for _, r := range s.rules {
		k, err := r.Check.Row(r, &s.env)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.ID, err)
		}
		fed := -1
		if _, ok := k.(TypeFed); ok {
			if i, ok := fedBy[r.Items[0].Name]; ok {
				fed = i
			}
		}
		s.kernel, s.fed = append(s.kernel, k), append(s.fed, fed)
	}
	s.filters()
	return s, nil
}

// filters makes one filter for all rules that judge the same rows.
func (s *RowSet) filters() {
	known := map[string]int{}
	names := columnNames(s.env.Schema)
	s.filter, s.column = make([]int, len(s.rules)), make([][]int, len(s.rules))
	for i, r := range s.rules {
		s.filter[i] = -1
		if r.where == nil {
			continue
		}
		for _, it := range r.Items {
			if c := slices.Index(names, it.Name); !slices.Contains(s.column[i], c) {
				s.column[i] = append(s.column[i], c)
			}
		}
		same := r.Condition("r")
		at, ok := known[same]
		if !ok {
			at = len(s.choose)
			known[same] = at
			s.choose = append(s.choose, newFilter(r.where, s.env.Schema))
		}
		s.filter[i] = at
	}
}

// Clone is the same set with kernels and counts of its own.
func (s *RowSet) Clone() *RowSet {
	c := &RowSet{
		env: s.env, rules: s.rules, fed: s.fed, types: s.types, words: s.words,
		counts: make([]Count, len(s.rules)), kernel: make([]Kernel, len(s.rules)),
	}
	for i, r := range s.rules {
		k, err := r.Check.Row(r, &c.env)
		if err != nil { // it was made once from the same values
			panic(fmt.Sprintf("rule %q: %v", r.ID, err))
		}
		c.kernel[i] = k
	}
	c.filters()
	return c
}

// MaskFields are the fields of the arrays Eval returns, each with the rules of
// its bits (id@version, bit 0 first) in its metadata.
func (s *RowSet) MaskFields() []arrow.Field {
	fields := make([]arrow.Field, s.words)
	for w := range fields {
		var ids []byte
		for i := w * MaskBits; i < min((w+1)*MaskBits, len(s.rules)); i++ {
			if len(ids) > 0 {
				ids = append(ids, ' ')
			}
			ids = append(ids, s.rules[i].ID+"@"+s.rules[i].Version...)
		}
		fields[w] = arrow.Field{
			Name: MaskColumn(w), Type: arrow.PrimitiveTypes.Int64,
			Metadata: arrow.MetadataFrom(map[string]string{"rules": string(ids)}),
		}
	}
	return fields
}

// MaskColumn is the name of the n-th mask column.
func MaskColumn(n int) string { return fmt.Sprintf("_mask%d", n) }

// Masks is the number of mask columns the rules fill.
func Masks(rules []*Rule) int {
	last := -1
	for _, r := range rules {
		last = max(last, r.Bit)
	}
	return (last + MaskBits) / MaskBits
}

// Counts are failures and evaluated rows by rule, over all batches so far.
func (s *RowSet) Counts() map[string]Count {
	out := make(map[string]Count, len(s.rules))
	for i, r := range s.rules {
		out[r.ID] = s.counts[i]
	}
	return out
}

// Eval runs all kernels on a batch and returns the mask columns, which the caller
// releases. typeFails[i] holds the rows, ascending, whose cell of the i-th type
// rule's item did not fit; there is one entry a type rule.
func (s *RowSet) Eval(alloc memory.Allocator, rec arrow.RecordBatch, typeFails [][]int32) ([]arrow.Array, error) {
	if len(typeFails) != s.types {
		return nil, fmt.Errorf("%d lists of type failures for %d type rules", len(typeFails), s.types)
	}
	n := int(rec.NumRows())
	masks := newMasks(alloc, s.words, n)
	for from := 0; from < n || from == 0; from += sliceRows {
		part := rec
		if n > sliceRows {
			part = rec.NewSlice(int64(from), int64(min(from+sliceRows, n)))
		}
		s.slice(part, from, typeFails, masks)
		if part != rec {
			part.Release()
		}
	}
	return masks.arrays(s.zero(n)), nil
}

// slice evaluates all rules on the rows of a batch that begin at from.
func (s *RowSet) slice(part arrow.RecordBatch, from int, typeFails [][]int32, masks *masks) {
	for _, f := range s.choose {
		f.look(part)
	}
	for i := range s.rules {
		if s.fed[i] >= 0 {
			s.kernel[i].(TypeFed).TypeFails(s.within(typeFails[s.fed[i]], from, int(part.NumRows())))
		}
		fails, evaluated := s.eval(i, part)
		s.fails = fails
		s.counts[i].Failed += int64(len(fails))
		s.counts[i].Evaluated += evaluated
		masks.set(i, from, fails)
	}
}

// within are those of a batch's rows, ascending, that lie in a slice of n rows, as rows
// of the slice.
func (s *RowSet) within(rows []int32, from, n int) []int32 {
	first, _ := slices.BinarySearch(rows, int32(from))
	s.unfit = s.unfit[:0]
	for _, row := range rows[first:] {
		if int(row) >= from+n {
			break
		}
		s.unfit = append(s.unfit, row-int32(from))
	}
	return s.unfit
}

// eval runs one kernel on the rows its rule judges.
func (s *RowSet) eval(i int, rec arrow.RecordBatch) ([]int32, int64) {
	if at := s.filter[i]; at >= 0 {
		return s.choose[at].eval(s.kernel[i], s.column[i], rec, s.fails[:0])
	}
	return s.kernel[i].Eval(rec, s.fails[:0])
}

// zero is a buffer of zeros that all batches without a failure share. It lies on
// Go's heap, outside any allocator, and needs no release.
func (s *RowSet) zero(n int) *memory.Buffer {
	if size := n * arrow.Int64SizeBytes; s.zeros == nil || s.zeros.Len() < size {
		s.zeros = memory.NewBufferBytes(make([]byte, size))
	}
	return s.zeros
}
