package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"guiji/internal/text"
)

// explainText is an explanation as a person reads it: where the record comes from, then
// field by field who won, by which rule, and what the others say.
func (a *app) explainText(w *workspace, x *explained) string {
	var b strings.Builder
	fmt.Fprintln(&b, a.say("explain.head", x.Name, printable(x.Key), releaseName(x.Release)))
	if x.GoldenID != "" {
		fmt.Fprintln(&b, a.say("explain.id", x.GoldenID))
	}
	if x.Today {
		fmt.Fprintln(&b, a.say("explain.today", releaseName(x.Release)))
	}
	fmt.Fprintln(&b)
	fmt.Fprintln(&b, a.say("explain.members", len(x.Members)))
	fmt.Fprintln(&b, a.explainMembers(w, x))
	a.writeExplainedApart(&b, x)
	fmt.Fprintln(&b)
	fmt.Fprintln(&b, a.say("explain.fields"))
	fmt.Fprintln(&b, a.explainFields(w, x))
	a.writeExplainedDoubts(&b, w, x)
	if len(x.Disputes) > 0 {
		fmt.Fprintln(&b, "\n"+a.say("explain.disputes"))
		for _, d := range x.Disputes {
			fmt.Fprintln(&b, a.say("explain.dispute", d.Number, w.elementName(d.Entity, d.Element), w.departmentName(d.Department), a.standing(d), a.dueText(d)))
		}
	}
	a.writeExplainedEvents(&b, x)
	if x.Masked {
		fmt.Fprintln(&b, "\n"+a.say("command.answer.masked"))
	}
	return strings.TrimRight(b.String(), "\n")
}

func (a *app) explainMembers(w *workspace, x *explained) string {
	t := newTable()
	t.AppendHeader(table.Row{a.say("explain.col.source"), a.say("explain.col.record"), a.say("explain.col.time"), a.say("explain.col.votes"), a.say("explain.col.route")})
	for _, m := range x.Members {
		votes := a.say("explain.votes.no")
		if m.Votes {
			votes = a.say("explain.votes.yes")
		}
		t.AppendRow(table.Row{m.Title, a.recordText(m.Record), dash(m.Time), votes, a.routeText(w, m)})
	}
	return t.Render()
}

// routeText says by which key, or by whose decision, a record came to the subject.
func (a *app) routeText(w *workspace, m explainedMember) string {
	route := m.Route
	if el := w.project.Element(m.Route); el != nil {
		route = el.Name
	}
	if m.OwnKey != nil {
		route = strings.TrimSpace(route + " " + a.say("explain.own", printable(*m.OwnKey)))
	}
	if m.Decision != nil {
		route = strings.TrimSpace(route + " " + a.say("explain.decision", *m.Decision))
	}
	return route
}

func (a *app) recordText(record string) string {
	if record == "" {
		return a.say("explain.keyless")
	}
	return printable(record)
}

func dash(s *string) string {
	if s == nil {
		return "–"
	}
	return *s
}

func (a *app) valueText(v *string) string {
	if v == nil {
		return a.say("explain.empty")
	}
	return printable(*v)
}

func (a *app) explainFields(w *workspace, x *explained) string {
	t := newTable()
	t.AppendHeader(table.Row{a.say("explain.col.element"), a.say("explain.col.value"), a.say("explain.col.source"), a.say("explain.col.record"), a.say("explain.col.time"), a.say("explain.col.why")})
	for _, f := range x.Fields {
		why := a.say("explain.rule." + text.Key(f.Rule))
		if f.Rank > 0 {
			why += a.say("explain.rank", f.Rank)
		}
		if f.Disputed {
			why += a.say("explain.marked")
		}
		from, record := "–", "–"
		if len(f.From) > 0 {
			titles := make([]string, len(f.From))
			for i, s := range f.From {
				titles[i] = w.resourceName(strings.Split(s, "#")[0])
			}
			from, record = strings.Join(titles, "、"), a.recordText(f.Record)
		}
		t.AppendRow(table.Row{f.Element + " " + f.Name, a.valueText(f.Value), from, record, dash(f.Time), why})
		for _, o := range f.Others {
			t.AppendRow(table.Row{"  └", a.valueText(o.Value), o.Title, a.recordText(o.Record), dash(o.Time), a.otherText(f, o)})
		}
	}
	return t.Render()
}

// otherText says why a value did not win, and whether it is told as a conflict.
func (a *app) otherText(f explainedField, o explainedValue) string {
	switch {
	case o.Kind != "":
		return a.say("explain.other."+text.Key(o.Kind), "v"+o.Since)
	case !o.Votes:
		return a.say("explain.other.silent")
	case len(f.winners) == 0 && f.Rule != ruleEmpty:
		return a.say("explain.other.alone")
	}
	return a.say("explain.other.same")
}

func (a *app) writeExplainedDoubts(b *strings.Builder, w *workspace, x *explained) {
	for _, f := range x.Fields {
		for _, d := range f.Doubts {
			titles := make([]string, len(d.HeldBy))
			for i, s := range d.HeldBy {
				titles[i] = w.resourceName(strings.Split(s, "#")[0])
			}
			fmt.Fprintln(b, "\n"+a.say("explain.doubt", f.Element+" "+f.Name, d.Holders, a.valueText(d.Value), strings.Join(titles, "、"), "v"+d.Since))
		}
	}
}

func (a *app) writeExplainedEvents(b *strings.Builder, x *explained) {
	if len(x.Events) == 0 {
		return
	}
	fmt.Fprintln(b, "\n"+a.say("explain.events"))
	for _, e := range x.Events {
		other := ""
		if e.Other != nil {
			other = *e.Other
		}
		whose := a.say("explain.event.mine")
		if !e.Mine {
			whose = a.say("explain.event.other")
		}
		fmt.Fprintln(b, strings.TrimRight(fmt.Sprintf("  v%s  %s %s %s", e.Since, whose, a.say("explain.event."+text.Key(e.Kind)), other), " "))
	}
}
