package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"guiji/internal/text"
	"guiji/lake"
	"guiji/pipelines"
	"guiji/quality"
)

func (a *app) quality() *cobra.Command {
	cmd := &cobra.Command{Use: "quality", Short: a.say("recheck.quality"), Args: cobra.NoArgs}
	cmd.AddCommand(a.recheck())
	return cmd
}

func (a *app) recheck() *cobra.Command {
	var pipeline string
	var dry bool
	cmd := &cobra.Command{
		Use:     "recheck [RESOURCE…]",
		Short:   a.say("recheck.command"),
		Long:    a.say("recheck.long"),
		Example: "  guiji quality recheck gongan/resident --dry-run\n  guiji quality recheck --pipeline nightly",
		RunE: func(cmd *cobra.Command, names []string) error {
			return a.recheckAll(cmd, names, pipeline, dry)
		},
	}
	cmd.Flags().StringVar(&pipeline, "pipeline", "", a.say("recheck.flag.pipeline"))
	cmd.Flags().BoolVar(&dry, "dry-run", false, a.say("recheck.flag.dry"))
	return cmd
}

// rechecked is what the command answers: what became of the rules, and, where a release
// was made, the records of it.
type rechecked struct {
	Resources []pipelines.Rechecked `json:"resources"`
	Runs      []*lake.RunRecord     `json:"runs,omitempty"`
}

func (a *app) recheckAll(cmd *cobra.Command, names []string, pipeline string, dry bool) error {
	p, err := a.project()
	if err != nil {
		return err
	}
	if err := a.refuseViolations(cmd.Context(), p); err != nil {
		return err
	}
	pipes := []string{pipeline}
	if pipeline == "" {
		if pipes, err = pipelines.PipelineOf(p, names); err != nil {
			return err
		}
	}
	w, err := a.open(cmd.Context(), p)
	if err != nil {
		return err
	}
	progress := a.newProgress()
	runner := a.runner(w, progress)
	out := rechecked{Resources: []pipelines.Rechecked{}}
	var worst error
	for _, name := range pipes {
		rec, told, err := a.recheckOne(cmd.Context(), w, runner, pipelines.Request{Pipeline: name, Resources: resourcesOf(p, names)}, dry)
		out.Resources = append(out.Resources, told...)
		if rec != nil {
			out.Runs = append(out.Runs, rec)
		}
		if err != nil && (worst == nil || worse(err, worst)) {
			worst = err
		}
		if cmd.Context().Err() != nil {
			break
		}
	}
	endProgress(progress)
	if len(out.Resources)+len(out.Runs) == 0 {
		return worst
	}
	if err := a.print(cmd, out, func() string { return a.recheckText(w, out, dry) }); err != nil {
		return err
	}
	return a.ending(worst, len(out.Runs) > 0 || dry && gatesTell(out.Resources))
}

// recheckOne rechecks a pipeline. Lineage and hooks are told of it as of a run, but where
// nothing is written.
func (a *app) recheckOne(ctx context.Context, w *workspace, r *pipelines.Runner, req pipelines.Request, dry bool) (rec *lake.RunRecord, told []pipelines.Rechecked, err error) {
	if dry {
		if req.Disputed, err = w.marks(ctx); err != nil {
			return nil, nil, err
		}
		return r.Recheck(ctx, req, dry)
	}
	rec, err = a.told(ctx, w, r, req, true, func(req pipelines.Request) (rec *lake.RunRecord, err error) {
		rec, told, err = r.Recheck(ctx, req, dry)
		return rec, err
	})
	a.tellByHand(w, r.Log, req, rec, err)
	return rec, told, err
}

// gatesTell reports whether what was printed tells of a shut gate.
func gatesTell(all []pipelines.Rechecked) bool {
	return slices.ContainsFunc(all, func(r pipelines.Rechecked) bool { return r.Gate != "" })
}

// recheckText shows of each resource the rules that find something else than before, and
// those that cannot tell.
func (a *app) recheckText(w *workspace, out rechecked, dry bool) string {
	var b strings.Builder
	for _, r := range out.Resources {
		a.writeRechecked(&b, r, dry)
	}
	if dry {
		fmt.Fprintln(&b, a.say("recheck.dry"))
	}
	if len(out.Runs) > 0 {
		b.WriteString(a.runText(w, out.Runs))
	}
	return strings.TrimRight(b.String(), "\n")
}

func (a *app) writeRechecked(b *strings.Builder, r pipelines.Rechecked, dry bool) {
	t := newTable()
	t.AppendHeader(table.Row{a.say("recheck.col.rule"), a.say("recheck.col.title"), a.say("recheck.col.change"), a.say("recheck.col.was"), a.say("recheck.col.now")})
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 4, Align: prettytext.AlignRight}, {Number: 5, Align: prettytext.AlignRight}})
	same := 0
	var reasons []string
	for _, rule := range r.Rules {
		if rule.Status == quality.NotEvaluated && rule.Reason != "" {
			reasons = append(reasons, a.say("recheck.reason", rule.Rule, rule.Reason))
		}
		if rule.Change == "" && rule.Status == rule.StatusWas && rule.Failed == rule.FailedWas {
			same++
			continue
		}
		change := ""
		if rule.Change != "" {
			change = a.say(text.Key("recheck.change." + string(rule.Change)))
		}
		t.AppendRow(table.Row{rule.Rule, rule.Title, change, a.found(rule.StatusWas, rule.FailedWas), a.found(rule.Status, rule.Failed)})
	}
	fmt.Fprintln(b, a.say("recheck.head", r.Resource, thousands(int64(len(r.Rules))), thousands(int64(same))))
	if same < len(r.Rules) {
		fmt.Fprintln(b, t.Render())
	}
	for _, reason := range reasons {
		fmt.Fprintln(b, reason)
	}
	if r.Was != r.Withheld {
		fmt.Fprintln(b, a.say("recheck.withheld", thousands(r.Was), thousands(r.Withheld)))
	}
	switch {
	case r.Gate != "" && r.GateWas == "" && dry:
		fmt.Fprintln(b, a.say("recheck.gate.would", r.Gate))
	case r.Gate != "":
		fmt.Fprintln(b, a.say("recheck.gate.shut", r.Gate))
	case r.GateWas != "":
		fmt.Fprintln(b, a.say("recheck.gate.opens", r.GateWas))
	}
}

// found is how many rows fail a rule: – where it is not there, and not 0 where nobody knows.
func (a *app) found(s quality.Status, n int64) string {
	switch s {
	case "":
		return "–"
	case quality.NotEvaluated:
		return a.say("recheck.unknown")
	}
	return thousands(n)
}
