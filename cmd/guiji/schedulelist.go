package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/pipelines/schedule"
)

// shownSlots is how many slots to come a person is shown of each pipeline, and how
// many missed ones.
const shownSlots = 5

func (a *app) scheduleList() *cobra.Command {
	days := 7
	cmd := &cobra.Command{
		Use:   "list",
		Short: text.Format(a.language(), "command.schedule.list"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if days < 1 || days > 366 {
				return fault.New(fault.Config, "command.schedule.days.range", days)
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			list, err := schedule.List(cmd.Context(), w.project, w.objects, w.chain, w.now(), days)
			if err != nil {
				return err
			}
			return a.print(cmd, list, func() string { return a.scheduleText(w, list, days) })
		},
	}
	cmd.Flags().IntVar(&days, "days", days, text.Format(a.language(), "command.schedule.days"))
	return cmd
}

func (a *app) scheduleText(w *workspace, list []schedule.Listing, days int) string {
	if len(list) == 0 {
		return a.say("command.schedule.none")
	}
	var b strings.Builder
	for i, l := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		name := l.Pipeline
		if name == schedule.GC {
			name = a.say("command.schedule.gc.name", name)
		}
		fmt.Fprintln(&b, a.say("command.schedule.head", name, l.Cron, w.zone.String()))
		if l.Workdays {
			fmt.Fprintln(&b, a.say("command.schedule.workdays"))
		}
		if l.Running {
			fmt.Fprintln(&b, a.say("command.schedule.running", l.Owner))
		}
		a.writePast(&b, w, l)
		a.writeComing(&b, w, l, days)
	}
	return strings.TrimRight(b.String(), "\n")
}

// writePast tells of the last slot and of those missed.
func (a *app) writePast(b *strings.Builder, w *workspace, l schedule.Listing) {
	if e := l.Last; e != nil {
		line := a.say("command.schedule.last", a.stamp(w, e.Time), a.slotOutcome(*e))
		if e.Outcome == schedule.Open {
			line += a.say("command.schedule.tries", e.Tries, l.Tries)
		}
		if e.Outcome == schedule.Open && e.Next.After(w.now()) {
			line += a.say("command.schedule.retried", a.stamp(w, e.Next))
		}
		fmt.Fprintln(b, line)
	}
	for i, e := range l.Missed {
		if i == shownSlots {
			break
		}
		if e.Slots == 1 {
			fmt.Fprintln(b, a.say("command.schedule.missed", a.stamp(w, e.Time)))
			continue
		}
		fmt.Fprintln(b, a.say("command.schedule.missed.many", a.stamp(w, e.First), a.stamp(w, e.Time), e.Slots))
	}
}

// writeComing tells of the slots to come.
func (a *app) writeComing(b *strings.Builder, w *workspace, l schedule.Listing, days int) {
	for i, s := range l.Next {
		if i == shownSlots {
			fmt.Fprintln(b, a.say("command.schedule.more", len(l.Next)-i, a.stamp(w, l.Next[len(l.Next)-1].Start)))
			break
		}
		what := a.say("command.schedule.some", len(s.Resources), l.Resources, strings.Join(s.Resources, ", "))
		switch {
		case l.Pipeline == schedule.GC:
			what = a.say("command.schedule.gc")
		case len(s.Resources) == 0:
			what = a.say("command.schedule.idle")
		case len(s.Resources) == l.Resources:
			what = a.say("command.schedule.all", l.Resources)
		}
		fmt.Fprintln(b, a.say("command.schedule.slot", a.stamp(w, s.Start), what))
	}
	if len(l.Next) == 0 {
		fmt.Fprintln(b, a.say("command.schedule.nothing", days))
	}
	for _, year := range l.Unannounced {
		fmt.Fprintln(b, a.say("command.schedule.unannounced", year))
	}
}

// slotOutcome names what became of a slot.
func (a *app) slotOutcome(e schedule.Entry) string {
	switch {
	case e.UnderWay():
		return a.outcome("going")
	case e.Outcome == schedule.Open:
		return a.outcome(e.Result) + ", " + a.outcome(schedule.Open)
	}
	return a.outcome(e.Outcome)
}

// stamp is a time on the project's clock, as people read it.
func (a *app) stamp(w *workspace, t time.Time) string { return t.In(w.zone).Format("2006-01-02 15:04") }
