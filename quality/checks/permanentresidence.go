package checks

import (
	"github.com/goccy/go-yaml/ast"

	"guiji/internal/fault"
	"guiji/internal/ident"
	"guiji/quality"
)

// PermanentResidence is the check permanent_residence.
var PermanentResidence = &quality.Check{
	Name:  "permanent_residence",
	Title: "%s不是有效的外国人永久居留身份证号码",
	Doc: "The number of a 外国人永久居留身份证. Since 2023: 18 digits, 9, two of a province of GB/T 2260, three of the country (ISO 3166-1, not 000), a birth date that exists, " +
		"three of a sequence and the check character of ISO 7064 MOD 11-2. Before: 15 signs, three capitals of the country, four digits of the place, the birth date as YYMMDD, two digits; " +
		"the rule of their last digit is not published and it is not judged. The parameter new or old admits one form alone. For text items. NULL passes and is not evaluated.",
	Indicator: "0101",
	Advice:    "请核对外国人永久居留身份证原件，更正证件号码；已换发新版证件的，请填写 18 位号码。",
	Example:   "新版 18 位，以 9 开头；旧版 15 位，以三位国籍字母开头。",
	Sample:    "permanent_residence\npermanent_residence: new",
	Params:    func() any { return new(PermanentResidenceParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		if f := r.Params.(*PermanentResidenceParams).Form; f != "" && f != "new" && f != "old" {
			return fault.New(fault.Config, "quality.choice", "form", f, "new, old")
		}
		return of("C(n)", text)(r, env)
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		form := r.Params.(*PermanentResidenceParams).Form
		return newTextKernel(r, env, func(v []byte) bool {
			switch ident.PermanentResidence(v) {
			case ident.Valid:
				return form == "old"
			case ident.OldForm:
				return form == "new"
			}
			return true
		})
	},
}

// PermanentResidenceParams are written as the form alone.
type PermanentResidenceParams struct {
	Form string `yaml:"form"` // new, old; "" is either
}

// UnmarshalYAML reads the form, or {form: …}.
func (p *PermanentResidenceParams) UnmarshalYAML(n ast.Node) error {
	type long PermanentResidenceParams
	return scalarOr(n, &p.Form, (*long)(p))
}
