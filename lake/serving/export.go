package serving

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/lake"
)

// Export writes a release into one DuckDB file that needs nothing beside it:
// tables with their Chinese names as comments, of the layers given, nil for all.
// With a key the file is encrypted, "" is plain. A path that exists is refused
// (fault.Config). The file is whole or not there.
func Export(ctx context.Context, rel *lake.Release, cache *lake.Cache, path string, layers []string, key secret.Secret) error {
	for _, l := range layers {
		if !isLayer(l) {
			return fault.New(fault.Config, "lake.export.layer", l, lake.Layers())
		}
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if _, err := os.Lstat(path); err == nil {
		return fault.New(fault.Config, "lake.export.exists", path).Try("lake.export.exists.hint")
	}
	if len(layers) == 0 {
		layers = nil
	}
	try, err := os.CreateTemp(filepath.Dir(path), ".try-*") // DuckDB's own error would not tell a folder from a disk
	if err != nil {
		return fault.New(fault.Config, "lake.export.folder", filepath.Dir(path)).Because(err)
	}
	if err := errors.Join(try.Close(), os.Remove(try.Name())); err != nil {
		return explain(filepath.Dir(path), err)
	}
	want := map[string]int64{}
	for _, name := range names(rel, layers) {
		want[relation(rel.Datasets[name])] = rel.Datasets[name].Rows
	}
	err = beside(path, func(temp string) error {
		s, err := create(ctx, filepath.Dir(path), File{temp, key})
		if err != nil {
			return err
		}
		return finish(ctx, s, temp, fillTables(ctx, s, rel, cache, layers))
	}, func(temp string) error {
		s, err := mount(ctx, filepath.Dir(path), File{temp, key})
		if err != nil {
			return err
		}
		return errors.Join(counts(ctx, s, path, want), s.Close())
	})
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Config, "lake.export.exists", path).Try("lake.export.exists.hint")
	}
	return explain(filepath.Dir(path), err)
}

func fillTables(ctx context.Context, s *engine.Session, rel *lake.Release, cache *lake.Cache, layers []string) error {
	if err := schemas(ctx, s, slices.DeleteFunc(lake.Layers(), func(l string) bool {
		return layers != nil && !slices.Contains(layers, l)
	})); err != nil {
		return err
	}
	for _, name := range names(rel, layers) {
		d := rel.Datasets[name]
		paths, err := cache.Files(ctx, d)
		if err != nil {
			return err
		}
		q := fmt.Sprintf("CREATE TABLE %s AS SELECT %s FROM %s", relation(d), columns(d), engine.Parquet(paths))
		if err := s.Exec(ctx, "export "+name, q); err != nil {
			return err
		}
		if err := s.Atomically(ctx, "export "+name, func() error { return comment(ctx, s, "TABLE", d) }); err != nil {
			return err
		}
	}
	return nil
}
