package report

import (
	"embed"
	"fmt"
	"html/template"
	"os"
	"path"

	"guiji/internal/text"
)

//go:embed template
var templates embed.FS

// detailed is how many rules a page explains in full; the work list has all.
const detailed = 12

// page is what a template sees: the data, and the words of the builder's language.
// Values go through html/template's escaping only.
type page struct {
	*builder
	D   *department
	All *overall

	Number        int    // of a page of the list
	Before, After string // the pages around it; "" for none
	Part          *sheetOfPage
	Anchor        string
	Index         []sheetOfPage
}

// writePage renders one self-contained file: style and pictures are within, and no
// script is needed.
func (b *builder) writePage(file, name string, data any) error {
	p := page{builder: b}
	switch v := data.(type) {
	case *department:
		p.D = v
	case *overall:
		p.All = v
	}
	return b.writeView(file, name, p)
}

func (b *builder) writeView(file, name string, p page) error {
	t, err := b.template()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path.Base(file), err)
	}
	if err := t.ExecuteTemplate(out, name, p); err != nil {
		_ = out.Close()
		return fmt.Errorf("write %s: %w", path.Base(file), err)
	}
	return out.Close()
}

// template is parsed once: a long list has many pages.
func (b *builder) template() (*template.Template, error) {
	if b.parsed != nil {
		return b.parsed, nil
	}
	style, err := templates.ReadFile("template/style.css")
	if err != nil {
		return nil, err
	}
	b.parsed, err = template.New("").Funcs(template.FuncMap{
		"t":      func(key string, args ...any) string { return b.t(text.Key(key), args...) },
		"n":      count,
		"len64":  func(list []example) int64 { return int64(len(list)) },
		"signed": signed,
		"style":  func() template.CSS { return template.CSS(style) },
		"add":    func(x, y int) int { return x + y },
		"short":  short,
		"see":    visible,
	}).ParseFS(templates, "template/*.tmpl")
	return b.parsed, err
}

// signed is a change, with its sign.
func signed(n int64) string {
	if n > 0 {
		return "+" + count(n)
	}
	return count(n)
}

// short is the beginning of a long text, for a page; the work list has the whole.
func short(s string) string {
	r := []rune(visible(s))
	if len(r) <= 90 {
		return string(r)
	}
	return string(r[:90]) + "……"
}

// Lang is the language for the html element.
func (p page) HTMLLang() string {
	if p.Lang == text.ZH {
		return "zh-CN"
	}
	return "en"
}

// Failing are a department's rules that fail, by how much fails, errors first.
func (p page) Failing() []*rule {
	return ranked(p.D, func(r *rule) bool { return r.Count > 0 })
}

// Top are the rules explained in full, Rest the others that fail.
func (p page) Top() []*rule { f := p.Failing(); return f[:min(len(f), detailed)] }

// Rest are the failing rules beyond Top.
func (p page) Rest() []*rule { f := p.Failing(); return f[min(len(f), detailed):] }

// Wholes are the rules of resources as a whole that fail.
func (p page) Wholes() []*rule { return ranked(p.D, (*rule).failsWhole) }

// Unevaluated are the rules that did not run.
func (p page) Unevaluated() []*rule {
	return ranked(p.D, func(r *rule) bool { return !r.evaluated() })
}

// Gated are the resources whose gate is shut.
func (p page) Gated() []*resource {
	var out []*resource
	for _, r := range p.D.Resources {
		if r.Gated() {
			out = append(out, r)
		}
	}
	return out
}
