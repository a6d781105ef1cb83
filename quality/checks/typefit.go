package checks

import (
	"github.com/apache/arrow-go/v18/arrow"

	"guiji/quality"
)

// Type is the check type, bound to every collected item.
var Type = &quality.Check{
	Name:  quality.TypeCheck,
	Title: "%s不符合编目规定的类型或长度",
	Doc: "Bound to every collected item, never written: the value must fit the item's catalogue type (C(n): at most n characters, N(p,s), D, T, Y, F). " +
		"What fits is decided by standardize, zero and impossible dates included; the cell is stored as NULL and the pulled text in <item>_raw. " +
		"Evaluated: rows with a value and rows whose value did not fit.",
	Indicator: "0302",
	Advice:    "请按目录规定的数据类型和长度更正该信息项；目录规定与业务实际不符的，请申请变更目录。",
	Example:   "类型为 D 的日期写作 2020-09-01；类型为 C(18) 的代码不超过 18 个字符。",
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		column, err := columnOf(r.Items[0], env)
		return &typeKernel{column: column}, err
	},
}

type typeKernel struct {
	column int
	rows   []int32
}

// TypeFails gives the failing rows.
func (k *typeKernel) TypeFails(rows []int32) { k.rows = rows }

func (k *typeKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	col := rec.Column(k.column)
	return append(fails, k.rows...), int64(col.Len()-col.NullN()) + int64(len(k.rows))
}
