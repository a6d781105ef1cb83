package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/catalog/alike"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines/twins"
)

// duplicatesAsked is how catalog duplicates was called.
type duplicatesAsked struct {
	least                           float64
	all, decided, unpublished, bare bool
	draft                           bool
}

func (a *app) catalogDuplicates() *cobra.Command {
	var q duplicatesAsked
	cmd := &cobra.Command{
		Use:   "duplicates",
		Short: a.say("command.duplicates"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if q.least < 0 || q.least > 1 {
				return fault.New(fault.Config, "command.duplicates.range")
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			if q.all {
				q.least, q.decided = 0, true
			}
			found, err := a.duplicates(cmd.Context(), w, q)
			if err != nil {
				return err
			}
			if q.draft {
				return a.draftDecisions(cmd, w, found)
			}
			list := a.listed(w.project, found)
			return a.print(cmd, list, func() string { return a.duplicatesText(list) })
		},
	}
	f := cmd.Flags()
	f.Float64Var(&q.least, "min", twins.Ask, a.say("command.duplicates.min"))
	f.BoolVar(&q.all, "all", false, a.say("command.duplicates.all"))
	f.BoolVar(&q.decided, "decided", false, a.say("command.duplicates.decided"))
	f.BoolVar(&q.unpublished, "unpublished", false, a.say("command.duplicates.unpublished"))
	f.BoolVar(&q.bare, "catalogue-only", false, a.say("command.duplicates.bare"))
	f.BoolVar(&q.draft, "draft", false, a.say("command.duplicates.draft"))
	return cmd
}

// duplicates ranks the pairs asked for: by the catalogue and, unless it was asked for
// alone, by the data of the newest release. What the data said is kept for the runs, which
// do not read them for this.
func (a *app) duplicates(ctx context.Context, w *workspace, q duplicatesAsked) ([]twins.Finding, error) {
	said := alike.New(w.project, q.unpublished)
	var ev *twins.Evidence
	if !q.bare {
		var err error
		if ev, err = w.compareData(ctx, said); err != nil {
			return nil, err
		}
	}
	var out []twins.Finding
	for _, f := range twins.Find(w.project, said, ev, q.least) {
		if f.State != twins.Decided || q.decided && !q.draft {
			out = append(out, f)
		}
	}
	return out, nil
}

// compareData measures the clean tables of the newest release against each other; nil
// where there is none yet.
func (w *workspace) compareData(ctx context.Context, said *alike.Catalogue) (ev *twins.Evidence, err error) {
	head, err := w.chain.Head(ctx)
	if err != nil || head == nil {
		return nil, err
	}
	tables, err := w.cleanTables(ctx, head, said)
	if err != nil {
		return nil, err
	}
	d := w.project.Config.Defaults
	s, err := engine.Open(ctx, engine.Options{Temp: w.project.Scratch(), Memory: d.Memory, Threads: d.Threads})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if ev, err = twins.Measure(ctx, s, w.project, said, tables); err != nil {
		return nil, err
	}
	ev.Release = head.Version
	return ev, ev.Save(twins.EvidenceFile(w.project))
}

// cleanTables are the tables of a release that can be compared, in the order of their ids.
func (w *workspace) cleanTables(ctx context.Context, rel *lake.Release, said *alike.Catalogue) ([]*twins.Table, error) {
	var out []*twins.Table
	for _, r := range w.project.Resources {
		d, ok := rel.Datasets["standard/"+r.ID]
		if !ok || !said.Has(r.ID) {
			continue
		}
		files, err := w.cache.Files(ctx, d)
		if err != nil {
			return nil, err
		}
		out = append(out, &twins.Table{Resource: r, From: engine.Parquet(files), Columns: d.Columns, Rows: d.Rows})
	}
	return out, nil
}

// duplicate is a pair as catalog duplicates prints it.
type duplicate struct {
	A        string            `json:"a"`
	B        string            `json:"b"`
	NameA    string            `json:"name_a"`
	NameB    string            `json:"name_b"`
	Score    float64           `json:"score"`
	Verdict  twins.Verdict     `json:"verdict"`
	State    twins.State       `json:"state"`
	Table    bool              `json:"one_table,omitempty"` // both entries read one table
	Names    float64           `json:"names"`               // likeness of the entries' names
	Items    float64           `json:"items"`               // items in common, by weight
	Same     []sameItems       `json:"same_items"`
	Data     *twins.Data       `json:"data,omitempty"`
	Decision *decidedDuplicate `json:"decision,omitempty"`
	Evidence []string          `json:"evidence"` // in words
	offices  [2]string
}

// sameItems are two items that the catalogue takes for one.
type sameItems struct {
	A       string   `json:"a"`
	B       string   `json:"b"`
	By      alike.By `json:"by"`
	Settled bool     `json:"settled,omitempty"`
}

// decidedDuplicate is the decision on a pair.
type decidedDuplicate struct {
	Outcome catalog.Outcome `json:"outcome"`
	Stays   string          `json:"stays,omitempty"`
	Because string          `json:"because"`
	Office  string          `json:"office"`
	Date    string          `json:"date"`
}

func (a *app) listed(p *catalog.Project, found []twins.Finding) []duplicate {
	out := []duplicate{}
	for i := range found {
		f := &found[i]
		d := duplicate{
			A: f.A, B: f.B, Score: rounded(f.Total), Verdict: f.Verdict, State: f.State, Table: f.Table, Names: rounded(f.Name), Items: rounded(f.Overlap),
			Same: []sameItems{}, Data: f.Data, Evidence: a.duplicateEvidence(p, f),
		}
		for k, id := range []string{f.A, f.B} {
			r := p.Resource(id)
			if office := p.Department(r.Provider); office != nil {
				d.offices[k] = office.Name
			}
		}
		d.NameA, d.NameB = p.Resource(f.A).Name, p.Resource(f.B).Name
		for _, it := range f.Items {
			d.Same = append(d.Same, sameItems{it.A, it.B, it.By, it.Settled})
		}
		if c := f.Decision; c != nil {
			d.Decision = &decidedDuplicate{c.Outcome, c.Stays, c.Because, c.Office, c.Date}
		}
		out = append(out, d)
	}
	return out
}
