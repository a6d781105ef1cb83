package pipelines

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// keyOrder watches whether the rows of a part come in strictly ascending order of
// their key, as tables usually give them: then standard needs no sort. It knows
// keys of one column of text, int64 or decimal128; others count as not in order.
type keyOrder struct {
	column int // in the batches; -1: not watched
	seen   bool
	broken bool
	text   [2]string         // first and last
	number [2]decimal128.Num // first and last
}

// watchKey watches the key column of a schema.
func watchKey(schema *arrow.Schema, key []string) *keyOrder {
	o := &keyOrder{column: -1}
	if len(key) == 1 {
		if at := schema.FieldIndices(key[0]); len(at) == 1 {
			o.column = at[0]
		}
	}
	o.broken = o.column < 0
	return o
}

// see looks at a batch's keys.
func (o *keyOrder) see(rec arrow.RecordBatch) {
	if o.broken || rec.NumRows() == 0 {
		return
	}
	switch c := rec.Column(o.column).(type) {
	case *array.Int64:
		v := c.Int64Values()
		for i := 1; i < len(v); i++ {
			if v[i] <= v[i-1] {
				o.broken = true
				return
			}
		}
		o.numbers(decimal128.FromI64(v[0]), decimal128.FromI64(v[len(v)-1]))
	case *array.Decimal128:
		for i := 1; i < c.Len(); i++ {
			if !c.Value(i - 1).Less(c.Value(i)) {
				o.broken = true
				return
			}
		}
		o.numbers(c.Value(0), c.Value(c.Len()-1))
	case *array.String:
		for i := 1; i < c.Len(); i++ {
			if c.Value(i) <= c.Value(i-1) {
				o.broken = true
				return
			}
		}
		o.texts(c.Value(0), c.Value(c.Len()-1))
	default:
		o.broken = true
	}
}

func (o *keyOrder) numbers(first, last decimal128.Num) {
	if o.seen && !o.number[1].Less(first) {
		o.broken = true
	}
	if !o.seen {
		o.number[0] = first
	}
	o.number[1], o.seen = last, true
}

func (o *keyOrder) texts(first, last string) {
	if o.seen && first <= o.text[1] {
		o.broken = true
	}
	if !o.seen {
		o.text[0] = strings.Clone(first) // the batch's memory is used again
	}
	o.text[1], o.seen = strings.Clone(last), true
}

// ordered reports whether the parts' rows, one part after the other, are in order.
func ordered(parts []*keyOrder) bool {
	var last *keyOrder
	for _, p := range parts {
		if p.broken {
			return false
		}
		if !p.seen {
			continue
		}
		if last != nil && (p.text[0] < last.text[1] || p.text[0] == last.text[1] && !last.number[1].Less(p.number[0])) {
			return false
		}
		last = p
	}
	return true
}
