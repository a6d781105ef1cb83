package orders

import (
	"fmt"
	"strings"
)

// Shown is SQL of a resource's orders as people are shown them, closed ones included: the
// key columns, Columns, and
//
//	shown_status      VARCHAR  a Status
//	shown_overdue     BOOLEAN  逾期: open, not exempt, due before today, and not said to be mended by its due date
//	shown_unverified  BOOLEAN  复核未通过: said to be mended, and the next run still saw it fail
//	act_assigned, act_approver, act_reason, act_dispute, act_note  VARCHAR or NULL
//	act_done, act_requested, act_refused  TIMESTAMP or NULL: last said to be mended; an exemption asked for that waits for its answer, or was refused
//	act_objected  TIMESTAMP or NULL: an objection that waits for the bureau's answer; one that a dispute was opened for does not
//	act_until         DATE or NULL: the last day of the exemption, past or not
//
// act_reason is that of the request, the refusal or the exemption, whichever stands. An
// exemption from before an order was opened is of another record: the key has changed since.
// The relation has no order. ok is false where the release has no orders of the resource.
func (b *Book) Shown(resource string) (sql string, ok bool) {
	t, ok := b.tables[resource]
	if !ok {
		return "", false
	}
	const begun = "coalesce(o.reopened_at, o.opened_at)"
	said := "(a.done >= " + begun + ")"
	status := "CASE WHEN o.order_state = '" + string(Mended) + "' OR o.order_state = '" + string(Ended) + "' AND o.because = '" + string(RuleChanged) + "' THEN '" + string(Closed) + "'" +
		" WHEN o.order_state = '" + string(Gone) + "' THEN '" + string(Deleted) + "'" +
		" WHEN o.order_state = '" + string(Ended) + "'" + b.inactive(resource) + " THEN '" + string(Lapsed) + "'"
	for _, step := range []struct {
		when string
		then Status
	}{
		{"a.exempted >= o.opened_at AND a.until >= " + b.today(), Exempted},
		{said + " AND a.done > o.seen_at", ToVerify},
		{"a.started >= " + begun + " AND (NOT " + said + " OR a.done IS NULL OR a.started > a.done)", InProgress},
		{"o.returns > 0 AND (a.last IS NULL OR a.last < " + begun + ")", Returned},
	} {
		status += fmt.Sprintf(" WHEN %s THEN '%s'", step.when, step.then)
	}
	status += " ELSE '" + string(Pending) + "' END"
	open := "shown_status IN ('" + strings.Join(words(Pending, Returned, InProgress, ToVerify), "', '") + "')"
	late := "coalesce(" + open + " AND due < " + b.today() + " AND NOT (shown_status = '" + string(ToVerify) + "' AND act_done::DATE <= due), false)"
	failed := "coalesce(shown_status = '" + string(Pending) + "' AND act_done >= coalesce(reopened_at, opened_at) AND act_done <= seen_at, false)"
	return "(SELECT *, " + late + " AS shown_overdue, " + failed + " AS shown_unverified FROM (SELECT o.*, " + status + " AS shown_status, " +
		"a.assigned AS act_assigned, a.approver AS act_approver, a.reason AS act_reason, a.dispute AS act_dispute, a.note AS act_note, " +
		"a.done AS act_done, a.requested AS act_requested, a.refused AS act_refused, a.objected AS act_objected, a.until AS act_until " +
		"FROM " + t.sql + " o LEFT JOIN ord_act a ON a.number = o.order_number))", true
}

// inactive ends all orders of a resource that is collected no more.
func (b *Book) inactive(resource string) string {
	if b.Active(resource) {
		return ""
	}
	return " OR o.order_state = '" + string(Open) + "'"
}

func (b *Book) today() string { return "DATE '" + b.in.Now.Format("2006-01-02") + "'" }

func words(all ...Status) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = string(s)
	}
	return out
}
