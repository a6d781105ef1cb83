package checks

import (
	"bytes"

	"github.com/goccy/go-yaml/ast"

	"guiji/internal/fault"
	"guiji/quality"
)

// Phone is the check phone.
var Phone = &quality.Check{
	Name:  "phone",
	Title: "%s不是有效的电话号码",
	Doc: "A mobile number: 11 digits, 1, then 3 to 9, +86 may stand before it. Or a landline with its area code: 010 or 02x and 8 digits, or 0[3-9]xx " +
		"and 7 or 8 digits, the local number beginning with 2 to 8, a hyphen may stand between, an extension of 1 to 6 digits may follow after a hyphen. " +
		"The parameter mobile or landline admits one kind alone. For text items. NULL passes and is not evaluated.",
	Indicator: "0302",
	Advice:    "请与本人或单位核实，填写 11 位手机号码，或带区号的固定电话。",
	Example:   "手机 13800138000；固定电话 0635-8212345、010-66001234-801。",
	Sample:    "phone\nphone: mobile",
	Params:    func() any { return new(PhoneParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		if k := r.Params.(*PhoneParams).Kind; k != "" && k != "mobile" && k != "landline" {
			return fault.New(fault.Config, "quality.choice", "kind", k, "mobile, landline")
		}
		return of("C(n)", text)(r, env)
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		kind := r.Params.(*PhoneParams).Kind
		return newTextKernel(r, env, func(v []byte) bool {
			return (kind == "landline" || !isMobile(v)) && (kind == "mobile" || !isLandline(v))
		})
	},
}

// PhoneParams are written as the kind alone.
type PhoneParams struct {
	Kind string `yaml:"kind"` // mobile, landline; "" is either
}

// UnmarshalYAML reads the kind, or {kind: …}.
func (p *PhoneParams) UnmarshalYAML(n ast.Node) error {
	type long PhoneParams
	return scalarOr(n, &p.Kind, (*long)(p))
}

func isMobile(v []byte) bool {
	if len(v) == 14 && v[0] == '+' && v[1] == '8' && v[2] == '6' {
		v = v[3:]
	}
	return len(v) == 11 && v[0] == '1' && v[1] >= '3' && allDigits(v)
}

func isLandline(v []byte) bool {
	area := 4
	if len(v) < 10 || v[0] != '0' || v[1] == '0' {
		return false
	}
	if v[1] == '1' && v[2] != '0' {
		return false
	}
	if v[1] <= '2' {
		area = 3
	}
	if !allDigits(v[:area]) {
		return false
	}
	local := v[area:]
	if local[0] == '-' {
		local = local[1:]
	}
	if at := bytes.IndexByte(local, '-'); at >= 0 {
		extension := local[at+1:]
		if len(extension) < 1 || len(extension) > 6 || !allDigits(extension) {
			return false
		}
		local = local[:at]
	}
	return (len(local) == 8 || len(local) == 7 && area == 4) &&
		local[0] >= '2' && local[0] <= '8' && allDigits(local)
}
