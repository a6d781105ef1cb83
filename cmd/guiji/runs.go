package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/internal/text"
	"guiji/lake"
)

func (a *app) runs() *cobra.Command {
	var n int
	cmd := &cobra.Command{
		Use:   "runs",
		Short: text.Format(a.language(), "command.runs"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			list, err := lake.Runs(cmd.Context(), w.objects, n)
			if err != nil {
				return err
			}
			return a.print(cmd, list, func() string { return a.runsText(w, list) })
		},
	}
	cmd.Flags().IntVarP(&n, "number", "n", 20, text.Format(a.language(), "command.runs.number"))
	cmd.AddCommand(&cobra.Command{
		Use:   "show ID",
		Short: text.Format(a.language(), "command.runs.show"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			rec, err := lake.Run(cmd.Context(), w.objects, args[0])
			if err != nil {
				return err
			}
			return a.print(cmd, rec, func() string {
				var b strings.Builder
				a.writeRun(&b, w, rec)
				for _, s := range rec.Stages {
					fmt.Fprintf(&b, "%s  %s\n", a.say(text.Key("command.stage."+s.Name)), s.Took.Round(time.Millisecond))
				}
				return strings.TrimRight(b.String(), "\n")
			})
		},
	})
	return cmd
}

func (a *app) runsText(w *workspace, list []lake.RunRecord) string {
	if len(list) == 0 {
		return a.say("command.runs.none")
	}
	t := newTable()
	t.AppendHeader(table.Row{a.say("command.col.run"), a.say("command.col.pipeline"), a.say("command.col.started"), a.say("command.col.took"),
		a.say("command.col.outcome"), a.say("command.col.release"), a.say("command.col.resources")})
	for _, r := range list {
		release := ""
		if r.Release > 0 {
			release = fmt.Sprintf("v%012d", r.Release)
		}
		t.AppendRow(table.Row{r.ID, r.Pipeline, r.Started.In(w.zone).Format(time.DateTime), r.Ended.Sub(r.Started).Round(100 * time.Millisecond),
			a.outcome(r.Outcome), release, len(r.Resources)})
	}
	return t.Render()
}
