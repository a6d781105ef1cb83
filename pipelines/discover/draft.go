package discover

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"guiji/internal/text"
)

// Draft is one entry as drafted.
type Draft struct {
	Resource string `json:"resource"` // department/name
	File     string `json:"file"`     // <department>/<name>.yaml, below the folder of entries
	Table    string `json:"table"`
	Rows     int64  `json:"rows"` // sampled
	Taken    string `json:"taken,omitempty"`
	Text     string `json:"text"`
}

// Draft writes the entry of a profiled table. The same profile gives the same text.
func (d *Drafter) Draft(p *Profile) Draft {
	name := resourceName(p.Table.Name)
	out := Draft{Resource: d.Department + "/" + name, File: d.Department + "/" + name + ".yaml", Table: p.Table.Name, Rows: p.Rows}
	for _, r := range d.Project.Resources {
		if r.Source.Connection == d.Connection && r.Source.Table == p.Table.Name {
			out.Taken = r.ID
		}
	}
	items := d.items(p)
	w := &writer{}
	d.head(w, p)
	d.source(w, p, items)
	d.itemList(w, items)
	for _, c := range p.Unread {
		w.comment("  ", d.say("discover.column.unread", c.Name, c.SourceType))
	}
	d.subjects(w, items)
	out.Text = w.String()
	return out
}

// writer writes lines of YAML.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// comment writes a text behind "# ", on one line whatever it holds.
func (w *writer) comment(indent, text string) {
	w.line("%s# %s", indent, strings.Join(strings.Fields(text), " "))
}

// scalar writes a text as YAML takes it back.
func scalar(s string) string {
	out, err := yaml.Marshal(strings.Join(strings.Fields(s), " "))
	if err != nil { // a text always can be
		return `""`
	}
	return strings.TrimSpace(string(out))
}

// head writes what a person settles, and what the table says of itself.
func (d *Drafter) head(w *writer, p *Profile) {
	w.comment("", d.say("discover.head", d.Connection, p.Table.Name, p.Rows, d.Today))
	if p.Table.Rows >= 0 {
		w.comment("", d.say("discover.rows", p.Table.Rows))
	}
	for _, reason := range slices.Sorted(maps.Keys(p.Bad)) {
		w.comment("", d.say("discover.bad", p.Bad[reason], d.say(text.Key(reason)), d.Connection))
	}
	w.comment("", d.say("discover.settle"))
	w.line("# code: 101001/000001%s", d.note("discover.note.code"))
	w.line("name: %s", scalar(cmp.Or(strings.TrimSpace(p.Table.Comment), stem(p.Table.Name))))
	w.line("version: 1")
	w.line("status: draft")
	w.line("provider: %s", d.Department)
	w.line("# category: [部门, …]%s", d.note("discover.note.category"))
	format := "数据库"
	if strings.Contains(d.Connector, "file") || d.Connector == "excel" || d.Connector == "jsonl" {
		format = "电子表格"
	}
	w.line("format: %s", format)
	w.line("# update_cycle: 每日%s", d.note("discover.note.cycle"))
	w.line("# legal_basis: 《…》第…条%s", d.note("discover.note.basis"))
	w.line("# share: {class: 有条件, condition: …, reason: …, basis: 《…》第…条, mode: [api]}%s", d.note("discover.note.share"))
	w.line("# open: {class: 不予, reason: …, basis: 《…》第…条}%s", d.note("discover.note.open"))
}

func (d *Drafter) note(key text.Key) string { return "   # " + d.say(key) }

// source writes where the rows are, and what may be their key and cursor.
func (d *Drafter) source(w *writer, p *Profile, items []item) {
	w.line("source:")
	w.line("  connection: %s", scalar(d.Connection))
	w.line("  table: %s", quoted(p.Table.Name))
	var key, single []string
	for _, k := range p.Table.Key {
		for _, it := range items {
			if it.column.Name == k {
				key = append(key, it.name)
			}
		}
	}
	for _, it := range items {
		if it.column.distinct() && it.column.filled() == p.Rows && p.Rows >= 20 {
			single = append(single, it.name)
		}
	}
	switch {
	case len(key) > 0 && len(key) == len(p.Table.Key):
		w.line("  key: [%s]", strings.Join(key, ", "))
	case len(single) > 0:
		w.line("  # key: [%s]   # %s", single[0], d.say("discover.key.maybe", p.Rows, strings.Join(single, ", ")))
	default:
		w.comment("  ", d.say("discover.key.none"))
	}
	if p.Cursored {
		d.cursors(w, items)
	}
}

// cursors writes the candidates, the likeliest first.
func (d *Drafter) cursors(w *writer, items []item) {
	var found []item
	for _, it := range items {
		if it.cursor > 0 {
			found = append(found, it)
		}
	}
	slices.SortStableFunc(found, func(a, b item) int { return b.cursor - a.cursor })
	for _, it := range found {
		c := it.column
		index := d.say("discover.cursor.indexed")
		if !c.Indexed {
			index = d.say("discover.cursor.bare")
		}
		w.line("  # cursor: %s   # %s", it.name, d.say("discover.cursor", index, c.nulls+c.empty))
	}
	if len(found) == 0 {
		w.comment("  ", d.say("discover.cursor.none"))
	}
}

func (d *Drafter) itemList(w *writer, items []item) {
	w.line("items:")
	for _, it := range items {
		for _, e := range it.evidence {
			w.comment("  ", e)
		}
		w.line("  - name: %s", it.name)
		if it.label != "" {
			w.line("    label: %s", scalar(it.label))
		}
		w.line("    column: %s", quoted(it.column.Name))
		w.line("    type: %s", it.typ)
		if it.element != "" {
			w.line("    element: %s", it.element)
		}
		if it.privacy != "" {
			w.line("    privacy: %s", it.privacy)
		}
		if len(it.checks) > 0 {
			w.line("    checks: [%s]", strings.Join(it.checks, ", "))
		}
	}
}

// quoted is a column's name, blanks and all.
func quoted(name string) string {
	if strings.Join(strings.Fields(name), " ") == name {
		return scalar(name)
	}
	return fmt.Sprintf("%q", name)
}

// subjects tells of identifiers of several subjects in one row: whose the other items are
// a person has to say.
func (d *Drafter) subjects(w *writer, items []item) {
	type identifier struct{ entity, item string }
	var found []identifier
	for _, it := range items {
		for _, e := range d.Project.Elements {
			if e.Code == it.element && e.Key {
				found = append(found, identifier{e.Entity, it.name})
			}
		}
	}
	if len(found) < 2 {
		return
	}
	w.comment("", d.say("discover.subjects", len(found)))
	w.line("# subjects:")
	for i, f := range found {
		w.line("#   - {entity: %s, as: s%d, key: %s, items: {…}}", f.entity, i+1, f.item)
	}
}

// Apart gives drafts of tables whose names become one in ASCII numbers of their own.
func Apart(drafts []Draft) []Draft {
	taken := map[string]int{}
	for i := range drafts {
		d := &drafts[i]
		base := d.Resource
		taken[base]++
		if n := taken[base]; n > 1 {
			d.Resource = fmt.Sprintf("%s_%d", base, n)
			d.File = d.Resource + ".yaml"
		}
	}
	return drafts
}
