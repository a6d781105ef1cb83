package checks

import "guiji/quality"

// Stdev is the check stdev.
var Stdev = &quality.Check{
	Name:      "stdev",
	Title:     "%s的离散程度不在合理范围内",
	Doc:       "The sample standard deviation of the item (divided by n − 1) lies between min and max, both inclusive, either may be left out. For N of at most 38 digits and F, to nine significant digits: the digits beyond depend on the order of the rows. NULL is left out; with fewer than two values the rule is not evaluated.",
	Indicator: "0301",
	Advice:    "请核查本期数据是否完整、抽取范围是否变化；确属业务变化的，请申请调整核查规则。",
	Example:   "规则 {min: 0.1}：评分不应全部相同。",
	Sample:    "stdev: {min: 0.1}",
	Params:    func() any { return new(BetweenParams) },
	Validate:  between("N(≤38), F", numeric),
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return quality.TableSQL{Aggregates: []string{"stddev_samp(" + own(r) + ")"}, Judge: func(got []*string, _ []string) quality.Verdict {
			v := rounded(got[0])
			return limitsIn(r.Params).number(v, shown(v), env)
		}}, nil
	},
}
