package checks

import (
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// Monotonic is the check monotonic.
var Monotonic = &quality.Check{
	Name:     "monotonic",
	Title:    "%s未按顺序递增或递减",
	Subjects: 1,
	Doc: "In the order of by: (the declared key if left out) the item does not fall from row to row; with strict: true it rises; with falling: true it does not rise, or falls. " +
		"The row that breaks the order fails: it is compared with the one before it. Rows equal in by are put in the order of the item, so they break it with strict alone. " +
		"A table has no order of its own, so there is none without by or a key. For all types but B and N of more than 38 digits; texts are compared byte by byte. " +
		"A row with a NULL in the item or in by passes, is not evaluated and is left out of the order.",
	Indicator: "0503",
	Advice:    "请核对该记录及前一条记录的编号与时间，更正有误的一项。",
	Example:   "规则 {by: serial}：登记日期应随流水号递增。",
	Sample:    "monotonic: {by: serial}\nmonotonic: {by: serial, strict: true, falling: true}",
	Params:    func() any { return new(MonotonicParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		if len(r.Items) < 2 {
			return fault.New(fault.Config, "quality.missing", "by")
		}
		if err := distinctItems(r, env); err != nil {
			return err
		}
		return of("C, N(≤38), D, T, Y, F", settable)(r, env)
	},
	Set: func(r *quality.Rule, _ *quality.Env) (quality.SetSQL, error) {
		p := r.Params.(*MonotonicParams)
		out := quality.SetSQL{}
		var columns, present []string
		for _, it := range r.Items {
			out.On = append(out.On, it.Name)
			columns, present = append(columns, quoted(it.Name)), append(present, quoted(it.Name)+" IS NOT NULL")
		}
		order, breaks := slices.Clone(append(columns[1:], columns[0])), " < "
		if p.Falling {
			order[len(order)-1], breaks = columns[0]+" DESC", " > "
		}
		if p.Strict {
			breaks = breaks[:2] + "= "
		}
		list := strings.Join(columns, ", ")
		out.Bad = "SELECT DISTINCT " + list + " FROM (SELECT " + list + ", lag(" + columns[0] + ") OVER (ORDER BY " + strings.Join(order, ", ") +
			") AS _before FROM {raw} WHERE " + strings.Join(present, " AND ") + ") WHERE " + columns[0] + breaks + "_before"
		return out, nil
	},
}

// MonotonicParams are the order and the direction.
type MonotonicParams struct {
	By      string `yaml:"by"`
	Strict  bool   `yaml:"strict"`
	Falling bool   `yaml:"falling"`
}

// Uses names the item and what orders the rows.
func (p *MonotonicParams) Uses(own string, res *catalog.Resource) []string {
	switch {
	case own == "":
		return nil
	case p.By != "":
		return []string{own, p.By}
	}
	return append([]string{own}, res.Source.Key...)
}
