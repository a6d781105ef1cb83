package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/lake/serving"
	"guiji/lake/stores"
	"guiji/transforms/mask"
)

// look is how a release is read: which one, and whether personal items show.
type look struct {
	version uint64
	reveal  bool
	reason  string
	rows    int
}

func (l *look) flags(a *app, cmd *cobra.Command, rows int) {
	f := cmd.Flags()
	f.Uint64Var(&l.version, "release", 0, a.say("command.flag.release"))
	l.revealing(a, cmd)
	f.IntVarP(&l.rows, "rows", "n", rows, a.say("command.flag.rows"))
}

func (l *look) revealing(a *app, cmd *cobra.Command) {
	cmd.Flags().BoolVar(&l.reveal, "reveal", false, a.say("command.flag.reveal"))
	cmd.Flags().StringVar(&l.reason, "reason", "", a.say("command.flag.reason"))
}

// reasoned refuses to reveal without a reason.
func (l *look) reasoned() error {
	if l.reveal && strings.TrimSpace(l.reason) == "" {
		return fault.New(fault.Config, "command.reveal.reason").Try("command.reveal.reason.hint")
	}
	return nil
}

func (a *app) query() *cobra.Command {
	var l look
	cmd := &cobra.Command{
		Use:   "query [SQL]",
		Short: a.say("command.query"),
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, rel, err := a.openAt(cmd.Context(), l.version)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				list := tablesOf(rel)
				return a.print(cmd, list, func() string { return a.tablesText(list) })
			}
			out, err := a.ask(cmd.Context(), w, rel, l, args[0])
			if err != nil {
				return err
			}
			return a.print(cmd, out, func() string { return a.answerText(out) })
		},
	}
	l.flags(a, cmd, 1000)
	return cmd
}

// ask answers SQL over a release, masked or revealed, once the audit chain has it.
func (a *app) ask(ctx context.Context, w *workspace, rel *lake.Release, l look, query string) (*answer, error) {
	if err := l.reasoned(); err != nil {
		return nil, err
	}
	if l.rows < 0 {
		return nil, fault.New(fault.Config, "command.rows.negative")
	}
	path, err := serving.Ensure(ctx, rel, w.cache, stores.Serving(w.project.Config, w.project.Dir))
	if err != nil {
		return nil, err
	}
	r, err := serving.OpenReader(ctx, rel, path, projection(rel, l.reveal))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	act := "query"
	if l.reveal {
		act = "reveal"
	}
	if err := a.audit(w, act, releaseName(rel.Version)+": "+asked(rel, query), l.reason); err != nil {
		return nil, err
	}
	rows, err := r.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := &answer{Release: rel.Version, Masked: !l.reveal}
	return out, out.read(rows, l.rows)
}

// projection shows columns masked by their privacy class, or as they are.
func projection(rel *lake.Release, reveal bool) serving.Projection {
	masked := mask.NewProjection()
	return func(dataset string, c lake.Column) string {
		if reveal {
			return mask.Expression(catalog.PrivacyNone, c.Type, c.Name)
		}
		return masked.Column(rel, dataset, c)
	}
}

// tableOf describes one table that can be asked.
type tableOf struct {
	Table    string   `json:"table"`
	Label    string   `json:"label,omitempty"`
	Rows     int64    `json:"rows"`
	Columns  []string `json:"columns"`
	Personal []string `json:"personal,omitempty"` // those that are masked
}

func tablesOf(rel *lake.Release) []tableOf {
	out := []tableOf{}
	for _, name := range slices.Sorted(maps.Keys(rel.Datasets)) {
		d := rel.Datasets[name]
		t := tableOf{Table: d.Layer + "." + d.Table, Label: d.Label, Rows: d.Rows}
		for _, c := range d.Columns {
			t.Columns = append(t.Columns, c.Name)
			if mask.Class(rel, name, c) != catalog.PrivacyNone {
				t.Personal = append(t.Personal, c.Name)
			}
		}
		out = append(out, t)
	}
	return out
}

func (a *app) tablesText(list []tableOf) string {
	t := newTable()
	t.AppendHeader(table.Row{a.say("command.col.table"), a.say("command.col.label"), a.say("command.col.rows"), a.say("command.col.masked")})
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 4, WidthMax: 60}})
	for _, e := range list {
		t.AppendRow(table.Row{e.Table, e.Label, thousands(e.Rows), strings.Join(e.Personal, " ")})
	}
	return t.Render()
}
