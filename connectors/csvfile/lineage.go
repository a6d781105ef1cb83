package csvfile

import "path/filepath"

// Place names a file or folder for lineage: the namespace "file" and its path.
func (s *Settings) Place(dir, table string) (namespace, name string) {
	path := filepath.Join(s.Path, table)
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return "file", filepath.ToSlash(path)
}
