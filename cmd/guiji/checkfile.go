package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines"
	"guiji/quality"
	"guiji/quality/report"
)

// fileCheck is what a check of a file before it is reported comes to.
type fileCheck struct {
	File     string `json:"file"`
	Resource string `json:"resource"`
	Name     string `json:"name"`
	Rows     int64  `json:"rows"`
	// MustMend are the rows that a rule of severity error finds wrong, Hints those that
	// only warnings are about, Unreadable those that no row could be made of.
	MustMend   int64           `json:"must_mend"`
	Hints      int64           `json:"hints"`
	Unreadable int64           `json:"unreadable"`
	Duplicates int64           `json:"duplicates"`
	Gate       string          `json:"gate,omitempty"` // why a run would hold all of it back
	Failing    []string        `json:"failing"`        // rules of severity error that fail, of tables too
	Release    uint64          `json:"release"`        // what references looked into; 0: nothing
	Skipped    []skippedRule   `json:"not_evaluated"`
	Collected  []collectedElse `json:"collected_elsewhere"` // items that are not to be reported
	Columns    []matchedColumn `json:"columns"`
	Missing    []missingItem   `json:"missing"`
	Unmatched  []string        `json:"unmatched"`
	Notes      []string        `json:"notes,omitempty"`
	Report     []string        `json:"report"`       // files
	Left       int64           `json:"not_on_pages"` // problems that the XLSX list alone names
}

