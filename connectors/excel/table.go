package excel

import (
	"strings"

	"guiji/connectors/files"
)

// table is what a request names: files, and of each one sheet.
type table struct {
	files []files.File
	sheet string // a name or number, "" is the first
}

// resolve takes a table's name apart: file.xlsx#Sheet, folder#Sheet, or without a
// sheet. A name that is there as it stands is never taken apart.
func (s *Source) resolve(name string) (table, error) {
	path, sheet := name, s.settings.Sheet
	if at := cut(name); at >= 0 && !s.folder.Exists(name) {
		path, sheet = name[:at], name[at+1:]
	}
	found, err := s.folder.Resolve(path)
	return table{found, sheet}, err
}

// cut is where the sheet's # stands: behind a file's ending, else the last; -1 without.
func cut(name string) int {
	lower := strings.ToLower(name)
	for _, ending := range []string{".xlsx#", ".xlsm#"} {
		if at := strings.Index(lower, ending); at >= 0 && len(lower) == len(name) {
			return at + len(ending) - 1
		}
	}
	return strings.LastIndexByte(name, '#')
}

// Place names a workbook or folder for lineage: the namespace "file", and its path,
// with the sheet behind a # where the table names one.
func (s *Settings) Place(dir, table string) (namespace, name string) {
	return files.Place(dir, s.Path, table)
}

// Files finds the files of a table.
func (s *Source) Files(table string) ([]files.File, error) {
	t, err := s.resolve(table)
	return t.files, err
}

// FileTables lists every workbook and every folder that has one.
func (s *Source) FileTables() ([]string, error) { return s.folder.Tables() }
