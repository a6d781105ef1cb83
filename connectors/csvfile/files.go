package csvfile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guiji/internal/fault"
)

// file is one file of a table as it was when the snapshot was opened.
type file struct {
	Name     string `json:"name"` // relative to the connection's path, with slashes
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // nanoseconds since 1970
}

// resolve finds the files of a table, by name: the path itself, a file, a
// sub-folder, or a glob below it. A table that is not there is fault.Config.
func (s *Source) resolve(table string) ([]file, error) {
	if s.single {
		return s.resolveSingle(table)
	}
	if table == "" {
		table = "."
	}
	local := filepath.FromSlash(table)
	if !filepath.IsLocal(local) {
		return nil, fault.New(fault.Config, "csvfile.outside", table, s.settings.Path)
	}
	stat, err := os.Stat(filepath.Join(s.root, local))
	switch {
	case err == nil && stat.IsDir():
		return s.filesOf(table, local)
	case err == nil:
		f, err := s.describe(local)
		return []file{f}, err
	case !os.IsNotExist(err):
		return nil, pathFault(err, table)
	}
	return s.resolveGlob(table, local)
}

func (s *Source) resolveSingle(table string) ([]file, error) {
	base := filepath.Base(s.root)
	if table != "" && table != "." && table != base && table != strings.TrimSuffix(base, filepath.Ext(base)) {
		return nil, fault.New(fault.Config, "csvfile.no_table", table, base)
	}
	f, err := s.describe("")
	f.Name = base
	return []file{f}, err
}

// filesOf lists the files of a folder that the pattern takes.
func (s *Source) filesOf(table, local string) ([]file, error) {
	names, err := s.list(local)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fault.New(fault.Config, "csvfile.empty_folder", table, s.settings.Pattern).Try("csvfile.set_pattern")
	}
	var out []file
	for _, n := range names {
		f, err := s.describe(filepath.Join(local, n))
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// list gives a folder's file names that the pattern takes, sorted.
func (s *Source) list(local string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.root, local))
	if err != nil {
		return nil, pathFault(err, filepath.ToSlash(local))
	}
	var names []string
	for _, e := range entries {
		taken, _ := filepath.Match(strings.ToLower(s.settings.Pattern), strings.ToLower(e.Name())) // Validate tried the pattern
		if taken && !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func (s *Source) resolveGlob(table, local string) ([]file, error) {
	var out []file
	if strings.ContainsAny(table, "*?[") {
		matches, err := filepath.Glob(filepath.Join(escapeGlob(s.root), local))
		if err != nil {
			return nil, fault.New(fault.Config, "csvfile.setting.pattern", table)
		}
		slices.Sort(matches)
		for _, m := range matches {
			if strings.HasPrefix(filepath.Base(m), ".") {
				continue
			}
			name, err := filepath.Rel(s.root, m)
			if err != nil {
				return nil, pathFault(err, table)
			}
			f, err := s.describe(name)
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Config, "csvfile.no_table", table, s.there())
	}
	return out, nil
}

// escapeGlob makes the project's own path stand for itself.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// there names what the path holds, for errors; the first twenty names.
func (s *Source) there() string {
	entries, err := os.ReadDir(s.root)
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
func (s *Source) path(name string) string {
	if s.single {
		return s.root
	}
	return filepath.Join(s.root, filepath.FromSlash(name))
}

func (s *Source) describe(local string) (file, error) {
	name := filepath.ToSlash(local)
	stat, err := os.Stat(s.path(name))
	if err != nil {
		return file{}, pathFault(err, name)
	}
	if !stat.Mode().IsRegular() {
		return file{}, fault.New(fault.Config, "csvfile.no_file", name)
	}
	return file{Name: name, Size: stat.Size(), Modified: stat.ModTime().UnixNano()}, nil
}
