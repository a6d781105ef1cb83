package checks

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// AddsUp is the check adds_up.
var AddsUp = &quality.Check{
	Name:  "adds_up",
	Title: "%s的合计与分项之和不一致",
	Doc: "The sum of the items of: is total: an item, or a number. Exact in decimals, whatever the items' scales; with within: 0.01 a difference up to that passes. " +
		"For N whose sum has at most 38 digits; floats have no exact sum and are refused. An empty item (NULL) of the sum makes the row pass unevaluated; with empty: zero it counts as 0, " +
		"and only a row without any of them is not evaluated. A row with an empty total is not evaluated. Written among the resource's checks.",
	Indicator: "0104",
	Advice:    "请核对合计数与各分项，更正有误的一项。",
	Example:   "规则 {total: seats, of: [adults, children]}：核定人数等于成人数与儿童数之和。",
	Sample:    "adds_up: {total: amount, of: [principal, interest], within: 0.01}\nadds_up: {total: 100, of: [state_share, private_share], empty: zero}",
	Params:    func() any { return new(AddsUpParams) },
	Validate:  validateSum,
	Row:       newSumKernel,
}

// AddsUpParams are the sum and its total.
type AddsUpParams struct {
	Total  Bound    `yaml:"total"` // an item, or a plain decimal
	Of     []string `yaml:"of"`
	Within Bound    `yaml:"within" json:",omitempty"`
	Empty  string   `yaml:"empty" json:",omitempty"` // skip (default), zero
	fixed  bool     // the total is a number
}

// UnmarshalYAML reads the parameters and whether total is a number.
func (p *AddsUpParams) UnmarshalYAML(n ast.Node) error {
	type long AddsUpParams
	none := ""
	if err := scalarOr(n, &none, (*long)(p)); err != nil {
		return err
	}
	_, err := decimalOf("total", p.Total)
	p.fixed = err == nil
	return nil
}

// Uses names the total, where it is an item, and the items of the sum.
func (p *AddsUpParams) Uses(_ string, _ *catalog.Resource) []string {
	if p.fixed || p.Total == "" {
		return p.Of
	}
	return append([]string{string(p.Total)}, p.Of...)
}

func validateSum(r *quality.Rule, env *quality.Env) error {
	p := r.Params.(*AddsUpParams)
	switch {
	case p.Total == "" || len(p.Of) == 0:
		return fault.New(fault.Config, "quality.missing", "total, of")
	case p.Empty != "" && p.Empty != "skip" && p.Empty != "zero":
		return fault.New(fault.Config, "quality.choice", "empty", p.Empty, "skip, zero")
	}
	if err := of("N(≤38)", func(t catalog.Type) bool { return t.Kind == catalog.Number && settable(t) })(r, env); err != nil {
		return err
	}
	if err := distinctItems(r, env); err != nil {
		return err
	}
	_, err := p.bound(r)
	return err
}

// sum is a rule's arithmetic, in units of 10^-scale.
type sum struct {
	scale  int
	total  decimal128.Num // where it is a number
	within decimal128.Num
}

// bound reads the numbers, and refuses a sum that could exceed 38 digits.
func (p *AddsUpParams) bound(r *quality.Rule) (sum, error) {
	var s sum
	whole := 0
	for _, it := range r.Items {
		s.scale, whole = max(s.scale, it.Type.Scale), max(whole, it.Type.Precision-it.Type.Scale)
	}
	carry := len(decimal128.FromU64(uint64(len(p.Of) + 1)).ToString(0))
	if whole+s.scale+carry > 38 {
		return s, fault.New(fault.Config, "quality.widesum", whole+s.scale+carry)
	}
	as := catalog.Type{Kind: catalog.Number, Precision: 38, Scale: s.scale}
	for _, n := range []struct {
		written Bound
		used    bool
		into    *decimal128.Num
	}{{p.Total, p.fixed, &s.total}, {p.Within, p.Within != "", &s.within}} {
		if !n.used {
			continue
		}
		v, err := quality.ReadValue(as, string(n.written), "")
		if err != nil {
			return s, err
		}
		*n.into = v.Decimal
	}
	if s.within.Sign() < 0 {
		return s, fault.New(fault.Config, "quality.bound", "within", string(p.Within), "0.01")
	}
	return s, nil
}

type sumKernel struct {
	sum
	columns []int
	factor  []decimal128.Num // of each column, to the common scale
	from    int              // the first item of the sum
	zero    bool
	parts   []func(i int) decimal128.Num
}

func newSumKernel(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
	p := r.Params.(*AddsUpParams)
	columns, err := columnsOf(r, env)
	if err != nil {
		return nil, err
	}
	s, err := p.bound(r)
	k := &sumKernel{sum: s, columns: columns, zero: p.Empty == "zero"}
	if !p.fixed {
		k.from = 1
	}
	for _, it := range r.Items {
		k.factor = append(k.factor, decimal128.FromBigInt(tenTo(s.scale-it.Type.Scale)))
	}
	return k, err
}

// cells reads a column in the common scale.
func (k *sumKernel) cells(c int, col arrow.Array) func(i int) decimal128.Num {
	factor := k.factor[c]
	if a, ok := col.(*array.Int64); ok {
		return func(i int) decimal128.Num { return decimal128.FromI64(a.Value(i)).Mul(factor) }
	}
	a := col.(*array.Decimal128)
	return func(i int) decimal128.Num { return a.Value(i).Mul(factor) }
}

func (k *sumKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	k.parts = k.parts[:0]
	for c, at := range k.columns {
		k.parts = append(k.parts, k.cells(c, rec.Column(at)))
	}
	evaluated := int64(0)
	for row := range int(rec.NumRows()) {
		total := k.total
		if k.from == 1 {
			if rec.Column(k.columns[0]).IsNull(row) {
				continue
			}
			total = k.parts[0](row)
		}
		left, ok := total, false
		for c := k.from; c < len(k.columns); c++ {
			if rec.Column(k.columns[c]).IsValid(row) {
				left, ok = left.Sub(k.parts[c](row)), true
			} else if !k.zero {
				ok = false
				break
			}
		}
		if !ok {
			continue
		}
		evaluated++
		if left.Abs().Greater(k.within) {
			fails = append(fails, int32(row))
		}
	}
	return fails, evaluated
}
