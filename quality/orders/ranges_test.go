package orders_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guiji/internal/engine"
	"guiji/quality"
	"guiji/quality/orders"
)

// folded writes a fold's orders, every third time as the files of several ranges: their rows
// are those of one query, in its order.
func (w *world) folded(f orders.Fold, n int) []string {
	w.Helper()
	f.AtOnce = 0
	whole := w.write(f, fmt.Sprintf("%d-whole", n))
	if len(whole) != 1 {
		w.Fatalf("%d files of a few orders", len(whole))
	}
	if n%3 != 1 {
		return whole
	}
	f.AtOnce = 12
	parts := w.write(f, fmt.Sprint(n))
	if want, got := w.texts(whole), w.texts(parts); !slices.Equal(want, got) {
		w.Errorf("in %d ranges:\n%q\nat once:\n%q", len(parts), got, want)
	}
	return parts
}

func (w *world) write(f orders.Fold, name string) []string {
	w.Helper()
	queries, err := f.Queries(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	out := make([]string, len(queries))
	for i, q := range queries {
		out[i] = filepath.Join(w.dir, fmt.Sprintf("%s-%d.parquet", name, i))
		if _, err := w.s.CopyQuery(w.Context(), "orders", q, out[i], engine.ParquetOptions{}); err != nil {
			w.Fatal(err)
		}
	}
	return out
}

// texts are the rows as texts, in the order of the files.
func (w *world) texts(files []string) []string {
	w.Helper()
	var out []string
	err := w.s.Each(w.Context(), "test", "SELECT t::VARCHAR FROM "+engine.Parquet(files)+" t", func(scan engine.Scanner) error {
		var row string
		out = append(out, "")
		err := scan(&row)
		out[len(out)-1] = row
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return out
}

// Keys of every type part into ranges: none is left out, none comes twice, empty ones too.
func TestRangesOfKeysOfAllTypes(t *testing.T) {
	for _, key := range []string{
		"i - 20", "((i - 20) / 8)::DECIMAL(30, 3)", "'引号''与\\' || i", "CASE WHEN i % 2 = 0 THEN chr(0) || i ELSE 'k' || i END", "TIMESTAMP '2026-01-01 00:00:00.123456' + to_days(i::INTEGER)",
		"i % 2 = 0", "chr(i::INTEGER + 1)::BLOB", "'nan'::DOUBLE", "1",
	} {
		w := newWorld(t)
		fails := fmt.Sprintf("(SELECT CASE WHEN i %% 9 > 0 THEN %s END AS id, ['a', 'ä''', 'c'][i %% 3 + 1] AS rule, '1' AS version FROM range(60) t(i))", key)
		w.last = ""
		f := orders.Fold{Session: w.s, Resource: "d/r", Keys: []string{"id"}, Release: 1, Read: day, Now: day, Due: day, Failures: fails, Image: fails}
		if files := w.folded(f, 1); len(files) < 3 || len(w.texts(files)) != 60 {
			t.Errorf("key %s: %d files, %d orders", key, len(files), len(w.texts(files)))
		}
	}
}

// A session that could neither join nor sort all orders at once, and may not spill, folds
// them in ranges.
func TestFoldInLittleMemory(t *testing.T) {
	w := newWorld(t)
	s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir(), Memory: "48MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Exec(t.Context(), "test", "SET max_temp_directory_size = '0MB'"); err != nil {
		t.Fatal(err)
	}
	w.s = s
	const fails = "(SELECT i AS id, 'a rule of a department''s' AS rule, '1' AS version FROM range(120000) t(i))"
	rules := []quality.Metric{{Rule: "a rule of a department's", Version: "1", Status: quality.Fail, Item: "name", Title: strings.Repeat("题", 40), Severity: quality.Error}}
	f := orders.Fold{Session: s, Resource: "d/r", Keys: []string{"id"}, Release: 1, Read: day, Now: day, Due: day, Failures: fails, Image: fails, Rules: rules}
	f.AtOnce = 1_000_000
	queries, err := f.Queries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CopyQuery(t.Context(), "orders", queries[0], filepath.Join(w.dir, "whole.parquet"), engine.ParquetOptions{}); err == nil {
		t.Error("all orders fit at once: this proves nothing")
	}
	f.AtOnce = 15_000
	if files := w.write(f, "parts"); len(files) < 6 {
		t.Errorf("%d files", len(files))
	}
}
