package letter

import (
	"embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed letter.html.tmpl
var templates embed.FS

// HTML writes the letter as one page that needs nothing else.
func (l *Letter) HTML(w io.Writer) error {
	t, err := template.New("letter.html.tmpl").Funcs(template.FuncMap{
		"page": func() template.CSS {
			return template.CSS(fmt.Sprintf("size:A4;margin:%dmm %dmm %dmm %dmm", marginTop, marginRight, marginBottom, marginLeft))
		},
		"line":   func() template.CSS { return template.CSS(fmt.Sprintf("%.2fpt", linePoints())) },
		"tight":  func() template.CSS { return template.CSS(fmt.Sprintf("%.3fpt", signPoints()-bodyPoints)) },
		"add":    func(x, y int) int { return x + y },
		"first":  func(p Paragraph) bool { return p.Level == First },
		"second": func(p Paragraph) bool { return p.Level == Second },
	}).ParseFS(templates, "letter.html.tmpl")
	if err != nil {
		return err
	}
	return t.Execute(w, l)
}
