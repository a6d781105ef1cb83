package checks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// InCodes is the check in_codes.
var InCodes = &quality.Check{
	Name:  "in_codes",
	Title: "%s不在规定的代码表内",
	Doc: "The value must be a code of a table in codes/, written exactly as there. With {table: …, at: item} it must also be in force on the row's date in that item " +
		"(valid_from and valid_to inclusive): a code valid at the record's date is not dirty. Without at, or where the date is NULL, a code that was ever in force passes. " +
		"For text and whole numbers of at most 18 digits. NULL passes and is not evaluated.",
	Indicator: "0105",
	Advice:    "请对照代码表选用规范代码；代码已变更的，请填写该记录发生日期有效的代码。",
	Example:   "性别（GB/T 2261.1）：1 男、2 女、0 未知、9 未说明。",
	Sample:    "in_codes: gbt2261_1\nin_codes: {table: area, at: registered_on}",
	Params:    func() any { return new(InCodesParams) },
	Validate:  validateCodes,
	Row:       newCodesKernel,
}

// InCodesParams are written as the table alone, or with the item of the date.
type InCodesParams struct {
	Table string `yaml:"table"`
	At    string `yaml:"at"`
}

// UnmarshalYAML reads the table, or {table: …, at: …}.
func (p *InCodesParams) UnmarshalYAML(n ast.Node) error {
	type long InCodesParams
	return scalarOr(n, &p.Table, (*long)(p))
}

// Uses names the item and that of the date.
func (p *InCodesParams) Uses(own string, _ *catalog.Resource) []string {
	switch {
	case own == "":
		return nil
	case p.At == "":
		return []string{own}
	}
	return []string{own, p.At}
}

// Definition is the table's content: a changed table is a changed rule.
func (p *InCodesParams) Definition(env *quality.Env) string {
	h := sha256.New()
	if t := env.Project.Codes[p.Table]; t != nil {
		for _, c := range t.Codes {
			fmt.Fprintf(h, "%q %q %q\n", c.Code, c.From, c.To)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func validateCodes(r *quality.Rule, env *quality.Env) error {
	p := r.Params.(*InCodesParams)
	if env.Project.Codes[p.Table] == nil {
		return fault.New(fault.Config, "quality.codes", p.Table)
	}
	if t := r.Items[0].Type; !text(t) && t.Arrow().ID() != arrow.INT64 {
		return fault.New(fault.Config, "quality.type", r.Items[0].Name, t.String(), "C(n), N(≤18)")
	}
	if len(r.Items) > 1 {
		if t := r.Items[1].Type; t.Kind != catalog.Date && t.Kind != catalog.Time {
			return fault.New(fault.Config, "quality.type", r.Items[1].Name, t.String(), "D, T")
		}
	}
	return nil
}

// term is a time in which a code is in force, in days since 1970-01-01, inclusive.
type term struct{ from, to int64 }

type codesKernel struct {
	column, at int // at: -1 without a date
	terms      map[string][]term
	text       []byte
}

func newCodesKernel(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
	k := &codesKernel{at: -1, terms: map[string][]term{}, text: make([]byte, 0, 20)}
	var err error
	if k.column, err = columnOf(r.Items[0], env); err != nil {
		return nil, err
	}
	if len(r.Items) > 1 {
		if k.at, err = columnOf(r.Items[1], env); err != nil {
			return nil, err
		}
	}
	for _, c := range env.Project.Codes[r.Params.(*InCodesParams).Table].Codes {
		t := term{from: day(c.From, -1<<40), to: day(c.To, 1<<40)}
		k.terms[c.Code] = append(k.terms[c.Code], t)
	}
	return k, nil
}

// day is a date of a code table in days since 1970-01-01.
func day(s string, open int64) int64 {
	layout := time.DateOnly
	if !strings.Contains(s, "-") {
		layout = "20060102"
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return open // "", and what the catalogue has refused already
	}
	return t.Unix() / 86400
}

func (k *codesKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	if col, ok := rec.Column(k.column).(*array.String); ok {
		if k.at < 0 {
			return eachText(col, fails, k.unknown)
		}
		return k.dated(rec, fails, func(i int) []term { return k.terms[col.Value(i)] })
	}
	col := rec.Column(k.column).(*array.Int64)
	if k.at < 0 {
		return eachValue(col, col.Int64Values(), fails, func(v int64) bool { return len(k.ofNumber(v)) == 0 })
	}
	return k.dated(rec, fails, func(i int) []term { return k.ofNumber(col.Value(i)) })
}

func (k *codesKernel) unknown(v []byte) bool { return len(k.terms[string(v)]) == 0 }

func (k *codesKernel) ofNumber(v int64) []term {
	k.text = strconv.AppendInt(k.text[:0], v, 10)
	return k.terms[string(k.text)]
}

func (k *codesKernel) dated(rec arrow.RecordBatch, fails []int32, terms func(i int) []term) ([]int32, int64) {
	col, at := rec.Column(k.column), rec.Column(k.at)
	for i := range col.Len() {
		if col.IsValid(i) && !inForce(terms(i), at, i) {
			fails = append(fails, int32(i))
		}
	}
	return fails, int64(col.Len() - col.NullN())
}

func inForce(terms []term, at arrow.Array, i int) bool {
	if at.IsNull(i) {
		return len(terms) > 0
	}
	var d int64
	switch a := at.(type) {
	case *array.Date32:
		d = int64(a.Value(i))
	case *array.Timestamp:
		d = floorDiv(int64(a.Value(i)), microsPerDay)
	}
	for _, t := range terms {
		if t.from <= d && d <= t.to {
			return true
		}
	}
	return false
}

const microsPerDay = 86_400_000_000

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
