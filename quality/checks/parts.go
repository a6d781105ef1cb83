package checks

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/internal/fault"
	"guiji/internal/ident"
	"guiji/quality"
)

// part is one of the things an identifier is judged by, in order: a value that fails
// one is not evaluated by those after it.
type part struct {
	name, title string
	reasons     []ident.Reason
}

// chosen refuses a part that is none.
func chosen(p string, parts []part) error {
	if p == "" || slices.ContainsFunc(parts, func(o part) bool { return o.name == p }) {
		return nil
	}
	known := ""
	for i, o := range parts {
		if i > 0 {
			known += ", "
		}
		known += o.name
	}
	return fault.New(fault.Config, "quality.choice", "part", p, known)
}

// titleOf is the title of a part; "" for the whole.
func titleOf(p string, parts []part) string {
	for _, o := range parts {
		if o.name == p {
			return o.title
		}
	}
	return ""
}

// partKernel judges a text column by one part.
type partKernel struct {
	column int
	judge  func([]byte) ident.Reason
	bad    [256]bool // reasons that fail
	skip   [256]bool // reasons of earlier parts: not evaluated
}

// newPartKernel judges by all parts where p is "".
func newPartKernel(r *quality.Rule, env *quality.Env, p string, parts []part, judge func([]byte) ident.Reason) (quality.Kernel, error) {
	column, err := columnOf(r.Items[0], env)
	k := &partKernel{column: column, judge: judge}
	for _, o := range parts {
		for _, reason := range o.reasons {
			k.bad[reason] = p == "" || o.name == p
			k.skip[reason] = !k.bad[reason]
		}
		if o.name == p { // what fails only later passes here
			break
		}
	}
	return k, err
}

func (k *partKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	col := rec.Column(k.column).(*array.String)
	values, valid := textsOf(col), presentIn(col)
	return inBlocks(valid.n, fails, func(from, to int) (evaluated, bad uint64) {
		evaluated = valid.word(from)
		for i := from; i < to; i++ {
			if evaluated>>(i-from)&1 == 0 {
				continue
			}
			switch reason := k.judge(values.at(i)); {
			case k.bad[reason]:
				bad |= 1 << (i - from)
			case k.skip[reason]:
				evaluated &^= 1 << (i - from)
			}
		}
		return evaluated, bad
	})
}
