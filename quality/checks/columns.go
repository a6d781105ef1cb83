package checks

import (
	"cmp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// Columns is the check columns.
var Columns = &quality.Check{
	Name:  "columns",
	Title: "%s缺少应归集的信息项",
	Doc: "Each item named is collected in this run: the source has its column and it may be read. With in_order: true their columns also stand in that order in the source's table, " +
		"others may stand between; what looks at no source, as a recheck of stored data, does not evaluate that. " +
		"What is named must be an item of the entry. Written among the resource's checks. Only the columns are looked at, not their values.",
	Indicator: "0102",
	Advice:    "请核对源系统的表结构是否变更；字段确已取消的，请申请变更目录。",
	Example:   "规则 [credit_code, name]：统一社会信用代码和名称两列均须归集。",
	Sample:    "columns: [credit_code, name, established]\ncolumns: {items: [credit_code, name], in_order: true}",
	Params:    func() any { return new(ColumnsParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*ColumnsParams)
		if len(p.Items) == 0 {
			return fault.New(fault.Config, "quality.missing", "items")
		}
		for _, name := range p.Items {
			if env.Resource.Item(name) == nil {
				return fault.New(fault.Config, "quality.item", name, env.Resource.ID)
			}
		}
		return nil
	},
	Table: func(r *quality.Rule, env *quality.Env) (quality.TableSQL, error) {
		p := r.Params.(*ColumnsParams)
		return quality.TableSQL{
			Queries: []string{"SELECT string_agg(column_name, ' ') FROM (DESCRIBE SELECT * FROM {raw})"},
			Judge: func(got []*string, _ []string) quality.Verdict {
				var have []string
				if got[0] != nil {
					have = strings.Fields(*got[0])
				}
				for _, name := range p.Items {
					if !slices.Contains(have, name) {
						return quality.Verdict{Status: quality.Fail}
					}
				}
				if p.InOrder {
					return p.ordered(env)
				}
				return quality.Verdict{Status: quality.Pass}
			},
		}, nil
	},
}

// ordered looks where the items' columns stand in the source's table.
func (p *ColumnsParams) ordered(env *quality.Env) quality.Verdict {
	if env.Table == nil {
		return quality.Verdict{Status: quality.NotEvaluated, Reason: env.Say("quality.notable")}
	}
	last := -1
	for _, name := range p.Items {
		it := env.Resource.Item(name)
		at := slices.IndexFunc(env.Table, func(c string) bool { return strings.EqualFold(c, cmp.Or(it.Column, it.Name)) })
		if at <= last {
			return quality.Verdict{Status: quality.Fail}
		}
		last = at
	}
	return quality.Verdict{Status: quality.Pass}
}

// ColumnsParams are the items, written as a list.
type ColumnsParams struct {
	Items   []string `yaml:"items"`
	InOrder bool     `yaml:"in_order"`
}

// UnmarshalYAML reads a list of items, or {items: […], in_order: …}.
func (p *ColumnsParams) UnmarshalYAML(n ast.Node) error {
	if _, ok := n.(*ast.SequenceNode); ok {
		return yaml.NodeToValue(n, &p.Items)
	}
	type long ColumnsParams
	return yaml.NodeToValue(n, (*long)(p), yaml.Strict())
}

// Uses names no item: one that is not collected is what is looked for.
func (p *ColumnsParams) Uses(string, *catalog.Resource) []string { return nil }
