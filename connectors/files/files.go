// Package files finds the files that departments drop, for connectors that read a
// file, a folder or a glob as one table: what stands under a path, which of it is a
// table, whether it is still what it was, and how its rows become batches of text.
// Connectors of files import it.
package files

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guiji/internal/fault"
)

// Folder is a connection's path: a folder of which a pattern takes files, or one file.
type Folder struct {
	setting string // the path as it was written
	pattern string
	root    string
	single  bool // root is a file
}

// Open looks whether the path is there; dir is where relative ones start. The pattern
// is one of filepath.Match and was tried.
func Open(path, pattern, dir string) (*Folder, error) {
	f := &Folder{setting: path, pattern: pattern, root: path}
	if !filepath.IsAbs(f.root) {
		f.root = filepath.Join(dir, f.root)
	}
	stat, err := os.Stat(f.root)
	if err != nil {
		return nil, Fault(err, path)
	}
	f.single = !stat.IsDir()
	return f, nil
}

// File is one file of a table as it was when the table was looked up.
type File struct {
	Name     string `json:"name"` // relative to the connection's path, with slashes
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"`      // nanoseconds since 1970
	Tag      string `json:"tag,omitempty"` // the store's own word for the content, where it has one: an ETag
}

// Open opens a file that must be what it was: fault.Changed otherwise.
func (f *Folder) Open(file File) (*os.File, error) {
	handle, err := os.Open(f.path(file.Name))
	if err != nil {
		return nil, Fault(err, file.Name)
	}
	if err := file.Unchanged(handle); err != nil {
		handle.Close()
		return nil, err
	}
	return handle, nil
}

// Unchanged says with fault.Changed if the file is not what it was.
func (f File) Unchanged(handle *os.File) error {
	stat, err := handle.Stat()
	if err != nil {
		return Fault(err, f.Name)
	}
	if stat.Size() != f.Size || stat.ModTime().UnixNano() != f.Modified {
		return fault.New(fault.Changed, "files.changed", f.Name).Try("files.wait")
	}
	return nil
}

// Exists reports whether a name stands for a file or a folder as it is.
func (f *Folder) Exists(table string) bool {
	local := filepath.FromSlash(table)
	if f.single || !filepath.IsLocal(local) {
		return f.single && f.isSingle(table)
	}
	_, err := os.Stat(filepath.Join(f.root, local))
	return err == nil
}

// Tables lists every file that the pattern takes and every sub-folder that has one.
func (f *Folder) Tables() ([]string, error) {
	if f.single {
		return []string{filepath.Base(f.root)}, nil
	}
	names, err := f.list(".")
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(f.root)
	if err != nil {
		return nil, Fault(err, f.setting)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		inside, err := f.list(e.Name())
		if err != nil {
			return nil, err
		}
		if len(inside) > 0 {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// list gives a folder's file names that the pattern takes, sorted.
func (f *Folder) list(local string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(f.root, local))
	if err != nil {
		return nil, Fault(err, filepath.ToSlash(local))
	}
	var names []string
	for _, e := range entries {
		taken, _ := filepath.Match(strings.ToLower(f.pattern), strings.ToLower(e.Name()))
		if taken && !e.IsDir() && !hidden(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// hidden: also the lock files that office programs leave beside an opened one.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") }
