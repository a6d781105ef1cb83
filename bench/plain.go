package main

import (
	"context"
	"fmt"
	"path/filepath"

	"guiji/internal/engine"
)

// The work of the run as plain SQL over a table of the 12 columns: what both
// comparisons (naive, dump) do after they have the rows. The checks are those of
// bench/project.go, each a row in failures; then de-duplication and sorted Parquet.
var plainChecks = []struct{ rule, fails string }{
	{"citizen_id.not_null", "sfzh IS NULL"},
	{"citizen_id.citizen_id", `NOT (regexp_full_match(sfzh, '\d{17}[\dX]') AND try_strptime(substr(sfzh, 7, 8), '%Y%m%d') IS NOT NULL AND substr('10X98765432',
		((substr(sfzh,1,1)::INT*7 + substr(sfzh,2,1)::INT*9 + substr(sfzh,3,1)::INT*10 + substr(sfzh,4,1)::INT*5 + substr(sfzh,5,1)::INT*8 + substr(sfzh,6,1)::INT*4 +
		  substr(sfzh,7,1)::INT*2 + substr(sfzh,8,1)::INT + substr(sfzh,9,1)::INT*6 + substr(sfzh,10,1)::INT*3 + substr(sfzh,11,1)::INT*7 + substr(sfzh,12,1)::INT*9 +
		  substr(sfzh,13,1)::INT*10 + substr(sfzh,14,1)::INT*5 + substr(sfzh,15,1)::INT*8 + substr(sfzh,16,1)::INT*4 + substr(sfzh,17,1)::INT*2) % 11)::INT + 1, 1) = substr(sfzh, 18, 1))`},
	{"name.not_null", "xm IS NULL"},
	{"name.length", "length(xm) NOT BETWEEN 2 AND 50"},
	{"sex.in_codes", "xb NOT IN ('0','1','2','9')"},
	{"birth.range", "csrq NOT BETWEEN DATE '1900-01-01' AND current_date"},
	{"nation.regex", `NOT regexp_full_match(mz, '\d{2}')`},
	{"address.not_null", "hjdz IS NULL"},
	{"address.length", "length(hjdz) NOT BETWEEN 5 AND 200"},
	{"phone.phone", `NOT regexp_full_match(lxdh, '1[3-9]\d{9}')`},
	{"income.range", "nsr NOT BETWEEN 0 AND 10000000"},
	{"status.range", "zt NOT BETWEEN 0 AND 9"},
	{"created_at.not_null", "cjsj IS NULL"},
	{"updated_at.not_null", "gxsj IS NULL"},
	{"created_at.compare", "NOT cjsj <= gxsj"},
}

// plainSteps checks, de-duplicates and lands the table t of a session.
func plainSteps(ctx context.Context, s *engine.Session, t, dir string) error {
	if err := s.Exec(ctx, "failures", "CREATE TABLE failures (id BIGINT, rule VARCHAR)"); err != nil {
		return err
	}
	for _, c := range plainChecks { // one query a check, as one writes first
		if err := s.Exec(ctx, c.rule, fmt.Sprintf("INSERT INTO failures SELECT id, %s FROM %s WHERE %s", engine.Lit(c.rule), t, c.fails)); err != nil {
			return err
		}
	}
	if _, err := s.CopyQuery(ctx, "failures", "SELECT * FROM failures ORDER BY rule, id", filepath.Join(dir, "failures.parquet"), engine.ParquetOptions{}); err != nil {
		return err
	}
	_, err := s.CopyQuery(ctx, "standard", "SELECT * FROM "+t+" QUALIFY row_number() OVER (PARTITION BY sfzh ORDER BY gxsj DESC, id) = 1 ORDER BY id",
		filepath.Join(dir, "standard.parquet"), engine.ParquetOptions{})
	return err
}
