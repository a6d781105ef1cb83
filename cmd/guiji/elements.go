package main

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/text"
)

// elementEntry is a data element as elements list prints it.
type elementEntry struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Entity       string   `json:"entity"`
	Column       string   `json:"golden_column"` // entity.column
	Type         string   `json:"type,omitempty"`
	Domain       string   `json:"domain,omitempty"`
	Standard     string   `json:"standard,omitempty"`
	Definition   string   `json:"definition,omitempty"`
	Survivorship string   `json:"survivorship"`
	Reason       string   `json:"reason,omitempty"`
	WhenEmpty    string   `json:"when_empty"`
	Aliases      []string `json:"aliases,omitempty"`
	Replaces     []string `json:"replaces,omitempty"`
	Linking      bool     `json:"linking"`             // identifies subjects: all may hold it
	HeldBack     bool     `json:"held_back"`           // nobody has the authority: its value is held back
	Authority    []tenure `json:"authority,omitempty"` // by date
	Items        []holder `json:"items,omitempty"`     // who collects it
}

// tenure is an authority and when it holds.
type tenure struct {
	Item       string `json:"item"`
	Label      string `json:"label,omitempty"`
	Department string `json:"department"`
	Resource   string `json:"resource"`
	From       string `json:"from,omitempty"`
	To         string `json:"to,omitempty"`
	Now        bool   `json:"now"`
}

// holder is an item that stands for an element.
type holder struct {
	Item       string   `json:"item"`
	Label      string   `json:"label,omitempty"`
	Department string   `json:"department"`
	Resource   string   `json:"resource"`
	Part       string   `json:"part"` // authority, fallback, copy, linking, holder, refused, unread
	Rank       int      `json:"rank,omitempty"`
	HeldSince  string   `json:"held_since,omitempty"`
	CleanUpBy  string   `json:"clean_up_by,omitempty"`
	Pipelines  []string `json:"pipelines,omitempty"`
	Share      string   `json:"share"`
	Open       string   `json:"open"`
}

func (a *app) elements() *cobra.Command {
	c := &cobra.Command{Use: "elements", Short: a.say("command.elements"), Args: cobra.NoArgs}
	c.AddCommand(a.elementsList(), a.elementsOne("show", a.elementText), a.elementsOne("uses", a.usesText))
	return c
}

func (a *app) elementsList() *cobra.Command {
	return a.byDepartment("list", "command.elements.list", func(p *catalog.Project, department string) (any, func() string) {
		list := []elementEntry{}
		held := p.Register(today(p))
		for i := range p.Elements {
			if e := registerOf(p, &p.Elements[i], held[p.Elements[i].Code]); department == "" || e.concerns(p, department) {
				list = append(list, e)
			}
		}
		return list, func() string { return a.elementsText(p, list) }
	})
}

// byDepartment is a command that lists what concerns one department, or all.
func (a *app) byDepartment(use string, short text.Key, list func(p *catalog.Project, department string) (any, func() string)) *cobra.Command {
	department := ""
	c := &cobra.Command{
		Use:   use,
		Short: a.say(short),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.project()
			if err != nil {
				return err
			}
			if err := knownDepartment(p, department); err != nil {
				return err
			}
			found, human := list(p, department)
			return a.print(cmd, found, human)
		},
	}
	c.Flags().StringVar(&department, "department", "", a.say("command.elements.department"))
	return c
}

// elementsOne is a command about one element, by its code of today or one it had before,
// or by what it is called.
func (a *app) elementsOne(use string, human func(*catalog.Project, elementEntry) string) *cobra.Command {
	return &cobra.Command{
		Use:   use + " CODE",
		Short: a.say(text.Key("command.elements." + use)),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.project()
			if err != nil {
				return err
			}
			e, err := elementOf(p, args[0])
			if err != nil {
				return err
			}
			one := registerOf(p, e, p.Parts(e.Code, today(p)))
			return a.print(cmd, one, func() string { return human(p, one) })
		},
	}
}

