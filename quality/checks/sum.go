package checks

import "guiji/quality"

// Sum is the check sum.
var Sum = &quality.Check{
	Name:      "sum",
	Title:     "%s的合计不在合理范围内",
	Doc:       "The sum of the item over all rows lies between min and max, both inclusive, either may be left out. Exact for N of at most 38 digits (a sum beyond 38 digits is not evaluated); of F to nine significant digits. NULL is left out; without a value the rule is not evaluated.",
	Indicator: "0301",
	Advice:    "请核查本期数据是否完整、抽取范围是否变化；确属业务变化的，请申请调整核查规则。",
	Example:   "规则 {min: 0}：全部补贴金额合计不为负。",
	Sample:    "sum: {min: 0, max: 100000000}",
	Params:    func() any { return new(BetweenParams) },
	Validate:  between("N(≤38), F", numeric),
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return quality.TableSQL{Aggregates: []string{"sum(" + own(r) + ")"}, Judge: func(got []*string, _ []string) quality.Verdict {
			v := added(r.Items[0], got[0])
			return limitsIn(r.Params).number(v, shown(v), env)
		}}, nil
	},
}
