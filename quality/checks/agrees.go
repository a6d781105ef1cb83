package checks

import (
	"maps"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// Agrees is the check agrees.
var Agrees = &quality.Check{
	Name:     "agrees",
	Title:    "%s与对照资源的同一数据不一致",
	Subjects: 1,
	Doc: "The value equals that of an item of another resource, with: department/resource.item, in the rows that share a key, on: {own item: its item}; where several rows there share it, " +
		"one of them is enough. Values are compared as they stand after standardising. Evaluated are rows whose key is found there with a value; a row without a partner is told by foreign_key. " +
		"At least 98% must agree is at_most: 2% beside it. Where that resource has no data yet the rule is not evaluated. NULL here or in the key passes and is not evaluated.",
	Indicator: "0401",
	Advice:    "请与对照资源的提供部门核对，以权威来源的数据为准更正。",
	Example:   "同一统一社会信用代码，税务登记的企业名称应与市场监管部门登记的一致。",
	Sample:    "{agrees: {with: shichang/enterprise.name, on: {credit_code: credit_code}}, at_most: 2%}",
	Params:    func() any { return new(AgreesParams) },
	Validate:  validateAgrees,
	Set: func(r *quality.Rule, _ *quality.Env) (quality.SetSQL, error) {
		p := r.Params.(*AgreesParams)
		id, item, _ := strings.Cut(p.With, ".")
		var columns, same []string
		out := quality.SetSQL{}
		for _, it := range r.Items {
			out.On = append(out.On, it.Name)
			columns = append(columns, "r."+quoted(it.Name))
		}
		for _, key := range p.keys() {
			same = append(same, "r."+quoted(key)+" = f."+quoted(p.On[key]))
		}
		x, list, on := "r."+own(r), strings.Join(columns, ", "), strings.Join(same, " AND ")
		out.Among = "SELECT DISTINCT " + list + " FROM {raw} r SEMI JOIN {ref:" + id + "} f ON " + on + " AND f." + quoted(item) + " IS NOT NULL WHERE " + x + " IS NOT NULL"
		out.Bad = "SELECT * FROM (" + out.Among + ") r ANTI JOIN {ref:" + id + "} f ON " + on + " AND f." + quoted(item) + " = " + x
		return out, nil
	},
}

// AgreesParams are the other item and the keys.
type AgreesParams struct {
	With string            `yaml:"with"` // department/resource.item
	On   map[string]string `yaml:"on"`   // own item: item there
}

// keys are the own items of the key, sorted.
func (p *AgreesParams) keys() []string { return slices.Sorted(maps.Keys(p.On)) }

// Uses names the item and the keys.
func (p *AgreesParams) Uses(own string, _ *catalog.Resource) []string {
	if own == "" {
		return nil
	}
	return append([]string{own}, p.keys()...)
}

func validateAgrees(r *quality.Rule, env *quality.Env) error {
	p := r.Params.(*AgreesParams)
	if len(p.On) == 0 {
		return fault.New(fault.Config, "quality.missing", "on")
	}
	if err := distinctItems(r, env); err != nil {
		return err
	}
	id, name, _ := strings.Cut(p.With, ".")
	there := []string{name}
	for _, key := range p.keys() {
		there = append(there, p.On[key])
	}
	for i, name := range there {
		var it *catalog.Item
		if res := env.Project.Resource(id); res != nil {
			it = res.Item(name)
		}
		if it == nil {
			return fault.New(fault.Config, "quality.reference", id+"."+name)
		}
		if err := sameType(r.Items[i], it, id+"."+name); err != nil {
			return err
		}
	}
	return nil
}
