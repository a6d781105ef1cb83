package checks

import (
	"math/bits"

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
		return outside(l, col, col.Int64Values(), fails)
	case *array.Int16:
		return outside(l, col, col.Int16Values(), fails)
	case *array.Date32:
		return outside(l, col, col.Date32Values(), fails)
	case *array.Timestamp:
		return outside(l, col, col.TimestampValues(), fails)
	case *array.Decimal128:
		values, valid := col.Values(), presentIn(col)
		return valid.each(fails, func(from, to int, _ uint64) (w uint64) {
			for i, v := range values[from:to] {
				w |= (below(v, l.minDecimal) | below(l.maxDecimal, v)) << i
			}
			return w
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

// outside fails whole numbers outside the limits. One comparison does for both: what is
// below the lower one is, less it and without a sign, above all others.
func outside[T ~int64 | ~int32 | ~int16](l *limits, col arrow.Array, values []T, fails []int32) ([]int32, int64) {
	low, span, valid := l.min, uint64(l.max)-uint64(l.min), presentIn(col)
	if l.min > l.max {
		return valid.each(fails, func(int, int, uint64) uint64 { return ^uint64(0) })
	}
	return valid.each(fails, func(from, to int, _ uint64) (w uint64) {
		for i, v := range values[from:to] {
			w |= bit(uint64(int64(v))-uint64(low) > span) << (i & 63)
		}
		return w
	})
}

// below is 1 where a is less than b: the borrow of their difference, once the sign bit
// is turned so that order does not need a sign.
func below(a, b decimal128.Num) uint64 {
	const sign = 1 << 63
	_, borrow := bits.Sub64(a.LowBits(), b.LowBits(), 0)
	_, borrow = bits.Sub64(uint64(a.HighBits())^sign, uint64(b.HighBits())^sign, borrow)
	return borrow
}
