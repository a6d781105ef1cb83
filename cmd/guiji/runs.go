package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
)

// runsFilter says which runs are listed.
type runsFilter struct {
	number            int
	pipeline, outcome string
}

func (a *app) runs() *cobra.Command {
	var f runsFilter
	cmd := &cobra.Command{
		Use:     "runs",
		Short:   text.Format(a.language(), "command.runs"),
		Example: "  guiji runs\n  guiji runs --pipeline nightly --outcome failed -n 5\n  guiji runs show 20261122T220000-7f3a2b",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.listRuns(cmd, f) },
	}
	flags := cmd.Flags()
	flags.IntVarP(&f.number, "number", "n", 20, text.Format(a.language(), "command.runs.number"))
	flags.StringVar(&f.pipeline, "pipeline", "", text.Format(a.language(), "command.runs.pipeline"))
	flags.StringVar(&f.outcome, "outcome", "", text.Format(a.language(), "command.runs.outcome"))
	cmd.AddCommand(&cobra.Command{
		Use:   "show ID",
		Short: text.Format(a.language(), "command.runs.show"),
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.showRun(cmd, args[0]) },
	})
	return cmd
}

func (a *app) listRuns(cmd *cobra.Command, f runsFilter) error {
	switch f.outcome {
	case "", lake.RunOK, lake.RunGated, lake.RunPartial, lake.RunFailed:
	default:
		return fault.New(fault.Config, "command.runs.no_outcome", f.outcome)
	}
	if f.number < 0 {
		return fault.New(fault.Config, "command.rows.negative")
	}
	w, err := a.workspace(cmd.Context())
	if err != nil {
		return err
	}
	list, err := f.list(cmd.Context(), w.objects)
	if err != nil {
		return err
	}
	return a.print(cmd, list, func() string { return a.runsText(w, list, width(cmd)) })
}

// list reads as many records as it takes: all only where few fit.
func (f runsFilter) list(ctx context.Context, objs lake.Objects) ([]lake.RunRecord, error) {
	for look := max(1, f.number); ; look *= 4 {
		all, err := lake.Runs(ctx, objs, look*min(1, f.number)) // 0 is all
		if err != nil {
			return nil, err
		}
		fit := []lake.RunRecord{}
		for _, r := range all {
			if (f.pipeline == "" || r.Pipeline == f.pipeline) && (f.outcome == "" || r.Outcome == f.outcome) {
				fit = append(fit, r)
			}
		}
		switch {
		case f.number == 0:
			return fit, nil
		case len(fit) >= f.number || len(all) < look:
			return fit[:min(len(fit), f.number)], nil
		}
	}
}

// wide is from how many columns on a list shows everything.
const wide = 110

// width is that of the terminal; where there is none, all fits.
func width(cmd *cobra.Command) int {
	if f, ok := cmd.OutOrStdout().(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return 1 << 16
}

// runsText is a line a run, and one more with its reason where it did not end well.
func (a *app) runsText(w *workspace, list []lake.RunRecord, width int) string {
	if len(list) == 0 {
		return a.say("command.runs.none")
	}
	t := newTable()
	header := table.Row{a.say("command.col.run"), a.say("command.col.pipeline"), a.say("command.col.slot")}
	if width >= wide {
		header = append(header, a.say("command.col.started"))
	}
	n := len(header)
	header = append(header, a.say("command.col.took"), a.say("command.col.outcome"), a.say("command.col.release"), a.say("command.col.read"))
	if width >= wide {
		header = append(header, a.say("command.col.failed"))
	}
	t.AppendHeader(header)
	var configs []table.ColumnConfig
	for _, i := range []int{1, 3, 4, 5} {
		configs = append(configs, table.ColumnConfig{Number: n + i, Align: prettytext.AlignRight})
	}
	t.SetColumnConfigs(configs)
	for _, r := range list {
		t.AppendRow(a.runsRow(w, r, width))
	}
	lines := strings.Split(t.Render(), "\n")
	out := lines[:2:2] // header and rule
	for i, r := range list {
		out = append(out, lines[2+i])
		if reason, _, _ := strings.Cut(r.Reason, "\n"); reason != "" {
			out = append(out, "   └ "+reason)
		}
	}
	return fitted(out, width)
}

func (a *app) runsRow(w *workspace, r lake.RunRecord, width int) table.Row {
	slot := a.slotText(w, r)
	if _, err := time.Parse(slotMinute, slot); err == nil && width < wide {
		slot = slot[len("2006-"):] // the run's id has the year
	}
	row := table.Row{r.ID, r.Pipeline, slot}
	if width >= wide {
		row = append(row, r.Started.In(w.zone).Format(time.DateTime))
	}
	release := "–"
	if r.Release > 0 {
		release = fmt.Sprint(r.Release)
	}
	var read, failed int64
	for _, s := range r.Resources {
		read, failed = read+s.Resource.Read, failed+s.Resource.FailedRows
	}
	row = append(row, brief(r.Ended.Sub(r.Started)), a.outcome(r.Outcome), release, thousands(read))
	if width >= wide {
		row = append(row, thousands(failed))
	}
	return row
}

// fitted cuts lines to a width, each character counted as wide as it is.
func fitted(lines []string, width int) string {
	for i, l := range lines {
		l = strings.TrimRight(l, " ")
		if prettytext.StringWidthWithoutEscSequences(l) > width {
			l = prettytext.Snip(l, width, "…")
		}
		lines[i] = l
	}
	return strings.Join(lines, "\n")
}

// brief is a duration in two units at most: 1h02m, 3m07s, 4.2s, 27ms.
func brief(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d >= time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	default:
		return fmt.Sprintf("%dms", d.Milliseconds())
	}
}
