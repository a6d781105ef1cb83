package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/lake/compare"
)

// diffed is what changed between two releases.
type diffed struct {
	From   uint64        `json:"from"`
	To     uint64        `json:"to"`
	Masked bool          `json:"masked"`
	Tables []diffedTable `json:"tables"`
}

// diffedTable is one table's part.
type diffedTable struct {
	Table   string              `json:"table"`
	Label   string              `json:"label,omitempty"`
	State   string              `json:"state"` // same, differs, appeared, vanished
	Counts  compare.Counts      `json:"rows"`
	Columns []string            `json:"columns,omitempty"` // +name TYPE, -name TYPE, name OLD → NEW
	Key     []string            `json:"key,omitempty"`     // the columns of Keys
	Keys    []compare.Differing `json:"keys,omitempty"`
}

func (a *app) diff() *cobra.Command {
	var l look
	cmd := &cobra.Command{
		Use:   "diff V1 V2 [TABLE…]",
		Short: a.say("command.diff"),
		Args:  cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			var rels [2]*lake.Release
			for i := range rels {
				if rels[i], err = w.named(cmd.Context(), args[i]); err != nil {
					return err
				}
			}
			out, err := a.diffAll(cmd.Context(), w, rels[0], rels[1], args[2:], l)
			if err != nil {
				return err
			}
			return a.print(cmd, out, func() string { return a.diffText(out) })
		},
	}
	l.flags(a, cmd, 0)
	_ = cmd.Flags().MarkHidden("release") // the two versions are arguments
	cmd.Flags().Lookup("rows").Usage = a.say("command.diff.rows")
	return cmd
}

// named is a release as written on the command line: 12 or v000000000012.
func (w *workspace) named(ctx context.Context, s string) (*lake.Release, error) {
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "v"), 10, 63)
	if err != nil || v == 0 {
		return nil, fault.New(fault.Config, "command.diff.version", s)
	}
	return w.chain.At(ctx, v)
}

// diffAll compares the tables named, all without names. Tables of the same files are
// not read.
func (a *app) diffAll(ctx context.Context, w *workspace, was, is *lake.Release, only []string, l look) (*diffed, error) {
	if l.reveal && strings.TrimSpace(l.reason) == "" {
		return nil, fault.New(fault.Config, "command.reveal.reason").Try("command.reveal.reason.hint")
	}
	if l.rows < 0 {
		return nil, fault.New(fault.Config, "command.rows.negative")
	}
	names, err := tablesToCompare(was, is, only)
	if err != nil {
		return nil, err
	}
	act := "diff"
	if l.reveal {
		act = "reveal"
	}
	object := fmt.Sprintf("diff %s %s %s", releaseName(was.Version), releaseName(is.Version), strings.Join(only, " "))
	if err := a.audit(w, act, object, l.reason); err != nil {
		return nil, err
	}
	d := w.project.Config.Defaults
	s, err := engine.Open(ctx, engine.Options{Temp: w.project.Scratch(), Memory: d.Memory, Threads: d.Threads})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	out := &diffed{From: was.Version, To: is.Version, Masked: !l.reveal, Tables: []diffedTable{}}
	for _, name := range names {
		t, err := w.diffTable(ctx, s, was, is, name, l)
		if err != nil {
			return nil, fmt.Errorf("compare %s: %w", name, err)
		}
		out.Tables = append(out.Tables, t)
	}
	return out, nil
}

