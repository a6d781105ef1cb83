package serving

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
)

// names are the datasets of some layers, nil for all, in order.
func names(rel *lake.Release, layers []string) []string {
	out := slices.Sorted(maps.Keys(rel.Datasets))
	return slices.DeleteFunc(out, func(n string) bool {
		return layers != nil && !slices.Contains(layers, rel.Datasets[n].Layer)
	})
}

// schemas creates the layers' schemas, nil for all five.
func schemas(ctx context.Context, s *engine.Session, layers []string) error {
	if layers == nil {
		layers = lake.Layers()
	}
	for _, l := range layers {
		if err := s.Exec(ctx, "serving", "CREATE SCHEMA "+engine.Ident(l)); err != nil {
			return err
		}
	}
	return nil
}

// relation is a dataset's quoted name.
func relation(d lake.Dataset) string { return engine.Qualified(engine.Ident(d.Layer), d.Table) }

// columns are a dataset's quoted columns, in the release's order.
func columns(d lake.Dataset) string {
	out := make([]string, len(d.Columns))
	for i, c := range d.Columns {
		out[i] = c.Name
	}
	return engine.Idents(out)
}

// comment gives a table or view and its columns their Chinese names.
func comment(ctx context.Context, s *engine.Session, kind string, d lake.Dataset) error {
	var out []string
	if d.Label != "" {
		out = append(out, fmt.Sprintf("COMMENT ON %s %s IS %s", kind, relation(d), engine.Lit(d.Label)))
	}
	for _, c := range d.Columns {
		if c.Label != "" {
			out = append(out, fmt.Sprintf("COMMENT ON COLUMN %s IS %s", engine.Qualified(relation(d), c.Name), engine.Lit(c.Label)))
		}
	}
	for _, q := range out {
		if err := s.Exec(ctx, "serving", q); err != nil {
			return err
		}
	}
	return nil
}

// alias is the catalogue name of an attached file.
func alias(file string) string { return strings.TrimSuffix(file, ".duckdb") }

// attach adds a table's own file.
func attach(ctx context.Context, s *engine.Session, dir, file string) error {
	return s.Attach(ctx, filepath.Join(dir, file), alias(file), "", true)
}

// contentHash names what a dataset's own file holds.
func contentHash(d lake.Dataset) string {
	b, _ := json.Marshal([]any{d.Files, d.Columns, d.Lookup}) // plain values: never fails
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:10])
}

// counts compares the rows of relations with what a release says of them.
func counts(ctx context.Context, s *engine.Session, path string, want map[string]int64) error {
	if len(want) == 0 {
		return nil
	}
	var parts []string
	keys := slices.Sorted(maps.Keys(want))
	for i, rel := range keys {
		parts = append(parts, fmt.Sprintf("SELECT %d AS i, count(*) AS n FROM %s", i, rel))
	}
	rows, err := s.Query(ctx, "count", strings.Join(parts, " UNION ALL "))
	if err != nil {
		return err
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var i int
		var n int64
		if err := rows.Scan(&i, &n); err != nil {
			return err
		}
		if n != want[keys[i]] {
			return fault.New(fault.Data, "lake.serving.count", path, keys[i], n, want[keys[i]])
		}
		seen++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if seen != len(want) {
		return errors.New("the count of rows is incomplete")
	}
	return nil
}
