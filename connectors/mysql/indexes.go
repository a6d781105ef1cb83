package mysql

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// index is what information_schema says of one index that can be walked in the order of
// its values.
type index struct {
	name    string
	unique  bool
	columns []string
	nulls   bool // a column of it may be NULL
	partial bool // it holds only the beginnings of a column's values, or an expression
}

// indexes reads the indexes of tables that the server may be told to use.
func (s *Source) indexes(ctx context.Context, q queryer, where string, args []any, byName map[string]*table) error {
	return eachNamed(ctx, q, "SELECT * FROM information_schema.STATISTICS"+where+" ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX", args,
		func(get func(string) sql.NullString) {
			if t := byName[get("TABLE_NAME").String]; t != nil {
				t.indexed(get)
			}
		})
}

// indexed takes one column of one index.
func (t *table) indexed(get func(string) sql.NullString) {
	name, column := get("INDEX_NAME").String, get("COLUMN_NAME")
	if name == "PRIMARY" {
		t.key = append(t.key, column.String)
	}
	if kind := get("INDEX_TYPE"); kind.Valid && kind.String != "BTREE" {
		return
	}
	if get("IGNORED").String == "YES" || get("IS_VISIBLE").String == "NO" {
		return
	}
	i := slices.IndexFunc(t.indexes, func(x index) bool { return x.name == name })
	if i < 0 {
		i = len(t.indexes)
		t.indexes = append(t.indexes, index{name: name, unique: get("NON_UNIQUE").String == "0"})
	}
	x := &t.indexes[i]
	x.columns = append(x.columns, column.String)
	x.nulls = x.nulls || get("NULLABLE").String == "YES"
	x.partial = x.partial || !column.Valid || get("SUB_PART").Valid || get("COLLATION").String == "D"
}

// index finds an index that begins with a column, the narrowest one.
func (t *table) index(column string) (index, bool) {
	var best index
	found := false
	for _, x := range t.indexes {
		if strings.EqualFold(x.columns[0], column) && !x.partial && (!found || len(x.columns) < len(best.columns)) {
			best, found = x, true
		}
	}
	return best, found
}
