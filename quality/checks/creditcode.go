package checks

import (
	"guiji/internal/ident"
	"guiji/quality"
)

// CreditCode is the check credit_code.
var CreditCode = &quality.Check{
	Name:  "credit_code",
	Title: "%s不是有效的统一社会信用代码",
	Doc: "GB 32100-2015: 18 signs of 0-9 and capitals without I, O, S, V, Z, digits in positions 3 to 8, and the check character MOD 31. " +
		"Lower case and the empty text fail. For text items. NULL passes and is not evaluated.",
	Indicator: "0101",
	Advice:    "请核对营业执照或登记证书，更正统一社会信用代码；仍为组织机构代码或注册号的，请换为统一社会信用代码。",
	Example:   "91350100M000100Y43（18 位，字母大写，不含 I、O、S、V、Z）。",
	Sample:    "credit_code",
	Validate:  of("C(n)", text),
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		return newTextKernel(r, env, func(v []byte) bool { return !ident.CreditCode(v).OK() })
	},
}
