package checks

import (
	"slices"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// MostCommon is the check most_common.
var MostCommon = &quality.Check{
	Name:  "most_common",
	Title: "%s最常见的取值或其占比异常",
	Doc: "The item's most frequent value is one of in: [..], and its share of the values, 0 to 1, lies between min and max, both inclusive; each may be left out, but not all. " +
		"Among equally frequent values it is the smallest. Counted exactly, by grouping. For all types but B and N of more than 38 digits. " +
		"NULL is left out; without a value the rule is not evaluated.",
	Indicator: "0301",
	Advice:    "请核查是否存在批量默认值、占位值，更正后重新报送。",
	Example:   "规则 {max: 0.5}：任一联系电话的占比不超过一半。",
	Sample:    "most_common: {max: 0.05}\nmost_common: {in: [存续, 在业], min: 0.5}",
	Params:    func() any { return new(MostCommonParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*MostCommonParams)
		if len(p.In) == 0 && p.Min == "" && p.Max == "" {
			return fault.New(fault.Config, "quality.missing", "in, min, max")
		}
		if err := of("C, N(≤38), D, T, Y, F", settable)(r, env); err != nil {
			return err
		}
		if _, err := p.values(r.Items[0].Type, env); err != nil || p.Min == "" && p.Max == "" {
			return err
		}
		return between("C, N(≤38), D, T, Y, F", settable)(r, env)
	},
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		p, x, t := r.Params.(*MostCommonParams), own(r), r.Items[0].Type
		in, err := p.values(t, env)
		top := " FROM (SELECT " + x + " AS v, count(*) AS n FROM {raw} WHERE " + x + " IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT 1)"
		return quality.TableSQL{
			Aggregates: []string{"count(" + x + ")"}, Queries: []string{"SELECT v" + top, "SELECT n" + top},
			Judge: func(got []*string, _ []string) quality.Verdict {
				share := quotient(number(got[2]), number(got[0]))
				out := p.number(share, shown(share), env)
				if out.Status != quality.Pass || len(in) == 0 {
					return out
				}
				v, err := quality.ReadValue(t, *got[1], env.Today)
				if err != nil || !slices.ContainsFunc(in, func(o quality.Value) bool { return v.Compare(o) == 0 }) {
					out.Status = quality.Fail
				}
				return out
			},
		}, err
	},
}

// MostCommonParams are the values it may be, and the limits of its share.
type MostCommonParams struct {
	In            []Bound `yaml:"in"`
	BetweenParams `yaml:",inline"`
}

func (p *MostCommonParams) values(t catalog.Type, env *quality.Env) ([]quality.Value, error) {
	var out []quality.Value
	for _, s := range p.In {
		v, err := quality.ReadValue(t, string(s), env.Today)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
