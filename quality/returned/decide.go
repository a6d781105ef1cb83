package returned

import (
	"context"
	"slices"

	"guiji/internal/state"
	"guiji/quality/orders"
)

// entry makes acts of one answer.
func (m *matching) entry(ctx context.Context, i int) error {
	e, o := m.list.Entries[i], m.found[i]
	switch {
	case o == nil:
		m.list.refuse(e.Place, e.Number, "returned.unknown", e.Number)
		return nil
	case departmentOf(o.resource) != m.out.Department:
		m.list.refuse(e.Place, e.Number, "returned.foreign", e.Number)
		return nil
	case o.status == orders.Closed || o.status == orders.Deleted || o.status == orders.Lapsed:
		m.out.Settled++
		return nil
	case e.Waive != "" && o.requested && o.reason != e.Waive:
		m.list.refuse(e.Place, e.Number, "returned.requested", e.Number)
		return nil
	}
	before := len(m.out.Acts)
	m.said(e, o)
	if e.Waive != "" && !o.requested && o.status != orders.Exempted {
		m.act(e, state.RequestExempt, e.Waive)
	}
	objects, err := m.newObjection(ctx, e, o)
	if err != nil {
		return err
	}
	if objects {
		m.objects = append(m.objects, i)
	}
	if len(m.out.Acts) == before && !objects {
		m.out.Unchanged++
	}
	return nil
}

// said adds what the state and the note say that is not known yet.
func (m *matching) said(e Entry, o *order) {
	noted := e.Note == "" || e.Note == o.note
	switch {
	case e.State == Done && (o.status != orders.ToVerify || !noted):
		m.act(e, state.Done, e.Note)
	case e.State == Doing && (o.status != orders.InProgress || !noted):
		m.act(e, state.Start, e.Note)
	case e.State != Done && e.State != Doing && !noted:
		m.act(e, state.Note, e.Note)
	}
}

func (m *matching) act(e Entry, verb state.OrderVerb, reason string) {
	a := m.Act
	a.Number, a.Verb, a.Department, a.Reason = e.Number, verb, m.out.Department, reason
	if d := m.Project.Department(m.out.Department); d != nil {
		a.Office = d.Contact.Office
	}
	m.out.Acts = append(m.out.Acts, a)
}

// newObjection reports whether an answer's objection is a new one: none is open that the order
// was told of, and the same words were not kept before.
func (m *matching) newObjection(ctx context.Context, e Entry, o *order) (bool, error) {
	if e.Dispute == "" {
		return false, nil
	}
	if o.dispute != "" && slices.ContainsFunc(m.Disputes, func(d state.Dispute) bool { return d.Number == o.dispute && d.Status() != state.Closed }) {
		return false, nil
	}
	acts, err := m.Acts(ctx, e.Number)
	said := slices.ContainsFunc(acts, func(a state.OrderAct) bool { return a.Verb == state.Object && a.Reason == e.Dispute })
	return !said, err
}
