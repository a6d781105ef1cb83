package checks

import (
	"github.com/goccy/go-yaml/ast"

	"guiji/internal/ident"
	"guiji/quality"
)

// CreditCode is the check credit_code.
var CreditCode = &quality.Check{
	Name:  "credit_code",
	Title: "%s不是有效的统一社会信用代码",
	Doc: "GB 32100-2015: 18 signs of 0-9 and capitals without I, O, S, V, Z, digits in positions 3 to 8, and the check character MOD 31. " +
		"Lower case and the empty text fail. A part makes a rule of its own, so that a row says what is wrong: form (length and alphabet), check (the last sign), and " +
		"organisation: the 组织机构代码 in positions 9 to 17 has its own check sign (GB 11714-1997), which credit_code alone does not judge; write it with severity: warning, for codes " +
		"were given that break it. A value that fails form is not evaluated by check, nor one that fails either by organisation. For text items. NULL passes and is not evaluated.",
	Indicator: "0101",
	Advice:    "请核对营业执照或登记证书，更正统一社会信用代码；仍为组织机构代码或注册号的，请换为统一社会信用代码。",
	Example:   "91350100M000100Y43（18 位，字母大写，不含 I、O、S、V、Z）。",
	Sample:    "credit_code\ncredit_code: form\ncredit_code: check\n{credit_code: organisation, severity: warning}",
	Params:    func() any { return new(CreditCodeParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		if err := chosen(r.Params.(*CreditCodeParams).Part, creditParts()); err != nil {
			return err
		}
		return of("C(n)", text)(r, env)
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		p := r.Params.(*CreditCodeParams).Part
		if p == "" {
			return newTextKernel(r, env, func(v []byte) bool { return !ident.CreditCode(v).OK() })
		}
		return newPartKernel(r, env, p, creditParts(), func(v []byte) ident.Reason {
			reason := ident.CreditCode(v)
			if reason == ident.Valid && p == organisation && !ident.OrganisationCode(v[8:17]).OK() {
				return inner
			}
			return reason
		})
	},
}

// organisation is the part of the code within, inner its reason.
const (
	organisation              = "organisation"
	inner        ident.Reason = 255
)

// CreditCodeParams are a part, written alone.
type CreditCodeParams struct {
	Part string `yaml:"part" json:",omitempty"` // "" is the whole
}

// UnmarshalYAML reads the part, or {part: …}.
func (p *CreditCodeParams) UnmarshalYAML(n ast.Node) error {
	type long CreditCodeParams
	return scalarOr(n, &p.Part, (*long)(p))
}

// Variant names the part.
func (p *CreditCodeParams) Variant() (name, title string) {
	return p.Part, titleOf(p.Part, creditParts())
}

func creditParts() []part {
	return []part{
		{"form", "%s的位数或字符不符合统一社会信用代码的规定", []ident.Reason{ident.Length, ident.Character}},
		{"check", "%s的校验码不正确", []ident.Reason{ident.Check}},
		{organisation, "%s中的组织机构代码（第9至17位）校验码不正确", []ident.Reason{inner}},
	}
}
