package main

import (
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/text"
)

// cleanUp is an item held beside its authority, as catalog cleanup prints it.
type cleanUp struct {
	Department string `json:"department"`
	Name       string `json:"department_name"`
	Resource   string `json:"resource"`
	Item       string `json:"item"`
	Label      string `json:"label"`
	Element    string `json:"element"`
	ElementIs  string `json:"element_name"`
	Part       string `json:"part"` // fallback, copy, refused
	HeldSince  string `json:"held_since,omitempty"`
	CleanUpBy  string `json:"clean_up_by,omitempty"`
	Basis      string `json:"legal_basis,omitempty"` // the item's own
	Authority  string `json:"authority"`
	Days       *int   `json:"days_left,omitempty"` // calendar days to clean_up_by; negative: past it
}

func (a *app) catalogCleanup() *cobra.Command {
	return a.byDepartment("cleanup", "command.cleanup", func(p *catalog.Project, department string) (any, func() string) {
		list := []cleanUp{}
		for _, u := range p.CleanUps(today(p), department) {
			list = append(list, cleanUpOf(p, u))
		}
		return list, func() string { return a.cleanupText(list) }
	})
}

func cleanUpOf(p *catalog.Project, u catalog.CleanUp) cleanUp {
	out := cleanUp{
		Department: u.Resource.Provider, Name: departmentOf(p, u.Resource.ID), Resource: u.Resource.ID, Item: u.Item.Name, Label: u.Item.Title(),
		Element: u.Element.Code, ElementIs: u.Element.Name, Part: string(u.Part), HeldSince: u.Item.HeldSince, CleanUpBy: u.Item.CleanUpBy,
		Basis: u.Item.LegalBasis, Authority: string(u.Authority),
	}
	if by, err := time.Parse(time.DateOnly, u.Item.CleanUpBy); err == nil {
		now, _ := time.Parse(time.DateOnly, today(p).Format(time.DateOnly)) // its own form
		days := int(by.Sub(now).Hours() / 24)
		out.Days = &days
	}
	return out
}

// cleanupText is a table a department: each gets its own list.
func (a *app) cleanupText(list []cleanUp) string {
	if len(list) == 0 {
		return a.say("command.cleanup.none")
	}
	var b strings.Builder
	refused := 0
	for at := 0; at < len(list); {
		end := at
		t := newTable()
		t.AppendHeader(a.header("entry", "label", "element", "part", "held_since", "clean_up_by", "state", "authority"))
		for ; end < len(list) && list[end].Department == list[at].Department; end++ {
			u := list[end]
			if u.Part == string(catalog.PartRefused) {
				refused++
			}
			t.AppendRow(table.Row{u.Resource, u.Label, u.Element + " " + u.ElementIs, a.say(text.Key("command.part." + u.Part)), u.HeldSince, u.CleanUpBy, a.daysLeft(u), u.Authority})
		}
		b.WriteString(a.say("command.cleanup.head", list[at].Name, end-at) + "\n" + t.Render() + "\n")
		at = end
	}
	return b.String() + a.say("command.cleanup.sum", len(list), refused)
}

func (a *app) daysLeft(u cleanUp) string {
	switch {
	case u.Part == string(catalog.PartRefused):
		return a.say("command.cleanup.refused")
	case u.Days == nil:
		return ""
	}
	return a.say("command.cleanup.days", *u.Days)
}
