package profile

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"guiji/internal/text"
	"guiji/quality/report"
)

//go:embed template
var templates embed.FS

// page is what the template sees. Values go through html/template's escaping only.
type page struct {
	*Profile
	Lang text.Lang
}

// WriteHTML writes the profile as one self-contained page: it opens offline and prints to
// A4, in the type of the reports.
func (p *Profile) WriteHTML(out io.Writer, lang text.Lang) error {
	style, err := report.Style()
	if err != nil {
		return err
	}
	t, err := template.New("profile.html.tmpl").Funcs(template.FuncMap{
		"t":     func(key string, args ...any) string { return text.Format(lang, text.Key(key), args...) },
		"style": func() template.CSS { return style },
		"n":     Count, "f": Number, "share": func(n int64) string { return Share(n, p.Rows) },
		"day":     func(at time.Time) string { return at.Format("2006-01-02 15:04") },
		"percent": func(share float64) string { return strconv.FormatFloat(100*share, 'g', 3, 64) + "%" },
		"bar":     bar, "of": Share,
	}).ParseFS(templates, "template/*.tmpl")
	if err != nil {
		return fmt.Errorf("template of the profile: %w", err)
	}
	return t.Execute(out, page{p, lang})
}

// HTMLLang is the language for the html element.
func (p page) HTMLLang() string {
	if p.Lang == text.ZH {
		return "zh-CN"
	}
	return "en"
}

// Lead is the profile in one sentence.
func (p page) Lead() string {
	empty, constant, unique := 0, 0, 0
	for i := range p.Columns {
		c := &p.Columns[i]
		switch {
		case c.Nulls == p.Rows:
			empty++
		case c.Distinct == 1:
			constant++
		case c.Distinct == c.Filled(p.Rows):
			unique++
		}
	}
	return text.Format(p.Lang, "profile.lead", Count(p.Rows), len(p.Columns), empty, constant, unique)
}

// bar is the width of a share in a drawing 100 wide.
func bar(n, of int64) string {
	if of == 0 {
		return "0"
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 2, 64)
}

// stroke is a bar of a histogram, in a field 480 by 96.
type stroke struct {
	X, Y, W, H string
	Title      string
}

// Strokes are the bars of a column's histogram.
func (c Column) Strokes() []stroke {
	var top int64
	for _, b := range c.Bins {
		top = max(top, b.N)
	}
	const width, height = 480.0, 96.0
	step := width / float64(max(1, len(c.Bins)))
	var out []stroke
	for i, b := range c.Bins {
		if b.N == 0 {
			continue
		}
		h := max(1, height*float64(b.N)/float64(top))
		out = append(out, stroke{X: short(float64(i)*step + 0.5), Y: short(height - h), W: short(math.Max(1, step-1)), H: short(h),
			Title: strings.TrimSuffix(b.From+"–"+b.To, "–") + ": " + Count(b.N)})
	}
	return out
}

// First and Last label the ends of the histogram.
func (c Column) First() string { return c.Bins[0].From }

// Last is the other end.
func (c Column) Last() string { return c.Bins[len(c.Bins)-1].To }

func short(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// Count groups a number's digits.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// Number writes a mean or a deviation with six digits that count.
func Number(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) }

// Share writes a share; what is not all never rounds to it, what is not nothing never to 0.
func Share(n, of int64) string {
	if of == 0 {
		return "–"
	}
	share := 100 * float64(n) / float64(of)
	switch {
	case n > 0 && share < 0.01:
		return "<0.01%"
	case n < of && share > 99.99:
		return ">99.99%"
	}
	return strconv.FormatFloat(share, 'f', 2, 64) + "%"
}