// skippedRule is a rule that nothing can be said of.
type skippedRule struct {
	Rule   string `json:"rule"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

// collectedElse is an item that another department is the source of.
type collectedElse struct {
	Item   string `json:"item"`
	Why    string `json:"why"`
	Obtain string `json:"obtain"`
}

func (c *fileCheck) clean() bool {
	return c.MustMend+c.Unreadable == 0 && c.Gate == "" && len(c.Failing) == 0
}

func (a *app) checkFile() *cobra.Command {
	var flags fileFlags
	var to string
	cmd := &cobra.Command{
		Use:     "check-file FILE RESOURCE",
		Short:   a.say("command.check_file"),
		Long:    a.say("command.check_file.long"),
		Example: "  guiji check-file 常住人口.xlsx gongan/resident\n  guiji check-file marriage.csv minzheng/marriage --to ./checked",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := a.checkOneFile(cmd.Context(), args[0], args[1], to, flags)
			if err != nil {
				return err
			}
			if err := a.print(cmd, out, func() string { return a.fileCheckText(out) }); err != nil {
				return err
			}
			if !out.clean() {
				return &exitError{fault.Gate.ExitCode()}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&flags.sheet, "sheet", "", a.say("command.check_file.sheet"))
	cmd.Flags().IntVar(&flags.header, "header", 0, a.say("command.check_file.header"))
	cmd.Flags().StringVar(&to, "to", "", a.say("command.check_file.to"))
	cmd.Flags().BoolVar(&flags.all, "all", false, a.say("command.check_file.all"))
	return cmd
}

// checkOneFile checks a file and writes its report.
func (a *app) checkOneFile(ctx context.Context, path, resource, to string, flags fileFlags) (*fileCheck, error) {
	p, err := a.project()
	if err != nil {
		return nil, err
	}
	res := p.Resource(resource)
	if res == nil {
		return nil, fault.New(fault.Config, "pipeline.no_resource", resource).Try("pipeline.no_resource.hint")
	}
	if flags.header < 0 {
		return nil, fault.New(fault.Config, "check_file.header")
	}
	if to == "" {
		to = strings.TrimSuffix(path, filepath.Ext(path)) + a.say("check_file.folder")
	}
	if err := freeForReport(to); err != nil {
		return nil, err
	}
	w, head, note, err := a.checkAgainst(ctx, p, res.ID)
	if err != nil {
		return nil, err
	}
	file, err := w.openFile(ctx, path, res, flags)
	if err != nil {
		return nil, err
	}
	out := &fileCheck{File: filepath.Base(path), Resource: res.ID, Name: res.Name, Failing: []string{}, Skipped: []skippedRule{}, Collected: []collectedElse{},
		Columns: file.matched.Columns, Missing: file.matched.Missing, Unmatched: file.matched.Unknown}
	a.against(out, head, note)
	progress := a.newProgress()
	progress.Stage("pull")
	runner := a.runner(w, progress)
	err = runner.Rehearse(ctx, pipelines.Rehearsal{Resource: res.ID, Open: file.open, Without: file.matched.without(), Head: head}, func(d *pipelines.Rehearsed) error {
		endProgress(progress)
		out.tell(d)
		if out.Rows == 0 {
			return fault.New(fault.Data, "check_file.empty", out.File).Try("check_file.empty.hint")
		}
		written, left, err := a.reportFile(ctx, w, d, out.File, to, flags.paged())
		out.Left = left
		for _, f := range written {
			out.Report = append(out.Report, f.Path)
		}
		return err
	})
	return out, err
}

// checkAgainst opens what references are looked up in: the newest release. A store that
// cannot be reached, or has no release, leaves them without an evaluation, which is told.
func (a *app) checkAgainst(ctx context.Context, p *catalog.Project, resource string) (w *workspace, head *lake.Release, note error, err error) {
	if w, err = a.open(ctx, p); err == nil {
		head, err = w.chain.Head(ctx)
	}
	switch {
	case err == nil && head == nil:
		return w, nil, fault.New(fault.Config, "check_file.no_release"), nil
	case err == nil:
		return w, head, nil, a.audit(w, "check_file", resource+" "+releaseName(head.Version), "")
	}
	zone, zerr := time.LoadLocation(p.Config.Timezone)
	if zerr != nil || ctx.Err() != nil {
		return nil, nil, nil, err
	}
	return &workspace{project: p, zone: zone}, nil, fault.New(fault.Unreachable, "check_file.no_store").Because(err), nil
}

// against notes what references were looked up in.
func (a *app) against(out *fileCheck, head *lake.Release, note error) {
	if note != nil {
		out.Notes = append(out.Notes, fault.Message(a.language(), note))
	}
	if head != nil {
		out.Release = head.Version
	}
}

// tell counts what came of the rows.
func (c *fileCheck) tell(d *pipelines.Rehearsed) {
	s := d.Release.Resources[c.Resource]
	c.Rows, c.MustMend, c.Hints, c.Unreadable, c.Duplicates, c.Gate = s.Read, s.ErrorRows, s.FailedRows-s.ErrorRows, s.Quarantined, s.Duplicates, s.Gate
	for _, m := range d.Metrics {
		switch {
		case m.Status == quality.NotEvaluated:
			c.Skipped = append(c.Skipped, skippedRule{m.Rule, m.Title, m.Reason})
		case m.Status == quality.Fail && m.Severity == quality.Error:
			c.Failing = append(c.Failing, m.Rule)
		}
	}
	for _, r := range d.Refused {
		c.Collected = append(c.Collected, collectedElse{r.Item, r.Why, r.Obtain})
	}
	c.Notes = append(c.Notes, d.Warnings...)
}

// pagedOfFile is how many problems of a rule are on pages unless all are asked for: who
// reports a file mends a rule's cause, and a million rows on a thousand pages show nobody
// more of it.
const pagedOfFile = 1_000

func (f fileFlags) paged() int64 {
	if f.all {
		return 0
	}
	return pagedOfFile
}

// reportFile writes the page and the work list of one resource to a folder, with so many
// problems of a rule on pages; 0 is all. left are those that are on none.
func (a *app) reportFile(ctx context.Context, w *workspace, d *pipelines.Rehearsed, file, to string, per int64) (files []report.Written, left int64, err error) {
	defaults := w.project.Config.Defaults
	temp := w.project.Scratch()
	if w.cache != nil {
		temp = cmp.Or(w.cache.Passing(), temp)
	}
	s, err := engine.Open(ctx, engine.Options{Temp: temp, Memory: defaults.Memory, Threads: defaults.Threads})
	if err != nil {
		return nil, 0, err
	}
	defer s.Close()
	return report.BuildFile(ctx, report.Input{
		Project: d.Project, Release: d.Release, Session: s, Relation: d.Relation, Advice: advice, Dir: to, Lang: a.lasting(), Now: w.now(),
		File: file, Place: pipelines.PlaceColumn, PagedPerRule: per,
	}, d.Resource)
}

// freeForReport refuses a folder that holds anything but an earlier report.
func freeForReport(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.New(fault.Config, "check_file.to", dir).Because(plainCause(err))
	}
	for _, e := range entries {
		if !report.Ours(e.Name()) {
			return fault.New(fault.Config, "check_file.to_taken", dir).Try("check_file.to_taken.hint")
		}
	}
	return nil
}
