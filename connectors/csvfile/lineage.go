package csvfile

import "guiji/connectors/files"

// Place names a file or folder for lineage: the namespace "file" and its path.
func (s *Settings) Place(dir, table string) (namespace, name string) {
	return files.Place(dir, s.Path, table)
}
