package checks

import (
	"math/big"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// SameRowCount is the check same_row_count.
var SameRowCount = &quality.Check{
	Name:  "same_row_count",
	Title: "%s的记录数与对照资源不一致",
	Doc: "The resource has as many rows as another, department/resource, as of the release the run stands on or makes; with within: 2% a difference up to that share " +
		"of the other's rows passes. With where: the rows it chooses here against all there. Written among the resource's checks. " +
		"Where the other has no data yet the rule is not evaluated; where it has no row, none here passes.",
	Indicator: "0202",
	Advice:    "请与对照资源的提供部门核对记录数，补报遗漏的记录。",
	Example:   "规则 {as: shichang/enterprise, within: 1%}：税务登记户数与市场主体数相差不超过 1%。",
	Sample:    "same_row_count: {as: shichang/enterprise, within: 1%}",
	Params:    func() any { return new(SameRowCountParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*SameRowCountParams)
		if env.Project.Resource(p.As) == nil || p.As == env.Resource.ID {
			return fault.New(fault.Config, "quality.resource", p.As)
		}
		return nil
	},
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		p := r.Params.(*SameRowCountParams)
		return quality.TableSQL{
			Aggregates: []string{"count(*)"}, Queries: []string{"SELECT count(*) FROM {ref:" + p.As + "}"},
			Judge: func(got []*string, _ []string) quality.Verdict {
				here, there := number(got[0]), number(got[1])
				share := new(big.Rat)
				share.SetFloat64(float64(p.Within))
				apart := new(big.Rat).Sub(here, there)
				out := quality.Verdict{Status: quality.Pass, Observed: *got[0]}
				if apart.Abs(apart).Cmp(share.Mul(share, there)) > 0 {
					out.Status = quality.Fail
				}
				return out
			},
		}, nil
	},
}

// SameRowCountParams are the other resource and the difference borne.
type SameRowCountParams struct {
	As     string       `yaml:"as"`
	Within catalog.Rate `yaml:"within"`
}

// Uses names no item.
func (p *SameRowCountParams) Uses(string, *catalog.Resource) []string { return nil }
