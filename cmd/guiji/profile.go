package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines"
	"guiji/quality/profile"
	"guiji/transforms/mask"
)

func (a *app) profileCommand() *cobra.Command {
	var version uint64
	var source bool
	var page string
	cmd := &cobra.Command{
		Use:     "profile RESOURCE",
		Short:   a.say("profile.command"),
		Long:    a.say("profile.long"),
		Example: "  guiji profile gongan/resident\n  guiji profile gongan/resident --html resident.html\n  guiji profile gongan/resident --source --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if source && version > 0 {
				return fault.New(fault.Config, "profile.both")
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			out, err := a.profileOf(cmd.Context(), w, args[0], version, source)
			if err != nil {
				return err
			}
			if page != "" {
				if err := a.writeProfile(out, page); err != nil {
					return err
				}
			}
			return a.print(cmd, out, func() string { return a.profileText(out, page) })
		},
	}
	cmd.Flags().Uint64Var(&version, "release", 0, a.say("command.flag.release"))
	cmd.Flags().BoolVar(&source, "source", false, a.say("profile.flag.source"))
	cmd.Flags().StringVar(&page, "html", "", a.say("profile.flag.html"))
	return cmd
}

// profileOf profiles a resource's stored image, or what its source gives now.
func (a *app) profileOf(ctx context.Context, w *workspace, id string, version uint64, source bool) (*profile.Profile, error) {
	res := w.project.Resource(id)
	if res == nil {
		return nil, fault.New(fault.Config, "pipeline.no_resource", id).Try("pipeline.no_resource.hint")
	}
	in := profile.Input{Project: w.project, Resource: res, Now: w.now(), Mask: mask.Expression}
	if source {
		return a.profileSource(ctx, w, in)
	}
	rel, err := w.release(ctx, version)
	if err != nil {
		return nil, err
	}
	name := "raw/" + id
	d, ok := rel.Datasets[name]
	if !ok {
		return nil, fault.New(fault.Config, "profile.none", id, releaseName(rel.Version)).Try("profile.none.hint", id)
	}
	if err := a.audit(w, "profile", releaseName(rel.Version)+" "+id, ""); err != nil {
		return nil, err
	}
	if in.Relation, _, err = w.relation(ctx, rel, name); err != nil {
		return nil, err
	}
	in.Columns, in.Release, in.At = d.Columns, rel.Version, rel.Resources[id].Pulled.In(w.zone)
	in.Class = func(c lake.Column) catalog.Privacy { return mask.Class(rel, name, c) }
	return w.profiled(ctx, in)
}

// profileSource takes a resource's rows from its source through the steps of a run, into
// a scratch folder that goes again.
func (a *app) profileSource(ctx context.Context, w *workspace, in profile.Input) (out *profile.Profile, err error) {
	res := in.Resource
	if err := a.audit(w, "profile", "source "+res.ID, ""); err != nil {
		return nil, err
	}
	progress := a.newProgress()
	defer endProgress(progress)
	err = a.runner(w, progress).Rehearse(ctx, pipelines.Rehearsal{
		Resource: res.ID, Open: func(ctx context.Context, env connectors.Env) (connectors.Source, error) {
			return w.openSource(ctx, res.Source.Connection, env)
		},
	}, func(got *pipelines.Rehearsed) error {
		in.At = w.now()
		name := "raw/" + res.ID
		if _, open := got.Release.Datasets[name]; !open { // behind a shut gate
			name = "quality/" + res.ID + "/held"
		}
		var err error
		if in.Relation, _, err = got.Relation(ctx, got.Release, name); err != nil {
			return err
		}
		in.Columns = got.Release.Datasets[name].Columns
		in.Class = func(c lake.Column) catalog.Privacy { return mask.Class(got.Release, name, c) }
		out, err = w.profiled(ctx, in)
		return err
	})
	return out, err
}

// profiled opens a session and profiles.
func (w *workspace) profiled(ctx context.Context, in profile.Input) (out *profile.Profile, err error) {
	d := w.project.Config.Defaults
	if in.Session, err = engine.Open(ctx, engine.Options{Temp: w.project.Scratch(), Memory: d.Memory, Threads: d.Threads}); err != nil {
		return nil, err
	}
	out, err = profile.Of(ctx, in)
	return out, errors.Join(err, in.Session.Close())
}

// writeProfile writes the page for its owner's eyes.
func (a *app) writeProfile(p *profile.Profile, path string) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.Config, "profile.file", path).Because(err)
	}
	return errors.Join(p.WriteHTML(f, a.language()), f.Close())
}
