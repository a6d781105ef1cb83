package checks

import (
	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// DistinctItems is the check distinct_items.
var DistinctItems = &quality.Check{
	Name:  "distinct_items",
	Title: "%s填写了相同的内容",
	Doc: "No two of the items named have the same value in a row: a person is not their own guardian, a firm not its own supervisor. Empty items (NULL) are left out. " +
		"All have one type, not B nor N of more than 38 digits. Compared exactly. That rows do not repeat is the check unique. " +
		"A row with fewer than two values passes and is not evaluated.",
	Indicator: "0104",
	Advice:    "请核对各信息项是否误填为同一内容。",
	Example:   "规则 [person_id, guardian_id]：监护人证件号码不应与本人相同。",
	Sample:    "distinct_items: {items: [person_id, guardian_id]}",
	Params:    func() any { return new(DistinctItemsParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		if len(r.Items) < 2 {
			return fault.New(fault.Config, "quality.missing", "items")
		}
		if err := distinctItems(r, env); err != nil {
			return err
		}
		if err := of("C, N(≤38), D, T, Y, F", settable)(r, env); err != nil {
			return err
		}
		return oneType(r)
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		columns, err := columnsOf(r, env)
		return &distinctKernel{columns: columns}, err
	},
}

// DistinctItemsParams are the items.
type DistinctItemsParams struct {
	Items []string `yaml:"items"`
}

// Uses names the items.
func (p *DistinctItemsParams) Uses(own string, _ *catalog.Resource) []string {
	return led(own, p.Items)
}

type distinctKernel struct {
	columns []int
	values  []quality.Value
}

func (k *distinctKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	read := make([]func(int) quality.Value, len(k.columns))
	for i, c := range k.columns {
		read[i] = quality.Values(rec.Column(c))
	}
	evaluated := int64(0)
	for row := range int(rec.NumRows()) {
		k.values = k.values[:0]
		bad := false
		for i, c := range k.columns {
			if rec.Column(c).IsNull(row) {
				continue
			}
			v := read[i](row)
			for _, o := range k.values {
				bad = bad || o.Compare(v) == 0
			}
			k.values = append(k.values, v)
		}
		if len(k.values) < 2 {
			continue
		}
		evaluated++
		if bad {
			fails = append(fails, int32(row))
		}
	}
	return fails, evaluated
}
