package checks

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/quality"
)

// The forms of a date in a text item (GB/T 7408, calendar date, extended and basic).
const (
	formExtended = "YYYY-MM-DD"
	formBasic    = "YYYYMMDD"
)

// Date is the check date.
var Date = &quality.Check{
	Name:  "date",
	Title: "%s不是规范的日期",
	Doc: "A text must be a calendar date of GB/T 7408 that exists, years 0001 to 9999: YYYY-MM-DD or YYYYMMDD; a parameter admits one form alone. " +
		"No time, no blanks. For items of type D every value passes: what was no date has failed the rule type. NULL passes and is not evaluated.",
	Indicator: "0302",
	Advice:    "请将日期更正为真实存在的日期，并按规范格式填写。",
	Example:   "2020-09-01 或 20200901；不得写作 2020/9/1、2020年9月1日、0000-00-00。",
	Sample:    "date\ndate: YYYY-MM-DD",
	Params:    func() any { return new(DateParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		if f := r.Params.(*DateParams).Form; f != "" && f != formExtended && f != formBasic {
			return fault.New(fault.Config, "quality.choice", "form", f, formExtended+", "+formBasic)
		}
		return of("C(n), D", func(t catalog.Type) bool { return text(t) || t.Kind == catalog.Date })(r, env)
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		if r.Items[0].Type.Kind == catalog.Date {
			column, err := columnOf(r.Items[0], env)
			return presentKernel(column), err
		}
		form := r.Params.(*DateParams).Form
		return newTextKernel(r, env, func(v []byte) bool { return !isDate(v, form) })
	},
}

// DateParams are written as the form alone.
type DateParams struct {
	Form string `yaml:"form"`
}

// UnmarshalYAML reads the form, or {form: …}.
func (p *DateParams) UnmarshalYAML(n ast.Node) error {
	type long DateParams
	return scalarOr(n, &p.Form, (*long)(p))
}

// presentKernel passes every value of a column.
type presentKernel int

func (k presentKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	col := rec.Column(int(k))
	return fails, int64(col.Len() - col.NullN())
}

// isDate reports whether v is a date that exists, in the form; "" is either.
func isDate(v []byte, form string) bool {
	var month, day []byte
	switch {
	case len(v) == 10 && form != formBasic && v[4] == '-' && v[7] == '-':
		month, day = v[5:7], v[8:10]
	case len(v) == 8 && form != formExtended:
		month, day = v[4:6], v[6:8]
	default:
		return false
	}
	if !allDigits(v[:4]) || !allDigits(month) || !allDigits(day) {
		return false
	}
	y, m, d := two(v[:2])*100+two(v[2:4]), two(month), two(day)
	return y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m)
}

func two(s []byte) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
