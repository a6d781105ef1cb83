package checks

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// Range is the check range.
var Range = &quality.Check{
	Name:  "range",
	Title: "%s超出合理范围",
	Doc: "The value is at least min and at most max, both inclusive, either may be left out. For numbers (compared exactly, decimals of any length too), " +
		"D, T and Y. Limits are plain decimals, dates (2006-01-02, for T also 2006-01-02 15:04:05) or today, the day of the run in the project's time zone; " +
		"for T a date as max is the whole of that day. A float that is no number fails. NULL passes and is not evaluated.",
	Indicator: "0301",
	Advice:    "请核对原始材料，更正明显偏大、偏小或早于、晚于合理日期的数据。",
	Example:   "规则 {min: 1900-01-01, max: today}：出生日期不早于 1900-01-01，不晚于核查当日。",
	Sample:    "range: {min: 1900-01-01, max: today}\nrange: {min: 0, max: 99999.99}",
	Params:    func() any { return new(RangeParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*RangeParams)
		if p.Min == "" && p.Max == "" {
			return fault.New(fault.Config, "quality.missing", "min, max")
		}
		if err := of("N, D, T, Y, F", ranged)(r, env); err != nil {
			return err
		}
		l, err := limitsOf(r.Items[0].Type, p, env.Today)
		if err == nil && p.Min != "today" && p.Max != "today" && l.empty() {
			return fault.New(fault.Config, "quality.empty")
		}
		return err
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		column, err := columnOf(r.Items[0], env)
		if err != nil {
			return nil, err
		}
		l, err := limitsOf(r.Items[0].Type, r.Params.(*RangeParams), env.Today)
		return &rangeKernel{column: column, limits: l}, err
	},
}

// RangeParams are the limits.
type RangeParams struct {
	Min Bound `yaml:"min"`
	Max Bound `yaml:"max"`
}

func ranged(t catalog.Type) bool {
	return t.Kind != catalog.Text && t.Kind != catalog.Binary
}

type rangeKernel struct {
	column int
	limits limits
}

func (k *rangeKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	l := &k.limits
	switch col := rec.Column(k.column).(type) {
	case *array.Int64:
		return eachValue(col, col.Int64Values(), fails, l.outside)
	case *array.Int16:
		return eachValue(col, col.Int16Values(), fails, func(v int16) bool { return l.outside(int64(v)) })
	case *array.Date32:
		return eachValue(col, col.Date32Values(), fails, func(v arrow.Date32) bool { return l.outside(int64(v)) })
	case *array.Timestamp:
		return eachValue(col, col.TimestampValues(), fails, func(v arrow.Timestamp) bool { return l.outside(int64(v)) })
	case *array.Decimal128:
		return eachValue(col, col.Values(), fails, func(v decimal128.Num) bool {
			return v.Cmp(l.minDecimal) < 0 || v.Cmp(l.maxDecimal) > 0
		})
	case *array.Float64:
		return eachValue(col, col.Float64Values(), fails, func(v float64) bool { return !(v >= l.minFloat && v <= l.maxFloat) })
	case *array.String:
		return eachText(col, fails, func(v []byte) bool {
			return l.minText != nil && compareDecimal(v, l.minText) < 0 || l.maxText != nil && compareDecimal(v, l.maxText) > 0
		})
	}
	return fails, 0 // not reached: columnOf compares types
}

func (l *limits) outside(v int64) bool { return v < l.min || v > l.max }
