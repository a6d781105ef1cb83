package checks

import "guiji/quality"

// ProportionUnique is the check proportion_unique.
var ProportionUnique = &quality.Check{
	Name:      "proportion_unique",
	Title:     "%s的不同取值占比不在合理范围内",
	Doc:       "The number of distinct values over the number of values, 0 to 1, lies between min and max, both inclusive, either may be left out: 1 where no value repeats. Counted exactly, by grouping. NULL is left out; without a value the rule is not evaluated.",
	Indicator: "0304",
	Advice:    "请核查本期数据是否完整、抽取范围是否变化；确属业务变化的，请申请调整核查规则。",
	Example:   "规则 {min: 0.99}：联系电话的重复不超过百分之一。",
	Sample:    "proportion_unique: {min: 0.99}",
	Params:    func() any { return new(BetweenParams) },
	Validate:  between("C, N, D, T, Y, F", notBinary),
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return quality.TableSQL{Aggregates: []string{"count(" + own(r) + ")"}, Queries: []string{distinctCount(own(r))}, Judge: func(got []*string, _ []string) quality.Verdict {
			v := quotient(number(got[1]), number(got[0]))
			return limitsIn(r.Params).number(v, shown(v), env)
		}}, nil
	},
}
