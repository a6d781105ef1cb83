package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality/checks"
	"guiji/quality/report"
)

func (a *app) report() *cobra.Command {
	var version uint64
	cmd := &cobra.Command{
		Use:   "report",
		Short: text.Format(a.language(), "command.report"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			w, rel, err := a.openAt(ctx, version)
			if err != nil {
				return err
			}
			previous, err := w.before(ctx, rel)
			if err != nil {
				return err
			}
			if err := a.audit(w, "report", releaseName(rel.Version), ""); err != nil {
				return err
			}
			made, err := a.buildReports(ctx, w, rel, previous)
			if err != nil {
				return err
			}
			return a.print(cmd, made.Files, func() string {
				var lines []string
				for _, f := range made.Files {
					if !f.Page { // problems.html lists them
						lines = append(lines, f.Path)
					}
				}
				return strings.Join(lines, "\n")
			})
		},
	}
	cmd.Flags().Uint64Var(&version, "release", 0, text.Format(a.language(), "command.flag.release"))
	return cmd
}

// openAt opens the project's store, and the release that is asked for.
func (a *app) openAt(ctx context.Context, version uint64) (*workspace, *lake.Release, error) {
	w, err := a.workspace(ctx)
	if err != nil {
		return nil, nil, err
	}
	rel, err := w.release(ctx, version)
	return w, rel, err
}

// release is a version of the chain, 0 for the newest.
func (w *workspace) release(ctx context.Context, version uint64) (*lake.Release, error) {
	if version > 0 {
		return w.chain.At(ctx, version)
	}
	rel, err := w.chain.Head(ctx)
	if err == nil && rel == nil {
		err = fault.New(fault.Config, "command.no_release").Try("command.no_release.hint")
	}
	return rel, err
}

// buildReports writes all departments' reports of a release.
func (a *app) buildReports(ctx context.Context, w *workspace, rel, previous *lake.Release) (*report.Result, error) {
	corrections, err := w.corrections(ctx)
	if err != nil {
		return nil, err
	}
	book, err := w.bookOf(ctx, rel)
	if err != nil {
		return nil, err
	}
	defer func() { _ = book.close() }() // all was read
	return report.Build(ctx, report.Input{
		Project: w.project, Release: rel, Previous: previous, Earlier: w.before, Session: book.s, Relation: w.relation, Advice: advice,
		Dir: w.folder(w.project.Config.Reports), Lang: a.lasting(), Now: w.now(), Corrections: corrections, Orders: book.Book,
		Deadline: w.project.MendBy, Made: w.chain.Made,
	})
}

// before is the newest release before another that has not expired; nil without one.
func (w *workspace) before(ctx context.Context, rel *lake.Release) (*lake.Release, error) {
	return w.chain.Before(ctx, rel.Version)
}

func (w *workspace) relation(ctx context.Context, rel *lake.Release, dataset string) (string, bool, error) {
	d, ok := rel.Datasets[dataset]
	if !ok {
		return "", false, nil
	}
	files, err := w.cache.Files(ctx, d)
	if err != nil {
		return "", false, err
	}
	return engine.Parquet(files), true, nil
}

func advice(kind string) (string, string) {
	for _, c := range checks.All() {
		if c.Name == kind {
			return c.Advice, c.Example
		}
	}
	return "", ""
}
