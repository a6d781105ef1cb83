package checks

import "guiji/quality"

// MaxValue is the check max_value.
var MaxValue = &quality.Check{
	Name:      "max_value",
	Title:     "%s的最大值不在合理范围内",
	Doc:       "The largest value of the item lies between min and max, both inclusive, either may be left out. For numbers of at most 38 digits, D, T, Y and F; limits as in range. Without a value the rule is not evaluated. NULL is left out. The value itself is not kept: it is a record's. Whether data are up to date is the check fresh.",
	Indicator: "0301",
	Advice:    "请核查本期数据是否完整、抽取范围是否变化；确属业务变化的，请申请调整核查规则。",
	Example:   "规则 {max: today}：最晚的登记日期不晚于核查当日。",
	Sample:    "max_value: {max: today}",
	Params:    func() any { return new(BetweenParams) },
	Validate:  typed,
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return quality.TableSQL{Aggregates: []string{"max(" + own(r) + ")"}, Judge: func(got []*string, _ []string) quality.Verdict { return one(r, env, got[0]) }}, nil
	},
}
