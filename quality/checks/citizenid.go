package checks

import (
	"strings"

	"guiji/internal/ident"
	"guiji/quality"
)

// CitizenID is the check citizen_id.
var CitizenID = &quality.Check{
	Name:  "citizen_id",
	Title: "%s不是有效的公民身份号码",
	Doc: "GB 11643-1999: 18 characters, 17 digits and a digit or capital X, a province of GB/T 2260 (or 81, 82, 83: residence permits of 港澳台), " +
		"a birth date that exists and is not after the day of the run, and the check character of ISO 7064 MOD 11-2. " +
		"A 15-digit number that standardize did not lift fails, and so does the empty text. For text items. NULL passes and is not evaluated.",
	Indicator: "0101",
	Advice:    "请核对居民身份证原件，更正公民身份号码；一代证 15 位号码请换为 18 位号码。",
	Example:   "11010519491231002X（18 位，末位校验码可为大写 X）。",
	Sample:    "citizen_id",
	Validate:  of("C(n)", text),
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		today := strings.ReplaceAll(env.Today, "-", "")
		return newTextKernel(r, env, func(v []byte) bool {
			return !ident.CitizenID(v).OK() || today != "" && string(v[6:14]) > today
		})
	},
}
