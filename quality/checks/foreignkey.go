package checks

import (
	"maps"
	"slices"
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
		"A key of several items is written among the resource's checks, with on: {own item: its item}: one row there must have all the values. " +
		"Items that are compared have one kind of type. Where that resource has no data yet the rule is not evaluated. " +
		"NULL passes and is not evaluated; of several items one NULL is enough (MATCH SIMPLE of SQL): ask for the others with not_null.",
	Indicator: "0402",
	Advice:    "请核对该值是否填写有误；被引用的资源确实缺少该记录的，请通知其提供部门补录。",
	Example:   "所属区划代码 371502 应存在于民政部门的区划资源中。",
	Sample:    "foreign_key: minzheng/area.code\nforeign_key: {to: jiaoyu/class, on: {school: school_code, class_no: number}}",
	Params:    func() any { return new(ForeignKeyParams) },
	Validate:  validateReference,
	Set: func(r *quality.Rule, env *quality.Env) (quality.SetSQL, error) {
		id, there := r.Params.(*ForeignKeyParams).Referenced()
		out := quality.SetSQL{}
		var columns, same, present []string
		for i, it := range r.Items {
			x := "r." + quoted(it.Name)
			out.On, columns = append(out.On, it.Name), append(columns, x)
			same, present = append(same, x+" = f."+quoted(there[i])), append(present, x+" IS NOT NULL")
		}
		out.Bad = "SELECT DISTINCT " + strings.Join(columns, ", ") + " FROM {raw} r ANTI JOIN {ref:" + id + "} f ON " + strings.Join(same, " AND ") +
			" WHERE " + strings.Join(present, " AND ")
		return out, nil
	},
}

// ForeignKeyParams are written as the item alone, or with the items of a key.
type ForeignKeyParams struct {
	To string            `yaml:"to"`                             // department/resource.item; department/resource where on names all items
	On map[string]string `yaml:"on,omitempty" json:",omitempty"` // own item: item there
}

// UnmarshalYAML reads the item, or {to: …, on: …}.
func (p *ForeignKeyParams) UnmarshalYAML(n ast.Node) error {
	type long ForeignKeyParams
	return scalarOr(n, &p.To, (*long)(p))
}

// keys are the own items of on, sorted.
func (p *ForeignKeyParams) keys() []string { return slices.Sorted(maps.Keys(p.On)) }

// Uses names the item the check is written at, where to names one for it, and those of on.
func (p *ForeignKeyParams) Uses(own string, _ *catalog.Resource) []string {
	if own == "" {
		return p.keys()
	}
	return append([]string{own}, p.keys()...)
}

// Referenced are the resource and its items, in the order of the rule's.
func (p *ForeignKeyParams) Referenced() (resource string, items []string) {
	resource, item, one := strings.Cut(p.To, ".")
	if one {
		items = append(items, item)
	}
	for _, key := range p.keys() {
		items = append(items, p.On[key])
	}
	return resource, items
}

func validateReference(r *quality.Rule, env *quality.Env) error {
	p := r.Params.(*ForeignKeyParams)
	if err := distinctItems(r, env); err != nil {
		return err
	}
	id, there := p.Referenced()
	res := env.Project.Resource(id)
	if res == nil || len(there) != len(r.Items) { // an item without its partner, or a partner without an item
		return fault.New(fault.Config, "quality.reference", p.To)
	}
	for i, name := range there {
		it := res.Item(name)
		if it == nil {
			return fault.New(fault.Config, "quality.reference", id+"."+name)
		}
		if err := sameType(r.Items[i], it, id+"."+name); err != nil {
			return err
		}
	}
	return nil
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
