package checks

import (
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"guiji/internal/fault"
	"guiji/quality"
)

// DateFormat is the check date_format.
var DateFormat = &quality.Check{
	Name:  "date_format",
	Title: "%s的日期或时间写法不符合规定",
	Doc: "The whole text is a date or a time in one of the forms listed. In a form YYYY is the year (0001 to 9999), MM the month, DD the day, hh the hour (00 to 23), " +
		"mm the minute, ss the second, each with leading zeros; all else stands for itself. A day must exist in its month, a 29 February in its year. " +
		"No blanks around. For text items; those of type D and T are judged by the rule type. NULL passes and is not evaluated.",
	Indicator: "0302",
	Advice:    "请按规定的写法更正日期或时间。",
	Example:   "规则 YYYY年MM月DD日：2020年09月01日；规则 YYYY-MM：2020-09。",
	Sample:    "date_format: YYYY-MM\ndate_format: [YYYY-MM-DD, YYYY/MM/DD, 'YYYY-MM-DD hh:mm:ss']",
	Params:    func() any { return new(DateFormatParams) },
	Validate: func(r *quality.Rule, env *quality.Env) error {
		p := r.Params.(*DateFormatParams)
		if len(p.Forms) == 0 {
			return fault.New(fault.Config, "quality.missing", "forms")
		}
		for _, f := range p.Forms {
			if _, ok := readForm(f); !ok {
				return fault.New(fault.Config, "quality.form", f)
			}
		}
		return of("C(n)", text)(r, env)
	},
	Row: func(r *quality.Rule, env *quality.Env) (quality.Kernel, error) {
		var forms []form
		for _, f := range r.Params.(*DateFormatParams).Forms {
			read, _ := readForm(f)
			forms = append(forms, read)
		}
		return newTextKernel(r, env, func(v []byte) bool {
			for _, f := range forms {
				if f.fits(v) {
					return false
				}
			}
			return true
		})
	},
}

// DateFormatParams are written as one form, or a list of them.
type DateFormatParams struct {
	Forms []string `yaml:"forms"`
}

// UnmarshalYAML reads one form, a list, or {forms: […]}.
func (p *DateFormatParams) UnmarshalYAML(n ast.Node) error {
	if s, ok := scalar(n); ok {
		p.Forms = []string{s}
		return nil
	}
	if _, ok := n.(*ast.SequenceNode); ok {
		return yaml.NodeToValue(n, &p.Forms)
	}
	type long DateFormatParams
	return yaml.NodeToValue(n, (*long)(p), yaml.Strict())
}

// The fields of a form, by their sign.
const formFields = "YMDhms"

// form is a text of fixed length with digits in places.
type form struct {
	text   string
	fields [len(formFields)]int // where each field begins; -1: it is not there
}

// readForm finds the fields; false where one stands twice, a day lacks its month,
// a smaller unit of time its greater, or there is none.
func readForm(s string) (form, bool) {
	f := form{text: s}
	found := 0
	for i, word := range []string{"YYYY", "MM", "DD", "hh", "mm", "ss"} {
		f.fields[i] = strings.Index(s, word)
		if f.fields[i] >= 0 {
			found++
		}
		if strings.Count(s, word) > 1 || strings.Count(s, word[:1]) != len(word)*strings.Count(s, word) {
			return f, false
		}
	}
	has := func(i int) bool { return f.fields[i] >= 0 }
	return f, found > 0 && (!has(2) || has(1)) && (!has(4) || has(3)) && (!has(5) || has(4))
}

// fits reports whether v is in the form, with a date and time that exist.
func (f *form) fits(v []byte) bool {
	if len(v) != len(f.text) {
		return false
	}
	for i, c := range v {
		if strings.IndexByte(formFields, f.text[i]) >= 0 {
			if c < '0' || c > '9' {
				return false
			}
		} else if c != f.text[i] {
			return false
		}
	}
	year, month, day := 2000, 1, 1 // a leap year: without a year a 29 February may exist
	if at := f.fields[0]; at >= 0 {
		year = two(v[at:])*100 + two(v[at+2:])
	}
	if at := f.fields[1]; at >= 0 {
		month = two(v[at:])
	}
	if at := f.fields[2]; at >= 0 {
		day = two(v[at:])
	}
	for i, limit := range [...]int{3: 24, 4: 60, 5: 60} {
		if at := f.fields[i]; limit > 0 && at >= 0 && two(v[at:]) >= limit {
			return false
		}
	}
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}