// elementOf finds an element by its code, or by its name or an alias where that is of one alone.
func elementOf(p *catalog.Project, asked string) (*catalog.Element, error) {
	if e := p.Element(p.CurrentCode(asked)); e != nil {
		return e, nil
	}
	var found *catalog.Element
	var codes []string
	for i := range p.Elements {
		if e := &p.Elements[i]; e.Name == asked || slices.Contains(e.Aliases, asked) {
			found, codes = e, append(codes, e.Code)
		}
	}
	switch len(codes) {
	case 0:
		return nil, fault.New(fault.Config, "command.elements.none", asked).Try("command.elements.none.hint")
	case 1:
		return found, nil
	}
	return nil, fault.New(fault.Config, "command.elements.several", asked, strings.Join(codes, ", "))
}

// today is now in the project's zone; one that is none is refused where the store is opened.
func today(p *catalog.Project) time.Time {
	now := time.Now()
	if zone, err := time.LoadLocation(p.Config.Timezone); err == nil {
		now = now.In(zone)
	}
	return now
}

func knownDepartment(p *catalog.Project, id string) error {
	if id == "" || p.Department(id) != nil {
		return nil
	}
	var ids []string
	for _, d := range p.Departments {
		ids = append(ids, d.ID)
	}
	return fault.New(fault.Config, "command.department.none", id).Try("command.department.none.hint", strings.Join(ids, ", "))
}

// registerOf is an element with who holds, collects and uses it today.
func registerOf(p *catalog.Project, e *catalog.Element, held []catalog.Carrier) elementEntry {
	day := today(p).Format(time.DateOnly)
	out := elementEntry{
		Code: e.Code, Name: e.Name, Entity: e.Entity, Column: e.Entity + "." + e.Column, Domain: e.Domain.String(), Standard: e.Standard, Definition: e.Definition,
		Survivorship: string(e.Survivorship), Reason: e.Reason, WhenEmpty: string(e.WhenEmpty), Aliases: e.Aliases, Replaces: e.Replaces, Linking: p.Linking(e.Code), HeldBack: e.HeldBack(day),
	}
	if e.Type != nil {
		out.Type = e.Type.String()
	}
	for _, t := range e.Authority {
		id, item, _ := t.Item.Split()
		now := slices.Contains(e.Authority.ActiveOn(day), t)
		out.Authority = append(out.Authority, tenure{string(t.Item), itemLabel(p, id, item), departmentOf(p, id), resourceName(p, id), t.From, t.To, now})
	}
	for _, c := range held {
		h := holder{
			Item: string(c.Ref()), Label: c.Item.Title(), Department: departmentOf(p, c.Resource.ID), Resource: c.Resource.Name, Part: string(c.Part),
			HeldSince: c.Item.HeldSince, CleanUpBy: c.Item.CleanUpBy, Pipelines: pipelinesOf(p, c.Resource), Share: c.Resource.Share.Class, Open: c.Resource.Open.Class,
		}
		if c.Part == catalog.PartFallback {
			h.Rank = slices.Index(e.Fallback, c.Ref()) + 1
		}
		out.Items = append(out.Items, h)
	}
	return out
}

// concerns tells whether a department has, had or is to have the authority over the
// element, or collects it.
func (e elementEntry) concerns(p *catalog.Project, department string) bool {
	of := func(item string) bool { return strings.HasPrefix(item, department+"/") }
	return slices.ContainsFunc(e.Authority, func(t tenure) bool { return of(t.Item) }) || slices.ContainsFunc(e.Items, func(h holder) bool { return of(h.Item) })
}

// itemLabel is what an item is called; "" where the catalogue has it no more.
func itemLabel(p *catalog.Project, resource, item string) string {
	if r := p.Resource(resource); r != nil {
		if it := r.Item(item); it != nil {
			return it.Title()
		}
	}
	return ""
}

// departmentOf is the name of the department a resource's id begins with.
func departmentOf(p *catalog.Project, resource string) string {
	id, _, _ := strings.Cut(resource, "/")
	if d := p.Department(id); d != nil {
		return d.Name
	}
	return id
}

func resourceName(p *catalog.Project, id string) string {
	if r := p.Resource(id); r != nil {
		return r.Name
	}
	return id
}

// pipelinesOf are the pipelines that pull a resource.
func pipelinesOf(p *catalog.Project, r *catalog.Resource) []string {
	var out []string
	for name := range p.Config.Pipelines {
		if slices.Contains(p.InPipeline(name), r) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
