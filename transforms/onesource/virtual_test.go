package onesource_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// An item may bear the name of a column that DuckDB adds to rows: what lands is
// the same as with any other name, in an image that is in order and in one with
// shared keys.
func TestItemsNamedLikeDuckDBsColumns(t *testing.T) {
	for _, name := range []string{"file_row_number", "FILE_INDEX", "filename", "rowid", "plain"} {
		s := open(t, 2)
		r := &catalog.Resource{ID: "d/r", Items: []catalog.Item{{Name: "id", Type: typ(t, "N(9)")}, {Name: name, Type: typ(t, "N(9)")}}}
		column := engine.Ident(name)
		var files []string
		for i, rows := range []string{"(1, 1), (2, 7), (3, 0)", "(4, 0), (5, 0)"} {
			path := filepath.Join(t.TempDir(), fmt.Sprintf("%d.parquet", i))
			query := "SELECT id::BIGINT AS id, NULL::VARCHAR AS id_raw, v::BIGINT AS " + column + ", NULL::VARCHAR AS " + engine.Ident(name+"_raw") + " FROM (VALUES " + rows + ") t(id, v)"
			if _, err := s.CopyQuery(context.Background(), "test", query, path, engine.ParquetOptions{}); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
		}
		exec(t, s, "CREATE OR REPLACE TEMP TABLE withheld AS SELECT 2::BIGINT AS id")
		table := onesource.Table{Resource: r, Items: items(r), Keys: []string{"id"}, Raw: engine.Parquet(files), Ordered: []int64{3, 2}}
		if _, err := onesource.Duplicates(context.Background(), s, table); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		query, err := onesource.Standard(context.Background(), s, table)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		same(t, name+" in order", []string{"1|1", "3|0", "4|0", "5|0"}, rowsOf(t, s, query))

		image(t, s, "raw_d", []string{"id BIGINT", name + " BIGINT"}, []string{"(1, 5)", "(1, 5)", "(1, 5)", "(3, 5)"})
		table.Raw, table.Ordered = "raw_d", nil
		if n, err := onesource.Duplicates(context.Background(), s, table); err != nil || n != 2 {
			t.Fatalf("%s: removed %d, %v", name, n, err)
		}
		same(t, name+" with shared keys", []string{"1|5", "3|5"}, rowsOf(t, s, onesource.StandardQuery(table)))
	}
}
