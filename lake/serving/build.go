// Package serving makes DuckDB files out of releases and opens them for reading:
// what people and the API query. The files are derived; all of them can be
// deleted and built again. pipelines, publish, quality/report and cmd import it.
package serving

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
)

// Build makes the serving file of a release in its place and makes it the
// current one, unless that is of a later release already: the five schemas as
// views over the cached Parquet files, with their Chinese names as comments; a
// dataset with serve: table is a table with an index in a file of its own that
// later releases share. In a place with a key it is one encrypted file of tables
// that stands on no other. A file that is there and verifies is kept; nothing that
// may be open is ever replaced. Files of releases but the last three are removed.
func Build(ctx context.Context, rel *lake.Release, cache *lake.Cache, at lake.Place) (File, error) {
	f, err := newFolder(at)
	if err != nil {
		return File{}, err
	}
	path, err := f.ensure(ctx, rel, cache)
	if err != nil {
		return File{}, err
	}
	s, err := engine.Open(ctx, engine.Options{Temp: f.dir})
	if err != nil {
		return File{}, err
	}
	if err := f.makeCurrent(ctx, s, path, rel); err != nil {
		return File{}, errors.Join(explain(f.dir, err), s.Close())
	}
	return f.file(path), errors.Join(f.prune(ctx, s, cache), s.Close())
}

// Ensure is Build for a look at any release: what is current stays so.
func Ensure(ctx context.Context, rel *lake.Release, cache *lake.Cache, at lake.Place) (File, error) {
	f, err := newFolder(at)
	if err != nil {
		return File{}, err
	}
	path, err := f.ensure(ctx, rel, cache)
	return f.file(path), err
}

func (f *folder) ensure(ctx context.Context, rel *lake.Release, cache *lake.Cache) (string, error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return "", fmt.Errorf("serving folder: %w", err)
	}
	path, err := f.existing(ctx, rel)
	if err != nil || path != "" {
		return path, err
	}
	if f.master != nil {
		path, err = f.buildSealed(ctx, rel, cache)
	} else {
		path, err = f.build(ctx, rel, cache)
	}
	return path, explain(f.dir, err)
}

// existing finds a file of the release that verifies; "" without one.
func (f *folder) existing(ctx context.Context, rel *lake.Release) (string, error) {
	files, err := f.versions()
	if err != nil {
		return "", err
	}
	for _, v := range files {
		path := filepath.Join(f.dir, v.name)
		if v.version == rel.Version && f.verify(ctx, f.file(path), rel) == nil {
			return path, nil
		}
	}
	return "", ctx.Err()
}

func (f *folder) build(ctx context.Context, rel *lake.Release, cache *lake.Cache) (string, error) {
	dir := f.dir
	var all []lake.File
	for _, name := range names(rel, nil) {
		all = append(all, rel.Datasets[name].Files...)
	}
	base := fmt.Sprintf("v%012d.duckdb", rel.Version)
	if _, err := os.Lstat(filepath.Join(dir, base)); err == nil { // there, and not good
		base = fmt.Sprintf("v%012d-%s.duckdb", rel.Version, strings.ToLower(rand.Text()[:8]))
	}
	if err := cache.Pin(base, all); err != nil {
		return "", err
	}
	tables := map[string]string{} // dataset → base name of its own file
	for _, name := range names(rel, nil) {
		if d := rel.Datasets[name]; d.Serve == "table" {
			file, err := buildTable(ctx, name, d, cache, dir)
			if err != nil {
				return "", err
			}
			tables[name] = file
		}
	}
	path := filepath.Join(dir, base)
	err := beside(path, func(temp string) error {
		s, err := engine.Open(ctx, engine.Options{Path: temp, Temp: dir})
		if err != nil {
			return err
		}
		err = s.Atomically(ctx, "serving", func() error { return fillViews(ctx, s, rel, cache, dir, tables) })
		return finish(ctx, s, temp, err)
	}, func(temp string) error { return f.verify(ctx, File{Path: temp}, rel) })
	return path, err
}

// fillViews writes the schemas, views, comments and what Open needs to know.
func fillViews(ctx context.Context, s *engine.Session, rel *lake.Release, cache *lake.Cache, dir string, tables map[string]string) error {
	if err := about(ctx, s, rel, cache.Roots()); err != nil {
		return err
	}
	if err := schemas(ctx, s, nil); err != nil {
		return err
	}
	attached := map[string]bool{}
	for _, name := range names(rel, nil) {
		d := rel.Datasets[name]
		var from string
		if file := tables[name]; file != "" {
			if !attached[file] {
				attached[file] = true
				if err := errors.Join(note(ctx, s, "attach", file), attach(ctx, s, dir, file)); err != nil {
					return err
				}
			}
			from = engine.Ident(alias(file)) + ".main.data"
		} else {
			paths, err := cache.Files(ctx, d)
			if err != nil {
				return err
			}
			from = engine.Parquet(paths)
		}
		view := fmt.Sprintf("CREATE VIEW %s AS SELECT %s FROM %s", relation(d), columns(d), from)
		if err := s.Exec(ctx, "serving "+name, view); err != nil {
			return err
		}
		if err := comment(ctx, s, "VIEW", d); err != nil {
			return err
		}
	}
	return nil
}

// about notes whose file it is, and the folders its views read.
func about(ctx context.Context, s *engine.Session, rel *lake.Release, roots []string) error {
	if err := s.Exec(ctx, "serving", "CREATE TABLE main.guiji (what VARCHAR, value VARCHAR)"); err != nil {
		return err
	}
	notes := [][2]string{{"nonce", rel.Nonce}, {"created", stamp(rel)}}
	for _, root := range roots {
		notes = append(notes, [2]string{"root", root})
	}
	for _, n := range notes {
		if err := note(ctx, s, n[0], n[1]); err != nil {
			return err
		}
	}
	return nil
}

func note(ctx context.Context, s *engine.Session, what, value string) error {
	return s.Exec(ctx, "serving", fmt.Sprintf("INSERT INTO main.guiji VALUES (%s, %s)", engine.Lit(what), engine.Lit(value)))
}

// buildTable makes a dataset's own file, named by its content, or finds it.
func buildTable(ctx context.Context, name string, d lake.Dataset, cache *lake.Cache, dir string) (string, error) {
	file := d.Layer + "_" + d.Table + "-" + contentHash(d) + ".duckdb"
	path := filepath.Join(dir, file)
	count := func(path string) error { return verifyTable(ctx, path, dir, d) }
	if _, err := os.Lstat(path); err == nil {
		if count(path) == nil {
			return file, nil
		}
		if err := os.Remove(path); err != nil { // who has it open keeps it
			return "", err
		}
	}
	paths, err := cache.Files(ctx, d)
	if err != nil {
		return "", err
	}
	err = beside(path, func(temp string) error {
		s, err := engine.Open(ctx, engine.Options{Path: temp, Temp: dir})
		if err != nil {
			return err
		}
		err = s.Exec(ctx, "serving "+name, fmt.Sprintf("CREATE TABLE main.data AS SELECT %s FROM %s", columns(d), engine.Parquet(paths)))
		if err == nil && len(d.Lookup) > 0 {
			err = s.Exec(ctx, "serving "+name, fmt.Sprintf("CREATE INDEX lookup ON main.data (%s)", engine.Idents(d.Lookup)))
		}
		return finish(ctx, s, temp, err)
	}, count)
	if errors.Is(err, fs.ErrExist) && count(path) == nil { // another process was faster
		return file, nil
	}
	return file, err
}
