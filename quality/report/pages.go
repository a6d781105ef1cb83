package report

import (
	"bufio"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
)

// rowsPerPage is how many problems a page of the list holds: a browser on an office
// machine shows so many at once, and a sheet of paper carries forty.
const rowsPerPage = 1_000

// indexFile lists the pages.
const indexFile = "problems.html"

// pages are all problems of a department on pages of their own, problems-1.html and
// so on, each whole without the others, a script or a server; the index says which
// holds what. Rows are written as they come.
type pages struct {
	b     *builder
	d     *department
	dir   string
	index []sheetOfPage
	file  *os.File
	out   *bufio.Writer
	rule  *rule // whose table is open
	rows  int   // of the current page
	left  int64 // problems that no page lists
	err   error
}

// sheetOfPage is what one page holds of one rule.
type sheetOfPage struct {
	Page        int
	Rule        *rule
	From, To    int64  // of the rule's problems, counted from 1
	First, Last string // their records
}

func newPages(b *builder, d *department, dir string) *pages { return &pages{b: b, d: d, dir: dir} }

func pageName(n int) string { return fmt.Sprintf("problems-%d.html", n) }

// count is how many pages there are.
func (p *pages) count() int {
	if len(p.index) == 0 {
		return 0
	}
	return p.index[len(p.index)-1].Page
}

// add writes one problem; entries of a rule come one after another.
func (p *pages) add(e *entry) error {
	if p.err != nil {
		return p.err
	}
	if p.full(e.rule) {
		p.left++
		return nil
	}
	e.rule.Paged++
	if p.rows == rowsPerPage {
		p.shut(true)
	}
	if p.file == nil {
		p.open()
	}
	if p.rule != e.rule {
		p.table(e)
	}
	part := &p.index[len(p.index)-1]
	part.To, part.Last = part.To+1, e.shown
	p.rows++
	p.row(e)
	return p.err
}

// full reports whether the pages list no more of a rule's problems.
func (p *pages) full(x *rule) bool { return p.b.PagedPerRule > 0 && x.Paged == p.b.PagedPerRule }

// row writes a table's row. It is as the template would write it, without its cost: a
// million of them are written.
func (p *pages) row(e *entry) {
	esc := template.HTMLEscapeString
	late := ""
	if e.overdue {
		late = ` class="error"`
	}
	_, err := fmt.Fprintf(p.out, "<tr><td class=\"v n\">%s</td><td class=\"v\">%s</td><td class=\"v\">%s</td><td class=\"v\">%s</td><td>%s</td><td class=\"num\">%s</td><td class=\"r\">%v</td><td%s>%s</td></tr>\n",
		e.number, esc(e.shown), esc(e.value), esc(visible(e.suggest)), esc(e.fate), esc(e.found), or(e.periods, "—"), late, esc(e.due))
	p.fail(err)
}

func or(v, none any) any {
	if v == nil {
		return none
	}
	return v
}

func (p *pages) fail(err error) {
	if p.err == nil && err != nil {
		p.err = fmt.Errorf("write %s: %w", pageName(p.count()), err)
	}
}

// open begins the next page.
func (p *pages) open() {
	n := p.count() + 1
	file, err := os.OpenFile(filepath.Join(p.dir, pageName(n)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if p.fail(err); err != nil {
		return
	}
	p.file, p.out, p.rows, p.rule = file, bufio.NewWriterSize(file, 1<<16), 0, nil
	p.index = append(p.index, sheetOfPage{Page: n}) // named by its first row
	p.part("problems-head", n, false)
}

// table begins a rule's table, on a further page once more.
func (p *pages) table(e *entry) {
	if p.err != nil {
		return
	}
	if p.rule != nil {
		p.end()
		p.index = append(p.index, sheetOfPage{Page: p.count()})
	}
	part := &p.index[len(p.index)-1]
	part.Rule, part.First, part.From, part.To = e.rule, e.shown, 1, 0
	if len(p.index) > 1 {
		if before := p.index[len(p.index)-2]; before.Rule == e.rule {
			part.From, part.To = before.To+1, before.To
		}
	}
	if part.From == 1 {
		e.rule.Page, e.rule.Anchor = pageName(part.Page), fmt.Sprintf("r%d", len(p.index))
	}
	p.rule = e.rule
	p.execute("problems-table", page{builder: p.b, D: p.d, Part: part, Anchor: fmt.Sprintf("r%d", len(p.index))})
}

func (p *pages) end() {
	_, err := p.out.WriteString("</tbody></table></div>\n")
	if p.fail(err); p.full(p.rule) {
		p.execute("problems-cut", page{builder: p.b, D: p.d, Part: &p.index[len(p.index)-1]})
	}
}

// shut ends a page; more: another follows.
func (p *pages) shut(more bool) {
	if p.file == nil || p.err != nil {
		return
	}
	p.end()
	p.part("problems-foot", p.count(), more)
	p.fail(p.out.Flush())
	p.fail(p.file.Close())
	p.file = nil
}

// part writes a page's head or foot, with the ways to the pages around it.
func (p *pages) part(name string, n int, more bool) {
	v := page{builder: p.b, D: p.d, Number: n}
	if n > 1 {
		v.Before = pageName(n - 1)
	}
	if more {
		v.After = pageName(n + 1)
	}
	p.execute(name, v)
}

func (p *pages) execute(name string, v page) {
	t, err := p.b.template()
	if err == nil {
		err = t.ExecuteTemplate(p.out, name, v)
	}
	p.fail(err)
}

// finish ends the last page and writes the index.
func (p *pages) finish() error {
	p.shut(false)
	p.d.Unpaged = p.left
	if p.err != nil || len(p.index) == 0 {
		return p.err
	}
	for _, part := range p.index {
		if part.Page != len(p.d.Pages) {
			p.d.Pages = append(p.d.Pages, pageName(part.Page))
		}
	}
	return p.b.writeView(filepath.Join(p.dir, indexFile), "problems.html.tmpl", page{builder: p.b, D: p.d, Index: p.index})
}

// close lets go of a page that an error left open.
func (p *pages) close() {
	if p.file != nil {
		p.err = errors.Join(p.err, p.file.Close())
		p.file = nil
	}
}
