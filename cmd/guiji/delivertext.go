package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"guiji/internal/text"
	"guiji/publish/deliver"
)

// receiverName is who gets a message.
func (a *app) receiverName(w *workspace, department string) string {
	if department == "" {
		return a.say("deliver.bureau")
	}
	return printable(w.departmentName(department))
}

func (a *app) previewText(w *workspace, list []deliver.Shown) string {
	if len(list) == 0 {
		return a.say("deliver.preview.none")
	}
	var b strings.Builder
	for _, s := range list {
		head := a.say("deliver.preview.head", a.receiverName(w, s.To), s.Way, s.Where, a.say(text.Key("deliver.kind."+s.Kind)))
		if !s.Until.IsZero() {
			head += " · " + a.say("deliver.preview.until", s.Until.Format("2006-01-02 15:04"))
		}
		fmt.Fprintln(&b, "── "+head)
		if s.Document != nil {
			fmt.Fprintln(&b, string(s.Document)+"\n")
			continue
		}
		fmt.Fprintln(&b, a.say("deliver.preview.subject", s.Subject))
		if len(s.Files) > 0 {
			fmt.Fprintln(&b, a.say("deliver.preview.files", strings.Join(s.Files, ", ")))
		}
		fmt.Fprintln(&b, "\n"+s.Text)
	}
	return b.String() + a.say("deliver.preview.sum", len(list))
}

func (a *app) deliveredText(w *workspace, out delivered) string {
	n := map[deliver.State]int{}
	for _, s := range out.Messages {
		n[s.State]++
	}
	sum := a.say("deliver.done", out.Release, out.Added, n[deliver.Sent], n[deliver.Waiting], n[deliver.Failing]+n[deliver.GivenUp])
	if len(out.Messages) == 0 {
		return sum
	}
	return a.outboxText(w, out.Messages) + "\n" + sum
}

// outboxText is a table of messages, and under it why steps failed, each with its place
// in the project's files.
func (a *app) outboxText(w *workspace, list []deliver.Standing) string {
	if len(list) == 0 {
		return a.say("deliver.none")
	}
	t := newTable()
	var head table.Row
	for _, k := range []text.Key{"to", "kind", "release", "state", "when", "ways"} {
		head = append(head, a.say("deliver.col."+k))
	}
	t.AppendHeader(head)
	var why []string
	for _, s := range list {
		when, release := "", ""
		switch {
		case !s.Next.IsZero():
			when = s.Next.Format("2006-01-02 15:04")
		case !s.Sent.IsZero():
			when = s.Sent.Format("2006-01-02 15:04")
		}
		if s.Release > 0 {
			release = fmt.Sprint(s.Release)
		}
		t.AppendRow(table.Row{a.receiverName(w, s.To), a.say(text.Key("deliver.kind." + s.Kind)), release, a.say(text.Key("deliver.state." + s.State)), when, ways(s)})
		for _, x := range s.Steps {
			if x.Why != "" && s.State != deliver.Superseded {
				why = append(why, strings.TrimSpace(x.Place+" ")+": "+x.Why)
			}
		}
	}
	return strings.Join(append([]string{t.Render()}, compact(why)...), "\n")
}

// ways are a message's, done of all: 1/2.
func ways(s deliver.Standing) string {
	done := 0
	for _, x := range s.Steps {
		if x.Done {
			done++
		}
	}
	return fmt.Sprintf("%d/%d", done, len(s.Steps))
}

// compact leaves each line once.
func compact(lines []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, l := range lines {
		if !seen[l] {
			seen[l], out = true, append(out, l)
		}
	}
	return out
}
