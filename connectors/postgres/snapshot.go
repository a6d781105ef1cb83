package postgres

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/pinned"
)

// snapshot is one consistent view of a table over one or more connections.
type snapshot struct {
	source    *Source
	request   connectors.Request
	table     *table
	collected *selection
	window    *span // nil is all rows
	parts     []connectors.Part
	identity  string

	*pinned.Pool[*session]
}

// selection is a choice of a table's columns.
type selection struct {
	columns []column
	forms   []form
	schema  *arrow.Schema
}

// Snapshot opens one view of a table: a transaction whose snapshot it exports, and on as
// many more connections as there are parts and slots, others that take it over. It waits
// for a free connection of the source's, and takes no more than are free.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	ctx, cancel, err := s.allowed(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	p, err := s.one(ctx)
	if err != nil {
		return nil, s.explainShut(ctx, err)
	}
	snap, err := s.plan(ctx, p, req)
	if err != nil {
		s.leave([]*session{p})
		return nil, s.explainShut(ctx, err)
	}
	return snap, nil
}

func (s *Source) plan(ctx context.Context, p *session, req connectors.Request) (*snapshot, error) {
	if err := p.inTime(ctx); err != nil {
		return nil, err
	}
	t, err := p.table(ctx, req.Table)
	if err != nil {
		return nil, err
	}
	if err := p.begin(ctx, t); err != nil {
		return nil, s.explain(err, t.name)
	}
	// Read again behind the lock: now nobody changes it until the snapshot is closed.
	if t, err = p.table(ctx, req.Table); err != nil {
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
	if snap.parts, err = snap.divide(ctx, p); err != nil {
		return nil, s.explain(err, t.name)
	}
	others, err := s.share(ctx, p, t, len(snap.parts)-1)
	if err != nil {
		return nil, s.explain(err, t.name)
	}
	if snap.identity, err = snap.identify(ctx, p); err != nil {
		s.leave(others)
		return nil, s.explain(err, t.name)
	}
	snap.Pool = pinned.New(s.settings.Address, t.name, append([]*session{p}, others...))
	return snap, nil
}

// inTime refuses a standby that is further behind than max_replica_lag.
func (p *session) inTime(ctx context.Context) error {
	s := p.source
	if s.settings.MaxReplicaLag == 0 {
		return nil
	}
	lag, standby, err := p.lag(ctx)
	if err != nil {
		return s.explain(err)
	}
	if standby && lag > s.settings.MaxReplicaLag {
		return fault.New(fault.Unreachable, "postgres.lag", s.settings.where(), lag.Round(time.Second).String(), s.settings.MaxReplicaLag.String()).Try("postgres.lag.hint")
	}
	return nil
}

// lag is how far a standby is behind: 0 where it has replayed all it was sent.
func (p *session) lag(ctx context.Context) (lag time.Duration, standby bool, err error) {
	rows, err := p.ask(ctx, `SELECT pg_catalog.pg_is_in_recovery()::text, CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN '0'
		WHEN pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() THEN '0'
		ELSE COALESCE(extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())::text, '0') END`)
	if err != nil || len(rows) != 1 {
		return 0, false, err
	}
	seconds, _ := strconv.ParseFloat(rows[0][1], 64)
	return time.Duration(seconds * float64(time.Second)), rows[0][0] == "true", nil
}

// begin opens the transaction. The lock is a reader's, which keeps others from nothing but
// changing or emptying the table; it must be held before the snapshot is taken, for
// TRUNCATE empties a table for older snapshots too.
func (p *session) begin(ctx context.Context, t *table) error {
	if err := p.do(ctx, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
		return err
	}
	return p.lock(ctx, t)
}

func (p *session) lock(ctx context.Context, t *table) error {
	switch {
	case t.kind != "r" && t.kind != "p" || len(t.columns) == 0:
		return nil
	case t.whole:
		return p.do(ctx, "LOCK TABLE "+p.source.name(t.name)+" IN ACCESS SHARE MODE")
	}
	// A right on some columns is none to LOCK. A query locks as well, but behind its snapshot:
	// whether the table was emptied in between shows in the number of its file, which the
	// catalogue tells as of the snapshot and the function as of now.
	if err := p.do(ctx, "SELECT "+quote(t.columns[0].name)+" FROM "+p.source.name(t.name)+" LIMIT 0"); err != nil {
		return err
	}
	rows, err := p.ask(ctx, "SELECT (relkind <> 'r' OR relfilenode = pg_catalog.pg_relation_filenode(oid))::text FROM pg_catalog.pg_class WHERE oid = $1::oid", t.oid)
	if err == nil && (len(rows) != 1 || rows[0][0] != "true") {
		err = fault.New(fault.Changed, "postgres.changed", p.source.settings.where()+"."+t.name)
	}
	return err
}

// share opens sessions in the moment of p, as many as wanted where the server can. Where it
// cannot, p begins anew and reads all parts in turn.
func (s *Source) share(ctx context.Context, p *session, t *table, wanted int) ([]*session, error) {
	if wanted < 1 {
		return nil, nil
	}
	rows, err := p.ask(ctx, "SELECT pg_catalog.pg_export_snapshot()")
	if err != nil && !p.dead && ctx.Err() == nil {
		if err := p.do(ctx, "ROLLBACK"); err != nil {
			return nil, err
		}
		return nil, p.begin(ctx, t)
	}
	if err != nil || len(rows) != 1 {
		return nil, err
	}
	var out []*session
	for _, other := range s.more(ctx, wanted) {
		err := other.do(ctx, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET TRANSACTION SNAPSHOT "+literal(rows[0][0]))
		if err == nil {
			err = other.lock(ctx, t)
		}
		if err != nil { // one less is no obstacle
			s.leave([]*session{other})
			continue
		}
		out = append(out, other)
	}
	return out, nil
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
		f := c.form()
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
		return c, fault.New(fault.Config, "postgres.missing.column", n.where(name), n.source.settings.User).Try("postgres.missing.hint", n.source.settings.User)
	}
	return c, nil
}

// where names a column in messages.
func (n *snapshot) where(column string) string {
	s := n.source.settings
	return s.where() + "." + s.Schema + "." + n.table.name + "." + column
}

// list is SELECT and the columns, as the forms want them.
func (s *selection) list() string {
	out := make([]string, len(s.columns))
	for i, c := range s.columns {
		out[i] = quote(c.name)
		if s.forms[i].text {
			out[i] += "::pg_catalog.text"
		}
	}
	return "SELECT " + strings.Join(out, ", ")
}

// Schema is that of every batch.
func (n *snapshot) Schema() *arrow.Schema { return n.collected.schema }

// Parts cover all rows once.
func (n *snapshot) Parts() []connectors.Part { return slices.Clone(n.parts) }

// Consistent reports whether all parts see one moment: always, whether one transaction reads
// them or several share its snapshot.
func (n *snapshot) Consistent() bool { return true }
