package postgres

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"guiji/connectors"
	"guiji/internal/fault"
)

// table is what the catalogue of the server says of one table.
type table struct {
	oid, name, comment string
	kind               string // pg_class.relkind: r table, p partitioned, v view, m materialised view, f foreign
	whole              bool   // the account may read all of it, not some columns alone
	unlogged           bool   // emptied after a crash, without a trace in transaction ids
	rows               int64
	key                []string
	columns            []column
	indexed            []string // columns that an index without a condition begins with
}

// column is what the catalogue says of one column; of a domain, what its base type is.
type column struct {
	name, comment string
	number        string // pg_attribute.attnum
	typ           string // character varying(20)
	oid           uint32 // of the base type
	modifier      int    // of the base type
	enum          bool
	nullable      bool
}

// Discover describes the tables and views of the schema that the account may read, in the
// order of their names.
func (s *Source) Discover(ctx context.Context, names ...string) ([]connectors.Table, error) {
	p, err := s.pin(ctx)
	if err != nil {
		return nil, err
	}
	defer p.close()
	var out []connectors.Table
	if len(names) == 0 {
		all, err := p.describe(ctx, "")
		if err != nil {
			return nil, s.explain(err)
		}
		for _, t := range all {
			out = append(out, t.public())
		}
		return out, nil
	}
	for _, n := range names {
		t, err := p.table(ctx, n)
		if err != nil {
			return nil, err
		}
		out = append(out, t.public())
	}
	return out, nil
}

// table describes one table; fault.Config if it is not there.
func (p *session) table(ctx context.Context, name string) (*table, error) {
	found, err := p.describe(ctx, name)
	if err != nil {
		return nil, p.source.explain(err, name)
	}
	s := p.source.settings
	if len(found) == 0 {
		return nil, fault.New(fault.Config, "postgres.missing.table", s.where()+"."+s.Schema+"."+name, s.User).Try("postgres.missing.hint", s.User)
	}
	return found[0], nil
}

// describe reads the catalogue; name "" is every table.
func (p *session) describe(ctx context.Context, name string) ([]*table, error) {
	schema := p.source.settings.Schema
	rows, err := p.ask(ctx, `SELECT c.oid::text, c.relname, c.relkind::text, c.relpersistence::text, c.reltuples::numeric::text, pg_catalog.obj_description(c.oid, 'pg_class'),
		pg_catalog.has_table_privilege(c.oid, 'SELECT')::text
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND ($2 = '' OR c.relname = $2) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
		ORDER BY c.relname::text COLLATE "C"`, schema, name)
	if err != nil {
		return nil, err
	}
	var list []*table
	byOID := map[string]*table{}
	for _, v := range rows {
		t := &table{oid: v[0], name: v[1], kind: v[2], unlogged: v[3] != "p", comment: v[5], whole: v[6] == "true", rows: -1}
		if n, err := strconv.ParseFloat(v[4], 64); err == nil && n > 0 {
			t.rows = int64(n)
		}
		list = append(list, t)
		byOID[t.oid] = t
	}
	if err := p.columns(ctx, schema, name, byOID); err != nil {
		return nil, err
	}
	return list, p.indexes(ctx, schema, name, byOID)
}

func (p *session) columns(ctx context.Context, schema, name string, byOID map[string]*table) error {
	rows, err := p.ask(ctx, `SELECT a.attrelid::text, a.attname, a.attnum::text, pg_catalog.format_type(a.atttypid, a.atttypmod),
		CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END::text, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END::text,
		t.typtype::text, (a.attnotnull OR t.typnotnull)::text, pg_catalog.col_description(a.attrelid, a.attnum)
		FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
		WHERE n.nspname = $1 AND ($2 = '' OR c.relname = $2) AND a.attnum > 0 AND NOT a.attisdropped AND pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
		ORDER BY a.attrelid, a.attnum`, schema, name)
	if err != nil {
		return err
	}
	for _, v := range rows {
		t := byOID[v[0]]
		if t == nil {
			continue
		}
		oid, _ := strconv.ParseUint(v[4], 10, 32) // the server wrote it
		modifier, _ := strconv.Atoi(v[5])
		t.columns = append(t.columns, column{name: v[1], number: v[2], typ: v[3], oid: uint32(oid), modifier: modifier,
			enum: v[6] == "e", nullable: v[7] != "true", comment: v[8]})
	}
	return nil
}

func (p *session) indexes(ctx context.Context, schema, name string, byOID map[string]*table) error {
	rows, err := p.ask(ctx, `SELECT i.indrelid::text, i.indkey::text, i.indisprimary::text
		FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND ($2 = '' OR c.relname = $2) AND i.indisvalid AND i.indpred IS NULL ORDER BY i.indexrelid`, schema, name)
	if err != nil {
		return err
	}
	for _, v := range rows {
		t := byOID[v[0]]
		if t == nil {
			continue
		}
		for i, number := range strings.Fields(v[1]) {
			at := slices.IndexFunc(t.columns, func(c column) bool { return c.number == number })
			if at < 0 { // an expression, or a column the account may not read
				break
			}
			if i == 0 {
				t.indexed = append(t.indexed, t.columns[at].name)
			}
			if v[2] == "true" {
				t.key = append(t.key, t.columns[at].name)
			}
		}
	}
	return nil
}

func (t *table) find(name string) (column, bool) {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		i = slices.IndexFunc(t.columns, func(c column) bool { return strings.EqualFold(c.name, name) })
	}
	if i < 0 {
		return column{}, false
	}
	return t.columns[i], true
}

func (t *table) public() connectors.Table {
	out := connectors.Table{Name: t.name, Comment: t.comment, Rows: t.rows, Key: t.key}
	for _, c := range t.columns {
		out.Columns = append(out.Columns, connectors.Column{Name: c.name, SourceType: c.typ, Type: c.form().arrow, Nullable: c.nullable,
			Indexed: slices.Contains(t.indexed, c.name), Comment: c.comment})
	}
	return out
}
