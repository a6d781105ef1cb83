package checks

import "guiji/quality"

// Mean is the check mean.
var Mean = &quality.Check{
	Name:      "mean",
	Title:     "%s的平均值不在合理范围内",
	Doc:       "The arithmetic mean of the item lies between min and max, both inclusive, either may be left out. Exact for N of at most 38 digits: the exact sum over the count; of F to nine significant digits. NULL is left out; without a value the rule is not evaluated.",
	Indicator: "0301",
	Advice:    "请核查本期数据是否完整、抽取范围是否变化；确属业务变化的，请申请调整核查规则。",
	Example:   "规则 {min: 20, max: 70}：平均年龄在 20 至 70 岁之间。",
	Sample:    "mean: {min: 20, max: 70}",
	Params:    func() any { return new(BetweenParams) },
	Validate:  between("N(≤38), F", numeric),
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return quality.TableSQL{Aggregates: []string{"sum(" + own(r) + ")", "count(" + own(r) + ")"}, Judge: func(got []*string, _ []string) quality.Verdict {
			v := quotient(added(r.Items[0], got[0]), number(got[1]))
			return limitsIn(r.Params).number(v, shown(v), env)
		}}, nil
	},
}
