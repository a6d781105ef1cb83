package checks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// InCodes is the check in_codes.
var InCodes = &quality.Check{
	Name:     "in_codes",
	Title:    "%s不在规定的代码表内",
	Subjects: 1,
	Doc: "The value must be a code of a table in codes/, written exactly as there. With {table: …, at: item} it must also be in force on the row's date in that item " +
		"(valid_from and valid_to inclusive): a code valid at the record's date is not dirty. Without at, or where the date is NULL, a code that was ever in force passes. " +
		"With prefix: 6 the first six characters are looked up, as for the 行政区划 a longer code begins with; a value that has fewer fails, and what follows them is not judged. " +
		"For text and whole numbers of at most 18 digits. NULL passes and is not evaluated.",
	Indicator: "0105",
	Advice:    "请对照代码表选用规范代码；代码已变更的，请填写该记录发生日期有效的代码。",
	Example:   "性别（GB/T 2261.1）：1 男、2 女、0 未知、9 未说明。",
	Sample:    "in_codes: gbt2261_1\nin_codes: {table: area, at: registered_on}\nin_codes: {table: area, prefix: 6}",
	Params:    func() any { return new(InCodesParams) },
	Validate:  validateCodes,
	Row:       newCodesKernel,
}

// InCodesParams are written as the table alone, or with what is asked besides.
type InCodesParams struct {
	Table  string `yaml:"table"`
	At     string `yaml:"at"`                       // the item of the date
	Prefix int    `yaml:"prefix" json:",omitempty"` // how many characters are the code; 0: all
}

// UnmarshalYAML reads the table, or {table: …, at: …, prefix: …}.
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
	table := env.Project.Codes[p.Table]
	if table == nil {
		return fault.New(fault.Config, "quality.codes", p.Table)
	}
	if p.Prefix != 0 && !slices.ContainsFunc(table.Codes, func(c catalog.Code) bool { return utf8.RuneCountInString(c.Code) == p.Prefix }) {
		return fault.New(fault.Config, "quality.prefix", p.Prefix, p.Table)
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
