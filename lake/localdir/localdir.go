// Package localdir is an object store in a directory: the embedded default. Its
// conditional puts are safe among processes of one machine (link(2) for
// create-if-absent, flock for compare-and-swap); a network file system must
// support both. lake/stores imports it.
package localdir

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

const (
	private  = ".guiji" // temp files and the lock: no key begins with a dot
	lockFile = private + "/lock"
	tempDir  = private + "/tmp"
	// Objects up to this size have their content's hash as ETag. Larger ones are
	// data files, never compared and swapped: theirs is made of the inode.
	hashed = 1 << 20
	// A temp file this old was left by a killed process.
	tempAge = 24 * time.Hour
)

// Dir is an object store in a directory.
type Dir struct {
	path string
	root *os.Root // nothing outside is reached, by links neither
}

// Open makes the directory (0700) where it is not there. Errors are of kind
// fault.Refused where rights are missing.
func Open(dir string) (*Dir, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store folder %q: %w", dir, err)
	}
	if err := os.MkdirAll(filepath.Join(abs, tempDir), 0o700); err != nil {
		if err = explain(abs, err); errors.Is(err, lake.ErrNotFound) { // a file stands in the way
			err = fault.New(fault.Config, "lake.local.folder", abs)
		}
		return nil, err
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, explain(abs, err)
	}
	d := &Dir{path: abs, root: root}
	return d, d.sweep()
}

// sweep removes temp files of killed processes.
func (d *Dir) sweep() error {
	entries, err := fs.ReadDir(d.root.FS(), tempDir)
	if err != nil {
		return explain(d.path, err)
	}
	for _, e := range entries {
		st, err := e.Info()
		if err == nil && time.Since(st.ModTime()) > tempAge {
			err = d.root.Remove(path.Join(tempDir, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return explain(d.path, err)
		}
	}
	return nil
}

// LocalPath implements lake.Local.
func (d *Dir) LocalPath(key string) (string, error) {
	if _, err := d.stat(key); err != nil {
		return "", err
	}
	return filepath.Join(d.path, filepath.FromSlash(key)), nil
}

// LocalRoot implements lake.Local.
func (d *Dir) LocalRoot() string { return d.path }

// Get implements lake.Objects.
func (d *Dir) Get(ctx context.Context, key string) (io.ReadCloser, lake.Object, error) {
	if err := valid(ctx, key); err != nil {
		return nil, lake.Object{}, err
	}
	f, err := d.root.Open(key)
	if err != nil {
		return nil, lake.Object{}, explain(d.path, err)
	}
	o, content, err := describe(f, key)
	if err != nil {
		return nil, lake.Object{}, errors.Join(explain(d.path, err), f.Close())
	}
	if content != nil {
		return io.NopCloser(bytes.NewReader(content)), o, f.Close()
	}
	return f, o, nil
}

// Head implements lake.Objects.
func (d *Dir) Head(ctx context.Context, key string) (lake.Object, error) {
	body, o, err := d.Get(ctx, key)
	if err != nil {
		return lake.Object{}, err
	}
	return o, body.Close()
}

// Delete implements lake.Objects. Folders it empties go too.
func (d *Dir) Delete(ctx context.Context, key string) error {
	if err := valid(ctx, key); err != nil {
		return err
	}
	unlock, err := d.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	st, err := d.stat(key)
	if errors.Is(err, lake.ErrNotFound) {
		return nil
	}
	if err == nil && st.Mode().IsRegular() {
		err = explain(d.path, d.root.Remove(key))
	}
	if err != nil {
		return err
	}
	dir := path.Dir(key)
	for ; dir != "."; dir = path.Dir(dir) {
		if d.root.Remove(dir) != nil { // not empty
			break
		}
	}
	return d.sync(dir)
}

// stat finds a key's file; folders are no objects.
func (d *Dir) stat(key string) (fs.FileInfo, error) {
	if err := lake.ValidKey(key); err != nil {
		return nil, err
	}
	st, err := d.root.Lstat(key)
	if err != nil {
		return nil, explain(d.path, err)
	}
	if !st.Mode().IsRegular() {
		return nil, lake.ErrNotFound
	}
	return st, nil
}

func valid(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return lake.ValidKey(key)
}

// sync makes a folder's entries durable.
func (d *Dir) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return explain(d.path, err)
	}
	return explain(d.path, errors.Join(f.Sync(), f.Close()))
}