// tablesToCompare are the datasets of both releases, in order.
func tablesToCompare(was, is *lake.Release, only []string) ([]string, error) {
	all := maps.Clone(was.Datasets)
	maps.Copy(all, is.Datasets)
	if len(only) == 0 {
		return slices.Sorted(maps.Keys(all)), nil
	}
	var out []string
	for _, t := range only {
		before := len(out)
		for name, d := range all {
			if t == d.Layer+"."+d.Table || t == name {
				out = append(out, name)
			}
		}
		if len(out) == before {
			return nil, fault.New(fault.Config, "command.diff.table", t).Try("command.preview.none.hint")
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func (w *workspace) diffTable(ctx context.Context, s *engine.Session, was, is *lake.Release, name string, l look) (diffedTable, error) {
	o, before := was.Datasets[name]
	n, after := is.Datasets[name]
	if !after {
		return diffedTable{Table: o.Layer + "." + o.Table, Label: o.Label, State: "vanished", Counts: compare.Counts{Removed: o.Rows}}, nil
	}
	t := diffedTable{Table: n.Layer + "." + n.Table, Label: n.Label, State: "appeared", Counts: compare.Counts{Added: n.Rows}}
	if !before {
		return t, nil
	}
	t.State, t.Counts, t.Columns = "same", compare.Counts{}, columnChanges(o, n)
	if sameContent(o, n) {
		return t, nil
	}
	left, err := w.comparable(ctx, o)
	if err != nil {
		return t, err
	}
	right, err := w.comparable(ctx, n)
	if err != nil {
		return t, err
	}
	key := keyOf(is, name)
	if t.Counts, err = compare.Rows(ctx, s, left, right, key); err != nil {
		return t, err
	}
	if t.Counts != (compare.Counts{}) || len(t.Columns) > 0 {
		t.State = "differs"
	}
	if l.rows == 0 || t.Counts == (compare.Counts{}) {
		return t, nil
	}
	show := projection(is, l.reveal)
	t.Key = key
	t.Keys, err = compare.Keys(ctx, s, left, right, key, func(column string) string {
		i := slices.IndexFunc(n.Columns, func(c lake.Column) bool { return c.Name == column })
		return show(name, n.Columns[i]) // a key is among the columns: the release was validated
	}, l.rows)
	return t, err
}

func (w *workspace) comparable(ctx context.Context, d lake.Dataset) (compare.Table, error) {
	files, err := w.cache.Files(ctx, d)
	if err != nil {
		return compare.Table{}, err
	}
	return compare.Table{From: engine.Parquet(files), Columns: d.Columns, Rows: d.Rows}, nil
}

// sameContent reports whether two versions are the very same files.
func sameContent(o, n lake.Dataset) bool {
	return slices.EqualFunc(o.Files, n.Files, func(x, y lake.File) bool { return x.SHA256 == y.SHA256 })
}

// keyOf are the columns that name a row of a dataset: what it is sorted by, and of an
// image the key of its clean table; none where rows have no name.
func keyOf(rel *lake.Release, name string) []string {
	d := rel.Datasets[name]
	key := d.Sorted
	if resource, ok := strings.CutPrefix(name, "raw/"); ok {
		key = rel.Datasets["standard/"+resource].Sorted
	}
	for _, k := range key {
		if !slices.ContainsFunc(d.Columns, func(c lake.Column) bool { return c.Name == k }) {
			return nil
		}
	}
	return key
}

// columnChanges are the columns that came, went or changed their type.
func columnChanges(o, n lake.Dataset) []string {
	types := func(d lake.Dataset) map[string]string {
		out := map[string]string{}
		for _, c := range d.Columns {
			out[c.Name] = c.Type
		}
		return out
	}
	was, is := types(o), types(n)
	var out []string
	for _, c := range n.Columns {
		switch old, ok := was[c.Name]; {
		case !ok:
			out = append(out, "+"+c.Name+" "+c.Type)
		case old != c.Type:
			out = append(out, c.Name+" "+old+" → "+c.Type)
		}
	}
	for _, c := range o.Columns {
		if _, ok := is[c.Name]; !ok {
			out = append(out, "-"+c.Name+" "+c.Type)
		}
	}
	return out
}

func (a *app) diffText(d *diffed) string {
	t := newTable()
	t.AppendHeader(table.Row{a.say("command.col.table"), a.say("command.col.label"), a.say("command.diff.added"), a.say("command.diff.removed"),
		a.say("command.diff.changed"), a.say("command.diff.note")})
	same := 0
	var keys strings.Builder
	for _, e := range d.Tables {
		if e.State == "same" {
			same++
			continue
		}
		note := strings.Join(e.Columns, ", ")
		if e.State != "differs" {
			note = a.say(text.Key("command.diff." + e.State))
		}
		t.AppendRow(table.Row{e.Table, e.Label, thousands(e.Counts.Added), thousands(e.Counts.Removed), thousands(e.Counts.Changed), note})
		for _, k := range e.Keys {
			fmt.Fprintf(&keys, "%s  %s  %s\n", e.Table, a.say(text.Key("command.diff."+k.Change)), printable(strings.Join(k.Key, "  ")))
		}
	}
	var lines []string
	if same < len(d.Tables) {
		lines = append(lines, t.Render())
	}
	if keys.Len() > 0 {
		lines = append(lines, strings.TrimRight(keys.String(), "\n"))
		if d.Masked {
			lines = append(lines, a.say("command.answer.masked"))
		}
	}
	return strings.Join(append(lines, a.say("command.diff.same", same, len(d.Tables))), "\n")
}
