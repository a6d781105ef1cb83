package checks

import (
	"github.com/apache/arrow-go/v18/arrow"

	"guiji/quality"
)

// IsNull is the check is_null.
var IsNull = &quality.Check{
	Name:  "is_null",
	Title: "%s应为空而填写了内容",
	Doc: "The item must be empty, for use with where: a date of death of the living, a closing date of a firm in business. A value fails, the empty text too; " +
		"NULL passes. Evaluated: all rows.",
	Indicator: "0104",
	Advice:    "请核对该记录的状态：状态有误的更正状态，否则清除该信息项。",
	Example:   "规则 {is_null: , where: {status: 存续}}：存续企业的注销日期应为空。",
	Sample:    "{is_null: , where: {status: 存续}}",
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		column, err := columnOf(r.Items[0], env)
		return isNullKernel(column), err
	},
}

type isNullKernel int

// EveryRow says that NULL is evaluated.
func (k isNullKernel) EveryRow() {}

func (k isNullKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	valid := presentIn(rec.Column(int(k)))
	return inBlocks(valid.n, fails, func(from, to int) (uint64, uint64) { return firstRows(to - from), valid.word(from) })
}
