package orders_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guiji/catalog"
	"guiji/internal/state"
	"guiji/lake"
	"guiji/quality/orders"
)

// The run read its source on 10 March at 02:00; orders were opened on the 2nd, due on the 16th.
const openOrders = `SELECT id, 'r' AS rule, '1' AS version, number AS order_number, state AS order_state, because, 1::BIGINT AS opened, TIMESTAMP '2026-03-02 02:00:00' AS opened_at,
	DATE '2026-03-16' AS due, false AS provisional, 3::BIGINT AS seen, CASE WHEN because = 'rule_changed' THEN TIMESTAMP '2026-03-08 02:00:00' ELSE TIMESTAMP '2026-03-10 02:00:00' END AS seen_at, 3::BIGINT AS periods, returns,
	CASE WHEN returns > 0 THEN 2::BIGINT END AS reopened, CASE WHEN returns > 0 THEN TIMESTAMP '2026-03-05 02:00:00' END AS reopened_at,
	CASE WHEN state <> 'open' THEN 3::BIGINT END AS closed, CASE WHEN state <> 'open' THEN TIMESTAMP '2026-03-10 02:00:00' END AS closed_at,
	'name' AS rule_item, 't' AS rule_title, 'error' AS severity
	FROM (VALUES (1, 'PENDING', 'open', NULL, 0::BIGINT), (2, 'STARTED', 'open', NULL, 0), (3, 'DONE', 'open', NULL, 0), (4, 'FAILED', 'open', NULL, 0), (5, 'FAILEDAGAIN', 'open', NULL, 0),
		(6, 'EXEMPT', 'open', NULL, 0), (7, 'LIFTED', 'open', NULL, 0), (8, 'RETURNED', 'open', NULL, 1), (9, 'TAKENUP', 'open', NULL, 1), (10, 'MENDED', 'mended', NULL, 0),
		(18, 'CHANGEDFAILED', 'open', 'rule_changed', 0), (11, 'GONE', 'gone', NULL, 0), (12, 'ENDED', 'ended', 'rule_withdrawn', 0), (13, 'CHANGED', 'open', 'rule_changed', 0), (14, 'CHANGEDDONE', 'ended', 'rule_changed', 0),
		(15, 'ASKED', 'open', NULL, 0), (16, 'OLDDONE', 'open', NULL, 1), (17, 'EXEMPTMENDED', 'mended', NULL, 0), (19, 'ANOTHERS', 'open', NULL, 0)) v(id, number, state, because, returns)`

func utc(day string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", day)
	if err != nil {
		panic(err)
	}
	return at
}

