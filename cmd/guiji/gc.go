package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/lake/erase"
	"guiji/lake/sweep"
	"guiji/quality/orders"
	"guiji/transforms/onesource"
)

func (a *app) gc() *cobra.Command {
	var dry, deleted bool
	cmd := &cobra.Command{
		Use:   "gc",
		Short: a.say("command.gc"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.refuseViolations(cmd.Context(), w.project); err != nil && !dry { // what a slip in a rule lets expire is gone
				return err
			}
			rep, left, err := a.collect(cmd.Context(), w, dry, deleted)
			if err != nil {
				return err
			}
			return a.print(cmd, rep, func() string { return a.collectedText(w, rep, left) })
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, a.say("command.gc.dry"))
	cmd.Flags().BoolVar(&deleted, "deleted", false, a.say("command.gc.deleted"))
	return cmd
}

// gcRules is how the audit chain tells by which rules gc was to go.
const gcRules = "last %d, daily %d, monthly %d"

// collect sweeps the store; left are resources that only --deleted would take out.
func (a *app) collect(ctx context.Context, w *workspace, dry, deleted bool) (rep *sweep.Report, left []string, err error) {
	head, err := w.chain.Head(ctx)
	if err != nil {
		return nil, nil, err
	}
	gone, left := a.goneResources(w, head, deleted)
	by, err := a.by(w, "gc")
	if err != nil {
		return nil, nil, err
	}
	if !dry {
		if err := a.audit(w, "gc", fmt.Sprintf(gcRules, w.rules().Last, w.rules().Daily, w.rules().Monthly), ""); err != nil {
			return nil, nil, err
		}
	}
	rep, err = sweep.Collect(ctx, sweep.Input{
		Objects: w.objects, Chain: w.chain, Rules: w.rules(), Zone: w.zone, By: by, Owner: a.owner(), Lease: w.project.Config.Defaults.Lease,
		Expired: text.Format(a.lasting(), "command.gc.reason.retention"), Gone: gone, DryRun: dry,
		Rewrite: func(ctx context.Context, releases []*lake.Release, gone map[string]string) (edits []*lake.Release, staged []string, err error) {
			err = a.erasing(ctx, w, func(in erase.Input) error {
				edits, staged, err = erase.Withdraw(ctx, in, by.Now, releases, gone)
				return err
			})
			return edits, staged, err
		},
	})
	if err != nil || dry || len(rep.Withdrawn) == 0 {
		return rep, left, err
	}
	_, err = a.rebuildLocal(ctx, w) // this machine's copies hold what has left the store
	return rep, left, err
}

func (w *workspace) rules() catalog.Retention { return w.project.Config.Retention }

// by is who makes a release that takes data out of earlier ones.
func (a *app) by(w *workspace, what string) (lake.By, error) {
	anchor, err := w.auditHead()
	now := w.now().Truncate(time.Second)
	return lake.By{RunID: what + "-" + now.Format("20060102T150405"), Pipeline: "_" + what, Guiji: Version, Now: now, Audit: anchor}, err
}

// goneResources are the resources whose data is to leave, each with why. One whose
// entry is no longer in the catalogue leaves only on the word of a person: a project
// directory that was fetched by half must not empty the store.
func (a *app) goneResources(w *workspace, head *lake.Release, deleted bool) (gone map[string]string, left []string) {
	gone = map[string]string{}
	for _, res := range w.project.Resources {
		switch {
		case res.Status == catalog.Withdrawn && res.PurposeEnds != "" && res.PurposeEnds < w.now().Format(time.DateOnly):
			gone[res.ID] = text.Format(a.lasting(), "command.gc.reason.purpose", res.PurposeEnds)
		case res.Status == catalog.Withdrawn:
			gone[res.ID] = text.Format(a.lasting(), "command.gc.reason.withdrawn")
		}
	}
	if head == nil {
		return gone, nil
	}
	for _, id := range slices.Sorted(maps.Keys(head.Resources)) {
		switch {
		case w.project.Resource(id) != nil:
		case deleted:
			gone[id] = text.Format(a.lasting(), "command.gc.reason.deleted")
		default:
			left = append(left, id)
		}
	}
	return gone, left
}

// erasing lends an engine session and a scratch folder to whoever makes releases anew.
func (a *app) erasing(ctx context.Context, w *workspace, f func(erase.Input) error) (err error) {
	dir, err := w.passing("guiji-erase-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Remove()) }()
	d := w.project.Config.Defaults
	s, err := engine.Open(ctx, engine.Options{Temp: dir.Path, Memory: d.Memory, Threads: d.Threads})
	if err != nil {
		return err
	}
	defer s.Close()
	keys := erase.Keys{Of: onesource.EntityKey, Codes: onesource.MappedCodes, Items: onesource.MappedItems}
	return f(erase.Input{Project: w.project, Objects: w.objects, Chain: w.chain, Cache: w.cache, Session: s, Scratch: dir.Path, Keys: keys, OrderNumber: orders.Number})
}

func (a *app) collectedText(w *workspace, r *sweep.Report, left []string) string {
	var b strings.Builder
	t := newTable()
	t.AppendHeader(table.Row{a.say("command.col.release"), a.say("command.col.created"), a.say("command.col.kept_by")})
	for _, k := range r.Kept {
		var rules []string
		for _, rule := range k.Rules {
			rules = append(rules, a.say(text.Key("command.gc.rule."+rule)))
		}
		t.AppendRow(table.Row{releaseName(k.Version), k.Created.In(w.zone).Format("2006-01-02 15:04"), strings.Join(rules, " ")})
	}
	fmt.Fprintln(&b, t.Render())
	line := func(key text.Key, args ...any) { fmt.Fprintln(&b, a.say(key, args...)) }
	if r.DryRun {
		line("command.gc.would")
	}
	if r.Resumed > 0 {
		line("command.gc.resumed", r.Resumed)
	}
	line("command.gc.expired", len(r.Expired), r.Files, thousands(r.Bytes))
	if len(r.Withdrawn) > 0 {
		line("command.gc.withdrawn", strings.Join(r.Withdrawn, " "), len(r.Rewritten))
	}
	if len(left) > 0 {
		line("command.gc.left", strings.Join(left, " "))
	}
	line("command.gc.orphans", r.Orphans, thousands(r.OrphanB), r.Runs)
	if r.Waiting != "" && r.Orphans > 0 {
		line("command.gc.waiting", r.Waiting)
	}
	if r.Release > 0 {
		line("command.gc.release", releaseName(r.Release))
	}
	return strings.TrimRight(b.String(), "\n")
}
