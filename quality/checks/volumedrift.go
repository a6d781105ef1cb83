package checks

import (
	"guiji/catalog"
	"guiji/quality"
)

// VolumeDrift is the check volume_drift.
var VolumeDrift = &quality.Check{
	Name:  "volume_drift",
	Title: "%s的记录数与往期相比异常",
	Doc: "The number of rows is near that of the runs before: at most deviations (5) times d from the median of the last window (30) runs of this rule, where d is 1.4826 times " +
		"the median absolute deviation from it, at least slack (0.01) times the median. Fewer than learn (7, at least 3) earlier runs: not evaluated, never a pass. " +
		"Runs that failed are part of the past too: a lasting change is usual after half a window. With where: the rows it chooses. Written among the resource's checks.",
	Indicator: "0202",
	Advice:    "请核查本期数据是否漏报、重报或抽取范围变化；确属业务变化的，请说明理由。",
	Example:   "往期均约 10000 条，本期仅 300 条的，应核查是否漏报。",
	Sample:    "volume_drift\nvolume_drift: {window: 30, learn: 10, deviations: 4, slack: 0.05}",
	Params:    func() any { return &VolumeDriftParams{PastParams: usual()} },
	Validate: func(r *quality.Rule, _ *quality.Env) error {
		return r.Params.(*VolumeDriftParams).validate()
	},
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		return quality.TableSQL{LooksBack: true, Aggregates: []string{"count(*)"}, Judge: func(got []*string, past []string) quality.Verdict {
			n, _ := number(got[0]).Float64()
			return r.Params.(*VolumeDriftParams).judge(n, past, env)
		}}, nil
	},
}

// VolumeDriftParams say how far the number of rows may go.
type VolumeDriftParams struct {
	PastParams `yaml:",inline"`
}

// Uses names no item.
func (p *VolumeDriftParams) Uses(string, *catalog.Resource) []string { return nil }
