package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines"
	"guiji/quality/profile"
	"guiji/transforms/mask"
)

// historyAsked is how many earlier releases tell of the number of rows.
const historyAsked = 12

func (a *app) suggest() *cobra.Command {
	return &cobra.Command{
		Use:     "suggest RESOURCE",
		Short:   a.say("suggest.command"),
		Long:    a.say("suggest.long"),
		Example: "  guiji suggest gongan/resident\n  guiji suggest gongan/resident --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			p, all, err := a.suggestions(cmd.Context(), w, args[0])
			if err != nil {
				return err
			}
			return a.print(cmd, all, func() string {
				if len(all) == 0 {
					return "# " + a.say("suggest.none", p.Resource)
				}
				return "# " + a.say("suggest.head", p.Resource, len(all), releaseName(p.Release), thousands(p.Rows)) + "\n" +
					strings.TrimRight(profile.YAML(w.project.Resource(p.Resource), all, a.language()), "\n")
			})
		},
	}
}

// suggestions are proposed by the profile of the newest image and judged by the checks
// themselves over that image.
func (a *app) suggestions(ctx context.Context, w *workspace, id string) (*profile.Profile, []profile.Suggestion, error) {
	p, err := a.profileOf(ctx, w, id, 0, false)
	if err != nil {
		return nil, nil, err
	}
	rel, err := w.release(ctx, p.Release)
	if err != nil {
		return nil, nil, err
	}
	d := w.project.Config.Defaults
	s, err := engine.Open(ctx, engine.Options{Temp: w.project.Scratch(), Memory: d.Memory, Threads: d.Threads})
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	in := profile.SuggestInput{Profile: p, Lang: a.language(), Today: w.now(), Others: map[string]string{},
		Input: profile.Input{Session: s, Project: w.project, Resource: w.project.Resource(id), Mask: mask.Expression}}
	if in.Relation, _, err = w.relation(ctx, rel, "raw/"+id); err != nil {
		return nil, nil, err
	}
	if err := w.beside(ctx, rel, id, &in); err != nil {
		return nil, nil, err
	}
	all, err := profile.Suggest(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	if all, err = a.judged(ctx, w, id, all); err != nil {
		return nil, nil, err
	}
	return p, profile.Rank(all), nil
}

// beside gives what other resources and earlier releases tell.
func (w *workspace) beside(ctx context.Context, rel *lake.Release, id string, in *profile.SuggestInput) error {
	for _, r := range w.project.Resources {
		relation, ok, err := w.relation(ctx, rel, "raw/"+r.ID)
		if err != nil {
			return err
		}
		if ok {
			in.Others[r.ID] = relation
		}
	}
	for earlier := rel; len(in.History) < historyAsked; {
		var err error
		if earlier, err = w.before(ctx, earlier); err != nil || earlier == nil {
			return err
		}
		if d, there := earlier.Datasets["raw/"+id]; there {
			in.History = append(in.History, d.Rows)
		}
	}
	return nil
}

// judged has the checks themselves count what each proposal fails, over the stored image,
// as a recheck that writes nothing.
func (a *app) judged(ctx context.Context, w *workspace, id string, all []profile.Suggestion) ([]profile.Suggestion, error) {
	project, err := withSuggestions(w.project, id, all)
	if err != nil {
		return nil, err
	}
	pipes, err := pipelines.PipelineOf(project, []string{id})
	if err != nil {
		return nil, err
	}
	asked := *w
	asked.project = project
	_, told, err := a.runner(&asked, quietly{}).Recheck(ctx, pipelines.Request{Pipeline: pipes[0], Resources: []string{id}}, true)
	if err != nil && fault.KindOf(err) != fault.Gate { // that a proposal would shut it is no error
		return nil, err
	}
	for i := range all {
		for _, r := range told[0].Rules {
			if r.Rule != suggestionID(i) {
				continue
			}
			all[i].Failing, all[i].Judged, all[i].Status, all[i].Reason = r.Failed, r.Evaluated, string(r.Status), r.Reason
			if r.Evaluated > 0 {
				all[i].Share = float64(r.Failed) / float64(r.Evaluated)
			}
		}
	}
	return slices.DeleteFunc(all, func(s profile.Suggestion) bool { return s.Status == "" }), nil
}

func suggestionID(i int) string { return fmt.Sprintf("suggestion_%d", i) }

// withSuggestions is the project with proposals among a resource's checks.
func withSuggestions(p *catalog.Project, id string, all []profile.Suggestion) (*catalog.Project, error) {
	project, res := *p, *p.Resource(id)
	res.Items, res.Checks = slices.Clone(res.Items), slices.Clone(res.Checks)
	for i, s := range all {
		spec, err := s.Spec(suggestionID(i))
		if err != nil {
			return nil, fmt.Errorf("proposal %s of %s: %w", s.Kind, s.Item, err)
		}
		if it := res.Item(s.Item); it != nil {
			it.Checks = append(slices.Clone(it.Checks), spec)
		} else {
			res.Checks = append(res.Checks, spec)
		}
	}
	project.Resources = slices.Clone(p.Resources)
	for i, r := range project.Resources {
		if r.ID == id {
			project.Resources[i] = &res
		}
	}
	return &project, nil
}

// quietly shows no progress.
type quietly struct{}

func (quietly) Stage(string)        {}
func (quietly) Rows(string, int64)  {}
func (quietly) Done(string, string) {}
