package files

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guiji/internal/fault"
)

// Resolve finds the files of a table, by name: the path itself, a file, a
// sub-folder, or a glob below it. A table that is not there is fault.Config.
func (f *Folder) Resolve(table string) ([]File, error) {
	if f.single {
		return f.resolveSingle(table)
	}
	if table == "" {
		table = "."
	}
	local := filepath.FromSlash(table)
	if !filepath.IsLocal(local) {
		return nil, fault.New(fault.Config, "files.outside", table, f.setting)
	}
	stat, err := os.Stat(filepath.Join(f.root, local))
	switch {
	case err == nil && stat.IsDir():
		return f.within(table, local)
	case err == nil:
		file, err := f.describe(local)
		return []File{file}, err
	case !os.IsNotExist(err):
		return nil, Fault(err, table)
	}
	return f.resolveGlob(table, local)
}

func (f *Folder) resolveSingle(table string) ([]File, error) {
	base := filepath.Base(f.root)
	if !f.isSingle(table) {
		return nil, fault.New(fault.Config, "files.no_table", table, base)
	}
	file, err := f.describe("")
	file.Name = base
	return []File{file}, err
}

// isSingle reports whether a table is the one file, with its ending or without.
func (f *Folder) isSingle(table string) bool {
	base := filepath.Base(f.root)
	return table == "" || table == "." || table == base || table == strings.TrimSuffix(base, filepath.Ext(base))
}

// within lists the files of a folder that the pattern takes.
func (f *Folder) within(table, local string) ([]File, error) {
	names, err := f.list(local)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fault.New(fault.Config, "files.empty_folder", table, f.pattern).Try("files.set_pattern")
	}
	var out []File
	for _, n := range names {
		file, err := f.describe(filepath.Join(local, n))
		if err != nil {
			return nil, err
		}
		out = append(out, file)
	}
	return out, nil
}

func (f *Folder) resolveGlob(table, local string) ([]File, error) {
	var out []File
	if strings.ContainsAny(table, "*?[") {
		matches, err := filepath.Glob(filepath.Join(escapeGlob(f.root), local))
		if err != nil {
			return nil, fault.New(fault.Config, "files.glob", table)
		}
		slices.Sort(matches)
		for _, m := range matches {
			if hidden(filepath.Base(m)) {
				continue
			}
			name, err := filepath.Rel(f.root, m)
			if err != nil {
				return nil, Fault(err, table)
			}
			file, err := f.describe(name)
			if err != nil {
				return nil, err
			}
			out = append(out, file)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Config, "files.no_table", table, f.there())
	}
	return out, nil
}

// escapeGlob makes the project's own path stand for itself.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// there names what the path holds, for errors; the first twenty names.
func (f *Folder) there() string {
	entries, err := os.ReadDir(f.root)
	if err != nil || len(entries) == 0 {
		return "–"
	}
	var names []string
	for _, e := range entries[:min(len(entries), 20)] {
		names = append(names, e.Name())
	}
	if len(entries) > len(names) {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// path is where a file is.
func (f *Folder) path(name string) string {
	if f.single {
		return f.root
	}
	return filepath.Join(f.root, filepath.FromSlash(name))
}

func (f *Folder) describe(local string) (File, error) {
	name := filepath.ToSlash(local)
	stat, err := os.Stat(f.path(name))
	if err != nil {
		return File{}, Fault(err, name)
	}
	if !stat.Mode().IsRegular() {
		return File{}, fault.New(fault.Config, "files.no_file", name)
	}
	return File{Name: name, Size: stat.Size(), Modified: stat.ModTime().UnixNano()}, nil
}
