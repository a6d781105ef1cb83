// Package dongchang holds the example's project directory, so that the demo can
// write it out wherever it runs. cmd/demo and the module's tests import it.
package dongchang

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed project
var files embed.FS

// WriteProject writes the project directory to dir, readable by its owner alone.
func WriteProject(dir string) error {
	project, err := fs.Sub(files, "project")
	if err != nil {
		return err
	}
	return fs.WalkDir(project, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(path))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		data, err := fs.ReadFile(project, path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	})
}
