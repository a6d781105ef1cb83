package lake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"guiji/internal/fault"
)

// tempAge is when a download that was never finished counts as left over.
const tempAge = 24 * time.Hour

// Pin keeps files in the cache until Unpin of the same name, in whatever process:
// a serving file's views read them by path.
func (c *Cache) Pin(name string, files []File) error {
	var b strings.Builder
	for _, f := range files {
		b.WriteString(f.SHA256 + "\n")
	}
	p := filepath.Join(c.dir, "pins", name)
	temp := p + ".tmp" + strconv.Itoa(os.Getpid())
	if err := os.WriteFile(temp, []byte(b.String()), 0o600); err != nil {
		return c.explain(fmt.Errorf("pin %s: %w", name, err))
	}
	return os.Rename(temp, p)
}

// Unpin lets a pin's files go when room is needed.
func (c *Cache) Unpin(name string) error {
	err := os.Remove(filepath.Join(c.dir, "pins", name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// pinned is the SHA-256 of every pinned file.
func (c *Cache) pinned() (map[string]bool, error) {
	entries, err := os.ReadDir(filepath.Join(c.dir, "pins"))
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(c.dir, "pins", e.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, sum := range strings.Fields(string(b)) {
			out[sum] = true
		}
	}
	return out, nil
}

type cached struct {
	path string
	size int64
	used time.Time
}

// evict removes the files longest unused until the limit holds; never the one
// just fetched, nor a pinned one.
func (c *Cache) evict(keep string) error {
	if c.max <= 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	files, total, err := c.contents()
	if err != nil || total <= c.max {
		return err
	}
	pins, err := c.pinned()
	if err != nil {
		return err
	}
	slices.SortFunc(files, func(a, b cached) int {
		if d := a.used.Compare(b.used); d != 0 {
			return d
		}
		return strings.Compare(a.path, b.path)
	})
	for _, f := range files {
		if total <= c.max {
			break
		}
		sum, whole := strings.CutSuffix(filepath.Base(f.path), ".parquet")
		if f.path == keep || pins[sum] || !whole && time.Since(f.used) < tempAge {
			continue
		}
		if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		total -= f.size
	}
	return nil
}

// contents lists what is in the cache with the sum of its sizes.
func (c *Cache) contents() (files []cached, total int64, err error) {
	err = filepath.WalkDir(c.dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.IsDir() && d.Name() == "pins" {
				return fs.SkipDir
			}
			return ignoreGone(err)
		}
		st, err := d.Info()
		if err != nil {
			return ignoreGone(err)
		}
		files = append(files, cached{p, st.Size(), st.ModTime()})
		total += st.Size()
		return nil
	})
	return files, total, err
}

// ignoreGone passes over what another process removed meanwhile.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// ParseSize reads a size in bytes: 500MB, 20GB, 1.5 TB, powers of 1 000; KiB, MiB,
// GiB, TiB, powers of 1 024. "" is 0.
func ParseSize(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	number, unit := strings.TrimSpace(s), ""
	if i := strings.IndexFunc(number, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		number, unit = number[:i], strings.ToUpper(strings.TrimSpace(number[i:]))
	}
	scale := map[string]float64{
		"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
	}[unit]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || scale == 0 || n*scale >= 1<<62 {
		return 0, fault.New(fault.Config, "lake.size", s).Try("lake.size.hint")
	}
	return int64(n * scale), nil
}
