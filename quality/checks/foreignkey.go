package checks

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// ForeignKey is the check foreign_key.
var ForeignKey = &quality.Check{
	Name:  "foreign_key",
	Title: "%s在被引用的资源中不存在",
	Doc: "The value must be among those of an item of another resource, department/resource.item, as of the release the run stands on or makes. " +
		"Both items have one kind of type. Where that resource has no data yet the rule is not evaluated. NULL passes and is not evaluated.",
	Indicator: "0402",
	Advice:    "请核对该值是否填写有误；被引用的资源确实缺少该记录的，请通知其提供部门补录。",
	Example:   "所属区划代码 371502 应存在于民政部门的区划资源中。",
	Sample:    "foreign_key: minzheng/area.code",
	Params:    func() any { return new(ForeignKeyParams) },
	Validate:  validateReference,
	Set: func(r *quality.Rule, _ *quality.Env) (quality.SetSQL, error) {
		id, item, _ := r.Params.(*ForeignKeyParams).target()
		own := quoted(r.Items[0].Name)
		return quality.SetSQL{
			On: []string{r.Items[0].Name},
			Bad: "SELECT DISTINCT r." + own + " FROM {raw} r ANTI JOIN {ref:" + id + "} f ON r." + own + " = f." + quoted(item) +
				" WHERE r." + own + " IS NOT NULL",
		}, nil
	},
}

// ForeignKeyParams are written as the item alone.
type ForeignKeyParams struct {
	To string `yaml:"to"` // department/resource.item
}

// UnmarshalYAML reads the item, or {to: …}.
func (p *ForeignKeyParams) UnmarshalYAML(n ast.Node) error {
	type long ForeignKeyParams
	return scalarOr(n, &p.To, (*long)(p))
}

// target splits the reference into resource id and item.
func (p *ForeignKeyParams) target() (id, item string, ok bool) {
	id, item, ok = strings.Cut(p.To, ".")
	return id, item, ok && strings.Count(id, "/") == 1
}

func validateReference(r *quality.Rule, env *quality.Env) error {
	p := r.Params.(*ForeignKeyParams)
	id, name, ok := p.target()
	if ok {
		for _, res := range env.Project.Resources {
			if res.ID != id {
				continue
			}
			if it := res.Item(name); it != nil {
				return sameType(r.Items[0], it, p.To)
			}
		}
	}
	return fault.New(fault.Config, "quality.reference", p.To)
}

// sameType refuses a reference that could never be compared without a cast.
func sameType(own, other *catalog.Item, name string) error {
	a, b := own.Type, other.Type
	wide := func(t catalog.Type) bool { return t.Kind == catalog.Number && t.Precision > 38 }
	if a.Kind != b.Kind || wide(a) != wide(b) {
		return fault.New(fault.Config, "quality.types", own.Name, a.String(), name, b.String())
	}
	return nil
}