// book opens the orders above as of a moment.
func book(t *testing.T, now time.Time, status catalog.Status) *orders.Book {
	t.Helper()
	w := newWorld(t)
	path := w.dir + "/o.parquet"
	if err := w.s.Exec(t.Context(), "test", "COPY ("+openOrders+") TO '"+path+"'"); err != nil {
		t.Fatal(err)
	}
	rel := &lake.Release{Version: 3, Resources: map[string]lake.Resource{"d/r": {Pulled: utc("2026-03-10 02:00")}}, Datasets: map[string]lake.Dataset{
		"quality/d/r/orders": {Layer: "quality", Columns: []lake.Column{{Name: "id"}, {Name: "rule"}}}, "quality/d/r/failures": {Layer: "quality"},
	}}
	acts := []state.OrderAct{
		{Number: "STARTED", Verb: state.Start, At: utc("2026-03-09 09:00")}, {Number: "DONE", Verb: state.Done, At: utc("2026-03-11 09:00")},
		{Number: "FAILED", Verb: state.Done, At: utc("2026-03-09 09:00")}, {Number: "FAILEDAGAIN", Verb: state.Done, At: utc("2026-03-09 09:00")},
		{Number: "FAILEDAGAIN", Verb: state.Start, At: utc("2026-03-10 09:00")}, {Number: "EXEMPT", Verb: state.Exempt, At: utc("2026-03-03 09:00"), Until: "2026-03-31", Approver: "办公会", Reason: "档案灭失"},
		{Number: "LIFTED", Verb: state.Exempt, At: utc("2026-03-03 09:00"), Until: "2026-03-31"}, {Number: "LIFTED", Verb: state.LiftExempt, At: utc("2026-03-04 09:00")},
		{Number: "TAKENUP", Verb: state.Assign, At: utc("2026-03-06 09:00"), To: "户籍科"}, {Number: "CHANGEDDONE", Verb: state.Done, At: utc("2026-03-09 09:00")},
		{Number: "CHANGEDFAILED", Verb: state.Done, At: utc("2026-03-07 09:00")},
		{Number: "ASKED", Verb: state.RequestExempt, At: utc("2026-03-09 09:00"), Reason: "无法核实"}, {Number: "PENDING", Verb: state.Object, At: utc("2026-03-09 09:00"), Reason: "规则有误"},
		{Number: "MENDED", Verb: state.Object, At: utc("2026-03-09 09:00"), Reason: "规则有误"}, {Number: "OLDDONE", Verb: state.Done, At: utc("2026-03-03 09:00")},
		{Number: "ANOTHERS", Verb: state.Exempt, At: utc("2026-03-01 09:00"), Until: "2026-03-31", Approver: "办公会", Reason: "档案灭失"},
		{Number: "EXEMPTMENDED", Verb: state.Exempt, At: utc("2026-03-03 09:00"), Until: "2026-03-31"},
	}
	in := orders.BookInput{
		Project: &catalog.Project{Departments: []catalog.Department{{ID: "d"}, {ID: "other"}}, Resources: []*catalog.Resource{{ID: "d/r", Status: status}}}, Release: rel, Session: w.s, Now: now,
		Relation: func(context.Context, *lake.Release, string) (string, bool, error) {
			return "read_parquet('" + path + "')", true, nil
		},
		Acts: func(_ context.Context, f func(state.OrderStanding) error) error {
			by := map[string]state.OrderStanding{}
			for _, a := range acts {
				by[a.Number] = by[a.Number].Apply(a)
			}
			for _, s := range by {
				if err := f(s); err != nil {
					return err
				}
			}
			return nil
		},
	}
	b, err := orders.OpenBook(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// statuses are all orders by number; an overdue one has a sign behind it, as has one that
// was not verified.
func statuses(t *testing.T, b *orders.Book) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := b.Each(t.Context(), orders.Query{}, func(o orders.Order) error {
		s := string(o.Status)
		if o.Overdue {
			s += " late"
		}
		if o.Unverified {
			s += " unverified"
		}
		out[o.Number] = s
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The status is that of the machine and of people together, and moves with the day.
func TestStatuses(t *testing.T) {
	want := map[string]string{
		"PENDING": "pending", "STARTED": "in_progress", "DONE": "to_verify", "FAILED": "pending unverified", "FAILEDAGAIN": "in_progress", "EXEMPT": "exempt", "LIFTED": "pending",
		"RETURNED": "returned", "TAKENUP": "pending", "MENDED": "closed", "GONE": "gone", "ENDED": "ended", "CHANGED": "pending", "CHANGEDDONE": "closed", "CHANGEDFAILED": "pending unverified", "ASKED": "pending",
		"OLDDONE": "returned", "EXEMPTMENDED": "closed", "ANOTHERS": "pending",
	}
	if diff := cmp.Diff(want, statuses(t, book(t, utc("2026-03-16 20:00"), catalog.Published))); diff != "" {
		t.Errorf("on the last day:\n%s", diff)
	}
	for n, s := range want {
		if first := strings.Fields(s)[0]; first == "pending" || first == "in_progress" || first == "returned" {
			want[n] = strings.Replace(s, first, first+" late", 1)
		}
	}
	if diff := cmp.Diff(want, statuses(t, book(t, utc("2026-03-31 20:00"), catalog.Published))); diff != "" {
		t.Errorf("a fortnight later:\n%s", diff)
	}
	want["EXEMPT"] = "pending late"
	if diff := cmp.Diff(want, statuses(t, book(t, utc("2026-04-01 00:01"), catalog.Published))); diff != "" {
		t.Errorf("after the exemption:\n%s", diff)
	}
	for n, s := range statuses(t, book(t, utc("2026-04-01 00:01"), catalog.Withdrawn)) {
		if s != "ended" && s != "closed" && s != "gone" {
			t.Errorf("%s of a resource that is collected no more: %s", n, s)
		}
	}
}

// A release holds wall clocks; who reads an order is told the zone of them.
func TestTimesHaveTheProjectsZone(t *testing.T) {
	zone := time.FixedZone("CST", 8*60*60)
	at := map[string]time.Time{}
	for _, z := range []*time.Location{time.UTC, zone} {
		b := book(t, utc("2026-03-16 20:00").In(z), catalog.Published)
		if err := b.Each(t.Context(), orders.Query{Numbers: []string{"MENDED"}}, func(o orders.Order) error {
			at[z.String()] = o.OpenedAt
			if o.ClosedAt.IsZero() || !o.ReopenedAt.IsZero() {
				t.Errorf("closed %s, opened again %s", o.ClosedAt, o.ReopenedAt)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if got := at["UTC"].Sub(at["CST"]); got != 8*time.Hour || at["UTC"].Format(time.DateTime) != at["CST"].Format(time.DateTime) {
		t.Errorf("%s and %s are no wall clock of two zones", at["UTC"], at["CST"])
	}
}

// Counts of a department are those of its orders, and a list is cut by what is asked for.
func TestCountsAndQueries(t *testing.T) {
	b := book(t, utc("2026-03-14 20:00"), catalog.Published)
	got, err := b.Counts(t.Context(), 3)
	want := []orders.Counts{
		{Department: "d", Open: 13, Soon: 13, Returned: 0, ToVerify: 1, Unverified: 2, Exempt: 1, Requested: 1, Waiting: 2, Mended: 2, Gone: 1, Due: "2026-03-16", SoonDue: "2026-03-16"}, {Department: "other"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, c := range []struct {
		q    orders.Query
		want int64
	}{
		{orders.Query{}, 19}, {orders.Query{Department: "other"}, 0}, {orders.Query{Resource: "d/r", Rule: "r"}, 19}, {orders.Query{Rule: "x"}, 0}, {orders.Query{Overdue: true}, 0}, {orders.Query{Waiting: true}, 2},
		{orders.Query{Statuses: []orders.Status{orders.Exempted, orders.ToVerify}}, 2}, {orders.Query{Numbers: []string{"GONE", "NOBODYS"}}, 1}, {orders.Query{Numbers: []string{}}, 0},
	} {
		if n, _, err := b.Total(t.Context(), c.q); err != nil || n != c.want {
			t.Errorf("%+v: %d, %v, want %d", c.q, n, err, c.want)
		}
	}
	var page []string
	err = b.Each(t.Context(), orders.Query{Limit: 2, Offset: 1, Key: func(_, c string) string { return "'*' || " + c }}, func(o orders.Order) error {
		page = append(page, o.Key[0])
		return nil
	})
	if err != nil || len(page) != 2 || page[0][0] != '*' {
		t.Errorf("%v, %v", page, err)
	}
	if near, err := b.Near(t.Context(), "MENDDE"); err != nil || len(near) == 0 || near[0] != "MENDED" {
		t.Errorf("%v, %v", near, err)
	}
}
