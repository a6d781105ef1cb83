package discover

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/internal/text"
)

// Drafter writes drafts for one project.
type Drafter struct {
	Project    *catalog.Project
	Lang       text.Lang
	Department string
	Connection string
	Connector  string
	Today      string // 2006-01-02
}

// item is one column as the draft has it.
type item struct {
	name, label string
	column      *column
	typ         catalog.Type
	element     string
	privacy     catalog.Privacy
	checks      []string
	evidence    []string
	cursor      int // how likely it is one; 0 is not
}

func (d *Drafter) say(key text.Key, args ...any) string { return text.Format(d.Lang, key, args...) }

// items guesses all columns of a table.
func (d *Drafter) items(p *Profile) []item {
	keys := d.entities(p.Columns)
	out := make([]item, len(p.Columns))
	for i, name := range itemNames(p.Columns) {
		out[i] = d.item(p, &p.Columns[i], name, keys)
	}
	return out
}

func (d *Drafter) item(p *Profile, c *column, name string, keys map[string]bool) item {
	it := item{name: name, label: c.label(), column: c, typ: c.typeOf(), cursor: c.cursor()}
	it.tell(d.summary(c))
	found := d.elements(c, keys)
	var e *catalog.Element
	switch {
	case len(found) == 1:
		e = found[0].element
		it.element = e.Code
		it.alike(e)
		it.tell(d.say("discover.element", e.Code, e.Name, d.say(text.Key("discover.by."+strconv.Itoa(found[0].how)))))
	case len(found) > 1:
		var names []string
		for _, f := range found {
			names = append(names, f.element.Code+" "+f.element.Name)
		}
		it.tell(d.say("discover.element.many", strings.Join(names, ", ")))
	}
	d.checks(p, &it, e)
	it.privacy = privacyOf(c, bare(it.label), e)
	if c.wide >= 3 && c.gbk*10 >= c.wide*9 {
		it.tell(d.say("discover.gbk", percent(c.gbk, c.wide), c.Charset))
	}
	return it
}

// alike gives a text the length its element has, where the sample says that nothing is
// lost by it: departments leave room in their columns.
func (it *item) alike(e *catalog.Element) {
	c := it.column
	if e.Type == nil || e.Type.Kind != catalog.Text || it.typ.Kind != catalog.Text || e.Type.Length == 0 {
		return
	}
	if c.longest <= e.Type.Length || c.is(citizen) || c.is(credit) {
		it.typ = *e.Type
	}
}

func (it *item) tell(s string) { it.evidence = append(it.evidence, s) }

// summary tells of the source's type and of the sample.
func (d *Drafter) summary(c *column) string {
	source := c.SourceType
	if c.Charset != "" && !strings.Contains(source, c.Charset) {
		source += " " + c.Charset
	}
	distinct := fmt.Sprint(len(c.seen))
	if c.Type.ID() == arrow.BINARY {
		return d.say("discover.column.bytes", source, c.rows, c.nulls)
	}
	return d.say("discover.column", source, c.rows, c.nulls+c.empty, c.longest, distinct)
}

// checks guesses the checks of an item, and tells what speaks for each.
func (d *Drafter) checks(p *Profile, it *item, e *catalog.Element) {
	c := it.column
	filled := c.filled() > 0 && c.nulls+c.empty == 0
	identifies := c.is(citizen) || c.is(credit)
	key := slices.Contains(p.Table.Key, c.Name)
	if filled && (!c.Nullable && !key || identifies) {
		it.checks = append(it.checks, "not_null")
	}
	if it.typ.Kind != catalog.Text { // the rule type judges dates and numbers
		if it.typ.Kind == catalog.Number && it.typ.Arrow().ID() == arrow.INT64 && !key {
			d.codeCheck(it, e)
		}
		return
	}
	for _, t := range []trial{citizen, credit, phone} {
		if c.is(t) {
			it.checks = append(it.checks, string(t))
			it.tell(d.say("discover.holds", string(t), percent(c.fits[t], c.filled())))
			break
		}
	}
	if identifies && c.distinct() && !key {
		it.checks = append(it.checks, "unique")
		it.tell(d.say("discover.unique", c.filled()))
	}
	if !identifies && !c.is(phone) && !key {
		d.codeCheck(it, e)
	}
}

func (d *Drafter) codeCheck(it *item, e *catalog.Element) {
	table, fit := d.codes(it.column, e)
	switch {
	case table != "":
		it.checks = append(it.checks, "{in_codes: "+table+"}")
		it.tell(d.say("discover.codes", fmt.Sprintf("%.1f%%", 100*d.Project.Codes[table].Share(it.column.few)), table))
	case len(fit) > 0:
		it.tell(d.say("discover.codes.many", strings.Join(fit, ", ")))
	}
}

// percent writes a share; what is not all never rounds to it.
func percent(n, of int64) string {
	if of == 0 {
		return "–"
	}
	share := float64(n) / float64(of) * 100
	if n < of {
		share = min(share, 99.9)
	}
	return fmt.Sprintf("%.1f%%", share)
}

// cursor tells how likely a column is one that grows with every change: 0 is not.
func (c *column) cursor() int {
	kind := c.typeOf().Kind
	if kind != catalog.Date && kind != catalog.Time {
		return 0
	}
	score := 0
	name := strings.ToLower(c.Name)
	if holds(name, "gxsj", "gxrq", "xgsj", "xgrq", "bgsj", "zhxg", "update", "modif", "upd_", "last_", "changed") || holds(c.label(), "更新", "修改", "变更时间") {
		score += 4
	}
	if score > 0 && kind == catalog.Time {
		score++
	}
	if score > 0 && c.Indexed {
		score += 2
	}
	return score
}
