package catalog

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"guiji/internal/fault"
)

//go:embed all:template
var templateFiles embed.FS

// Template is the commented project that Init writes, rooted at guiji.yaml.
func Template() fs.FS {
	sub, err := fs.Sub(templateFiles, "template")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Init writes the template into dir, which is made if it is not there and must be
// empty but for hidden files (a fresh git repository). It returns the files
// written, relative to dir, in order.
func Init(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Config, "catalog.file.read", dir).Because(err)
	}
	for _, e := range entries {
		if e.Name()[0] != '.' {
			return nil, fault.New(fault.Config, "catalog.init.full", dir, e.Name()).Try("catalog.init.hint")
		}
	}
	var written []string
	err = fs.WalkDir(Template(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(Template(), name)
		if err != nil {
			return err
		}
		if name == "gitignore" { // a real one would hide the template from git
			name = ".gitignore"
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		written = append(written, name)
		_, err = f.Write(data)
		return errors.Join(err, f.Close())
	})
	if err != nil {
		return nil, fault.New(fault.Config, "catalog.init.write", dir).Because(err)
	}
	return written, nil
}
