package serving_test

import (
	"strings"
	"testing"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/lake/serving"
)

// shortened shows personal columns by their first sign.
func shortened(_ string, c lake.Column) string {
	if c.Privacy == "" {
		return `"` + c.Name + `"`
	}
	return `left("` + c.Name + `", 1)`
}

func reader(t *testing.T, serve string) (*serving.Reader, *world) {
	t.Helper()
	w := newWorld(t)
	rel := w.release(1, 20, serve)
	file := w.file(rel)
	r, err := serving.OpenReader(t.Context(), rel, file, shortened)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r, w
}

// answer is a query's result as text.
func answer(t *testing.T, r *serving.Reader, query string) (string, error) {
	t.Helper()
	rows, err := r.Query(t.Context(), query)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		row, to := make([]any, len(cols)), make([]any, len(cols))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		for _, v := range row {
			switch v := v.(type) {
			case string:
				b.WriteString(v + " ")
			case []byte:
				b.WriteString(string(v) + " ")
			}
		}
	}
	return b.String(), rows.Err()
}

func TestReaderAnswers(t *testing.T) {
	for _, serve := range []string{"view", "table"} {
		r, _ := reader(t, serve)
		for query, want := range map[string]string{
			"SELECT name FROM standard.gongan__resident WHERE id = 3":                                                                          "张 ",
			"FROM Standard.GONGAN__resident SELECT citizen_id LIMIT 1":                                                                         "3 ",
			"WITH x AS (SELECT name n, count(*) c FROM standard.gongan__resident GROUP BY 1) SELECT n || c FROM x":                             "张20 ",
			"SELECT d.name || r.name FROM meta.departments d, standard.gongan__resident r WHERE r.id = (SELECT max(range) FROM range(3)) -- c": "公安张 ",
			"SELECT column_name FROM (DESCRIBE standard.gongan__resident) WHERE column_name = 'name'":                                          "name ",
			"SELECT 'a' UNION ALL SELECT name FROM standard.gongan__resident WHERE id = 1":                                                     "a 张 ",
			"VALUES ('x');": "x ",
		} {
			if got, err := answer(t, r, query); got != want || err != nil {
				t.Errorf("%s: %q, %v, want %q", query, got, err, want)
			}
		}
	}
}

