package checks

import (
	"guiji/catalog"
	"guiji/quality"
)

// RowCount is the check row_count.
var RowCount = &quality.Check{
	Name:      "row_count",
	Title:     "%s的记录数不在合理范围内",
	Doc:       "The resource's current image has at least min and at most max rows, both inclusive, either may be left out; duplicates and failing rows count. With where: the rows it chooses. Written among the resource's checks. Zero rows are evaluated.",
	Indicator: "0202",
	Advice:    "请核查本期数据是否完整、抽取范围是否变化；确属业务变化的，请申请调整核查规则。",
	Example:   "规则 {min: 1000}：归集后不少于 1000 条记录。",
	Sample:    "row_count: {min: 1000, max: 2000000}\n{row_count: {max: 0}, where: {status: 测试}, id: test_rows}",
	Params:    func() any { return new(RowCountParams) },
	Validate:  between("", func(catalog.Type) bool { return true }),
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return quality.TableSQL{Aggregates: []string{"count(*)"}, Judge: func(got []*string, _ []string) quality.Verdict {
			return limitsIn(r.Params).number(number(got[0]), *got[0], env)
		}}, nil
	},
}

// RowCountParams are the limits.
type RowCountParams struct {
	BetweenParams `yaml:",inline"`
}

// Uses names no item.
func (p *RowCountParams) Uses(string, *catalog.Resource) []string { return nil }
