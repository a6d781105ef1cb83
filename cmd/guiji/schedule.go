package main

import (
	"context"
	"errors"
	"time"
	_ "time/tzdata" // a machine without zones still knows the project's

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/pipelines"
	"guiji/pipelines/schedule"
)

func (a *app) schedule() *cobra.Command {
	cmd := &cobra.Command{Use: "schedule", Short: text.Format(a.language(), "command.schedule"), Args: cobra.NoArgs}
	cmd.AddCommand(a.scheduleRun(), a.scheduleList())
	return cmd
}

func (a *app) scheduleRun() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: text.Format(a.language(), "command.schedule.run"),
		Long:  text.Format(a.language(), "command.schedule.run.long"),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.serveSchedule(cmd) },
	}
}

// serveSchedule is the daemon: it ends well when it is stopped.
func (a *app) serveSchedule(cmd *cobra.Command) error {
	p, err := a.project()
	if err != nil {
		return err
	}
	if err := a.refuseViolations(cmd.Context(), p); err != nil {
		return err
	}
	n := 0
	for _, def := range p.Config.Pipelines {
		if def.Cron != "" {
			n++
		}
	}
	if n == 0 {
		return fault.New(fault.Config, "command.schedule.none").Try("command.schedule.none.hint")
	}
	w, err := a.open(cmd.Context(), p)
	if err != nil {
		return err
	}
	a.verbose = true // a daemon's log is what it shows, on a terminal too
	log := a.logger()
	observers, done, err := a.observers(cmd.Context(), w, log)
	if err != nil {
		return err
	}
	defer done()
	d := &schedule.Daemon{
		Objects: w.objects, Chain: w.chain, Run: a.slotRunner(w), Observer: observers, Log: log, Now: time.Now,
		Load: func() (*catalog.Project, error) { return catalog.Load(a.dir) },
	}
	if err := a.print(cmd, map[string]int{"pipelines": n}, func() string { return a.say("command.schedule.started", n) }); err != nil {
		return err
	}
	return d.Serve(cmd.Context())
}

// slotRunner runs slots with the project as it is then. Several may run at once: each
// has an app of its own. base is the workspace of the daemon, whose store keeps the
// record of what the project did not let begin.
func (a *app) slotRunner(base *workspace) func(ctx context.Context, pipeline string, resources []string, slot string) (*lake.RunRecord, error) {
	return func(ctx context.Context, pipeline string, resources []string, slot string) (rec *lake.RunRecord, err error) {
		own, began := *a, base.now()
		own.atEnd = nil // what this slot opens ends with it, and not with the daemon
		defer func() { err = errors.Join(err, own.close()) }()
		p, err := own.project()
		if err == nil {
			err = own.refuseViolations(ctx, p)
		}
		var w *workspace
		if err == nil {
			w, err = own.open(ctx, p)
		}
		if err != nil {
			return pipelines.RecordRefused(ctx, base.objects, own.lasting(), pipeline, slot, began, err)
		}
		if pipeline == schedule.GC {
			rep, _, err := own.collect(ctx, w, false, false)
			var release uint64
			if err == nil {
				release = rep.Release
			}
			return pipelines.RecordCare(ctx, w.objects, own.lasting(), slot, began, release, err)
		}
		return own.traced(ctx, w, own.runner(w, silent{}), pipelines.Request{Pipeline: pipeline, Resources: resources, Slot: slot})
	}
}
