package checks

import "guiji/quality"

// MinValue is the check min_value.
var MinValue = &quality.Check{
	Name:      "min_value",
	Title:     "%s的最小值不在合理范围内",
	Doc:       "The smallest value of the item lies between min and max, both inclusive, either may be left out. For numbers of at most 38 digits, D, T, Y and F; limits as in range. Without a value the rule is not evaluated. NULL is left out. The value itself is not kept: it is a record's.",
	Indicator: "0301",
	Advice:    "请核查本期数据是否完整、抽取范围是否变化；确属业务变化的，请申请调整核查规则。",
	Example:   "规则 {min: 1900-01-01}：最早的出生日期不早于 1900-01-01。",
	Sample:    "min_value: {min: 1900-01-01}",
	Params:    func() any { return new(BetweenParams) },
	Validate:  typed,
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return quality.TableSQL{Aggregates: []string{"min(" + own(r) + ")"}, Judge: func(got []*string, _ []string) quality.Verdict { return one(r, env, got[0]) }}, nil
	},
}
