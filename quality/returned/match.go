package returned

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/lake"
	"guiji/quality/orders"
)

// Input is what a list is set against.
type Input struct {
	Project *catalog.Project
	Release *lake.Release // whose orders Book holds
	Book    *orders.Book
	Session *engine.Session // the book's
	// Relation is a dataset's files as SQL, as in orders.BookInput.
	Relation func(ctx context.Context, rel *lake.Release, dataset string) (sql string, ok bool, err error)
	Acts     func(ctx context.Context, number string) ([]state.OrderAct, error)
	Disputes []state.Dispute // all there are
	By       string          // the department whose list it is, by id; "" is found out
	Act      state.OrderAct  // what all acts have in common: At
}

// Outcome is what a list comes to. Nothing of it is kept yet.
type Outcome struct {
	Department string
	Acts       []state.OrderAct
	Disputes   []Wanted
	Unchanged  int64 // answers that say what is known already
	Settled    int64 // answers to orders that were closed meanwhile, or whose record or rule is gone
}

// Wanted is an objection that is to open a dispute.
type Wanted struct {
	Place
	Entity, Key, Element string // ids, and the subject's golden id or key
	Reason               string
	Order                string // the work order's number; "" for a disagreement
}

// Match sets a list against the work orders. What cannot be taken over joins the list's
// findings: a number nobody knows, another department's, an answer that contradicts what
// stands. Whose list it is must be known: by in.By, the list's title or, where both say
// nothing, all its numbers; else fault.Config or fault.Data, and nothing is taken.
func Match(ctx context.Context, in Input, l *List) (*Outcome, error) {
	m := &matching{Input: in, list: l, out: &Outcome{}}
	if err := m.numbers(ctx); err != nil {
		return nil, err
	}
	if err := m.owner(); err != nil {
		return nil, err
	}
	for i := range l.Entries {
		if err := m.entry(ctx, i); err != nil {
			return nil, err
		}
	}
	if err := m.conflicts(ctx); err != nil {
		return nil, err
	}
	m.disagreements()
	slices.SortStableFunc(l.Findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row))
	})
	return m.out, nil
}

// matching is a match under way.
type matching struct {
	Input
	list    *List
	out     *Outcome
	found   []*order // by entry; nil for a number that nobody knows
	objects []int    // entries whose objection has yet to find out what it is about
}

// order is what is known of a number.
type order struct {
	resource, item string
	status         orders.Status
	note, reason   string
	dispute        string
	requested      bool
	record         string // the record key: the JSON array of the key columns
}

// inserted is how many rows a statement puts into a temporary table.
const inserted = 1000

// numbers finds the orders of the list's numbers, whosever they are.
func (m *matching) numbers(ctx context.Context) error {
	m.found = make([]*order, len(m.list.Entries))
	if err := m.Session.Exec(ctx, "returned", "CREATE OR REPLACE TEMP TABLE ret_number (i BIGINT, number VARCHAR)"); err != nil {
		return err
	}
	for from := 0; from < len(m.list.Entries); from += inserted {
		var rows []string
		for i := from; i < min(from+inserted, len(m.list.Entries)); i++ {
			rows = append(rows, fmt.Sprintf("(%d, %s)", i, engine.Lit(m.list.Entries[i].Number)))
		}
		if err := m.Session.Exec(ctx, "returned", "INSERT INTO ret_number VALUES "+strings.Join(rows, ", ")); err != nil {
			return err
		}
	}
	for _, resource := range m.Book.Resources("") {
		if err := m.ordersOf(ctx, resource); err != nil {
			return err
		}
	}
	return nil
}

func (m *matching) ordersOf(ctx context.Context, resource string) error {
	shown, _ := m.Book.Shown(resource)
	keys := make([]string, len(m.Book.Keys(resource)))
	for i, k := range m.Book.Keys(resource) {
		keys[i] = engine.Qualified("o", k) + "::VARCHAR"
	}
	return m.Session.Each(ctx, "returned", "SELECT n.i, o.shown_status, coalesce(o.rule_item, ''), coalesce(o.act_note, ''), coalesce(o.act_reason, ''), coalesce(o.act_dispute, ''), o.act_requested IS NOT NULL, to_json(["+
		strings.Join(keys, ", ")+"])::VARCHAR FROM ret_number n JOIN "+shown+" o ON o.order_number = n.number ORDER BY n.i", func(scan engine.Scanner) error {
		var i int
		o := &order{resource: resource}
		if err := scan(&i, &o.status, &o.item, &o.note, &o.reason, &o.dispute, &o.requested, &o.record); err != nil {
			return fmt.Errorf("orders of %q: %w", resource, err)
		}
		m.found[i] = o
		return nil
	})
}

// owner settles whose list it is.
func (m *matching) owner() error {
	titled := map[string]bool{}
	for _, name := range m.list.Owners {
		for _, d := range m.Project.Departments {
			if d.Name == name {
				titled[d.ID] = true
			}
		}
	}
	named := slices.Sorted(maps.Keys(titled))
	switch {
	case len(named) > 1:
		return fault.New(fault.Data, "returned.owners", strings.Join(m.names(named), "、")).Try("returned.owners.hint")
	case m.By != "" && len(named) == 1 && named[0] != m.By:
		return fault.New(fault.Config, "returned.not_theirs", m.names(named)[0], m.names([]string{m.By})[0])
	case m.By != "":
		m.out.Department = m.By
	case len(named) == 1:
		m.out.Department = named[0]
	default:
		of := map[string]bool{}
		for _, o := range m.found {
			if o != nil {
				of[departmentOf(o.resource)] = true
			}
		}
		all := slices.Sorted(maps.Keys(of))
		if len(all) > 1 {
			return fault.New(fault.Data, "returned.mixed", strings.Join(m.names(all), "、")).Try("returned.mixed.hint")
		}
		if len(all) == 1 {
			m.out.Department = all[0]
		} else if len(m.list.Entries)+len(m.list.Objections) > 0 {
			return fault.New(fault.Data, "returned.whose").Try("returned.mixed.hint")
		}
	}
	return nil
}

func (m *matching) names(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id
		if d := m.Project.Department(id); d != nil {
			out[i] = d.Name
		}
	}
	return out
}

func departmentOf(resource string) string {
	id, _, _ := strings.Cut(resource, "/")
	return id
}
