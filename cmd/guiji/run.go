package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/pipelines"
)

func (a *app) run() *cobra.Command {
	var req pipelines.Request
	cmd := &cobra.Command{
		Use:   "run [PIPELINE|RESOURCE…]",
		Short: text.Format(a.language(), "command.run"),
		Example: "  guiji run\n  guiji run nightly\n  guiji run gongan/resident 'minzheng/*'\n" +
			"  guiji run gongan/resident --sample 1000\n  guiji run gongan/resident --full\n" +
			"  guiji run gongan/resident --from 2026-11-01 --to 2026-11-07",
		RunE: func(cmd *cobra.Command, names []string) error { return a.runAll(cmd, names, req) },
	}
	cmd.Flags().Int64Var(&req.Sample, "sample", 0, text.Format(a.language(), "command.run.sample"))
	cmd.Flags().StringVar(&req.Slot, "slot", "", text.Format(a.language(), "command.run.slot"))
	cmd.Flags().BoolVar(&req.Full, "full", false, text.Format(a.language(), "command.run.full"))
	cmd.Flags().StringVar(&req.From, "from", "", text.Format(a.language(), "command.run.from"))
	cmd.Flags().StringVar(&req.To, "to", "", text.Format(a.language(), "command.run.to"))
	cmd.Flags().BoolVar(&req.Deletes, "accept-deletes", false, text.Format(a.language(), "command.run.deletes"))
	return cmd
}

func (a *app) runAll(cmd *cobra.Command, names []string, req pipelines.Request) error {
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
	if err := pipelines.CheckSlot(req.Slot); err != nil {
		return err
	}
	if req.Sample < 0 {
		return fault.New(fault.Config, "command.rows.negative")
	}
	if err := checkWindow(p, pipes, names, req); err != nil {
		return err
	}
	if req.Deletes && len(resourcesOf(p, names)) == 0 { // what nobody looked at must not pass
		return fault.New(fault.Config, "command.run.deletes.unnamed").Try("command.run.deletes.hint")
	}
	if req.Sample > 0 {
		dir, done, err := sampleStore(p)
		if err != nil {
			return err
		}
		defer done()
		defer fmt.Fprintln(cmd.ErrOrStderr(), a.say("command.run.scratch", dir))
	}
	w, err := a.open(cmd.Context(), p)
	if err != nil {
		return err
	}
	progress := a.newProgress()
	runner := a.runner(w, progress)
	var records []*lake.RunRecord
	var worst error
	for _, name := range pipes {
		req.Pipeline, req.Resources = name, resourcesOf(p, names)
		rec, err := a.traced(cmd.Context(), w, runner, req)
		a.tellByHand(w, runner.Log, req, rec, err)
		a.deliverByHand(cmd.Context(), w, runner.Log, req, rec)
		if rec != nil {
			records = append(records, rec)
		}
		if err != nil && (worst == nil || worse(err, worst)) {
			worst = err
		}
		if cmd.Context().Err() != nil || err != nil && rec == nil {
			break
		}
	}
	endProgress(progress)
	if len(records) > 0 {
		if err := a.print(cmd, records, func() string { return a.runText(w, records) }); err != nil {
			return err
		}
	}
	return a.ending(worst, len(records) > 0)
}

// checkWindow refuses a backfill that cannot be meant, before anything is read.
func checkWindow(p *catalog.Project, pipes, names []string, req pipelines.Request) error {
	if req.From == "" && req.To == "" {
		return nil
	}
	if len(names) == 0 {
		return fault.New(fault.Config, "pipeline.backfill.unnamed").Try("pipeline.backfill.unnamed.hint")
	}
	for _, name := range pipes {
		plan, err := pipelines.MakePlan(p, name, resourcesOf(p, names), time.Now())
		if err != nil {
			return err
		}
		if err := pipelines.CheckWindow(p, plan, req); err != nil {
			return err
		}
	}
	return nil
}

// refuseViolations stops a command on a project that breaks a rule, and shows each.
func (a *app) refuseViolations(ctx context.Context, p *catalog.Project) error {
	vs := slices.DeleteFunc(p.Check(time.Now()), func(v catalog.Violation) bool { return v.Severity != catalog.Error })
	lines, err := a.wired(ctx, p)
	if err != nil {
		return err
	}
	lines = untold(lines, vs)
	if len(vs)+len(lines) == 0 {
		return nil
	}
	for _, v := range vs {
		lines = append(lines, fmt.Errorf("%s: %s", v.At, v.Message(a.language())))
	}
	return fault.New(fault.Config, "command.violations", len(lines)).Because(errors.Join(lines...)).Try("command.violations.hint")
}

// ending says what is left to say: the record has told of gates and failed
// resources already.
func (a *app) ending(worst error, told bool) error {
	if worst == nil || !told || errors.Is(worst, context.Canceled) {
		return worst
	}
	if k := fault.KindOf(worst); k == fault.Interrupted || k == fault.Unknown {
		return worst
	}
	return &exitError{fault.ExitCode(worst)}
}

// worse compares by what a partial run's exit code goes by: 1, 5, 4, 2, 3.
func worse(a, b error) bool {
	rank := []int{0, 3, 11, 2, 4, 5, 1, 130}
	return slices.Index(rank, fault.ExitCode(a)) > slices.Index(rank, fault.ExitCode(b))
}

// resourcesOf leaves out names of pipelines: those select all they hold.
func resourcesOf(p *catalog.Project, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		_, ok := p.Config.Pipelines[n]
		return ok
	})
}
