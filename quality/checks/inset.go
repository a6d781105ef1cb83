package checks

import (
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// InSet is the check in_set.
var InSet = &quality.Check{
	Name:  "in_set",
	Title: "%s不在允许的取值范围内",
	Doc: "The value is one of those listed, compared exactly: texts by character, case and blanks included; numbers, dates and times by value (1.50 is 1.5; " +
		"a T written as a date is its midnight). A listed value that no cell of the type could hold is refused. For all types but B and N of more than 38 digits. " +
		"For long lists, names and validity periods write a code table and in_codes. NULL passes and is not evaluated.",
	Indicator: "0105",
	Advice:    "请从规定的取值中选择填写。",
	Example:   "规则 [有效, 注销, 吊销]：经营状态填写“有效”，不得写作“正常”。",
	Sample:    "in_set: [有效, 注销, 吊销]\nin_set: [1, 2, 9]",
	Params:    func() any { return new(InSetParams) },
	Validate:  validateSet,
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		return newSetKernel(r, env, false)
	},
}

// InSetParams are the values, written as a list.
type InSetParams struct {
	Values []Bound `yaml:"values"`
}

// UnmarshalYAML reads a list of values, or {values: […]}.
func (p *InSetParams) UnmarshalYAML(n ast.Node) error {
	if _, ok := n.(*ast.SequenceNode); ok {
		return yaml.NodeToValue(n, &p.Values)
	}
	type long InSetParams
	return yaml.NodeToValue(n, (*long)(p), yaml.Strict())
}

// settable fits the types whose values can be written in a list.
func settable(t catalog.Type) bool {
	return t.Kind != catalog.Binary && !(t.Kind == catalog.Number && t.Precision > 38)
}

func validateSet(r *quality.Rule, env *quality.Env) error {
	if len(r.Params.(*InSetParams).Values) == 0 {
		return fault.New(fault.Config, "quality.missing", "values")
	}
	if err := of("C, N(≤38), D, T, Y, F", settable)(r, env); err != nil {
		return err
	}
	_, err := listed(r, env)
	return err
}

// listed reads the values by the item's type.
func listed(r *quality.Rule, env *quality.Env) ([]quality.Value, error) {
	var out []quality.Value
	for _, s := range r.Params.(*InSetParams).Values {
		v, err := quality.ReadValue(r.Items[0].Type, string(s), env.Today)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// setKernel finds values by hash, or, where they are few, one by one.
type setKernel struct {
	column   int
	in       bool // a value of the set is bad
	texts    *textTable
	ints     map[int64]struct{}
	few      []int64
	decimals map[decimal128.Num]struct{}
	floats   []float64
}

// fewest is how many integers are compared faster one by one than by hash.
const fewest = 8

func newSetKernel(r *quality.Rule, env *quality.Env, in bool) (quality.Kernel, error) {
	column, err := columnOf(r.Items[0], env)
	if err != nil {
		return nil, err
	}
	values, err := listed(r, env)
	if err != nil {
		return nil, fmt.Errorf("values: %w", err)
	}
	k := &setKernel{column: column, in: in, ints: map[int64]struct{}{}, decimals: map[decimal128.Num]struct{}{}}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = v.Text
		k.ints[v.Int], k.decimals[v.Decimal] = struct{}{}, struct{}{}
		k.few, k.floats = append(k.few, v.Int), append(k.floats, v.Float)
	}
	k.texts = newTextTable(words)
	return k, nil
}

func (k *setKernel) number(v int64) bool {
	if len(k.few) <= fewest {
		for _, o := range k.few {
			if o == v {
				return k.in
			}
		}
		return !k.in
	}
	_, ok := k.ints[v]
	return ok == k.in
}

func (k *setKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	switch col := rec.Column(k.column).(type) {
	case *array.String:
		return k.texts.eachFound(col, fails, k.in)
	case *array.Int64:
		return eachValue(col, col.Int64Values(), fails, k.number)
	case *array.Int16:
		return eachValue(col, col.Int16Values(), fails, func(v int16) bool { return k.number(int64(v)) })
	case *array.Date32:
		return eachValue(col, col.Date32Values(), fails, func(v arrow.Date32) bool { return k.number(int64(v)) })
	case *array.Timestamp:
		return eachValue(col, col.TimestampValues(), fails, func(v arrow.Timestamp) bool { return k.number(int64(v)) })
	case *array.Decimal128:
		return eachValue(col, col.Values(), fails, func(v decimal128.Num) bool { _, ok := k.decimals[v]; return ok == k.in })
	case *array.Float64:
		return eachValue(col, col.Float64Values(), fails, func(v float64) bool { return slices.Contains(k.floats, v) == k.in })
	}
	return fails, 0 // not reached: columnOf compares types
}
