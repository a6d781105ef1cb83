package onesource_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/internal/engine"
)

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func open(t testing.TB, threads int) *engine.Session {
	t.Helper()
	s, err := engine.Open(context.Background(), engine.Options{Temp: t.TempDir(), Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func exec(t fataler, s *engine.Session, queries ...string) {
	t.Helper()
	for _, q := range queries {
		if err := s.Exec(context.Background(), "test", q); err != nil {
			t.Fatalf("%v\n%s", err, q)
		}
	}
}

// rowsOf is a query's result as text, a row a line, NULL as ∅.
func rowsOf(t fataler, s *engine.Session, query string) []string {
	t.Helper()
	rows, err := s.Query(context.Background(), "test", "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ("+query+")")
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		t.Fatalf("%v", err)
	}
	out := []string{}
	for rows.Next() {
		cells := make([]sql.NullString, len(cols))
		into := make([]any, len(cols))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatalf("%v", err)
		}
		out = append(out, line(cells...))
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v", err)
	}
	return out
}

func line(cells ...sql.NullString) string {
	parts := make([]string, len(cells))
	for i, c := range cells {
		parts[i] = "∅"
		if c.Valid {
			parts[i] = c.String
		}
	}
	return strings.Join(parts, "|")
}

func some(s string) sql.NullString { return sql.NullString{String: s, Valid: true} }

// lit is a text or NULL as SQL.
func lit(s sql.NullString) string {
	if !s.Valid {
		return "NULL"
	}
	return engine.Lit(s.String)
}

func typ(t testing.TB, s string) catalog.Type {
	t.Helper()
	out, err := catalog.ParseType(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// image makes a raw image: columns "name TYPE" each with its _raw beside, rows as
// SQL tuples of the values; raw texts are NULL.
func image(t fataler, s *engine.Session, table string, columns []string, rows []string) {
	t.Helper()
	names, defs, cells := []string{}, []string{}, []string{}
	for i, c := range columns {
		name, typ, _ := strings.Cut(c, " ")
		names = append(names, fmt.Sprintf("c%d", i))
		defs = append(defs, fmt.Sprintf("CAST(c%d AS %s) AS %s", i, typ, engine.Ident(name)))
		cells = append(cells, fmt.Sprintf("CAST(NULL AS VARCHAR) AS %s", engine.Ident(name+"_raw")))
	}
	from := "(SELECT " + strings.Repeat("NULL, ", len(names)-1) + "NULL LIMIT 0) AS v(" + strings.Join(names, ", ") + ")"
	if len(rows) > 0 {
		from = "(VALUES " + strings.Join(rows, ", ") + ") AS v(" + strings.Join(names, ", ") + ")"
	}
	exec(t, s, "CREATE OR REPLACE TEMP TABLE "+table+" AS SELECT "+strings.Join(append(defs, cells...), ", ")+" FROM "+from)
}
