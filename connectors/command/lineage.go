package command

import (
	"path/filepath"
	"strings"
)

// Place names a table by the program that reads it, for lineage: what stands behind the
// program it alone knows, and its arguments and environment may hold secrets.
func (s *Settings) Place(_, table string) (namespace, name string) {
	program := ""
	if len(s.Command) > 0 {
		program = filepath.Base(s.Command[0])
		for _, arg := range s.Command[1:] { // of an interpreter, its script
			if ext := filepath.Ext(arg); ext == ".py" || ext == ".jar" || ext == ".sh" || ext == ".js" {
				program = filepath.Base(arg)
				break
			}
		}
	}
	return "command://" + strings.ReplaceAll(program, " ", "_"), table
}
