package serving

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
)

const (
	current = "CURRENT" // base name of the current serving file
	keep    = 3         // releases whose serving files stay
)

// beside builds a file under another name, verifies it and gives it its name,
// which must be free: a DuckDB file that may be open somewhere is never replaced.
// The error is fs.ErrExist if the name is taken.
func beside(path string, build, verify func(temp string) error) (err error) {
	temp := filepath.Join(filepath.Dir(path), ".build-"+rand.Text()+".duckdb")
	defer func() {
		for _, f := range []string{temp, temp + ".wal"} {
			if rerr := os.Remove(f); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
				err = errors.Join(err, rerr)
			}
		}
	}()
	if err := build(temp); err != nil {
		return err
	}
	if err := verify(temp); err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	// A log left beside a file long gone would be replayed into this one.
	if err := os.Remove(path + ".wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := place(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// place moves a file to a free name.
func place(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600) // no links here, on a memory stick for one
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Rename(temp, path))
}

// finish closes a session so that its file is whole by itself: checkpointed, no
// .wal, durable. A failed session is closed too.
func finish(ctx context.Context, s *engine.Session, path string, err error) error {
	if err == nil {
		err = s.Exec(ctx, "checkpoint", "CHECKPOINT")
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	if _, err := os.Lstat(path + ".wal"); err == nil {
		return fmt.Errorf("DuckDB left a write-ahead log beside %s", filepath.Base(path))
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// verify opens a serving file read-only, looks whose it is and counts all its rows.
func (f *folder) verify(ctx context.Context, file File, rel *lake.Release) error {
	s, err := f.open(ctx, file)
	if err != nil {
		return err
	}
	n, err := notes(ctx, s, "main.guiji")
	if err == nil && !slices.Equal(n["nonce"], []string{rel.Nonce}) {
		err = fmt.Errorf("%s is of another store", filepath.Base(file.Path))
	}
	if err != nil {
		return errors.Join(err, s.Close())
	}
	want := map[string]int64{}
	for _, name := range names(rel, nil) {
		want[relation(rel.Datasets[name])] = rel.Datasets[name].Rows
	}
	return errors.Join(counts(ctx, s, file.Path, want), s.Close())
}

func verifyTable(ctx context.Context, path, temp string, d lake.Dataset) error {
	s, err := mount(ctx, temp, File{Path: path})
	if err != nil {
		return err
	}
	return errors.Join(counts(ctx, s, path, map[string]int64{"main.data": d.Rows}), s.Close())
}

// stamp is a release's time in a form that sorts.
func stamp(rel *lake.Release) string {
	return rel.Created.UTC().Format("2006-01-02T15:04:05.000000000")
}

// makeCurrent swaps CURRENT to a file, unless what it names is younger: two runs
// may end in another order than they committed. Versions do not tell, for the
// folder may have served another store before.
func (f *folder) makeCurrent(ctx context.Context, s *engine.Session, path string, rel *lake.Release) error {
	if now, err := f.find(0); err == nil && now != path {
		n, err := f.peek(ctx, s, now)
		if ctx.Err() != nil || err == nil && len(n["created"]) == 1 && n["created"][0] > stamp(rel) {
			return ctx.Err()
		}
	}
	return setCurrent(f.dir, filepath.Base(path))
}

// peek reads a serving file's notes in a session that many files may be looked into with:
// to open one costs more than to read.
func (f *folder) peek(ctx context.Context, s *engine.Session, path string) (map[string][]string, error) {
	file, name := f.file(path), "peek"
	if err := s.Attach(ctx, file.Path, name, file.key, true); err != nil {
		return nil, err
	}
	n, err := notes(ctx, s, name+".main.guiji")
	return n, errors.Join(err, s.Exec(context.WithoutCancel(ctx), "detach", "DETACH "+name))
}

// setCurrent swaps the file CURRENT in one step.
func setCurrent(dir, base string) error {
	if b, err := os.ReadFile(filepath.Join(dir, current)); err == nil && strings.TrimSpace(string(b)) == base {
		return nil
	}
	temp := filepath.Join(dir, ".current-"+rand.Text())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(base + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(temp, filepath.Join(dir, current))
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncDir(dir)
}

type versionFile struct {
	name    string
	version uint64
}

// versions lists the serving files of the folder's kind, plain or encrypted, newest
// first.
func (f *folder) versions() ([]versionFile, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("serving folder: %w", err)
	}
	pattern := regexp.MustCompile(`^v(\d{12})(-[a-z0-9]{8})?\.duckdb$`)
	if f.master != nil {
		pattern = regexp.MustCompile(`^v(\d{12})-[a-z0-9]{26}\.duckdb$`)
	}
	var out []versionFile
	for _, e := range entries {
		if m := pattern.FindStringSubmatch(e.Name()); m != nil {
			v, _ := strconv.ParseUint(m[1], 10, 64) // twelve digits
			out = append(out, versionFile{e.Name(), v})
		}
	}
	slices.Reverse(out)
	return out, nil
}

// explain gives a full disk, and a folder that may not be written, its kind.
func explain(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fault.New(fault.Unreachable, "lake.serving.full", dir).Try("lake.serving.full.hint")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.New(fault.Refused, "lake.folder.rights", dir).Try("lake.folder.hint")
	case errors.Is(err, syscall.ENOTDIR):
		return fault.New(fault.Config, "lake.folder.none", dir).Try("lake.folder.hint")
	}
	return err
}
