package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"

	"guiji/quality/profile"
)

// profileText is one line an item; the page and --json have the rest.
func (a *app) profileText(p *profile.Profile, page string) string {
	var b strings.Builder
	if p.Release > 0 {
		fmt.Fprintln(&b, a.say("profile.text.head", p.Resource, p.Name, releaseName(p.Release), thousands(p.Rows)))
	} else {
		fmt.Fprintln(&b, a.say("profile.text.source", p.Resource, p.Name, thousands(p.Rows)))
	}
	t := newTable()
	t.AppendHeader(table.Row{a.say("profile.item"), a.say("command.col.label"), a.say("profile.type"), a.say("profile.nulls"), a.say("profile.distinct"),
		a.say("profile.lengths"), a.say("profile.text.spread"), a.say("profile.patterns"), a.say("profile.text.most")})
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 4, Align: prettytext.AlignRight}, {Number: 5, Align: prettytext.AlignRight}, {Number: 7, WidthMax: 40}, {Number: 8, WidthMax: 36}, {Number: 9, WidthMax: 40}})
	for _, c := range p.Columns {
		spread := ""
		if c.Min != "" || c.Max != "" {
			spread = c.Min + " … " + c.Max
		}
		var patterns, top []string
		for _, s := range c.Patterns[:min(3, len(c.Patterns))] {
			patterns = append(patterns, s.Shape)
		}
		for _, v := range c.Top[:min(3, len(c.Top))] {
			top = append(top, v.Text+" "+profile.Share(v.N, p.Rows))
		}
		t.AppendRow(table.Row{c.Name, c.Label, c.Type, profile.Share(c.Nulls, p.Rows), thousands(c.Distinct), c.Measured(), spread, strings.Join(patterns, " "), strings.Join(top, ", ")})
	}
	b.WriteString(t.Render())
	if page != "" {
		fmt.Fprintf(&b, "\n%s", a.say("profile.written", page))
	}
	return b.String()
}
