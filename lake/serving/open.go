package serving

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
)

// Open opens a release's serving file read-only, 0 for the current one, with
// files, extensions and settings out of a query's reach but for the Parquet files
// its views stand on. fault.Config if there is none: build it first.
func Open(ctx context.Context, at lake.Place, version uint64) (*engine.Session, error) {
	f, err := newFolder(at)
	if err != nil {
		return nil, err
	}
	path, err := f.find(version)
	if err != nil {
		return nil, err
	}
	return f.open(ctx, f.file(path))
}

// find is the path of a version's serving file.
func (f *folder) find(version uint64) (string, error) {
	dir := f.dir
	if version == 0 {
		b, err := os.ReadFile(filepath.Join(dir, current))
		if errors.Is(err, fs.ErrNotExist) {
			return "", fault.New(fault.Config, "lake.serving.none").Try("lake.serving.none.hint")
		}
		if err != nil {
			return "", fmt.Errorf("serving folder: %w", err)
		}
		return filepath.Join(dir, filepath.Base(strings.TrimSpace(string(b)))), nil
	}
	files, err := f.versions()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, f := range files {
		if f.version == version {
			return filepath.Join(dir, f.name), nil
		}
	}
	return "", fault.New(fault.Config, "lake.serving.version", version).Try("lake.serving.none.hint")
}

func (f *folder) open(ctx context.Context, file File) (*engine.Session, error) {
	s, err := mount(ctx, f.dir, file)
	if err != nil {
		return nil, err
	}
	n, err := notes(ctx, s, "main.guiji")
	for _, table := range n["attach"] {
		err = errors.Join(err, attach(ctx, s, f.dir, table))
	}
	if err == nil {
		err = lock(ctx, s, n["root"])
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// mount opens a session that looks into one file, read-only. The file is attached
// and not opened: DuckDB shares what is opened by path within a process, settings
// and locks too.
func mount(ctx context.Context, dir string, f File) (*engine.Session, error) {
	s, err := engine.Open(ctx, engine.Options{Temp: dir})
	if err != nil {
		return nil, err
	}
	name := alias(filepath.Base(f.Path))
	err = s.Attach(ctx, f.Path, name, f.key, true)
	if err == nil {
		err = s.Exec(ctx, "attach", "USE "+engine.Ident(name))
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// notes reads what fillViews wrote: the files to attach, the Parquet's folders,
// the release's nonce and time.
func notes(ctx context.Context, s *engine.Session, table string) (map[string][]string, error) {
	rows, err := s.Query(ctx, "serving", "SELECT what, value FROM "+table+" ORDER BY value")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var what, value string
		if err := rows.Scan(&what, &value); err != nil {
			return nil, err
		}
		out[what] = append(out[what], value)
	}
	return out, rows.Err()
}

// lock takes everything but the roots out of reach, for good.
func lock(ctx context.Context, s *engine.Session, roots []string) error {
	lits := make([]string, len(roots))
	for i, r := range roots {
		lits[i] = engine.Lit(r)
	}
	for _, q := range []string{
		"SET allowed_directories = [" + strings.Join(lits, ", ") + "]",
		"SET enable_external_access = false", "SET lock_configuration = true",
	} {
		if err := s.Exec(ctx, "lock", q); err != nil {
			return err
		}
	}
	return nil
}

// prune removes the serving files of all but the newest releases, the current
// one aside, with the tables only they used. Who has one open keeps it.
func (f *folder) prune(ctx context.Context, s *engine.Session, cache *lake.Cache) error {
	if err := f.sweepOther(); err != nil {
		return err
	}
	files, err := f.versions()
	if err != nil {
		return err
	}
	now, err := f.find(0)
	if err != nil {
		return err
	}
	used, kept := map[string]bool{}, map[uint64]bool{}
	for _, v := range files {
		path := filepath.Join(f.dir, v.name)
		if kept[v.version] || len(kept) < keep || path == now {
			kept[v.version] = true
			err := f.mark(ctx, s, path, used)
			if err == nil {
				continue
			}
			if path == now || ctx.Err() != nil {
				return err
			} // a broken one is of no use
		}
		if err := errors.Join(os.Remove(path), cache.Unpin(v.name)); err != nil {
			return fmt.Errorf("prune the serving folder: %w", err)
		}
	}
	return sweepTables(f.dir, used)
}

// mark notes the table files a serving file attaches.
func (f *folder) mark(ctx context.Context, s *engine.Session, path string, used map[string]bool) error {
	n, err := f.peek(ctx, s, path)
	for _, table := range n["attach"] {
		used[table] = true
	}
	return err
}

// grace is how old a file must be to count as left over: younger ones may belong
// to a build in another process.
const grace = time.Hour

// sweepTables removes tables' files that no kept serving file attaches, and what
// killed builds left.
func sweepTables(dir string, used map[string]bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("prune the serving folder: %w", err)
	}
	for _, e := range entries {
		layer, _, _ := strings.Cut(e.Name(), "_")
		table := isLayer(layer) && strings.HasSuffix(e.Name(), ".duckdb") && !used[e.Name()]
		if !table && !strings.HasPrefix(e.Name(), ".build-") && !strings.HasPrefix(e.Name(), ".current-") {
			continue
		}
		if st, err := e.Info(); err != nil || time.Since(st.ModTime()) < grace {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("prune the serving folder: %w", err)
		}
	}
	return nil
}

func isLayer(s string) bool {
	for _, l := range lake.Layers() {
		if l == s {
			return true
		}
	}
	return false
}
