package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/pipelines"
)

func (a *app) plan() *cobra.Command {
	return &cobra.Command{
		Use:   "plan [PIPELINE|RESOURCE…]",
		Short: text.Format(a.language(), "command.plan"),
		RunE: func(cmd *cobra.Command, names []string) error {
			p, err := a.project()
			if err != nil {
				return err
			}
			if err := a.refuseViolations(cmd.Context(), p); err != nil {
				return err
			}
			pipes, err := pipelines.PipelineOf(p, names)
			if err != nil {
				return err
			}
			plans := []*pipelines.Plan{}
			for _, name := range pipes {
				plan, err := pipelines.MakePlan(p, name, resourcesOf(p, names), time.Now())
				if err != nil {
					return err
				}
				plans = append(plans, plan)
			}
			w, err := a.open(cmd.Context(), p)
			if err != nil {
				return err
			}
			head, err := w.chain.Head(cmd.Context())
			if err != nil {
				return err
			}
			shown := []plannedPipeline{}
			for _, plan := range plans {
				if err := plan.Over(p, head, pipelines.Request{}, a.language(), w.now()); err != nil {
					return err
				}
				shown = append(shown, withSources(p, plan))
			}
			if err := a.print(cmd, shown, func() string { return a.planText(shown) }); err != nil || !slices.ContainsFunc(shown, fails) {
				return err
			}
			return &exitError{code: fault.Config.ExitCode()}
		},
	}
}

// fails tells a plan of which a resource cannot land: a rule of its entry needs what is not
// collected.
func fails(plan plannedPipeline) bool {
	return slices.ContainsFunc(plan.Resources, func(r pipelines.PlannedPull) bool {
		return slices.ContainsFunc(r.Refused, func(f pipelines.Refused) bool { return len(f.Needed) > 0 })
	})
}

func (a *app) planText(plans []plannedPipeline) string {
	var b strings.Builder
	for _, plan := range plans {
		fmt.Fprintln(&b, a.say("command.plan.head", plan.Pipeline, len(plan.Resources)))
		t := newTable()
		t.AppendHeader(table.Row{a.say("command.col.resource"), a.say("command.col.name"), a.say("command.col.source"), a.say("command.col.mode"), a.say("command.col.window"),
			a.say("command.col.parts"), a.say("command.col.items"), a.say("command.col.copies"), a.say("command.col.refused")})
		for _, r := range plan.Resources {
			t.AppendRow(table.Row{r.Resource, r.Name, r.Connection + " " + r.Table, a.say(text.Key("command.mode." + r.Mode)), planned(r), r.Parts,
				len(r.Items), len(r.Copies), len(r.Refused)})
		}
		fmt.Fprintf(&b, "%s\n%s\n%s\n", t.Render(), a.say("command.plan.sources"), a.sourcesText(plan.Sources))
		for _, r := range plan.Resources {
			if r.ModeReason != "" {
				fmt.Fprintln(&b, a.say("command.plan.why", r.Resource, r.ModeReason))
			}
			for _, f := range r.Refused {
				fmt.Fprintln(&b, a.say("command.plan.refused", r.Resource+"."+f.Item, f.Why))
				fmt.Fprintln(&b, "    "+a.say("command.catalog.obtain", f.Obtain))
				for _, n := range f.Needed {
					fmt.Fprintln(&b, a.say("command.plan.fails", n.Place, n.Why))
				}
			}
			if len(r.Authorised) > 0 {
				fmt.Fprintln(&b, a.say("command.plan.authorised", r.Resource, strings.Join(r.Authorised, ", ")))
			}
		}
		a.writeSaved(&b, plan.Plan)
	}
	return strings.TrimRight(b.String(), "\n")
}

// writeSaved tells what collecting once saves, and by which counts.
func (a *app) writeSaved(b *strings.Builder, plan *pipelines.Plan) {
	if plan.Saved == 0 {
		return
	}
	if plan.Saved > plan.Uncounted {
		fmt.Fprintln(b, a.say("command.plan.saved", plan.Saved-plan.Uncounted, plan.SavedRows, fmt.Sprintf("v%012d", plan.SavedBy)))
	}
	if plan.Uncounted > 0 {
		fmt.Fprintln(b, a.say("command.plan.saved.uncounted", plan.Uncounted))
	}
}

// planned is where a resource's window begins: its cursor and a value.
func planned(r pipelines.PlannedPull) string {
	if r.From == "" {
		return ""
	}
	return r.Cursor + " " + r.From
}
