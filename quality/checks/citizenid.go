package checks

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"guiji/internal/ident"
	"guiji/quality"
)

// CitizenID is the check citizen_id.
var CitizenID = &quality.Check{
	Name:  "citizen_id",
	Title: "%s不是有效的公民身份号码",
	Doc: "GB 11643-1999: 18 characters, 17 digits and a digit or capital X, a province of GB/T 2260 (or the address codes 810000, 820000, 830000 of residence permits of 港澳台; they never had 15 digits), " +
		"a birth date that exists and is not after the day of the run, and the check character of ISO 7064 MOD 11-2. " +
		"A 15-digit number that standardize did not lift fails, and so does the empty text; with {old: true} a well-formed one of 15 digits passes. " +
		"With {foreign: true} the 18 digits of a 外国人永久居留身份证 pass too. " +
		"A part makes a rule of its own, so that a row says what is wrong: form (length and signs), region, date, check (the last sign); " +
		"a value that fails one is not evaluated by those after it. For text items. NULL passes and is not evaluated.",
	Indicator: "0101",
	Advice:    "请核对居民身份证原件，更正公民身份号码；一代证 15 位号码请换为 18 位号码。",
	Example:   "11010519491231002X（18 位，末位校验码可为大写 X）。",
	Sample:    "citizen_id\ncitizen_id: check\ncitizen_id: {old: true, foreign: true}",
	Params:    func() any { return new(CitizenIDParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		if err := chosen(r.Params.(*CitizenIDParams).Part, citizenParts()); err != nil {
			return err
		}
		return of("C(n)", text)(r, env)
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		p := *r.Params.(*CitizenIDParams)
		today := strings.ReplaceAll(env.Today, "-", "")
		return newPartKernel(r, env, p.Part, citizenParts(), func(v []byte) ident.Reason { return p.judge(v, today) })
	},
}

// CitizenIDParams are a part, and what passes besides.
type CitizenIDParams struct {
	Part    string `yaml:"part" json:",omitempty"`
	Old     bool   `yaml:"old" json:",omitempty"`     // 15 digits
	Foreign bool   `yaml:"foreign" json:",omitempty"` // permanent residents'
}

// UnmarshalYAML reads the part, or {part: …, old: …, foreign: …}.
func (p *CitizenIDParams) UnmarshalYAML(n ast.Node) error {
	type long CitizenIDParams
	return scalarOr(n, &p.Part, (*long)(p))
}

// Variant names the part.
func (p *CitizenIDParams) Variant() (name, title string) {
	return p.Part, titleOf(p.Part, citizenParts())
}

func (p *CitizenIDParams) judge(v []byte, today string) ident.Reason {
	reason := ident.CitizenID(v)
	switch {
	case reason == ident.Valid || reason == ident.Check: // a date in the future is told before a check sign
		if today != "" && string(v[6:14]) > today {
			reason = ident.Date
		}
	case reason == ident.OldForm && p.Old:
		return ident.Valid
	}
	if p.Foreign && reason != ident.Valid && len(v) == 18 && v[0] == '9' {
		return ident.PermanentResidence(v)
	}
	return reason
}

func citizenParts() []part {
	return []part{
		{"form", "%s的位数或字符不符合公民身份号码的规定", []ident.Reason{ident.Length, ident.OldForm, ident.Character}},
		{"region", "%s的地址码不存在", []ident.Reason{ident.Region}},
		{"date", "%s中的出生日期不存在或晚于核查当日", []ident.Reason{ident.Date}},
		{"check", "%s的校验码不正确", []ident.Reason{ident.Check}},
	}
}
