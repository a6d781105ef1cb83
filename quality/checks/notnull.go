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
	texts, isText := col.(*array.String)
	n := col.Len()
	if col.NullN() == 0 && !isText {
		return fails, int64(n)
	}
	for i := range n {
		if col.IsValid(i) {
			if isText && blank(texts.Value(i)) {
				fails = append(fails, int32(i))
			}
			continue
		}
		for len(unfit) > 0 && unfit[0] < int32(i) {
			unfit = unfit[1:]
		}
		if len(unfit) == 0 || unfit[0] != int32(i) {
			fails = append(fails, int32(i))
		}
	}
	return fails, int64(n)
}

// blank reports whether s holds nothing but white space.
func blank(s string) bool {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			i++
		case len(s) >= i+3 && s[i:i+3] == "\u3000":
			i += 3
		case len(s) >= i+2 && s[i:i+2] == "\u00a0":
			i += 2
		default:
			return false
		}
	}
	return true
}
