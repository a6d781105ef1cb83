package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality/orders"
	"guiji/transforms/mask"
)

// shownOrder is a work order as it is printed: its key as who asks may see it.
type shownOrder struct {
	orders.Order
	Due string `json:"due"`
	Key string `json:"key"`
}

// shownOrders is a page of the list.
type shownOrders struct {
	Release uint64       `json:"release"`
	Total   int64        `json:"total"`
	Overdue int64        `json:"overdue"` // of the total
	From    int          `json:"from"`    // of the first shown, from 1
	Orders  []shownOrder `json:"orders"`
}

func (a *app) listOrders() *cobra.Command {
	var l look
	var q orders.Query
	var statuses []string
	var all bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   a.say("orders.do.list"),
		Long:    a.say("orders.do.list.long"),
		Example: "  guiji orders list --department minzheng --overdue\n  guiji orders list --status pending,returned --rule citizen_id.citizen_id --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := l.reasoned(); err != nil {
				return err
			}
			if q.Statuses, err = a.statuses(statuses, all || q.Waiting); err != nil {
				return err
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			if err := w.choose(&q, l); err != nil {
				return err
			}
			if l.reveal {
				if err := a.audit(w, "reveal", strings.TrimSpace("orders "+q.Department+" "+q.Resource), l.reason); err != nil {
					return err
				}
			}
			b, err := w.orderBook(cmd.Context(), l.version)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, b.close()) }()
			out, err := b.page(cmd, q, l)
			if err != nil {
				return err
			}
			return a.print(cmd, out, func() string { return a.ordersText(w, out) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Department, "department", "", a.say("orders.flag.department"))
	f.StringVar(&q.Resource, "resource", "", a.say("orders.flag.resource"))
	f.StringVar(&q.Rule, "rule", "", a.say("orders.flag.rule"))
	f.StringSliceVar(&statuses, "status", nil, a.say("orders.flag.status"))
	f.BoolVar(&q.Overdue, "overdue", false, a.say("orders.flag.overdue"))
	f.BoolVar(&q.Waiting, "waiting", false, a.say("orders.flag.waiting"))
	f.BoolVar(&all, "all", false, a.say("orders.flag.all"))
	f.IntVar(&q.Offset, "skip", 0, a.say("orders.flag.skip"))
	l.flags(a, cmd, 50)
	return cmd
}

// statuses reads those asked for, by their code or in words; none asked for are those
// that somebody has to do something about.
func (a *app) statuses(asked []string, all bool) ([]orders.Status, error) {
	if len(asked) == 0 && !all {
		return []orders.Status{orders.Pending, orders.Returned, orders.InProgress, orders.ToVerify}, nil
	}
	var out []orders.Status
	for _, s := range asked {
		at := slices.IndexFunc(orders.Statuses(), func(k orders.Status) bool {
			return s == string(k) || s == k.Text(text.ZH) || s == k.Text(text.EN)
		})
		if at < 0 {
			known := make([]string, len(orders.Statuses()))
			for i, k := range orders.Statuses() {
				known[i] = string(k) + " " + k.Text(a.language())
			}
			return nil, fault.New(fault.Config, "orders.status", s).Try("orders.status.hint", strings.Join(known, ", "))
		}
		out = append(out, orders.Statuses()[at])
	}
	return out, nil
}

// choose completes a query, or refuses one that names what is not in the catalogue.
func (w *workspace) choose(q *orders.Query, l look) error {
	if err := w.knownDepartment(q.Department); err != nil {
		return err
	}
	res := w.project.Resource(q.Resource)
	switch {
	case q.Resource != "" && res == nil:
		return fault.New(fault.Config, "orders.resource", q.Resource)
	case res != nil && q.Department != "" && res.Provider != q.Department:
		return fault.New(fault.Config, "orders.foreign.resource", q.Resource, w.departmentName(q.Department))
	case l.rows < 0 || q.Offset < 0:
		return fault.New(fault.Config, "orders.page")
	}
	q.Limit = l.rows
	return nil
}

// page reads a page of the list, its keys masked unless they are revealed.
func (b *orderBook) page(cmd *cobra.Command, q orders.Query, l look) (*shownOrders, error) {
	if !l.reveal {
		q.Key = b.masked()
	}
	out := &shownOrders{Release: b.rel.Version, From: q.Offset + 1, Orders: []shownOrder{}}
	var err error
	if out.Total, out.Overdue, err = b.Total(cmd.Context(), q); err != nil {
		return nil, err
	}
	err = b.Each(cmd.Context(), q, func(o orders.Order) error {
		out.Orders = append(out.Orders, shown(o))
		return nil
	})
	return out, err
}

func shown(o orders.Order) shownOrder {
	return shownOrder{Order: o, Due: o.Due.Format(time.DateOnly), Key: strings.Join(o.Key, "、")}
}

// masked shows a key column as guiji query does.
func (b *orderBook) masked() func(resource, column string) string {
	p := mask.NewProjection()
	return func(resource, column string) string {
		name := orders.Dataset(resource)
		for _, c := range b.rel.Datasets[name].Columns {
			if c.Name == column {
				return "coalesce((" + p.Column(b.rel, name, c) + ")::VARCHAR, " + starred(b.rel, name, c) + ")"
			}
		}
		return engine.Ident(column)
	}
}

// starred stands where a class shows nothing of a type.
func starred(rel *lake.Release, dataset string, c lake.Column) string {
	if mask.Class(rel, dataset, c) == "" {
		return "''"
	}
	return "CASE WHEN " + engine.Ident(c.Name) + " IS NULL THEN '' ELSE '****' END"
}

func (a *app) ordersText(w *workspace, l *shownOrders) string {
	if l.Total == 0 {
		return a.say("orders.list.none")
	}
	t := newTable()
	var head table.Row
	for _, k := range []text.Key{"number", "resource", "key", "problem", "status", "due", "periods", "assigned"} {
		head = append(head, a.say("orders.col."+k))
	}
	t.AppendHeader(head)
	for _, o := range l.Orders {
		t.AppendRow(table.Row{o.Number, w.resourceName(o.Resource), printable(o.Key), printable(o.Title), a.orderStatus(o), a.orderDue(o), o.Periods, printable(o.Assigned)})
	}
	sum := a.say("orders.list.sum", l.Total, l.Overdue)
	if n := int64(len(l.Orders)); n < l.Total {
		sum += a.say("orders.list.page", l.From, int64(l.From)+n-1)
	}
	return t.Render() + "\n" + sum
}

// orderStatus is where an order stands, with what goes with it.
func (a *app) orderStatus(o shownOrder) string {
	s := o.Status.Text(a.language())
	switch {
	case o.Unverified:
		s += a.say("orders.with", a.say("orders.unverified"))
	case o.Requested:
		s += a.say("orders.with", a.say("orders.requested"))
	case o.Objected:
		s += a.say("orders.with", a.say("orders.objected"))
	}
	return s
}

// orderDue is when an order is due; nothing of one that is closed.
func (a *app) orderDue(o shownOrder) string {
	switch {
	case o.State != orders.Open:
		return "–"
	case o.Overdue:
		return a.say("orders.due.over", o.Due)
	case o.Soft:
		return a.say("orders.due.soft", o.Due)
	}
	return o.Due
}
