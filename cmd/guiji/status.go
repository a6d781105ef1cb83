package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/internal/text"
	"guiji/pipelines"
)

func (a *app) status() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: text.Format(a.language(), "command.status"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			s, err := pipelines.TakeStatus(cmd.Context(), w.project, w.objects, w.chain, w.now())
			if err != nil {
				return err
			}
			out := fullStatus{Status: s}
			if out.Disputes, err = w.openDisputes(cmd.Context()); err != nil {
				return err
			}
			var unread error // what is known is told all the same
			out.Orders, unread = w.openOrders(cmd.Context())
			return errors.Join(a.print(cmd, out, func() string { return a.statusText(w, out) }), unread)
		},
	}
}

func (a *app) statusText(w *workspace, s fullStatus) string {
	disputes := s.Disputes
	var b strings.Builder
	stamp := func(t time.Time) string { return t.In(w.zone).Format("2006-01-02 15:04") }
	if s.Release == 0 {
		fmt.Fprintln(&b, a.say("command.status.none"))
	} else {
		fmt.Fprintln(&b, a.say("command.status.release", s.Release, stamp(s.Created)))
	}
	if r := s.LastRun; r != nil {
		fmt.Fprintln(&b, a.say("command.status.last", r.ID, r.Pipeline, a.outcome(r.Outcome), stamp(r.Ended)))
	}
	if s.Tasks > 0 {
		fmt.Fprintln(&b, a.say("command.status.tasks", s.Tasks, s.Overdue))
	}
	if len(s.Stopped) > 0 {
		fmt.Fprintln(&b, a.say("command.status.stopped", strings.Join(s.Stopped, " ")))
	}
	if line := a.ordersLine(s.Orders); line != "" {
		fmt.Fprintln(&b, line)
	}
	if disputes.Open > 0 {
		fmt.Fprintln(&b, a.say("dispute.open", disputes.Open, disputes.Overdue))
	}
	if disputes.ToMend > 0 {
		fmt.Fprintln(&b, a.say("dispute.mending", disputes.ToMend, disputes.Late))
	}
	if len(s.Late) > 0 {
		fmt.Fprintln(&b, a.say("command.status.lates", len(s.Late)))
	}
	for _, p := range s.Pipelines {
		switch {
		case p.Running:
			fmt.Fprintln(&b, a.say("command.status.running", p.Pipeline, p.Owner))
		case p.Next != nil:
			fmt.Fprintln(&b, a.say("command.status.next", p.Pipeline, stamp(*p.Next)))
		default:
			fmt.Fprintln(&b, a.say("command.status.by_hand", p.Pipeline))
		}
		if e := p.Last; e != nil {
			fmt.Fprintln(&b, a.say("command.status.slot", stamp(e.Time), a.slotOutcome(*e)))
		}
	}
	t := newTable()
	t.AppendHeader(table.Row{a.say("command.col.resource"), a.say("command.col.cycle"), a.say("command.col.outcome"), a.say("command.col.pulled"),
		a.say("command.col.landed"), a.say("command.col.late")})
	for _, r := range s.Resources {
		outcome, pulled, late := "–", "–", ""
		if r.Pulled != nil {
			outcome, pulled = a.outcome(r.Outcome), stamp(*r.Pulled)
		}
		if r.Withdrawn {
			outcome = a.outcome("withdrawn")
		}
		if r.Late {
			late = a.say("command.status.late")
		}
		t.AppendRow(table.Row{r.Resource, r.Cycle, outcome, pulled, thousands(r.Landed), late})
	}
	fmt.Fprintln(&b, t.Render())
	return strings.TrimRight(b.String(), "\n")
}
