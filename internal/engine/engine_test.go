package engine_test

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/internal/engine"
)

func reader(t *testing.T, rows int) array.RecordReader {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "status", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	var recs []arrow.RecordBatch
	for i := 0; i < rows; i++ {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append("名")
		b.Field(2).(*array.Int64Builder).Append(int64(i % 5))
		if i%1000 == 999 || i == rows-1 {
			recs = append(recs, b.NewRecordBatch())
		}
	}
	r, err := array.NewRecordReader(schema, recs)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The binding's Arrow view is wrong under push-down. CopyArrow is the one door to
// it; what comes out must be what went in, and filters over the file right.
func TestCopyArrowIsWholeAndFiltersAreRight(t *testing.T) {
	ctx := context.Background()
	s, err := engine.Open(ctx, engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	path := filepath.Join(t.TempDir(), "it's.parquet")
	n, err := s.CopyArrow(ctx, reader(t, 10_500), path, engine.ParquetOptions{Metadata: map[string]string{"guiji.rules": `[{"it's":"规则"}]`}})
	if err != nil || n != 10_500 {
		t.Fatalf("rows %d, %v", n, err)
	}
	if v, err := s.Metadata(ctx, path, "guiji.rules"); err != nil || v != `[{"it's":"规则"}]` {
		t.Fatalf("metadata %q, %v", v, err)
	}
	if v, err := s.Metadata(ctx, path, "none"); err != nil || v != "" {
		t.Fatalf("metadata of no key %q, %v", v, err)
	}
	var count, sum, filtered int64
	if err := s.Row(ctx, "t", "SELECT count(*), sum(id), count(*) FILTER (status > 2) FROM "+engine.Parquet([]string{path}), &count, &sum, &filtered); err != nil {
		t.Fatal(err)
	}
	if count != 10_500 || sum != 10_500*10_499/2 || filtered != 4_200 {
		t.Fatalf("count %d sum %d filtered %d", count, sum, filtered)
	}
}

// Whatever of DuckDB or database/sql fails on data, its message has the step and
// the class of the error, and nothing of the data: no text, no bare number.
func TestErrorsKeepNoValues(t *testing.T) {
	ctx := context.Background()
	s, err := engine.Open(ctx, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range []struct{ query, class string }{
		{"SELECT CAST(x AS INTEGER) FROM (VALUES ('371502199001011234')) v(x)", "Conversion Error: Could not convert string…"},
		{"SELECT CAST(x AS DECIMAL(18,2)) FROM (VALUES (62220216020001234567::DECIMAL(38,0))) v(x)", "Conversion Error: "},
		{"SELECT CAST(x AS DECIMAL(4,2)) FROM (VALUES (6222021602.5::DECIMAL(18,1))) v(x)", "Conversion Error: "},
		{"SELECT CAST(x AS TINYINT) FROM (VALUES (13812345678)) v(x)", "Conversion Error: "},
		{"SELECT CAST(x AS TINYINT) FROM (VALUES (13812345678.5::DOUBLE)) v(x)", "Conversion Error: "},
		{"SELECT x + 9223372036854775807 FROM (VALUES (622202160200)) v(x)", "Out of Range Error: Overflow in addition"},
		{"SELECT -x FROM (VALUES ((-9223372036854775808)::BIGINT)) v(x)", "Out of Range Error: "},
		{"SELECT error(x) FROM (VALUES ('canary Zhang San')) v(x)", "Invalid Input Error"},
		{"SELECT error(x) FROM (VALUES ('张三')) v(x)", "Invalid Input Error"},
		{"SELECT regexp_matches('a', x) FROM (VALUES ('(canary')) v(x)", "Invalid Input Error"},
		{"SELECT strptime(x, '%Y') FROM (VALUES ('canary')) v(x)", "Invalid Input Error: Could not parse string…"},
		{"SELECT json_extract(x, '$.a') FROM (VALUES ('{canary')) v(x)", "Invalid Input Error: Malformed JSON"},
		{"CREATE TABLE k AS SELECT 'canary' AS a; ALTER TABLE k ADD PRIMARY KEY (a); INSERT INTO k VALUES ('canary')", "Constraint Error: "},
	} {
		err := s.Exec(ctx, "cast", c.query)
		if err == nil {
			t.Errorf("%s: no error", c.query)
			continue
		}
		got := err.Error()
		if !strings.Contains(got, "cast") || !strings.Contains(got, c.class) {
			t.Errorf("%s: %q does not say %q", c.query, got, c.class)
		}
		if v := regexp.MustCompile(`canary|Zhang|张三|3715|6222|1381|9223`).FindString(got); v != "" {
			t.Errorf("%s: a value in the error: %s", c.query, got)
		}
	}
	var n int
	if err := s.Row(ctx, "scan", "SELECT 'canary'", &n); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("a value in the error of a scan: %v", err)
	}
	err = s.Each(ctx, "scan", "SELECT 'canary'", func(scan engine.Scanner) error { return scan(&n) })
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("a value in the error of a scan of a row: %v", err)
	}
}

// Errors about the SQL and about files say what a developer needs.
func TestErrorsAboutSQLStayWhole(t *testing.T) {
	ctx := context.Background()
	s, err := engine.Open(ctx, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for query, want := range map[string]string{
		"SELECT nothing FROM (SELECT 1 AS x)":     `column "nothing" not found`,
		"SELECT * FROM t1":                        "Table with name t1 does not exist",
		"SELEC 1":                                 `near "SELEC"`,
		"SELECT * FROM read_parquet('/no/where')": "/no/where",
	} {
		if err := s.Exec(ctx, "t", query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v does not say %s", query, err, want)
		}
	}
}
