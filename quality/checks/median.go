package checks

import "guiji/quality"

// Median is the check median.
var Median = &quality.Check{
	Name:      "median",
	Title:     "%s的中位数不在合理范围内",
	Doc:       "The median of the item lies between min and max, both inclusive, either may be left out. Of an even number of values it is the lower of the two in the middle: a value of the item, as quantile: {at: 0.5}. For numbers of at most 38 digits, D, T, Y and F. NULL is left out; without a value the rule is not evaluated. The value itself is not kept: it is a record's.",
	Indicator: "0301",
	Advice:    "请核查本期数据是否完整、计量单位是否变化；确属业务变化的，请申请调整核查规则。",
	Example:   "规则 {min: 1, max: 500}：注册资本的中位数在 1 万元至 500 万元之间。",
	Sample:    "median: {min: 1, max: 500}",
	Params:    func() any { return new(BetweenParams) },
	Validate:  typed,
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return ranked(r, env, "0.5"), nil
	},
}
