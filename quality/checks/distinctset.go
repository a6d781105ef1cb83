package checks

import (
	"strconv"
	"strings"

	"guiji/internal/fault"
	"guiji/quality"
)

// DistinctSet is the check distinct_set.
var DistinctSet = &quality.Check{
	Name:  "distinct_set",
	Title: "%s出现的取值与规定的不一致",
	Doc: "The set of the item's values over all rows: equals: [..] is exactly those listed, contains: [..] has each of them, within: [..] has no other. " +
		"Values are compared as in_set does. One of the three is written. NULL is no value; an item without any is an empty set, and is evaluated. " +
		"Which rows hold a value outside is told by in_set.",
	Indicator: "0105",
	Advice:    "请核查是否有单位或类别的数据漏报，或出现了规定之外的取值。",
	Example:   "规则 {contains: [柳园街道, 新区街道]}：各街道均有数据上报。",
	Sample:    "distinct_set: {contains: [柳园街道, 新区街道]}\ndistinct_set: {equals: [1, 2]}",
	Params:    func() any { return new(DistinctSetParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*DistinctSetParams)
		given := 0
		for _, set := range [][]Bound{p.Equals, p.Contains, p.Within} {
			if len(set) > 0 {
				given++
			}
		}
		if given != 1 {
			return fault.New(fault.Config, "quality.onlyone", "equals, contains, within")
		}
		if err := of("C, N(≤38), D, T, Y, F", settable)(r, env); err != nil {
			return err
		}
		_, _, err := p.sql(r, env)
		return err
	},
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		p := r.Params.(*DistinctSetParams)
		list, n, err := p.sql(r, env)
		x := own(r)
		distinct := "SELECT count(*) FROM (SELECT DISTINCT " + x + " FROM {raw} WHERE " + x
		return quality.TableSQL{
			Queries: []string{distinct + " IN (" + list + "))", distinct + " NOT IN (" + list + "))"},
			Judge: func(got []*string, _ []string) quality.Verdict {
				all, none := *got[0] == strconv.Itoa(n), *got[1] == "0"
				out := quality.Verdict{Status: quality.Fail}
				if (all || len(p.Within) > 0) && (none || len(p.Contains) > 0) {
					out.Status = quality.Pass
				}
				return out
			},
		}, err
	},
}

// DistinctSetParams are the values, one list of three.
type DistinctSetParams struct {
	Equals   []Bound `yaml:"equals"`
	Contains []Bound `yaml:"contains"`
	Within   []Bound `yaml:"within"`
}

// sql is the list as literals, and how many distinct ones there are.
func (p *DistinctSetParams) sql(r *quality.Rule, env *quality.Env) (list string, n int, err error) {
	t := r.Items[0].Type
	seen := map[string]bool{}
	var out []string
	for _, set := range [][]Bound{p.Equals, p.Contains, p.Within} {
		for _, s := range set {
			v, err := quality.ReadValue(t, string(s), env.Today)
			if err != nil {
				return "", 0, err
			}
			if l := v.SQL(t); !seen[l] {
				seen[l] = true
				out = append(out, l)
			}
		}
	}
	return strings.Join(out, ", "), len(out), nil
}
