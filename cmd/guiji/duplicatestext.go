package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/catalog/alike"
	"guiji/internal/text"
	"guiji/pipelines/twins"
)

// rounded is a figure to three places, as much as a sample can tell.
func rounded(f float64) float64 { return math.Round(f*1000) / 1000 }

// percent of n in of, to a tenth; a share that is not whole is never written as 100.
func percent(n, of int) string {
	switch {
	case of == 0 || n == 0:
		return "0%"
	case n == of:
		return "100%"
	}
	return fmt.Sprintf("%.1f%%", min(99.9, max(0.1, 100*float64(n)/float64(of))))
}

// duplicatesText is the list as a person reads it.
func (a *app) duplicatesText(list []duplicate) string {
	if len(list) == 0 {
		return a.say("command.duplicates.none")
	}
	var b strings.Builder
	open := 0
	for i, d := range list {
		fmt.Fprintf(&b, "%d. %.2f  %s\n", i+1, d.Score, a.say(text.Key("command.duplicates.verdict."+string(d.Verdict))))
		fmt.Fprintf(&b, "   A %s  %s  %s\n   B %s  %s  %s\n", d.A, d.NameA, d.offices[0], d.B, d.NameB, d.offices[1])
		for _, line := range d.Evidence {
			fmt.Fprintf(&b, "   - %s\n", line)
		}
		if d.Score >= twins.Ask && (d.State == twins.Undecided || d.State == twins.Reopened) {
			open++
		}
	}
	b.WriteString(a.say("command.duplicates.sum", len(list), open))
	return b.String()
}

// duplicateEvidence says in words what speaks for a pair and against it, and what was decided.
func (a *app) duplicateEvidence(p *catalog.Project, f *twins.Finding) []string {
	x, y := p.Resource(f.A), p.Resource(f.B)
	var out []string
	if f.Table {
		out = append(out, a.say("command.duplicates.table", x.Source.Connection, x.Source.Table, y.Source.Connection, y.Source.Table))
	}
	if f.Name >= 0.3 {
		out = append(out, a.say("command.duplicates.names", math.Round(100*f.Name)))
	}
	out = append(out, a.itemEvidence(x, y, f)...)
	out = append(out, a.dataEvidence(x, y, f)...)
	return append(out, a.decisionEvidence(x, y, f)...)
}

// itemEvidence names the items that the catalogue takes for one, by the reason.
func (a *app) itemEvidence(x, y *catalog.Resource, f *twins.Finding) []string {
	var out []string
	for _, by := range []alike.By{alike.ByColumn, alike.ByElement, alike.ByName, alike.BySimilarity} {
		var named, settled []string
		for _, it := range f.Items {
			switch {
			case it.By == by && it.Settled:
				settled = append(settled, titles(x, y, it.A, it.B))
			case it.By == by:
				named = append(named, titles(x, y, it.A, it.B))
			}
		}
		if len(named) > 0 {
			out = append(out, a.say(text.Key("command.duplicates.items."+string(by)), len(named), a.list(named)))
		}
		if len(settled) > 0 {
			out = append(out, a.say("command.duplicates.items.settled", a.list(settled)))
		}
	}
	return out
}

// titles names an item of each entry: 残疾等级=dj, one name where both have it.
func titles(x, y *catalog.Resource, a, b string) string {
	s, t := title(x, a), title(y, b)
	if s == t {
		return s
	}
	return s + "=" + t
}

func title(r *catalog.Resource, item string) string {
	if it := r.Item(item); it != nil {
		return it.Title()
	}
	return item
}

func (a *app) list(words []string) string {
	return strings.Join(words, a.say("command.duplicates.and"))
}

// dataEvidence says what the data tell, with the size of the sample.
func (a *app) dataEvidence(x, y *catalog.Resource, f *twins.Finding) []string {
	d := f.Data
	if d == nil {
		return []string{a.say("command.duplicates.nodata")}
	}
	var by []string
	for i := range d.KeyA {
		by = append(by, titles(x, y, d.KeyA[i], d.KeyB[min(i, len(d.KeyB)-1)]))
	}
	key := text.Key("command.duplicates.keys.sample")
	if d.OneIn == 1 {
		key = "command.duplicates.keys.all"
	}
	out := []string{a.say(key, a.list(by), d.KeysA, d.KeysB, percent(d.Shared, d.KeysA), percent(d.Shared, d.KeysB), d.OneIn)}
	if d.Rows == 0 {
		return out
	}
	var agree []string
	for _, g := range d.Items {
		key := text.Key("command.duplicates.agree")
		if !g.Proves() {
			key = "command.duplicates.agree.chance"
		}
		agree = append(agree, a.say(key, titles(x, y, g.A, g.B), percent(g.Equal, g.Compared), g.Compared))
	}
	if len(agree) == 0 {
		return append(out, a.say("command.duplicates.disagree", d.Rows))
	}
	return append(out, a.say("command.duplicates.rows", d.Rows, a.list(agree)))
}

func (a *app) decisionEvidence(x, y *catalog.Resource, f *twins.Finding) []string {
	d := f.Decision
	if d == nil {
		return nil
	}
	out := []string{a.say(text.Key("command.duplicates.was."+string(d.Outcome)), d.Date, d.Office, d.Because, d.Stays)}
	switch f.State {
	case twins.Reopened:
		var since []string
		for _, pair := range f.Since {
			since = append(since, titles(x, y, pair[0], pair[1]))
		}
		out = append(out, a.say("command.duplicates.reopened", a.list(since)))
	case twins.Unmerged:
		out = append(out, a.say("command.duplicates.unmerged"))
	}
	return out
}

// draftDecisions prints what to paste into decisions/duplicates.yaml for the pairs that
// are to be decided, with the evidence as comments. Outcome, reason and office are left
// to the departments: the project does not load before they are there.
func (a *app) draftDecisions(cmd *cobra.Command, w *workspace, found []twins.Finding) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", a.say("command.duplicates.draft.head"))
	today := w.now().Format(time.DateOnly)
	for i := range found {
		f := &found[i]
		if !f.Open() {
			continue
		}
		x, y := w.project.Resource(f.A), w.project.Resource(f.B)
		fmt.Fprintf(&b, "\n# %.2f %s\n# A %s\n# B %s\n", f.Total, a.say(text.Key("command.duplicates.verdict."+string(f.Verdict))), oneLine(x.Name), oneLine(y.Name))
		for _, line := range a.duplicateEvidence(w.project, f) {
			fmt.Fprintf(&b, "# - %s\n", oneLine(line))
		}
		if f.State == twins.Reopened {
			fmt.Fprintf(&b, "# %s\n", a.say("command.duplicates.draft.replace"))
		}
		fmt.Fprintf(&b, "- a: %s\n  b: %s\n", f.A, f.B)
		if strong := f.Strong(w.project); len(strong) > 0 {
			var items []string
			for _, pair := range strong {
				items = append(items, pair[0]+": "+pair[1])
			}
			fmt.Fprintf(&b, "  items: {%s}\n", strings.Join(items, ", "))
		}
		fmt.Fprintf(&b, "  outcome: # %s\n  stays: # %s\n  because:\n  office:\n  date: %s\n", a.say("command.duplicates.draft.outcome"), a.say("command.duplicates.draft.stays"), today)
	}
	_, err := fmt.Fprint(cmd.OutOrStdout(), b.String())
	return err
}

// oneLine keeps a comment a comment.
func oneLine(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }
