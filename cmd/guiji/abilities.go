package main

import (
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/connectors/all"
	"guiji/internal/text"
	"guiji/pipelines"
)

// plannedPipeline is a plan with what its sources can do beside handing out whole tables.
type plannedPipeline struct {
	*pipelines.Plan
	Sources []plannedSource `json:"sources"`
}

// plannedSource is a connection of a plan. Its abilities are its connector's: no source is
// opened for a plan, and one table, account or server may allow less.
type plannedSource struct {
	Connection string               `json:"connection"`
	Connector  string               `json:"connector"`
	Abilities  []connectors.Ability `json:"abilities"`
}

// withSources adds to a plan what its sources can, in order of the connections' names.
func withSources(p *catalog.Project, plan *pipelines.Plan) plannedPipeline {
	out := plannedPipeline{Plan: plan, Sources: []plannedSource{}}
	for _, r := range plan.Resources {
		if slices.ContainsFunc(out.Sources, func(s plannedSource) bool { return s.Connection == r.Connection }) {
			continue
		}
		if c, ok := all.Find(p.Config.Connections[r.Connection].Connector); ok {
			out.Sources = append(out.Sources, plannedSource{r.Connection, c.Name, c.Abilities()})
		}
	}
	slices.SortFunc(out.Sources, func(a, b plannedSource) int { return strings.Compare(a.Connection, b.Connection) })
	return out
}

// shownAbilities are those that change what a run does, in the order of the table's columns.
func shownAbilities() []connectors.Ability {
	return []connectors.Ability{connectors.AbilityCursor, connectors.AbilityDeletes, connectors.AbilityNewFiles, connectors.AbilityParts, connectors.AbilitySnapshot,
		connectors.AbilityResume, connectors.AbilityPlaces, connectors.AbilityStatistics}
}

// sourcesText is a table of connections and what each can.
func (a *app) sourcesText(sources []plannedSource) string {
	t := newTable()
	head := table.Row{a.say("command.col.connection"), a.say("command.col.connector")}
	for _, ability := range shownAbilities() {
		head = append(head, a.say(text.Key("command.ability."+string(ability))))
	}
	t.AppendHeader(head)
	for _, s := range sources {
		row := table.Row{s.Connection, s.Connector}
		for _, ability := range shownAbilities() {
			mark := "–"
			if slices.Contains(s.Abilities, ability) {
				mark = "✓"
			}
			row = append(row, mark)
		}
		t.AppendRow(row)
	}
	return t.Render()
}
