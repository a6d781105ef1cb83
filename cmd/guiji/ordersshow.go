package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/internal/text"
	"guiji/quality/orders"
)

// wholeOrder is one work order with all that is known of it.
type wholeOrder struct {
	shownOrder
	Release uint64           `json:"release"`
	Wording orderWording     `json:"wording"`
	Acts    []state.OrderAct `json:"acts"`
}

func (a *app) showOrder() *cobra.Command {
	var l look
	cmd := &cobra.Command{
		Use:   "show NUMBER",
		Short: a.say("orders.do.show"),
		Long:  a.say("orders.do.show.long"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if err := l.reasoned(); err != nil {
				return err
			}
			number, ok := orders.ParseNumber(args[0])
			if !ok {
				return fault.New(fault.Config, "orders.number", printable(shortened(args[0]))).Try("orders.number.hint")
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			if l.reveal {
				if err := a.audit(w, "reveal", "order "+number, l.reason); err != nil {
					return err
				}
			}
			b, err := w.orderBook(cmd.Context(), l.version)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, b.close()) }()
			out, err := b.whole(cmd.Context(), a, number, l.reveal)
			if err != nil {
				return err
			}
			return a.print(cmd, out, func() string { return a.orderText(w, out) })
		},
	}
	cmd.Flags().Uint64Var(&l.version, "release", 0, a.say("command.flag.release"))
	l.revealing(a, cmd)
	return cmd
}

// whole finds an order by its number.
func (b *orderBook) whole(ctx context.Context, a *app, number string, reveal bool) (*wholeOrder, error) {
	q := orders.Query{Numbers: []string{number}}
	if !reveal {
		q.Key = b.masked()
	}
	var out *wholeOrder
	err := b.Each(ctx, q, func(o orders.Order) error {
		out = &wholeOrder{shownOrder: shown(o), Release: b.rel.Version, Acts: []state.OrderAct{}}
		return nil
	})
	if err == nil && out == nil {
		err = b.missing(ctx, []string{number}, nil)
	}
	if err != nil {
		return nil, err
	}
	acts, err := b.store.OrderActs(ctx, number)
	if err != nil {
		return nil, err
	}
	out.Acts = append(out.Acts, acts...)
	if !reveal { // what people wrote may name what the list does not show
		for i := range out.Acts {
			out.Acts[i].Reason = ""
		}
	}
	out.Wording, err = b.wording(ctx, a, out, reveal)
	return out, err
}

func (a *app) orderText(w *workspace, o *wholeOrder) string {
	var b strings.Builder
	line := func(key text.Key, args ...any) { fmt.Fprintln(&b, a.say("orders.show."+key, args...)) }
	line("head", o.Number, a.orderStatus(o.shownOrder))
	line("record", w.resourceName(o.Resource), printable(o.Key))
	line("problem", printable(o.Title), o.Rule, o.Version)
	if o.Severity != "" {
		line("level", a.say(text.Key("report.severity."+o.Severity)))
	}
	a.wordingText(line, o.Wording)
	line("found", o.OpenedAt.Format("2006-01-02 15:04"), releaseName(o.Opened))
	if o.Reopened > 0 {
		line("again", o.Returns, o.ReopenedAt.Format("2006-01-02 15:04"), releaseName(o.Reopened))
	}
	line("seen", o.SeenAt.Format("2006-01-02 15:04"), releaseName(o.Seen), o.Periods)
	switch at := o.ClosedAt.Format("2006-01-02 15:04"); {
	case o.Closed == 0:
		line("due", a.orderDue(o.shownOrder))
	case o.Status == orders.Closed:
		line("closed", at, releaseName(o.Closed))
	default: // deleted, or ended: no fix
		line("over", at, releaseName(o.Closed))
	}
	for _, more := range []struct {
		key   text.Key
		value string
	}{{"because", because(o.Because, a.language())}, {"assigned", printable(o.Assigned)}, {"dispute", o.Dispute}} {
		if more.value != "" {
			line(more.key, more.value)
		}
	}
	if o.Until != "" {
		line("exempt", o.Until, printable(o.Approver))
	}
	if len(o.Acts) == 0 {
		return b.String() + a.say("orders.show.untouched")
	}
	return b.String() + a.actsText(w, o.Acts)
}

func because(b orders.Because, lang text.Lang) string {
	if b == "" {
		return ""
	}
	return b.Text(lang)
}

// actsText is what people did, in order.
func (a *app) actsText(w *workspace, acts []state.OrderAct) string {
	t := newTable()
	t.AppendHeader(table.Row{a.say("dispute.col.at"), a.say("dispute.col.act"), a.say("dispute.col.who"), a.say("orders.col.what")})
	for _, x := range acts {
		who := w.project.Config.Bureau.Name
		if x.Department != "" {
			who = w.departmentName(x.Department)
		}
		what := []string{}
		for _, s := range []string{x.To, x.Until, x.Approver, x.Dispute, x.Reason} {
			if s != "" {
				what = append(what, printable(s))
			}
		}
		t.AppendRow(table.Row{x.At.In(w.zone).Format("2006-01-02 15:04"), a.say("orders.act." + text.Key(x.Verb)), strings.TrimSpace(who + " " + x.Office), strings.Join(what, " · ")})
	}
	return t.Render()
}

// printActed says where orders stand after an act.
func (a *app) printActed(cmd *cobra.Command, w *workspace, numbers []string) (err error) {
	b, err := w.orderBook(cmd.Context(), 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	out, err := b.page(cmd, orders.Query{Numbers: numbers, Limit: 50}, look{})
	if err != nil {
		return err
	}
	return a.print(cmd, out, func() string { return a.ordersText(w, out) })
}
