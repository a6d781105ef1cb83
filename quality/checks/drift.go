package checks

import (
	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// Drift is the check drift.
var Drift = &quality.Check{
	Name:  "drift",
	Title: "%s的分布与往期相比异常",
	Doc: "A number over the item is near that of the runs before, as volume_drift judges it, with the same window, learn, deviations and slack: of: nulls is the share of rows " +
		"without a value, distinct the number of distinct values over that of values, mean the mean (N of at most 38 digits and F). " +
		"Fewer than learn earlier runs: not evaluated, never a pass. Without a row, for distinct and mean without a value, it is not evaluated, and the run is no part of the past.",
	Indicator: "0301",
	Advice:    "请核查该信息项本期是否大量漏填、默认填写或计量单位变化；确属业务变化的，请说明理由。",
	Example:   "往期联系电话的空值率约 2%，本期为 60% 的，应核查是否漏采。",
	Sample:    "drift: {of: nulls}\ndrift: {of: mean, deviations: 4, slack: 0.05}",
	Params:    func() any { return &DriftParams{PastParams: usual()} },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*DriftParams)
		switch p.Of {
		case "nulls":
		case "distinct":
			if err := of("C, N, D, T, Y, F", notBinary)(r, env); err != nil {
				return err
			}
		case "mean":
			if err := of("N(≤38), F", numeric)(r, env); err != nil {
				return err
			}
		default:
			return fault.New(fault.Config, "quality.choice", "of", p.Of, "nulls, distinct, mean")
		}
		return p.validate()
	},
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		p, x := r.Params.(*DriftParams), own(r)
		out := quality.TableSQL{LooksBack: true, Aggregates: []string{"count(" + x + ")"}}
		switch p.Of {
		case "nulls":
			out.Aggregates = []string{"count(*)", "count(*) - count(" + x + ")"}
		case "distinct":
			out.Queries = []string{distinctCount(x)}
		case "mean":
			out.Aggregates = append(out.Aggregates, "sum("+x+")")
		}
		out.Judge = func(got []*string, past []string) quality.Verdict {
			v := quotient(added(r.Items[0], got[1]), number(got[0]))
			if v == nil {
				return unknown(env)
			}
			now, _ := v.Float64()
			return p.judge(now, past, env)
		}
		return out, nil
	},
}

// DriftParams are the number, and how far it may go.
type DriftParams struct {
	Of         string `yaml:"of"` // nulls, distinct, mean
	PastParams `yaml:",inline"`
}

func notBinary(t catalog.Type) bool { return t.Kind != catalog.Binary }

// distinctCount counts values by grouping, which spills.
func distinctCount(x string) string {
	return "SELECT count(*) FROM (SELECT DISTINCT " + x + " FROM {raw} WHERE " + x + " IS NOT NULL)"
}
