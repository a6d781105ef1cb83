package checks

import (
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// Unique is the check unique.
var Unique = &quality.Check{
	Name:  "unique",
	Title: "%s重复",
	Doc: "No two rows of the resource have the same value, or the same values of several items: {unique: [a, b]} among the resource's checks. " +
		"Every row of a group fails, not all but one. Values are compared exactly, case and blanks included. " +
		"A row with a NULL among the items passes and is not evaluated. Counts rows, before duplicates are removed.",
	Indicator: "0304",
	Advice:    "请核对重复的记录：同一对象重复登记的，保留一条并注销其余；不同对象误用同一号码的，更正有误的一条。",
	Example:   "同一公民身份号码只登记一条记录。",
	Sample:    "unique\nunique: [person_id, year]",
	Params:    func() any { return new(UniqueParams) },
	Validate:  distinctItems,
	Set: func(r *quality.Rule, _ *quality.Env) (quality.SetSQL, error) {
		return repeated(r.Items), nil
	},
}

// KeyUnique is the check key_unique, bound to every declared key.
var KeyUnique = &quality.Check{
	Name:  quality.KeyCheck,
	Title: "记录主键（%s）重复",
	Doc: "Bound to every declared key, never written: no two rows of the resource have the same key. Every row of a group fails. " +
		"A row with a NULL in its key passes and is not evaluated: it has gone to quarantine.",
	Indicator: "0304",
	Advice:    "请核对源系统主键是否重复生成或重复导出，保证一条记录只有一个主键。",
	Example:   "",
	Set: func(r *quality.Rule, _ *quality.Env) (quality.SetSQL, error) {
		return repeated(r.Items), nil
	},
}

// UniqueParams are further items, written as a list.
type UniqueParams struct {
	Items []string `yaml:"items"`
}

// UnmarshalYAML reads a list of items.
func (p *UniqueParams) UnmarshalYAML(n ast.Node) error {
	if _, ok := n.(*ast.SequenceNode); ok {
		return yaml.NodeToValue(n, &p.Items)
	}
	type long UniqueParams
	return yaml.NodeToValue(n, (*long)(p), yaml.Strict())
}

// Uses names the item the check is written at and the listed ones.
func (p *UniqueParams) Uses(own string, _ *catalog.Resource) []string {
	if own == "" {
		return p.Items
	}
	return append([]string{own}, p.Items...)
}

func distinctItems(r *quality.Rule, _ *quality.Env) error {
	seen := map[string]bool{}
	for _, it := range r.Items {
		if seen[it.Name] {
			return fault.New(fault.Config, "quality.repeated", it.Name)
		}
		seen[it.Name] = true
	}
	return nil
}

func repeated(items []*catalog.Item) quality.SetSQL {
	on := make([]string, len(items))
	columns := make([]string, len(items))
	present := make([]string, len(items))
	for i, it := range items {
		on[i], columns[i] = it.Name, quoted(it.Name)
		present[i] = columns[i] + " IS NOT NULL"
	}
	list := strings.Join(columns, ", ")
	return quality.SetSQL{On: on, Bad: "SELECT " + list + " FROM {raw} WHERE " + strings.Join(present, " AND ") +
		" GROUP BY " + list + " HAVING count(*) > 1"}
}

// quoted is an SQL identifier.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
