package checks

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/quality"
)

// NotNull is the check not_null.
var NotNull = &quality.Check{
	Name:  "not_null",
	Title: "%s不能为空",
	Doc: "Every row must have a value. NULL fails, and so does a text of nothing but white space " +
		"(ASCII blanks, U+00A0, U+3000). A cell whose text did not fit its type is not empty: it passes here and fails the rule type. " +
		"Evaluated: all rows.",
	Indicator: "0201",
	Advice:    "请核对原始材料，补录该信息项后重新报送；确无该信息的，请说明理由并申请不予整改。",
	Example:   "姓名：填写“张三”；不得留空，不得以空格代替。",
	Sample:    "not_null",
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		column, err := columnOf(r.Items[0], env)
		return &notNullKernel{column: column}, err
	},
}

type notNullKernel struct {
	column int
	unfit  []int32
}

// EveryRow says that NULL is evaluated.
func (k *notNullKernel) EveryRow() {}

// TypeFails gives the rows whose cell is NULL only because it did not fit.
func (k *notNullKernel) TypeFails(rows []int32) { k.unfit = rows }

func (k *notNullKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	col, unfit := rec.Column(k.column), k.unfit
	valid := presentIn(col)
	blank := func(int, int, uint64) uint64 { return 0 }
	if t, ok := col.(*array.String); ok {
		blank = blanks(textsOf(t))
	} else if valid.bits == nil {
		return fails, int64(valid.n)
	}
	return inBlocks(valid.n, fails, func(from, to int) (uint64, uint64) {
		rows, all := valid.word(from), firstRows(to-from)
		empty := all &^ rows
		for ; len(unfit) > 0 && int(unfit[0]) < to; unfit = unfit[1:] {
			empty &^= 1 << (int(unfit[0]) - from)
		}
		return all, empty | blank(from, to, rows)
	})
}

// blanks says which rows with a value hold nothing but white space.
func blanks(t texts) func(from, to int, rows uint64) uint64 {
	return func(from, to int, rows uint64) (w uint64) {
		for i := from; i < to; i++ {
			if v := t.at(i); len(v) == 0 || v[0] <= ' ' || v[0] == space3000 || v[0] == space00A0 {
				w |= bit(blank(v)) << (i - from)
			}
		}
		return w & rows
	}
}

// The first bytes of U+3000 and U+00A0.
const (
	space3000 = 0xE3
	space00A0 = 0xC2
)

// blank reports whether s holds nothing but white space.
func blank(s []byte) bool {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			i++
		case len(s) >= i+3 && string(s[i:i+3]) == "\u3000":
			i += 3
		case len(s) >= i+2 && string(s[i:i+2]) == "\u00a0":
			i += 2
		default:
			return false
		}
	}
	return true
}
