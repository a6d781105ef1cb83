package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"guiji/lake/serving"
	"guiji/lake/stores"
)

// rebuilt is what guiji rebuild made.
type rebuilt struct {
	Release uint64        `json:"release"` // 0: the store holds none yet
	Tables  int           `json:"tables"`
	Rows    int64         `json:"rows"`
	Reports int           `json:"reports"` // pages and lists
	Took    time.Duration `json:"took_ns"`
	State   *restored     `json:"state,omitempty"` // brought back, where this machine had none
}

func (a *app) rebuild() *cobra.Command {
	return &cobra.Command{
		Use:   "rebuild",
		Short: a.say("command.rebuild"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.project()
			if err != nil {
				return err
			}
			if err := serving.Clear(stores.Serving(p.Config, p.Dir)); err != nil { // before the cache is opened: what is there may be rubbish
				return err
			}
			w, err := a.open(cmd.Context(), p)
			if err != nil {
				return err
			}
			back, err := a.bringBackLost(cmd.Context(), w) // first: whatever is audited begins a chain of its own
			if err != nil {
				return err
			}
			r, err := a.rebuildLocal(cmd.Context(), w)
			if err != nil {
				return err
			}
			r.State = back
			return a.print(cmd, r, func() string {
				if r.Release == 0 {
					return a.say("command.rebuild.none")
				}
				said := a.say("command.rebuild.done", releaseName(r.Release), r.Tables, thousands(r.Rows), r.Reports, r.Took.Round(time.Millisecond).String())
				if r.State != nil {
					said += "\n" + a.restoredText(r.State)
				}
				return said
			})
		},
	}
}

// rebuildLocal removes what this machine derived of the store and makes it again of
// the newest release: cache, serving file, reports. The state folder is no cache and
// stays.
func (a *app) rebuildLocal(ctx context.Context, w *workspace) (*rebuilt, error) {
	began := time.Now()
	at := stores.Serving(w.project.Config, w.project.Dir)
	if err := serving.Clear(at); err != nil {
		return nil, err
	}
	var err error
	if w.cache, err = stores.OpenCache(w.objects, w.project.Config, w.project.Dir); err != nil {
		return nil, err
	}
	a.atEnd = append(a.atEnd, w.cache.Close)
	rel, err := w.chain.Head(ctx)
	if err != nil || rel == nil {
		return &rebuilt{}, err
	}
	if err := a.audit(w, "rebuild", releaseName(rel.Version), ""); err != nil {
		return nil, err
	}
	if _, err := serving.Build(ctx, rel, w.cache, at); err != nil {
		return nil, err
	}
	previous, err := w.before(ctx, rel)
	if err != nil {
		return nil, err
	}
	made, err := a.buildReports(ctx, w, rel, previous)
	if err != nil {
		return nil, err
	}
	out := &rebuilt{Release: rel.Version, Tables: len(rel.Datasets), Reports: len(made.Files), Took: time.Since(began)}
	for _, d := range rel.Datasets {
		out.Rows += d.Rows
	}
	return out, nil
}
