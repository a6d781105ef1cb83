package lake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"guiji/internal/fault"
	"guiji/internal/scratch"
)

// Cache holds releases' files on this machine, each under its SHA-256, for
// DuckDB to read. It can be deleted at any time. Where the store is on this
// machine too (Local), its files are read in place and nothing is copied. Several
// processes may share one folder; methods may be called from several goroutines.
type Cache struct {
	objs  Objects
	local Local // nil for a store elsewhere
	dir   string
	max   int64

	passing *scratch.Folder // nil: the folder stays
	mu      sync.Mutex
	busy    map[string]*sync.Mutex // one download of a file at a time
}

// NewCache opens the cache in a folder (0700) of at most max bytes, 0 for no
// limit. Pinned files do not count as spare: the limit gives way to them.
func NewCache(objs Objects, dir string, max int64) (*Cache, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, "pins"), 0o700)
	}
	if err != nil {
		return nil, (&Cache{dir: dir}).explain(fmt.Errorf("cache: %w", err))
	}
	c := &Cache{objs: objs, dir: dir, max: max, busy: map[string]*sync.Mutex{}}
	c.local, _ = objs.(Local)
	return c, nil
}

// Roots are the folders the cache's paths are in.
func (c *Cache) Roots() []string {
	if c.local != nil {
		return []string{filepath.Join(c.local.LocalRoot(), "data")}
	}
	return []string{c.dir}
}

// Files is the local paths of a dataset's files, in their order.
func (c *Cache) Files(ctx context.Context, d Dataset) ([]string, error) {
	out := make([]string, len(d.Files))
	for i, f := range d.Files {
		p, err := c.Fetch(ctx, f)
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}

// Fetch is the local path of a file, brought here where it is not yet and
// verified on the way (read in place: by its size alone; verify reads all).
// Errors: fault.Data if the store does not hold what the release names.
func (c *Cache) Fetch(ctx context.Context, f File) (string, error) {
	if c.local != nil {
		return c.inPlace(f)
	}
	p := c.path(f)
	defer c.one(f.SHA256)()
	if st, err := os.Stat(p); err == nil && st.Size() == f.Size {
		now := time.Now()
		return p, os.Chtimes(p, now, now) // what is used stays
	}
	if err := c.fill(p, f, func(w io.Writer) error { return c.download(ctx, f, w) }); err != nil {
		return "", err
	}
	return p, c.evict(p)
}

// Adopt takes a file that was uploaded from here, so that it need not come back
// over the network.
func (c *Cache) Adopt(f File, path string) error {
	if c.local != nil {
		return nil
	}
	p := c.path(f)
	defer c.one(f.SHA256)()
	if st, err := os.Stat(p); err == nil && st.Size() == f.Size {
		return nil
	}
	err := c.fill(p, f, func(w io.Writer) error {
		in, err := os.Open(path)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, in)
		return errors.Join(err, in.Close())
	})
	if err != nil {
		return err
	}
	return c.evict(p)
}

func (c *Cache) path(f File) string {
	return filepath.Join(c.dir, f.SHA256[:2], f.SHA256+".parquet")
}

func (c *Cache) inPlace(f File) (string, error) {
	p, err := c.local.LocalPath(f.Key)
	if errors.Is(err, ErrNotFound) {
		return "", fault.New(fault.Data, "lake.cache.missing", f.Key).Try("lake.cache.missing.hint")
	}
	if err != nil {
		return "", err
	}
	st, err := os.Stat(p)
	if err != nil {
		return "", fmt.Errorf("object %s: %w", f.Key, err)
	}
	if st.Size() != f.Size {
		return "", fault.New(fault.Data, "lake.cache.differs", f.Key).Try("lake.release.bad.hint")
	}
	return p, nil
}

// one keeps other goroutines from the same file until it is called back.
func (c *Cache) one(sum string) (done func()) {
	c.mu.Lock()
	m := c.busy[sum]
	if m == nil {
		m = &sync.Mutex{}
		c.busy[sum] = m
	}
	c.mu.Unlock()
	m.Lock()
	return m.Unlock
}

func (c *Cache) download(ctx context.Context, f File, w io.Writer) error {
	body, _, err := c.objs.Get(ctx, f.Key)
	if errors.Is(err, ErrNotFound) {
		return fault.New(fault.Data, "lake.cache.missing", f.Key).Try("lake.cache.missing.hint")
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(w, io.LimitReader(body, f.Size+1))
	return errors.Join(err, body.Close())
}

// fill writes a file beside, verifies it and gives it its name.
func (c *Cache) fill(path string, f File, from func(io.Writer) error) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return c.explain(err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "in-*") // mode 0600
	if err != nil {
		return c.explain(err)
	}
	defer func() {
		if err != nil {
			err = c.explain(err)
			os.Remove(temp.Name())
		}
	}()
	h := sha256.New()
	count := &counter{w: io.MultiWriter(temp, h)}
	if err := errors.Join(from(count), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if count.n != f.Size || hex.EncodeToString(h.Sum(nil)) != f.SHA256 {
		return fault.New(fault.Data, "lake.cache.differs", f.Key).Try("lake.release.bad.hint")
	}
	return os.Rename(temp.Name(), path)
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (c *Cache) explain(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fault.New(fault.Unreachable, "lake.cache.full", c.dir).Try("lake.cache.full.hint")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.New(fault.Refused, "lake.folder.rights", c.dir).Try("lake.folder.hint")
	case errors.Is(err, syscall.ENOTDIR):
		return fault.New(fault.Config, "lake.folder.none", c.dir).Try("lake.folder.hint")
	}
	return err
}
