package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"guiji/catalog"
	"guiji/internal/text"
)

// elementsText is the register, one line an element.
func (a *app) elementsText(p *catalog.Project, list []elementEntry) string {
	t := newTable()
	t.AppendHeader(a.header("code", "element", "entity", "type", "authority", "authority.since", "fallbacks", "copies", "refused"))
	none := 0
	for _, e := range list {
		holds, since := a.authorityNow(e)
		if e.HeldBack {
			none++
		}
		t.AppendRow(table.Row{e.Code, e.Name, entityName(p, e.Entity), e.Type, holds, since, e.count(catalog.PartFallback), e.count(catalog.PartCopy), e.count(catalog.PartRefused)})
	}
	return t.Render() + "\n" + a.say("command.elements.sum", len(list), none)
}

// authorityNow says who has the authority on the day and since when, or why nobody has.
func (a *app) authorityNow(e elementEntry) (holds, since string) {
	for _, t := range e.Authority {
		if t.Now {
			return fmt.Sprintf("%s《%s》", t.Department, t.Resource), t.From
		}
	}
	if e.HeldBack {
		return a.say("command.elements.missing"), ""
	}
	return a.say("command.elements.without", e.Survivorship), ""
}

func (e elementEntry) count(part catalog.Part) int {
	n := 0
	for _, h := range e.Items {
		if h.Part == string(part) {
			n++
		}
	}
	return n
}

// elementText is what is elementEntry of one element.
func (a *app) elementText(p *catalog.Project, e elementEntry) string {
	var b strings.Builder
	fmt.Fprintln(&b, e.Code+" "+e.Name)
	for _, line := range []struct{ key, value string }{
		{"definition", e.Definition}, {"entity", entityName(p, e.Entity)}, {"golden", e.Column}, {"type", e.Type}, {"domain", e.Domain}, {"standard", e.Standard},
		{"aliases", strings.Join(e.Aliases, ", ")}, {"replaces", strings.Join(e.Replaces, ", ")}, {"empty", a.whenEmpty(e)}, {"survivorship", a.survives(e)},
	} {
		if line.value != "" {
			fmt.Fprintln(&b, "  "+a.say(text.Key("command.elements.line."+line.key), line.value))
		}
	}
	if e.Linking {
		fmt.Fprintln(&b, "  "+a.say("command.elements.linking"))
	}
	if e.HeldBack {
		fmt.Fprintln(&b, "  "+a.say("command.elements.held_back"))
	}
	if len(e.Authority) > 0 {
		t := newTable()
		t.AppendHeader(a.header("authority", "entry", "item", "label", "from", "to", "state"))
		for _, term := range e.Authority {
			state := ""
			if term.Now {
				state = a.say("command.elements.now")
			}
			t.AppendRow(table.Row{term.Department, term.Resource, term.Item, term.Label, term.From, term.To, state})
		}
		fmt.Fprintln(&b, t.Render())
	}
	fmt.Fprint(&b, a.collectors(e))
	return strings.TrimRight(b.String(), "\n")
}

// whenEmpty says what an empty value of the authority means.
func (a *app) whenEmpty(e elementEntry) string {
	if len(e.Authority) == 0 {
		return ""
	}
	return a.say(text.Key("command.elements.empty." + e.WhenEmpty))
}

func (a *app) survives(e elementEntry) string {
	if len(e.Authority) > 0 || e.HeldBack {
		return ""
	}
	return a.say(text.Key("command.survivorship."+e.Survivorship), e.Reason)
}

func entityName(p *catalog.Project, id string) string {
	if e := p.Entity(id); e != nil {
		return id + " " + e.Name
	}
	return id
}

// collectors are the items that stand for an element, with what each does for it.
func (a *app) collectors(e elementEntry) string {
	if len(e.Items) == 0 {
		return a.say("command.elements.nobody")
	}
	t := newTable()
	t.AppendHeader(a.header("collects", "entry", "item", "label", "part", "held_since", "clean_up_by"))
	for _, h := range e.Items {
		t.AppendRow(table.Row{h.Department, h.Resource, h.Item, h.Label, a.part(h), h.HeldSince, h.CleanUpBy})
	}
	return t.Render()
}

// part is what an item does for its element, with its rank among the fallbacks.
func (a *app) part(h holder) string {
	s := a.say(text.Key("command.part." + h.Part))
	if h.Rank > 0 {
		s += fmt.Sprintf(" %d", h.Rank)
	}
	return s
}

// usesText is who uses an element, and where its golden value stands.
func (a *app) usesText(p *catalog.Project, e elementEntry) string {
	var b strings.Builder
	holds, _ := a.authorityNow(e)
	fmt.Fprintln(&b, a.say("command.elements.uses.head", e.Code+" "+e.Name, holds))
	if len(e.Items) == 0 {
		fmt.Fprintln(&b, a.say("command.elements.nobody"))
	} else {
		t := newTable()
		t.AppendHeader(a.header("department", "entry", "item", "part", "pipeline", "share", "open"))
		for _, h := range e.Items {
			t.AppendRow(table.Row{h.Department, h.Resource, h.Item, a.part(h), strings.Join(h.Pipelines, ", "), a.class("share", h.Share), a.class("open", h.Open)})
		}
		fmt.Fprintln(&b, t.Render())
	}
	golden := entityName(p, e.Entity)
	if e.HeldBack {
		fmt.Fprintln(&b, a.say("command.elements.golden.held", golden, e.Column))
	} else {
		fmt.Fprintln(&b, a.say("command.elements.golden", golden, e.Column))
	}
	fmt.Fprint(&b, a.say("command.elements.departments", len(e.departments())))
	return b.String()
}

// departments that hold the element.
func (e elementEntry) departments() []string {
	var out []string
	for _, h := range e.Items {
		if h.Part != string(catalog.PartUnread) && !slices.Contains(out, h.Department) {
			out = append(out, h.Department)
		}
	}
	return out
}

// class is the full name of a class of sharing or opening; decision is share or open.
func (a *app) class(decision, class string) string {
	word, ok := map[string]string{catalog.Unconditional: "unconditional", catalog.Conditional: "conditional", catalog.Withheld: "withheld"}[class]
	if !ok {
		return class
	}
	return a.say(text.Key("command.class." + decision + "." + word))
}

// header are a table's column names.
func (a *app) header(keys ...string) table.Row {
	var row table.Row
	for _, k := range keys {
		row = append(row, a.say(text.Key("command.col."+k)))
	}
	return row
}
