package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"

	"guiji/catalog"
	"guiji/lake"
	"guiji/pipelines"
	"guiji/publish/deliver"
)

// of is the workspace with a project as it is now; store and cache stay.
func (w *workspace) of(p *catalog.Project) *workspace {
	own := *w
	own.project = p
	return &own
}

// deliverer sends reports as the project says.
func (a *app) deliverer(w *workspace, log *slog.Logger) (*deliver.Deliverer, error) {
	return deliver.New(deliver.Options{
		Project: w.project, Objects: w.objects, Passwords: filepath.Join(w.folder(w.project.Config.State), "passwords"),
		Reports: func(ctx context.Context, release uint64) (string, func() error, error) {
			return a.reportsOf(ctx, w, release)
		},
		Audit: func(act, object, reason string) error { return a.audit(w, act, object, reason) },
		Lang:  a.lasting(), Zone: w.zone, Owner: a.owner(), Log: log, Now: w.now,
	})
}

// reportsOf is a folder with the reports of a release: the project's, where they are of
// that one, else a passing one. Where something was erased from it since, they are made
// anew: the project's may be of before, if it was done on another machine.
func (a *app) reportsOf(ctx context.Context, w *workspace, release uint64) (string, func() error, error) {
	rel, err := w.release(ctx, release)
	if err != nil {
		return "", nil, err
	}
	if dir := w.folder(w.project.Config.Reports); deliver.Made(dir) == release && len(rel.Erasures) == 0 {
		return dir, func() error { return nil }, nil
	}
	previous, err := w.before(ctx, rel)
	if err != nil {
		return "", nil, err
	}
	folder, err := w.passing("guiji-deliver-")
	if err != nil {
		return "", nil, err
	}
	dir, done := folder.Path, folder.Remove
	p := *w.project
	p.Config.Reports = dir
	if _, err := a.buildReports(ctx, w.of(&p), rel, previous); err != nil {
		return "", nil, errors.Join(err, done())
	}
	return dir, done, nil
}

// fresh is a release as messages are about it: departments of which it checked nothing
// anew get none.
func (w *workspace) fresh(ctx context.Context, rel *lake.Release) (deliver.Release, error) {
	before, err := w.before(ctx, rel)
	if before == nil {
		before = &lake.Release{}
	}
	checked := map[string]bool{}
	for _, r := range w.project.Resources {
		if department, _, _ := strings.Cut(r.ID, "/"); checkedAnew(rel, before, r.ID) {
			checked[department] = true
		}
	}
	return deliver.Release{Version: rel.Version, Made: rel.Created, Fresh: func(department string) bool { return checked[department] }}, err
}

// checkedAnew reports whether a release judged a resource. Behind a gate that stays shut
// the time of reading tells.
func checkedAnew(rel, before *lake.Release, resource string) bool {
	return rel.Judged(resource) || !rel.Resources[resource].Pulled.Equal(before.Resources[resource].Pulled)
}

// addMessages writes the messages that a run's release calls for.
func (w *workspace) addMessages(ctx context.Context, d *deliver.Deliverer, rel *lake.Release) error {
	news, err := w.fresh(ctx, rel)
	if err == nil {
		_, err = d.Add(ctx, news, deliver.Request{})
	}
	return err
}

// deliverRelease delivers a release. What goes wrong is logged and tried again: delivery
// never fails a run.
func (a *app) deliverRelease(ctx context.Context, w *workspace, d *deliver.Deliverer, release uint64, log *slog.Logger) {
	rel, err := w.release(ctx, release)
	if err == nil {
		err = w.addMessages(ctx, d, rel)
	}
	if err = errors.Join(err, d.Send(ctx)); err != nil && ctx.Err() == nil {
		log.Warn("reports not delivered", "release", release, "error", err.Error())
	}
}

// deliverByHand delivers what a run by a person made, a sample apart.
func (a *app) deliverByHand(ctx context.Context, w *workspace, log *slog.Logger, req pipelines.Request, rec *lake.RunRecord) {
	if w.project.Config.Delivery == nil || req.Sample > 0 || rec == nil || rec.Release == 0 {
		return
	}
	d, err := a.deliverer(w, log)
	if err != nil {
		log.Warn("reports not delivered", "release", rec.Release, "error", err.Error())
		return
	}
	a.deliverRelease(ctx, w, d, rec.Release, log)
}

// lookThrough writes the messages of a new release that nobody wrote, reminds, and sends
// what waits, also where one of the others cannot be done.
func (a *app) lookThrough(ctx context.Context, w *workspace, d *deliver.Deliverer, remind bool) error {
	rel, err := w.newestMade(ctx)
	if err != nil || rel == nil {
		return err
	}
	errs := []error{a.tellNew(ctx, w, d, rel)}
	if remind {
		list, err := a.standings(ctx, w, rel.Version)
		if err == nil {
			_, err = d.Remind(ctx, rel.Version, list, "")
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, d.Send(ctx))...)
}

// newestMade is the newest release that a run made: nobody is told of what gc and erase do.
// nil where there is none.
func (w *workspace) newestMade(ctx context.Context) (*lake.Release, error) {
	rel, err := w.chain.Head(ctx)
	for err == nil && rel != nil && rel.Amends() {
		rel, err = w.before(ctx, rel)
	}
	return rel, err
}

// tellNew writes the messages of a release that is new and nobody wrote.
func (a *app) tellNew(ctx context.Context, w *workspace, d *deliver.Deliverer, rel *lake.Release) error {
	if age := w.now().Sub(rel.Created); age >= stillNew || age <= -stillNew {
		return nil
	}
	complete, err := d.Complete(ctx, rel.Version)
	if err == nil && !complete {
		err = w.addMessages(ctx, d, rel)
	}
	return err
}
