package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"guiji/connectors"
	"guiji/internal/fault"
)

// table is what information_schema says of one table.
type table struct {
	name, comment, engine string
	view                  bool
	rows                  int64
	key                   []string
	columns               []column
	indexes               []index
}

// column is what information_schema says of one column.
type column struct {
	name, comment      string
	typ                string // column_type: bigint(20) unsigned
	family             string // data_type: bigint
	precision, scale   int
	nullable, unsigned bool
	charset, collation string // of texts
}

// queryer is a pool or a pinned connection.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Discover describes the tables and views the account can see, in the order of their names.
func (s *Source) Discover(ctx context.Context, names ...string) ([]connectors.Table, error) {
	var out []connectors.Table
	if len(names) == 0 {
		all, err := s.describe(ctx, s.db, "")
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			out = append(out, t.public())
		}
		return out, nil
	}
	for _, n := range names {
		t, err := s.table(ctx, s.db, n)
		if err != nil {
			return nil, err
		}
		out = append(out, t.public())
	}
	return out, nil
}

// table describes one table. Where the server folds names, another case finds it as well.
func (s *Source) table(ctx context.Context, q queryer, name string) (*table, error) {
	found, err := s.describe(ctx, q, name)
	if err != nil {
		return nil, err
	}
	for _, t := range found {
		if t.name == name {
			return t, nil
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return nil, fault.New(fault.Config, "mysql.missing.table", s.settings.Address+"/"+s.settings.Database+"."+name, s.settings.User).
		Try("mysql.missing.hint", s.settings.User)
}

// describe reads information_schema; name "" is every table.
func (s *Source) describe(ctx context.Context, q queryer, name string) ([]*table, error) {
	where, args := " WHERE TABLE_SCHEMA = ?", []any{s.settings.Database}
	if name != "" {
		where, args = where+" AND TABLE_NAME = ?", append(args, name)
	}
	var list []*table
	byName := map[string]*table{}
	err := each(ctx, q, "SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, TABLE_COMMENT FROM information_schema.TABLES"+
		where+" ORDER BY TABLE_NAME", args, 5, func(v []sql.NullString) {
		t := &table{name: v[0].String, view: strings.Contains(v[1].String, "VIEW"), engine: v[2].String, rows: number(v[3], -1), comment: v[4].String}
		if t.view {
			t.comment = "" // the server writes VIEW there
		}
		list = append(list, t)
		byName[t.name] = t
	})
	if err == nil {
		err = s.columns(ctx, q, where, args, byName)
	}
	if err == nil {
		err = s.indexes(ctx, q, where, args, byName)
	}
	return list, s.explain(err, name)
}

func (s *Source) columns(ctx context.Context, q queryer, where string, args []any, byName map[string]*table) error {
	return each(ctx, q, "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, IS_NULLABLE, NUMERIC_PRECISION, NUMERIC_SCALE, COLUMN_COMMENT, CHARACTER_SET_NAME, COLLATION_NAME"+
		" FROM information_schema.COLUMNS"+where+" ORDER BY TABLE_NAME, ORDINAL_POSITION", args, 10, func(v []sql.NullString) {
		t := byName[v[0].String]
		if t == nil {
			return
		}
		typ := strings.ToLower(v[2].String)
		t.columns = append(t.columns, column{
			name: v[1].String, comment: v[7].String, typ: v[2].String, family: strings.ToLower(v[3].String),
			precision: int(number(v[5], 0)), scale: int(number(v[6], 0)),
			nullable: v[4].String != "NO", unsigned: strings.Contains(typ, "unsigned") || strings.Contains(typ, "zerofill"),
			charset: strings.ToLower(v[8].String), collation: strings.ToLower(v[9].String),
		})
	})
}

// find looks a column up as the server does: in its own case, else in any.
func (t *table) find(name string) (column, bool) {
	for _, c := range t.columns {
		if c.name == name {
			return c, true
		}
	}
	for _, c := range t.columns {
		if strings.EqualFold(c.name, name) {
			return c, true
		}
	}
	return column{}, false
}

func (t *table) public() connectors.Table {
	out := connectors.Table{Name: t.name, Comment: t.comment, Rows: t.rows, Key: t.key}
	for _, c := range t.columns {
		_, indexed := t.index(c.name)
		out.Columns = append(out.Columns, connectors.Column{Name: c.name, SourceType: c.typ, Type: c.form().arrow, Nullable: c.nullable,
			Indexed: indexed, Comment: c.comment, Charset: c.charset})
	}
	return out
}

// each runs a small query and hands over its rows as text.
func each(ctx context.Context, q queryer, query string, args []any, width int, row func([]sql.NullString)) error {
	columns := width
	err := scan(ctx, q, query, args, func(names []string, values []sql.NullString) {
		if columns = len(values); columns == width {
			row(values)
		}
	})
	if err == nil && columns != width {
		err = fmt.Errorf("%d columns came where %d were asked for", columns, width)
	}
	return err
}

// eachNamed does the same where servers give different columns; one that is not there is NULL.
func eachNamed(ctx context.Context, q queryer, query string, args []any, row func(get func(name string) sql.NullString)) error {
	return scan(ctx, q, query, args, func(names []string, values []sql.NullString) {
		row(func(name string) sql.NullString {
			for i, n := range names {
				if strings.EqualFold(n, name) {
					return values[i]
				}
			}
			return sql.NullString{}
		})
	})
}

func scan(ctx context.Context, q queryer, query string, args []any, row func([]string, []sql.NullString)) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values, into := make([]sql.NullString, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row(names, values)
	}
	return rows.Err()
}
