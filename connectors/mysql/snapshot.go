package mysql

import (
	"context"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/pinned"
)

// snapshot is one consistent view of a table over one or more pinned connections.
type snapshot struct {
	source     *Source
	request    connectors.Request
	table      *table
	collected  *selection
	window     *span // nil is all rows
	parts      []connectors.Part
	consistent bool
	identity   string

	*pinned.Pool[*session]
}

// selection is a choice of a table's columns.
type selection struct {
	columns []column
	forms   []form
	schema  *arrow.Schema
}

// Snapshot opens one view of a table: several connections where all of them provably see
// one moment, else one that reads the parts in turn.
// It waits for a free connection of the source's, and takes no more than are free.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	ctx, cancel, err := s.allowed(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	snap, err := s.begin(ctx, req)
	if err != nil {
		return nil, s.explainShut(ctx, err)
	}
	return snap, nil
}

// begin waits for a slot and opens the snapshot.
func (s *Source) begin(ctx context.Context, req connectors.Request) (*snapshot, error) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, s.explain(ctx.Err(), req.Table)
	}
	p, err := s.pin(ctx)
	if err != nil {
		<-s.slots
		return nil, err
	}
	err = s.caughtUp(ctx, p)
	var snap *snapshot
	if err == nil {
		snap, err = s.plan(ctx, p, req)
	}
	if err != nil {
		p.close()
		<-s.slots
		return nil, err
	}
	return snap, nil
}

// plan opens the snapshot on p and on as many more sessions as there are parts and slots.
func (s *Source) plan(ctx context.Context, p *session, req connectors.Request) (*snapshot, error) {
	t, err := s.table(ctx, p.conn, req.Table)
	if err != nil {
		return nil, err
	}
	snap := &snapshot{source: s, request: req, table: t}
	if snap.collected, err = snap.choose(req.Columns); err != nil {
		return nil, err
	}
	if req.Window != nil {
		if snap.window, err = snap.span(*req.Window); err != nil {
			return nil, err
		}
	}
	m, err := p.begin(ctx)
	if err != nil {
		return nil, s.explain(err, t.name)
	}
	if snap.parts, err = snap.divide(ctx, p); err != nil {
		return nil, s.explain(err, t.name)
	}
	all := []*session{p}
	if len(snap.parts) > 1 && m.snapshot {
		if all, m, err = s.join(ctx, p, m, t, len(snap.parts)-1); err != nil {
			return nil, s.explain(err, t.name)
		}
	}
	if snap.identity, err = snap.identify(ctx, p, m); err != nil {
		s.leave(all[1:])
		return nil, s.explain(err, t.name)
	}
	snap.consistent = m.snapshot && t.transactional() || len(snap.parts) == 1
	snap.Pool = pinned.New(s.settings.Address, t.name, all)
	return snap, nil
}

// choose resolves columns and makes their schema, in the order and with the names given.
func (n *snapshot) choose(names []string) (*selection, error) {
	out := &selection{}
	var fields []arrow.Field
	for _, name := range names {
		c, err := n.column(name)
		if err != nil {
			return nil, err
		}
		f := n.source.formOf(n.table, c)
		out.columns, out.forms = append(out.columns, c), append(out.forms, f)
		fields = append(fields, arrow.Field{Name: name, Type: f.arrow, Nullable: c.nullable})
	}
	out.schema = arrow.NewSchema(fields, nil)
	return out, nil
}

// column finds a column of the table; fault.Config names one that is not there.
func (n *snapshot) column(name string) (column, error) {
	c, ok := n.table.find(name)
	if !ok {
		return c, fault.New(fault.Config, "mysql.missing.column", n.where(name), n.source.settings.User).Try("mysql.missing.hint", n.source.settings.User)
	}
	return c, nil
}

// where names a column in messages.
func (n *snapshot) where(column string) string {
	s := n.source.settings
	return s.Address + "/" + s.Database + "." + n.table.name + "." + column
}

// transactional tells whether the table's engine keeps to a snapshot. Of a view we
// cannot know; it is read by one statement.
func (t *table) transactional() bool {
	return slices.Contains([]string{"innodb", "rocksdb", "tokudb", "ndbcluster"}, strings.ToLower(t.engine))
}

// Schema is that of every batch.
func (n *snapshot) Schema() *arrow.Schema { return n.collected.schema }

// Parts cover all rows once.
func (n *snapshot) Parts() []connectors.Part { return slices.Clone(n.parts) }

// Consistent reports whether all parts see one moment.
func (n *snapshot) Consistent() bool { return n.consistent }
