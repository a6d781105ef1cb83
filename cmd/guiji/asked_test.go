package main

import (
	"strings"
	"testing"

	"guiji/internal/engine"
	"guiji/lake"
)

func askedRelease() *lake.Release {
	return &lake.Release{Datasets: map[string]lake.Dataset{"standard/a/p": {Table: "a__p2024", Columns: []lake.Column{{Name: "name"}, {Name: "姓名"}, {Name: "id_371502"}}}}}
}

func TestAsked(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT name FROM standard.a__p2024 WHERE id = '3715'":           "SELECT name FROM standard.a__p2024 WHERE id = '…'",
		"SELECT 'it''s' || name":                                         "SELECT '…' || name",
		`SELECT E'a\'canary' || name`:                                    "SELECT '…' || name",
		`SELECT e'a\\', name, 'canary'`:                                  "SELECT '…', name, '…'",
		`SELECT 'a\', name, 'canary'`:                                    "SELECT '…', name, '…'",
		"SELECT $$it's canary$$, name":                                   "SELECT '…', name",
		"SELECT $a$canary $$ $b$ '$a$, name":                             "SELECT '…', name",
		"SELECT $1, $name, $$canary":                                     "SELECT $1, $name, '…'",
		"SELECT 1 -- canary\n, 2 /* canary /* ' */ canary */, name":      "SELECT 1 \n, 2  , name",
		"SELECT 371502199001011234, 371_502, 0.371502, 12, 1e3, 0x3A71B": "SELECT …, …, 0.…, 12, 1e3, …",
		`SELECT "姓名", "name", "canary", id_371502, x371502`:              `SELECT "姓名", "name", "…", id_371502, …`,
		"SELECT 姓名 FROM t WHERE name = 张三":                               "SELECT 姓名 FROM t WHERE name = …",
		"SELECT X'canary', name = 'canary":                               "SELECT X'…', name = '…'",
	} {
		if got := asked(askedRelease(), query); got != want {
			t.Errorf("%s\nis kept as %s\nwant       %s", query, got, want)
		}
	}
	if got := asked(askedRelease(), strings.Repeat("a,", 5000)); len(got) > 2100 {
		t.Errorf("a long query is kept with %d bytes", len(got))
	}
}

// Where DuckDB reads a text or a number out of a query, the audit chain has none of
// it: DuckDB's own parser is asked for all constants of the query.
func FuzzAsked(f *testing.F) {
	for _, s := range []string{
		"SELECT '%'", `SELECT E'\'%', 1`, `SELECT E'\\', '%'`, "SELECT $$'%$$", "SELECT $x$ $$ % $x$", "SELECT 1 /* ' /* */ ' */, '%'", "SELECT -- '\n '%'",
		`SELECT '"', '%', '"'`, `SELECT """", '%'`, "SELECT a$$, '%$$'", "SELECT $1, '%$1'", "SELECT U&'\\0041%'", "SELECT 'a'\n'%'", "SELECT N'%'", "SELECT x.e'%'", "SELECT ae'%'",
		"SELECT DATE '%'", "SELECT a->>'%'", "SELECT {'%': 1}", "SELECT INTERVAL '%' YEAR", "SELECT 9e'%'", "SELECT é'\\', '%'",
	} {
		f.Add(s)
	}
	s, err := engine.Open(f.Context(), engine.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, query string) {
		query = strings.ReplaceAll(query, "%", "canaryword")
		var tree string
		if strings.ContainsRune(query, 0) || s.Row(t.Context(), "parse", "SELECT json_serialize_sql("+engine.Lit(query)+")::VARCHAR", &tree) != nil {
			return
		}
		got := asked(askedRelease(), query)
		if !strings.Contains(tree, `"value":"`) && !strings.Contains(tree, `"value": "`) || strings.Contains(tree, `"error":true`) {
			return
		}
		if constant(tree, "canaryword") && strings.Contains(got, "canaryword") {
			t.Errorf("%q is kept as %q", query, got)
		}
	})
}

// constant tells whether the word is in constants of a tree, and nowhere else.
func constant(tree, word string) bool {
	inside := 0
	for _, part := range strings.Split(tree, `"value":"`)[1:] {
		text, _, _ := strings.Cut(part, `"`)
		inside += strings.Count(text, word)
	}
	return inside > 0 && inside == strings.Count(tree, word)
}
