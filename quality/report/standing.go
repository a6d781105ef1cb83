package report

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"guiji/internal/engine"
	"guiji/quality/orders"
)

// standing is how the work order of one problem stands; the zero value is that of a
// release without work orders.
type standing struct {
	status     orders.Status
	number     string
	before     bool // opened by an earlier run
	again      bool // 再次出现: found again by this run
	overdue    bool
	soft       bool // the due date is provisional
	unverified bool // said to be mended, and still found
	requested  bool // an exemption is asked for
	objected   bool // an objection waits for its answer
	opened     sql.NullTime
	due        sql.NullTime
	until      sql.NullTime
	periods    int64
	approver   string
	reason     string
	dispute    string
}

// standingColumns are those of a standing, of a relation's alias; run is the release of
// the run that judged the resource last.
func standingColumns(alias string, run uint64) string {
	a := alias + "."
	return fmt.Sprintf("coalesce(%[1]sshown_status, ''), coalesce(%[1]sorder_number, ''), coalesce(%[1]sopened < %[2]d, false), coalesce(%[1]sreopened = %[2]d, false), "+
		"coalesce(%[1]sshown_overdue, false), coalesce(%[1]sprovisional, false), coalesce(%[1]sshown_unverified, false), %[1]sact_requested IS NOT NULL, %[1]sact_objected IS NOT NULL, "+
		"%[1]sopened_at, %[1]sdue, %[1]sact_until, coalesce(%[1]speriods, 0), coalesce(%[1]sact_approver, ''), coalesce(%[1]sact_reason, ''), coalesce(%[1]sact_dispute, '')", a, run)
}

// standingOfNone are the columns of a standing where there is no work order.
func standingOfNone() string {
	return "'', '', false, false, false, false, false, false, false, NULL::TIMESTAMP, NULL::DATE, NULL::DATE, 0::BIGINT, '', '', ''"
}

// dest are the places that standingColumns are scanned into.
func (s *standing) dest() []any {
	return []any{&s.status, &s.number, &s.before, &s.again, &s.overdue, &s.soft, &s.unverified, &s.requested, &s.objected,
		&s.opened, &s.due, &s.until, &s.periods, &s.approver, &s.reason, &s.dispute}
}

// there reports whether the problem has a work order.
func (s *standing) there() bool { return s.number != "" }

// findOrders tells whether a resource's problems have work orders, and whether the run
// before had them too: if not, only its failures say what is new.
func (b *builder) findOrders(r *resource) {
	if b.Orders == nil {
		return
	}
	name := orders.Dataset(r.Entry.ID)
	sql, ok := b.Orders.Shown(r.Entry.ID)
	if !ok {
		return
	}
	r.orders, r.run = sql, b.Release.Datasets[name].Since
	r.folded = true
	if r.HasThen {
		_, r.folded = r.Before.Datasets[name]
	}
}

// Ordered reports whether any of the department's problems have work orders.
func (d *department) Ordered() bool {
	return slices.ContainsFunc(d.Resources, func(r *resource) bool { return r.orders != "" })
}

// term is a work order's due date as it is shown; "" for none.
func (b *builder) term(s *standing) string {
	if !s.due.Valid {
		return ""
	}
	return b.termText(s.due.Time, s.overdue, s.soft)
}

// progress is what people have said of a problem, after what the runs have found; "" if
// nothing.
func (b *builder) progress(s *standing) string {
	var parts []string
	if s.unverified {
		parts = append(parts, b.t("report.progress.unverified"))
	} else if s.status == orders.InProgress || s.status == orders.ToVerify {
		parts = append(parts, s.status.Text(b.Lang))
	}
	if s.requested {
		parts = append(parts, b.t("report.progress.requested"))
	}
	if s.objected {
		parts = append(parts, b.t("report.progress.objected"))
	}
	if s.dispute != "" {
		parts = append(parts, b.t("report.progress.dispute", s.dispute))
	}
	return strings.Join(parts, b.t("report.and"))
}

// reviewOrders streams what became of the work orders of earlier runs: those that this run
// closed, and those that are still open, judged or not.
func (b *builder) reviewOrders(ctx context.Context, r *resource, row func(*reviewed) error) error {
	keys := b.Orders.Keys(r.Entry.ID)
	parts, err := b.Orders.Ranges(ctx, r.Entry.ID, part)
	if err != nil {
		return err
	}
	x := reviewed{key: make([]string, len(keys))}
	var version string
	var state orders.State
	var because orders.Because
	var seen bool
	dest := make([]any, 0, len(keys)+21)
	for i := range x.key {
		dest = append(dest, &x.key[i])
	}
	dest = append(append(dest, &x.rule, &version, &x.title, &state, &because, &seen), x.standing.dest()...)
	for _, some := range parts {
		err := b.stream(ctx, "report review", b.reviewedQuery(r, keys, some), func(scan scanner) error {
			if err := scan(dest...); err != nil {
				return err
			}
			b.reviewOne(r, &x, [2]string{x.rule, version}, state, because, seen)
			return row(&x)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// reviewedQuery is the SQL of a range of what reviewOrders streams, ordered by rule and key.
func (b *builder) reviewedQuery(r *resource, keys []string, some string) string {
	var s strings.Builder
	s.WriteString("SELECT ")
	order := "rule"
	for _, k := range keys {
		fmt.Fprintf(&s, "coalesce(%s::VARCHAR, ''), ", engine.Ident(k))
		order += ", " + engine.Ident(k)
	}
	fmt.Fprintf(&s, "rule, version, coalesce(rule_title, ''), order_state, coalesce(because, ''), seen = %[1]d, %[2]s FROM %[3]s o WHERE opened < %[1]d AND (closed = %[1]d OR order_state = '%[4]s')",
		r.run, standingColumns("o", r.run), r.orders, orders.Open)
	if some != "" {
		s.WriteString(" AND " + some)
	}
	return s.String() + " ORDER BY " + order + ", order_number"
}

// reviewed is one problem of an earlier run, and what became of it.
type reviewed struct {
	standing
	key         []string
	rule, title string
	outcome     string // as it is shown
}

// reviewOne counts what became of a work order and puts it into words.
func (b *builder) reviewOne(r *resource, x *reviewed, rule [2]string, state orders.State, because orders.Because, seen bool) {
	switch {
	case state == orders.Mended:
		x.outcome = b.t("report.outcome.mended")
		r.Fate.Mended++
		if have := r.rules[rule]; have != nil {
			have.Fate.Mended++
		}
	case state == orders.Gone:
		x.outcome = b.t("report.outcome.deleted")
		r.Fate.Gone++
	case state == orders.Ended:
		if x.outcome = because.Text(b.Lang); x.status == orders.Closed {
			x.outcome = b.t("report.fate.said", x.status.Text(b.Lang), x.outcome)
		}
		r.Fate.Ended++
	case x.status == orders.Exempted:
		x.outcome = orders.Exempted.Text(b.Lang)
	case seen && x.again:
		x.outcome = b.t("report.fate.again")
	case seen:
		x.outcome = b.t("report.outcome.open")
		if said := b.progress(&x.standing); said != "" {
			x.outcome = b.t("report.fate.said", x.outcome, said)
		}
	default:
		x.outcome = b.t("report.outcome.notjudged", because.Text(b.Lang))
		r.Fate.Wait++
		if x.overdue {
			r.Overdue++
		}
	}
}

// nearest is the earliest day from today on.
func nearest(have, day, today time.Time) time.Time {
	if day.Before(today) || !have.IsZero() && !day.Before(have) {
		return have
	}
	return day
}
