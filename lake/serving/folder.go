package serving

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"guiji/internal/engine"
	"guiji/internal/secret"
	"guiji/lake"
)

// File is a serving file with what opens it.
type File struct {
	Path string
	key  secret.Secret // "" for a plain one
}

// folder is a place with its key resolved.
type folder struct {
	dir    string
	master []byte // nil: its files are plain
}

func newFolder(at lake.Place) (*folder, error) {
	dir, err := filepath.Abs(at.Dir)
	if err != nil {
		return nil, fmt.Errorf("serving folder: %w", err)
	}
	f := &folder{dir: dir}
	if at.Key != nil {
		f.master, err = at.Key()
	}
	return f, err
}

// file gives a path its key. Every encrypted file has one of its own, made of the
// place's key and the random part of its name: a file under another name does not
// open, and nonces need not differ among files.
func (f *folder) file(path string) File {
	if f.master == nil || path == "" {
		return File{Path: path}
	}
	own, err := hkdf.Key(sha256.New, f.master, nil, "guiji serving file "+filepath.Base(path), 32)
	if err != nil { // only for lengths HKDF cannot give, or keys FIPS 140 forbids
		panic(err)
	}
	return File{path, secret.Secret(hex.EncodeToString(own))}
}

// buildSealed makes a release's encrypted file: tables of all datasets, which need
// no Parquet file beside them. Lookup columns of datasets with serve: table are
// indexed.
func (f *folder) buildSealed(ctx context.Context, rel *lake.Release, cache *lake.Cache) (string, error) {
	path := filepath.Join(f.dir, fmt.Sprintf("v%012d-%s.duckdb", rel.Version, strings.ToLower(rand.Text())))
	key := f.file(path).key
	err := beside(path, func(temp string) error {
		s, err := create(ctx, f.dir, File{temp, key})
		if err != nil {
			return err
		}
		return finish(ctx, s, temp, fillSealed(ctx, s, rel, cache))
	}, func(temp string) error { return f.verify(ctx, File{temp, key}, rel) })
	return path, err
}

func fillSealed(ctx context.Context, s *engine.Session, rel *lake.Release, cache *lake.Cache) error {
	if err := about(ctx, s, rel, nil); err != nil {
		return err
	}
	if err := fillTables(ctx, s, rel, cache, nil); err != nil {
		return err
	}
	for _, name := range names(rel, nil) {
		d := rel.Datasets[name]
		if d.Serve != "table" || len(d.Lookup) == 0 {
			continue
		}
		if err := s.Exec(ctx, "serving "+name, fmt.Sprintf("CREATE INDEX %s ON %s (%s)", engine.Ident("lookup_"+d.Table), relation(d), engine.Idents(d.Lookup))); err != nil {
			return err
		}
	}
	return nil
}

// create opens a session that writes into a new file.
func create(ctx context.Context, temp string, f File) (*engine.Session, error) {
	s, err := engine.Open(ctx, engine.Options{Temp: temp})
	if err != nil {
		return nil, err
	}
	name := alias(filepath.Base(f.Path))
	err = s.Attach(ctx, f.Path, name, f.key, false)
	if err == nil {
		err = s.Exec(ctx, "attach", "USE "+engine.Ident(name))
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// sweepOther removes what a place that has a key must not hold: the plain files and
// the cache of the time before it had one.
func (f *folder) sweepOther() error {
	if f.master == nil {
		return nil
	}
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return fmt.Errorf("serving folder: %w", err)
	}
	plain := regexp.MustCompile(`^(v\d{12}(-[a-z0-9]{8})?|[a-z]+_.*)\.duckdb(\.wal)?$|^cache$`)
	for _, e := range entries {
		if !plain.MatchString(e.Name()) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(f.dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("prune the serving folder: %w", err)
		}
	}
	return nil
}
