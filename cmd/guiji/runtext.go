package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"

	"guiji/internal/text"
	"guiji/lake"
)

// runText is what a run says at its end.
func (a *app) runText(w *workspace, records []*lake.RunRecord) string {
	var b strings.Builder
	for _, rec := range records {
		a.writeRun(&b, w, rec)
	}
	last := records[len(records)-1]
	page := filepath.Join(w.folder(w.project.Config.Reports), "index.html")
	if _, err := os.Stat(page); err == nil && last.Release > 0 {
		fmt.Fprintln(&b, a.say("command.run.reports", page, len(w.project.Departments)))
	}
	return strings.TrimRight(b.String(), "\n")
}

func (a *app) writeRun(b *strings.Builder, w *workspace, rec *lake.RunRecord) {
	release := "–"
	if rec.Release > 0 {
		release = fmt.Sprintf("v%012d", rec.Release)
	}
	fmt.Fprintln(b, a.say("command.run.head", rec.ID, a.outcome(rec.Outcome), release, rec.Ended.Sub(rec.Started).Round(100*time.Millisecond)))
	t := newTable()
	ids := slices.Sorted(maps.Keys(rec.Resources))
	columns := []text.Key{"resource", "outcome", "read", "quarantined", "duplicates", "failed", "landed", "changes"}
	partly := slices.ContainsFunc(ids, func(id string) bool { c := rec.Resources[id].Resource; return c.Mode != "" && c.Mode != "full" })
	if partly { // else both would say the same of every resource
		columns = slices.Insert(columns, 2, "mode", "fetched")
	}
	var head table.Row
	for _, k := range columns {
		head = append(head, a.say("command.col."+k))
	}
	t.AppendHeader(head)
	var configs []table.ColumnConfig
	for i := slices.Index(columns, "outcome") + 2; i < len(columns); i++ { // all counts; the changes have a form of their own
		if columns[i-1] == "mode" {
			continue
		}
		configs = append(configs, table.ColumnConfig{Number: i, Align: prettytext.AlignRight})
	}
	t.SetColumnConfigs(configs)
	for _, id := range ids {
		t.AppendRow(a.runRow(id, rec.Resources[id], partly))
	}
	fmt.Fprintln(b, t.Render())
	for _, id := range ids {
		r := rec.Resources[id]
		if r.Reason != "" {
			fmt.Fprintf(b, "%s %s: %s\n", a.outcome(r.Outcome), id, r.Reason)
		}
		a.writeMode(b, id, r)
		if r.Resource.Inconsistent {
			fmt.Fprintln(b, a.say("command.run.inconsistent", id))
		}
		if len(r.Resource.Refused) > 0 {
			fmt.Fprintln(b, a.say("command.run.refused", strings.Join(r.Resource.Refused, ", ")))
		}
	}
	a.writeDrift(b, rec, ids)
	for _, id := range slices.Sorted(maps.Keys(rec.Entities)) {
		a.writeEntity(b, w, rec.Started, id, rec.Entities[id])
	}
	if rec.Reason != "" && !told(rec) {
		fmt.Fprintln(b, rec.Reason)
	}
}

// told tells whether the run's reason is that of one of its resources or entities,
// which has been printed.
func told(rec *lake.RunRecord) bool {
	for _, r := range rec.Resources {
		if r.Reason != "" && strings.Contains(rec.Reason, r.Reason) {
			return true
		}
	}
	for _, e := range rec.Entities {
		if e.Reason != "" && strings.Contains(rec.Reason, e.Reason) {
			return true
		}
	}
	return false
}

// writeMode tells why an incremental resource was read in full, unless it was its first
// time, and what its increments suffer from.
func (a *app) writeMode(b *strings.Builder, id string, r lake.RunResource) {
	first := r.Resource.ModeReason == text.Format(text.EN, "pipeline.mode.first") || r.Resource.ModeReason == text.Format(text.ZH, "pipeline.mode.first")
	if r.Resource.ModeReason != "" && !first {
		fmt.Fprintln(b, a.say("command.run.why", id, r.Resource.ModeReason))
	}
	if r.Resource.Deleted > 0 {
		fmt.Fprintln(b, a.say("command.run.gone", id, thousands(r.Resource.Deleted)))
	}
	for _, w := range r.Warnings {
		fmt.Fprintln(b, a.say("command.run.warning", id, w))
	}
}

func (a *app) runRow(id string, r lake.RunResource, partly bool) table.Row {
	c := r.Resource
	if r.Outcome == lake.RunFailed || c.Pulled.IsZero() { // drift stopped it
		return table.Row{id, a.outcome(r.Outcome)}
	}
	failed := thousands(c.FailedRows)
	if c.Read > 0 && c.FailedRows > 0 {
		failed += fmt.Sprintf(" (%.2f%%)", 100*float64(c.FailedRows)/float64(c.Read))
	}
	changes := fmt.Sprintf("+%s −%s ~%s", thousands(c.Added), thousands(c.Removed), thousands(c.Changed))
	row := table.Row{id, a.outcome(r.Outcome)}
	if partly {
		mode := ""
		if c.Mode != "" {
			mode = a.say(text.Key("command.mode." + c.Mode))
		}
		row = append(row, mode, thousands(c.Fetched))
	}
	return append(row, thousands(c.Read), thousands(c.Quarantined), thousands(c.Duplicates), failed, thousands(c.Landed), changes)
}

func (a *app) writeEntity(b *strings.Builder, w *workspace, day time.Time, id string, e lake.RunEntity) {
	if e.Reason != "" {
		fmt.Fprintln(b, a.say("onesource.kept", id, e.Reason))
		return
	}
	holders := slices.Sorted(maps.Keys(e.Holders))
	slices.SortStableFunc(holders, func(x, y string) int { return int(e.Holders[y] - e.Holders[x]) })
	var list []string
	for _, h := range holders {
		list = append(list, h+" "+thousands(e.Holders[h]))
	}
	conflicts := a.say("command.run.agreed")
	if e.Conflicts > 0 {
		conflicts = a.say("command.run.conflicts", thousands(e.Conflicts), strings.Join(list, ", "))
	}
	fmt.Fprintln(b, a.say("command.run.entity", id, thousands(e.Golden), conflicts, thousands(e.Unlinked)))
	a.writeDoubts(b, id, e)
	a.writeLinks(b, id, e)
	for _, code := range e.HeldBack {
		var name string
		if el := w.project.Element(code); el != nil {
			name = el.Name
		}
		fmt.Fprintln(b, a.say("onesource.held_back", code, name, day.In(w.zone).Format(time.DateOnly)))
	}
	if len(e.HeldBack) > 0 {
		fmt.Fprintln(b, "  → "+a.say("onesource.held_back.hint"))
	}
	if len(e.Outdated) > 0 {
		fmt.Fprintln(b, a.say("onesource.outdated", id, strings.Join(e.Outdated, ", ")))
	}
}

func (a *app) say(key text.Key, args ...any) string { return text.Format(a.language(), key, args...) }

func (a *app) outcome(o string) string { return a.say(text.Key("command.outcome." + o)) }

// newTable is the look of all tables.
func newTable() table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options.DrawBorder = false
	t.Style().Options.SeparateColumns = false
	t.Style().Format.Header = prettytext.FormatDefault
	return t
}

// thousands groups a number's digits by a thin space.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	if neg {
		return "-" + s
	}
	return s
}
