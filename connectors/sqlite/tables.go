package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/fault"
)

// table is what a file's schema says of one table or view.
type table struct {
	name    string
	view    bool
	strict  bool
	rowid   bool // rows have a rowid, which orders them
	key     []string
	columns []column
	indexed []string // columns an index begins with
}

// column is one column of a table.
type column struct {
	name, typ string // as declared
	notNull   bool
	alias     bool // INTEGER PRIMARY KEY: the rowid itself, an integer in every row
}

// Discover describes tables and views, in the order of their names.
func (s *Source) Discover(ctx context.Context, names ...string) ([]connectors.Table, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.hold(ctx); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		if names, err = c.tables(ctx); err != nil {
			return nil, err
		}
	}
	var out []connectors.Table
	for _, n := range names {
		t, err := c.table(ctx, n)
		if err != nil {
			return nil, err
		}
		rows := int64(-1)
		if !t.view {
			if rows, err = c.count(ctx, t); err != nil {
				return nil, err
			}
		}
		out = append(out, t.public(rows))
	}
	return out, nil
}

func (c *conn) tables(ctx context.Context) ([]string, error) {
	var out []string
	err := c.each(ctx, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`,
		func(v []driver.Value) error { out = append(out, v[0].(string)); return nil })
	return out, err
}

// table describes one table; SQLite takes names in any case.
func (c *conn) table(ctx context.Context, name string) (*table, error) {
	t := &table{}
	err := c.each(ctx, `SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view') AND name = ? COLLATE NOCASE`,
		func(v []driver.Value) error {
			t.name, t.view, t.rowid, t.strict = v[0].(string), v[1] == "view", v[1] == "table" && v[2] == int64(0), v[3] == int64(1)
			return nil
		}, name)
	if err != nil {
		return nil, err
	}
	if t.name == "" {
		return nil, fault.New(fault.Config, "sqlite.no_table", c.source.settings.Path, name)
	}
	parts := map[int64]string{}
	err = c.each(ctx, "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid", func(v []driver.Value) error {
		t.columns = append(t.columns, column{name: v[0].(string), typ: v[1].(string), notNull: v[2] == int64(1)})
		if at := v[3].(int64); at > 0 {
			parts[at] = v[0].(string)
		}
		return nil
	}, t.name)
	for i := int64(1); parts[i] != ""; i++ {
		t.key = append(t.key, parts[i])
	}
	t.markAlias()
	if err != nil || t.view {
		return t, err
	}
	t.indexed = slices.Clone(t.key[:min(1, len(t.key))])
	err = c.each(ctx, "SELECT i.name FROM pragma_index_list(?) l, pragma_index_info(l.name) i WHERE l.partial = 0 AND i.seqno = 0 AND i.name IS NOT NULL",
		func(v []driver.Value) error { t.indexed = append(t.indexed, v[0].(string)); return nil }, t.name)
	return t, err
}

// markAlias finds the column that stands for the rowid: the one of a key that is
// declared INTEGER and nothing else.
func (t *table) markAlias() {
	if !t.rowid || len(t.key) != 1 {
		return
	}
	for i := range t.columns {
		if c := &t.columns[i]; c.name == t.key[0] && strings.EqualFold(c.typ, "INTEGER") {
			c.alias = true
		}
	}
}

// count is exact: SQLite knows no estimate without one, and counts fast.
func (c *conn) count(ctx context.Context, t *table) (n int64, err error) {
	err = c.each(ctx, "SELECT count(*) FROM "+quote(t.name), func(v []driver.Value) error { n = v[0].(int64); return nil })
	return n, err
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

func (t *table) public(rows int64) connectors.Table {
	out := connectors.Table{Name: t.name, Rows: rows, Key: t.key}
	for _, c := range t.columns {
		out.Columns = append(out.Columns, connectors.Column{
			Name: c.name, SourceType: c.typ, Type: t.form(c), Nullable: !c.notNull && !c.alias, Indexed: slices.Contains(t.indexed, c.name),
		})
	}
	return out
}

// form is the Arrow type of a column. SQLite lets any column hold a value of any
// kind (sqlite.org/datatype3.html), so what is not certain to be an integer comes as
// text, as SQLite writes it: the catalogue's type judges it, and one wrong cell does
// not cost its row. A column declared BLOB, or not at all, holds bytes.
func (t *table) form(c column) arrow.DataType {
	typ := strings.ToUpper(c.typ)
	switch {
	case c.alias, t.strict && (typ == "INT" || typ == "INTEGER"):
		return arrow.PrimitiveTypes.Int64
	case t.strict && typ == "REAL":
		return arrow.PrimitiveTypes.Float64
	case strings.Contains(typ, "BLOB"):
		return arrow.BinaryTypes.Binary
	}
	return arrow.BinaryTypes.String
}

// order is the ORDER BY of a table's rows: its key, else the order they lie in. A
// view has none.
func (t *table) order() string {
	switch {
	case len(t.key) > 0:
		names := make([]string, len(t.key))
		for i, k := range t.key {
			names[i] = quote(k)
		}
		return " ORDER BY " + strings.Join(names, ", ")
	case t.rowid:
		return " ORDER BY rowid"
	}
	return ""
}

func (s *Source) missing(t *table, name string) error {
	return fault.New(fault.Config, "sqlite.no_column", fmt.Sprintf("%s.%s", s.settings.Path, t.name), name)
}
