package checks

import "guiji/quality"

// DistinctCount is the check distinct_count.
var DistinctCount = &quality.Check{
	Name:      "distinct_count",
	Title:     "%s的不同取值个数不在合理范围内",
	Doc:       "The number of distinct values of the item lies between min and max, both inclusive, either may be left out. Counted exactly, by grouping. NULL is no value; an item without any has 0.",
	Indicator: "0301",
	Advice:    "请核查本期数据是否完整、抽取范围是否变化；确属业务变化的，请申请调整核查规则。",
	Example:   "规则 {min: 8}：所属街道至少出现 8 个不同取值。",
	Sample:    "distinct_count: {min: 8, max: 20}",
	Params:    func() any { return new(BetweenParams) },
	Validate:  between("C, N, D, T, Y, F", notBinary),
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return quality.TableSQL{Queries: []string{distinctCount(own(r))}, Judge: func(got []*string, _ []string) quality.Verdict {
			v := number(got[0])
			return limitsIn(r.Params).number(v, shown(v), env)
		}}, nil
	},
}
