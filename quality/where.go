package quality

import (
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/internal/fault"
)

// condition is one bound term of a rule's where. NULL fulfils the term null alone.
type condition struct {
	item     *catalog.Item
	values   []Value // one of them; nil where null or a range is asked
	null     bool
	not      bool
	min, max *Value // both included
}

// conditions reads the terms of a where by their items' types.
func conditions(w catalog.Where, env *Env) ([]condition, error) {
	var out []condition
	for _, t := range w {
		it := env.Resource.Item(t.Item)
		if it == nil {
			return nil, fault.New(fault.Config, "quality.item", t.Item, env.Resource.ID)
		}
		c := condition{item: it, null: t.Null, not: t.Not}
		for _, s := range t.Values {
			v, err := ReadValue(it.Type, s, env.Today)
			if err != nil {
				return nil, fault.New(fault.Config, "quality.where", t.Item).Because(err)
			}
			c.values = append(c.values, v)
		}
		for _, b := range []struct {
			written string
			into    **Value
		}{{t.Min, &c.min}, {t.Max, &c.max}} {
			if b.written == "" {
				continue
			}
			v, err := ReadValue(it.Type, b.written, env.Today)
			if err != nil {
				return nil, fault.New(fault.Config, "quality.where", t.Item).Because(err)
			}
			*b.into = &v
		}
		out = append(out, c)
	}
	return out, nil
}

// holds reports whether a value that is there fulfils the term.
func (c *condition) holds(v Value) bool {
	in := !c.null // a range, unless values are listed
	if c.values != nil {
		in = slices.ContainsFunc(c.values, func(o Value) bool { return v.Compare(o) == 0 })
	}
	in = in && (c.min == nil || v.Compare(*c.min) >= 0) && (c.max == nil || v.Compare(*c.max) <= 0)
	return in != c.not
}

// Names are the items a rule looks at, be it to choose its rows.
func (r *Rule) Names() []string {
	out := names(r)
	for i := range r.where {
		out = append(out, r.where[i].item.Name)
	}
	return out
}

// Condition is a rule's where as SQL over columns of a relation's alias, never
// NULL; "" where it judges all rows.
func (r *Rule) Condition(alias string) string {
	terms := make([]string, len(r.where))
	for i := range r.where {
		terms[i] = r.where[i].sql(alias)
	}
	return strings.Join(terms, " AND ")
}

func (c *condition) sql(alias string) string {
	name := alias + `."` + strings.ReplaceAll(c.item.Name, `"`, `""`) + `"`
	if c.null {
		if c.not {
			return name + " IS NOT NULL"
		}
		return name + " IS NULL"
	}
	var parts []string
	if c.values != nil {
		list := make([]string, len(c.values))
		for i, v := range c.values {
			list[i] = v.SQL(c.item.Type)
		}
		parts = append(parts, name+" IN ("+strings.Join(list, ", ")+")")
	}
	if c.min != nil {
		parts = append(parts, name+" >= "+c.min.SQL(c.item.Type))
	}
	if c.max != nil {
		parts = append(parts, name+" <= "+c.max.SQL(c.item.Type))
	}
	if c.item.Type.Kind == catalog.Float { // here NaN is below all numbers, to DuckDB above
		parts = append(parts, "NOT isnan("+name+")")
	}
	all := "(" + strings.Join(parts, " AND ") + ")"
	if c.not {
		all = "NOT " + all
	}
	return "coalesce(" + all + ", false)"
}

// EveryRow is a kernel that evaluates rows whatever they hold, NULL too: what a
// where leaves out must be taken from its result.
type EveryRow interface {
	Kernel
	EveryRow()
}

// filter chooses the rows of a batch that rules with one where judge.
type filter struct {
	terms  []condition
	column []int // of each term
	chosen []bool
	n      int64
}

func newFilter(terms []condition, schema *arrow.Schema) *filter {
	f := &filter{terms: terms, column: make([]int, len(terms))}
	for i, t := range terms {
		f.column[i] = slices.Index(columnNames(schema), t.item.Name)
	}
	return f
}

func columnNames(schema *arrow.Schema) []string {
	out := make([]string, schema.NumFields())
	for i, field := range schema.Fields() {
		out[i] = field.Name
	}
	return out
}

// look chooses among a batch's rows.
func (f *filter) look(rec arrow.RecordBatch) {
	n := int(rec.NumRows())
	f.chosen, f.n = slices.Grow(f.chosen[:0], n)[:n], 0
	for i := range f.chosen {
		f.chosen[i] = true
	}
	for t := range f.terms {
		term, col := &f.terms[t], rec.Column(f.column[t])
		value := Values(col)
		for i := range f.chosen {
			switch {
			case !f.chosen[i]:
			case col.IsNull(i):
				f.chosen[i] = term.null && !term.not
			default:
				f.chosen[i] = term.holds(value(i))
			}
		}
	}
	for _, c := range f.chosen {
		if c {
			f.n++
		}
	}
}

// eval runs a kernel on the chosen rows alone. To a kernel that passes NULL
// unevaluated the other rows are rows of NULLs; the values stay where they are.
func (f *filter) eval(k Kernel, columns []int, rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	if _, every := k.(EveryRow); every {
		fails, _ = k.Eval(rec, fails)
		return slices.DeleteFunc(fails, func(row int32) bool { return !f.chosen[row] }), f.n
	}
	all := slices.Clone(rec.Columns())
	for _, c := range columns {
		all[c] = f.masked(all[c])
		defer all[c].Release()
	}
	view := array.NewRecordBatch(rec.Schema(), all, rec.NumRows())
	defer view.Release()
	return k.Eval(view, fails)
}

// masked is a column that is NULL in all but the chosen rows.
func (f *filter) masked(col arrow.Array) arrow.Array {
	data := col.Data()
	bits := make([]byte, bitutil.BytesForBits(int64(data.Offset()+data.Len())))
	nulls := 0
	for i, chosen := range f.chosen {
		if chosen && col.IsValid(i) {
			bitutil.SetBit(bits, data.Offset()+i)
		} else {
			nulls++
		}
	}
	buffers := slices.Clone(data.Buffers())
	buffers[0] = memory.NewBufferBytes(bits)
	view := array.NewData(data.DataType(), data.Len(), buffers, data.Children(), nulls, data.Offset())
	defer view.Release()
	return array.MakeFromData(view)
}
