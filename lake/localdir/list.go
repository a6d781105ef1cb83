package localdir

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"syscall"

	"guiji/lake"
)

// List implements lake.Objects. ETags are left empty: they would cost a read of
// every object.
func (d *Dir) List(ctx context.Context, prefix string) iter.Seq2[lake.Object, error] {
	return func(yield func(lake.Object, error) bool) {
		dir := "."
		if i := strings.LastIndexByte(prefix, '/'); i > 0 {
			dir = path.Clean(prefix[:i])
		}
		if !fs.ValidPath(dir) {
			return // no key looks like this
		}
		d.walk(ctx, dir, prefix, yield)
	}
}

// walk yields a folder's objects in order of key and reports whether to go on.
func (d *Dir) walk(ctx context.Context, dir, prefix string, yield func(lake.Object, error) bool) bool {
	entries, err := fs.ReadDir(d.root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return true
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		yield(lake.Object{}, explain(d.path, err))
		return false
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	for _, e := range entries {
		key := path.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			if strings.HasPrefix(key+"/", prefix) || strings.HasPrefix(prefix, key+"/") {
				if !d.walk(ctx, key, prefix, yield) {
					return false
				}
			}
		case e.Type().IsRegular() && strings.HasPrefix(key, prefix):
			st, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // deleted meanwhile
			}
			if err != nil {
				yield(lake.Object{}, explain(d.path, err))
				return false
			}
			if !yield(lake.Object{Key: key, Size: st.Size(), Modified: st.ModTime()}, nil) {
				return false
			}
		}
	}
	return true
}

// sortName orders a folder where its keys stand: "a-b" comes before "a/b".
func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}
