package postgres

import (
	"errors"
	"os/exec"
	"path/filepath"
	"slices"

	"guiji/internal/testkit/process"
)

// locate finds the folder of the server's programs: on PATH, where Debian puts them, or
// where internal/testkit/install.sh does.
func locate() (string, error) {
	if p, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(p), nil
	}
	tools, err := process.Tools("postgres")
	if err != nil {
		return "", err
	}
	for _, pattern := range append([]string{"/usr/lib/postgresql/*/bin"}, tools...) {
		found, _ := filepath.Glob(pattern)
		slices.Reverse(found) // the newest first
		for _, dir := range found {
			if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err == nil {
				return dir, nil
			}
		}
	}
	return "", errors.New("no PostgreSQL server on this machine: run `make tools`, which unpacks one into the user's cache")
}
