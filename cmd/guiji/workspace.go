package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/scratch"
	"guiji/lake"
	"guiji/lake/serving"
	"guiji/lake/stores"
	"guiji/pipelines"
	"guiji/quality/checks"
)

// workspace is a project with its store and cache opened.
type workspace struct {
	project *catalog.Project
	objects lake.Objects
	cache   *lake.Cache
	chain   *lake.Chain
	zone    *time.Location
}

// open opens the store and cache of a project.
func (a *app) open(ctx context.Context, p *catalog.Project) (*workspace, error) {
	zone, err := time.LoadLocation(p.Config.Timezone)
	if err != nil {
		return nil, fault.New(fault.Config, "command.timezone", p.Config.Timezone).Because(err)
	}
	objs, err := stores.Open(ctx, p.Config, p.Dir)
	if err != nil {
		return nil, err
	}
	cache, err := stores.OpenCache(objs, p.Config, p.Dir)
	if err != nil {
		return nil, err
	}
	a.atEnd = append(a.atEnd, cache.Close)
	return &workspace{project: p, objects: objs, cache: cache, chain: lake.NewChain(objs), zone: zone}, nil
}

// passing makes a folder for values that must not outlive this process; those of the name
// that killed ones left go.
func (w *workspace) passing(name string) (*scratch.Folder, error) {
	scratch.Sweep(w.project.Scratch(), name+"*")
	f, err := scratch.New(w.project.Scratch(), name)
	if err != nil {
		return nil, fault.New(fault.Config, "pipeline.scratch", cmp.Or(w.project.Scratch(), os.TempDir())).Because(err).Try("pipeline.scratch.hint")
	}
	return f, nil
}

// close ends what this process alone keeps on disk of its stores, at the latest when
// the program ends.
func (a *app) close() error {
	var errs []error
	for _, f := range a.atEnd {
		errs = append(errs, f())
	}
	a.atEnd = nil
	return errors.Join(errs...)
}

// workspace loads the project and opens its store.
func (a *app) workspace(ctx context.Context) (*workspace, error) {
	p, err := a.project()
	if err != nil {
		return nil, err
	}
	return a.open(ctx, p)
}

// folder is a folder of guiji.yaml: relative to the project.
func (w *workspace) folder(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(w.project.Dir, path)
}

// now is the time on the project's clock.
func (w *workspace) now() time.Time { return time.Now().In(w.zone) }

// runner hands the implementations over to pipelines.
func (a *app) runner(w *workspace, progress pipelines.Progress) *pipelines.Runner {
	return &pipelines.Runner{
		Project: w.project, Objects: w.objects, Cache: w.cache, OpenSource: w.openSource, Checks: checks.All(),
		Log: a.logger(), Progress: progress, Lang: a.lasting(), Now: w.now, Version: Version,
		Owner: a.owner(),
		Serve: func(ctx context.Context, rel *lake.Release) error {
			_, err := serving.Build(ctx, rel, w.cache, stores.Serving(w.project.Config, w.project.Dir))
			return err
		},
		Report: func(ctx context.Context, rel, previous *lake.Release) error {
			if err := a.mendDisputes(ctx, w, rel); err != nil {
				return err
			}
			_, err := a.buildReports(ctx, w, rel, previous)
			return err
		},
		Audit:     func(act, object, result string) error { return a.audit(w, act, object, result) },
		AuditHead: w.auditHead,
		Released:  w.released,
		Acts:      w.acted,
		At:        failpoint(),
	}
}

// owner is this process in messages about leases.
func (a *app) owner() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// openSource opens a connection of the project with its connector.
func (w *workspace) openSource(ctx context.Context, name string, env connectors.Env) (connectors.Source, error) {
	conn, ok := w.project.Config.Connections[name]
	if !ok {
		return nil, fault.New(fault.Config, "command.no_connection", name).Try("command.no_connection.hint")
	}
	c, settings, err := connectorOf(conn, true)
	if err != nil {
		return nil, err
	}
	return c.Open(ctx, settings, env)
}

// logger writes English logs to standard error: quiet on a terminal, where the
// progress bar tells what goes on.
func (a *app) logger() *slog.Logger {
	level := slog.LevelInfo
	if terminal(os.Stderr) && !a.verbose {
		level = slog.LevelWarn
	}
	return slog.New(tint.NewTextHandler(os.Stderr, &tint.Options{Level: level, NoColor: !terminal(os.Stderr), TimeFormat: time.DateTime}))
}

func terminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
