package checks

import (
	"math/big"
	"strconv"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// Fresh is the check fresh.
var Fresh = &quality.Check{
	Name:  "fresh",
	Title: "%s显示数据未按更新周期更新",
	Doc: "The newest date of the item is no older than the entry's update cycle (更新周期) and a tenth of it, counted in days back from the day of the run: 每日 1, 每周 8, 每月 34, " +
		"每季度 101, 每半年 201, 每年 402; or no older than days: of its own. A date after the day of the run is left out: a wrong year would make all look new. " +
		"For D and T. NULL is left out; without a date the rule is not evaluated. Entries of 不定期 must write days.",
	Indicator: "0502",
	Advice:    "请按目录规定的更新周期及时报送；周期与业务实际不符的，请申请变更目录。",
	Example:   "更新周期为“每月”的资源，最近的更新时间距核查当日不超过 34 天。",
	Sample:    "fresh\nfresh: {days: 10}",
	Params:    func() any { return new(FreshParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*FreshParams)
		switch {
		case p.Days < 0:
			return fault.New(fault.Config, "quality.bound", "days", strconv.Itoa(p.Days), "1, 34")
		case p.allowed(env) == 0 && catalog.LateAfter(env.Resource.Cycle) == 0:
			return fault.New(fault.Config, "quality.cycle", env.Resource.Cycle)
		}
		return of("D, T", func(t catalog.Type) bool { return t.Kind == catalog.Date || t.Kind == catalog.Time })(r, env)
	},
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		x, today := own(r), "DATE '"+env.Today+"'"
		most := new(big.Rat).SetInt64(int64(r.Params.(*FreshParams).allowed(env)))
		return quality.TableSQL{
			Aggregates: []string{"date_diff('day', (max(" + x + ") FILTER (WHERE " + x + " < " + today + " + 1))::DATE, " + today + ")"},
			Judge: func(got []*string, _ []string) quality.Verdict {
				age := number(got[0])
				if age == nil {
					return unknown(env)
				}
				out := quality.Verdict{Status: quality.Pass, Observed: *got[0]}
				if age.Cmp(most) > 0 {
					out.Status = quality.Fail
				}
				return out
			},
		}, nil
	},
}

// FreshParams are the days the newest date may lie back.
type FreshParams struct {
	Days int `yaml:"days" json:",omitempty"` // 0: by the update cycle
}

// allowed is that number of days.
func (p *FreshParams) allowed(env *quality.Env) int {
	if p.Days > 0 {
		return p.Days
	}
	return int(catalog.LateAfter(env.Resource.Cycle) / (24 * time.Hour))
}

// Definition is the number of days: a changed cycle is a changed rule.
func (p *FreshParams) Definition(env *quality.Env) string { return strconv.Itoa(p.allowed(env)) }
