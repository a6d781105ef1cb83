package checks

import (
	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// InOrder is the check in_order.
var InOrder = &quality.Check{
	Name:  "in_order",
	Title: "%s的先后顺序不正确",
	Doc: "The values of several items, in the order named, do not fall: each is at least the one before it; with strict: true it is above it. " +
		"Empty items (NULL) are left out: their neighbours are compared. All have one type: D, T, Y, N of one scale or F; a float that is no number fails. " +
		"Written among the resource's checks. A row with fewer than two values passes and is not evaluated.",
	Indicator: "0104",
	Advice:    "请核对各环节的日期，更正顺序有误的一项。",
	Example:   "规则 [accepted, decided, issued]：受理日期不晚于决定日期，决定日期不晚于发证日期。",
	Sample:    "in_order: {items: [accepted, decided, issued]}\nin_order: {items: [opened, closed], strict: true}",
	Params:    func() any { return new(InOrderParams) },
	Validate:  validateOrder,
	Row:       newOrderKernel,
}

// InOrderParams are the items, the earliest or smallest first.
type InOrderParams struct {
	Items  []string `yaml:"items"`
	Strict bool     `yaml:"strict"`
}

// Uses names the items.
func (p *InOrderParams) Uses(own string, _ *catalog.Resource) []string { return led(own, p.Items) }

// led is a list of items led by the one a check is written at, if it is at one.
func led(own string, items []string) []string {
	if own == "" {
		return items
	}
	return append([]string{own}, items...)
}

func validateOrder(r *quality.Rule, env *quality.Env) error {
	if len(r.Items) < 2 {
		return fault.New(fault.Config, "quality.missing", "items")
	}
	if err := distinctItems(r, env); err != nil {
		return err
	}
	if err := of("N(≤38), D, T, Y, F", func(t catalog.Type) bool { return ranged(t) && settable(t) })(r, env); err != nil {
		return err
	}
	return oneType(r)
}

// oneType refuses items that could not be compared without a cast.
func oneType(r *quality.Rule) error {
	a := r.Items[0]
	for _, b := range r.Items[1:] {
		if a.Type.Arrow().ID() != b.Type.Arrow().ID() || a.Type.Kind != b.Type.Kind || a.Type.Scale != b.Type.Scale {
			return fault.New(fault.Config, "quality.types", a.Name, a.Type.String(), b.Name, b.Type.String())
		}
	}
	return nil
}

// columnsOf are the columns of all items of a rule.
func columnsOf(r *quality.Rule, env *quality.Env) ([]int, error) {
	out := make([]int, len(r.Items))
	for i, it := range r.Items {
		var err error
		if out[i], err = columnOf(it, env); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type orderKernel struct {
	columns []int
	most    int // what comparing with the next may give: 0, or -1 for strict
}

func newOrderKernel(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
	columns, err := columnsOf(r, env)
	k := &orderKernel{columns: columns}
	if r.Params.(*InOrderParams).Strict {
		k.most = -1
	}
	return k, err
}

func (k *orderKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	read := make([]func(int) quality.Value, len(k.columns))
	for i, c := range k.columns {
		read[i] = quality.Values(rec.Column(c))
	}
	evaluated := int64(0)
	for row := range int(rec.NumRows()) {
		values, bad := 0, false
		var last quality.Value
		for i, c := range k.columns {
			if rec.Column(c).IsNull(row) {
				continue
			}
			v := read[i](row)
			bad = bad || v.Float != v.Float || values > 0 && last.Compare(v) > k.most
			last, values = v, values+1
		}
		if values < 2 {
			continue
		}
		evaluated++
		if bad {
			fails = append(fails, int32(row))
		}
	}
	return fails, evaluated
}
