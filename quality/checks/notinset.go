package checks

import "guiji/quality"

// NotInSet is the check not_in_set.
var NotInSet = &quality.Check{
	Name:  "not_in_set",
	Title: "%s填写了不允许的取值",
	Doc: "The value is none of those listed: placeholders such as 无, 不详, 1900-01-01 or 999. Compared as in_set does; for the same types. " +
		"NULL passes and is not evaluated.",
	Indicator: "0301",
	Advice:    "请核对原始材料，以真实值替换占位值；确无该信息的，应留空。",
	Example:   "规则 [无, 不详, 测试]：姓名不得填写“测试”。",
	Sample:    "not_in_set: [无, 不详, 测试]\nnot_in_set: [1900-01-01, 2999-12-31]",
	Params:    func() any { return new(InSetParams) },
	Validate:  validateSet,
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		return newSetKernel(r, env, true)
	},
}