// Nothing a query can say reaches the values behind the projection.
func TestReaderCannotBeEvaded(t *testing.T) {
	const secret = "371502199001011007"
	for _, serve := range []string{"view", "table"} {
		r, w := reader(t, serve)
		parquet := w.objs.LocalRoot() + "/data/standard/gongan/resident/20/a.parquet"
		quoted := "'" + strings.ReplaceAll(parquet, "'", "''") + "'"
		ident := `"` + parquet + `"`
		bases := w.files("v*.duckdb")[0]
		for _, q := range []string{
			"SELECT * FROM read_parquet(" + quoted + ")", "SELECT * FROM " + quoted, "SELECT * FROM " + ident,
			"SELECT * FROM parquet_scan(" + quoted + ")", "SELECT * FROM parquet_metadata(" + quoted + ")", "SELECT * FROM parquet_bloom_probe(" + quoted + ", 'name', 'x')",
			"SELECT content FROM read_blob(" + quoted + ")", "SELECT * FROM glob('/*')", "SELECT * FROM read_duckdb('" + bases + "')",
			"SELECT * FROM query('SELECT * FROM read_parquet(''x'')')", "SELECT * FROM query_table(['standard.gongan__resident'])",
			"SELECT (SELECT max(citizen_id) FROM read_parquet(" + quoted + "))", "SELECT 1 WHERE EXISTS (FROM " + quoted + ")",
			"WITH x AS (FROM " + quoted + ") FROM x", "WITH x AS (FROM standard.gongan__resident) SELECT * FROM x, " + quoted,
			// a clause named like a file, used outside of its scope
			`SELECT * FROM (WITH ` + ident + ` AS (SELECT 1) SELECT * FROM ` + ident + `) a, ` + ident,
			"SELECT * FROM duckdb_views()", "SELECT * FROM duckdb_views", "SELECT * FROM information_schema.tables", "SELECT * FROM pg_catalog.pg_views",
			"SELECT * FROM duckdb_databases()", "SHOW DATABASES", "SHOW ALL TABLES", "SHOW TABLES", "PRAGMA database_list",
			"SELECT * FROM memory.standard.gongan__resident", "SELECT * FROM main.guiji", "SELECT * FROM guiji",
			`SELECT * FROM "standard_gongan__resident".main.data`, "SELECT * FROM json_execute_serialized_sql('{}')",
			"SELECT 1; SELECT 2", "SELECT 1); SELECT * FROM (SELECT 1", "SET threads = 1", "CALL duckdb_views()", "EXPLAIN ANALYZE SELECT 1",
			"COPY standard.gongan__resident TO '/tmp/x'", "ATTACH 'x'", "CREATE TABLE x (i INT)", "INSERT INTO standard.gongan__resident VALUES (1)",
			"DROP VIEW standard.gongan__resident", "CREATE OR REPLACE VIEW standard.gongan__resident AS SELECT 1", "EXPORT DATABASE '/tmp/x'",
			"PREPARE x AS SELECT 1", "BEGIN", "USE standard", "", "   ", "-- nothing", "SELECT FROM",
			"FROM histogram_values('standard.gongan__resident', name)", "SELECT * FROM sniff_csv('/etc/passwd')",
			"SELECT * FROM (SUMMARIZE " + ident + ")", "DESCRIBE " + ident, "SUMMARIZE " + quoted,
			"SELECT * FROM (PIVOT " + ident + " ON id IN (1))", "SELECT * FROM standard.gongan__resident POSITIONAL JOIN " + quoted,
			"SELECT name FROM standard.gongan__resident UNION ALL SELECT citizen_id FROM " + quoted,
			"WITH RECURSIVE x AS (SELECT 'a' c UNION ALL SELECT citizen_id FROM " + quoted + ") FROM x",
			"SELECT list_transform([1], lambda i: (SELECT max(citizen_id) FROM " + quoted + "))",
			"SELECT nothing FROM standard.gongan__resident",
			// plans show how the views mask
			"SELECT json_serialize_plan('SELECT * FROM standard.gongan__resident')", "SELECT max(JSON_Serialize_Plan('FROM standard.gongan__resident'))",
			"FROM standard.gongan__resident ORDER BY 'SELECT 1'.json_serialize_sql()",
		} {
			got, err := answer(t, r, q)
			if err == nil || fault.KindOf(err) != fault.Config {
				t.Errorf("%s: %q, %v", q, got, err)
			}
		}
		for _, q := range []string{ // allowed, and of no use
			"SELECT * FROM standard.gongan__resident", "SUMMARIZE standard.gongan__resident",
			"SELECT citizen_id FROM standard.gongan__resident WHERE citizen_id = '" + secret + "'",
			"SELECT max(citizen_id) || reverse(min(citizen_id)) FROM standard.gongan__resident",
			"SELECT stats(citizen_id)::VARCHAR, to_json(r)::VARCHAR, r::VARCHAR FROM standard.gongan__resident r",
			"SELECT COLUMNS(*)::VARCHAR FROM standard.gongan__resident",
			"SELECT string_agg(citizen_id) FILTER (citizen_id LIKE '371502%') FROM standard.gongan__resident",
			"SELECT approx_top_k(citizen_id, 5)::VARCHAR, histogram(name)::VARCHAR FROM standard.gongan__resident",
		} {
			got, err := answer(t, r, q)
			if err != nil || strings.Contains(got, "371502") || strings.Contains(got, "张7") {
				t.Errorf("%s: %q, %v", q, got, err)
			}
		}
		if _, err := answer(t, r, "SELECT CAST(citizen_id || 'x' AS INTEGER) FROM standard.gongan__resident"); err == nil || strings.Contains(err.Error(), "371502") {
			t.Errorf("an error shows a value: %v", err)
		}
	}
}

func FuzzReaderNeverLeaks(f *testing.F) {
	for _, q := range []string{"SELECT * FROM standard.gongan__resident", "WITH x AS (SELECT 1) FROM x", "FROM 'a.parquet'", "SELECT '", "/* */ VALUES (1)"} {
		f.Add(q)
	}
	var r *serving.Reader
	f.Fuzz(func(t *testing.T, q string) {
		if r == nil {
			w := newWorld(t)
			rel := w.release(1, 20, "table")
			var err error
			if r, err = serving.OpenReader(t.Context(), rel, w.file(rel), shortened); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := answer(t, r, q); err == nil && strings.Contains(got, "371502") && !strings.Contains(q, "371502") {
			t.Errorf("%q shows %q", q, got)
		}
	})
}
