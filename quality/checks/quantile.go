package checks

import (
	"guiji/internal/fault"
	"guiji/quality"
)

// Quantile is the check quantile.
var Quantile = &quality.Check{
	Name:  "quantile",
	Title: "%s的分位数不在合理范围内",
	Doc: "The quantile at: (above 0, at most 1) of the item lies between min and max, both inclusive, either may be left out. It is the smallest value that at least that share " +
		"of the values does not exceed: a value of the item, never one in between. For numbers of at most 38 digits, D, T, Y and F. " +
		"NULL is left out; without a value the rule is not evaluated. The value itself is not kept: it is a record's.",
	Indicator: "0301",
	Advice:    "请核查本期数据是否完整、计量单位是否变化；确属业务变化的，请申请调整核查规则。",
	Example:   "规则 {at: 0.99, max: 100000}：99% 的金额不超过 100000 元。",
	Sample:    "quantile: {at: 0.99, max: 100000}",
	Params:    func() any { return new(QuantileParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		at, err := decimalOf("at", r.Params.(*QuantileParams).At)
		if err != nil {
			return err
		}
		if at.Sign() <= 0 || at.Num().Cmp(at.Denom()) > 0 {
			return fault.New(fault.Config, "quality.bound", "at", string(r.Params.(*QuantileParams).At), "0.5, 0.95, 1")
		}
		return typed(r, env)
	},
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return ranked(r, env, string(r.Params.(*QuantileParams).At)), nil
	},
}

// QuantileParams are the share and the limits.
type QuantileParams struct {
	At            Bound `yaml:"at"`
	BetweenParams `yaml:",inline"`
}

// ranked judges the value at a share of the sorted ones: sorted, for an aggregate
// would hold all of them in memory.
func ranked(r *quality.Rule, env *quality.Env, at string) quality.TableSQL {
	x := own(r)
	return quality.TableSQL{
		Queries: []string{"SELECT " + x + " FROM {raw} WHERE " + x + " IS NOT NULL ORDER BY " + x +
			" LIMIT 1 OFFSET (SELECT greatest(ceil(" + at + "::DECIMAL(18,9) * count(" + x + "))::BIGINT - 1, 0) FROM {raw})"},
		Judge: func(got []*string, _ []string) quality.Verdict { return one(r, env, got[0]) },
	}
}
