package report

import "html/template"

// Style is the style sheet of every page guiji prints: Chinese type, A4, offline.
func Style() (template.CSS, error) {
	b, err := templates.ReadFile("template/style.css")
	return template.CSS(b), err
}
