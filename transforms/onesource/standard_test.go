package onesource_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// An image in order is written without a sort: by dense keys, by place where keys
// are sparse or text. What lands, and in which order, is what joins and a sort
// give, whichever rows go.
func TestStandardOfAnImageInOrder(t *testing.T) {
	for _, c := range []struct {
		name, typ, sql string
		keys           [2][]string // of two files
	}{
		{"dense", "N(9)", "BIGINT", [2][]string{{"-3", "-1", "0"}, {"2", "4"}}},
		{"one", "N(9)", "BIGINT", [2][]string{{"7"}, {}}},
		{"sparse", "N(18)", "BIGINT", [2][]string{{"-900000000000000000", "0"}, {"5", "999999999999999999"}}},
		{"wide", "N(20)", "DECIMAL(20,0)", [2][]string{{"1", "18446744073709551614"}, {"18446744073709551615"}}},
		{"text", "C(9)", "VARCHAR", [2][]string{{"'A'", "'a'", "'中'"}, {"'国'", "'𠮷'"}}},
	} {
		all := append(append([]string{}, c.keys[0]...), c.keys[1]...)
		for _, gone := range [][]string{{}, {all[0]}, {all[len(all)-1]}, all} {
			s := open(t, 2)
			r := &catalog.Resource{ID: "d/r", Items: []catalog.Item{{Name: "id", Type: typ(t, c.typ)}}}
			var files []string
			for i, keys := range c.keys {
				path := filepath.Join(t.TempDir(), fmt.Sprintf("%d.parquet", i))
				if _, err := s.CopyQuery(context.Background(), "test", valuesSQL(c.sql, keys)+" ORDER BY 1", path, engine.ParquetOptions{}); err != nil {
					t.Fatal(err)
				}
				files = append(files, path)
			}
			exec(t, s, "CREATE OR REPLACE TEMP TABLE withheld AS SELECT id FROM ("+valuesSQL(c.sql, gone)+")")
			table := onesource.Table{Resource: r, Items: items(r), Keys: []string{"id"}, Raw: engine.Parquet(files),
				Ordered: []int64{int64(len(c.keys[0])), int64(len(c.keys[1]))}}
			if _, err := onesource.Duplicates(context.Background(), s, table); err != nil {
				t.Fatal(err)
			}
			query, err := onesource.Standard(context.Background(), s, table)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if strings.Contains(query, "ORDER BY") {
				t.Errorf("%s: sorted, though it is in order", c.name)
			}
			same(t, fmt.Sprintf("%s without %d", c.name, len(gone)), rowsOf(t, s, onesource.StandardQuery(table)), rowsOf(t, s, query))
		}
	}
}

// valuesSQL is a table of one key column.
func valuesSQL(typ string, keys []string) string {
	if len(keys) == 0 {
		return "SELECT NULL::" + typ + " AS id, NULL::VARCHAR AS id_raw WHERE false"
	}
	return "SELECT id::" + typ + " AS id, NULL::VARCHAR AS id_raw FROM (VALUES (" + strings.Join(keys, "), (") + ")) t(id)"
}
