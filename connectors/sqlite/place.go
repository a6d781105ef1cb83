package sqlite

import "path/filepath"

// Place names a table for lineage: the namespace "file", and the database's path with
// the table behind a #.
func (s *Settings) Place(dir, table string) (namespace, name string) {
	path := s.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return "file", filepath.ToSlash(path) + "#" + table
}
