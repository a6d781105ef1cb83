// Package csvfile reads delimited text files as departments drop them: UTF-8,
// GB18030, GBK or UTF-16, any delimiter, a file or a folder of files as one
// table. Every column is text; an empty field is an empty text, never NULL:
// standardize decides what it means. connectors/all and its own tests import it.
package csvfile

import (
	"context"
	"os"
	"path/filepath"

	"guiji/connectors"
	"guiji/internal/fault"
)

// Connector reads delimited text files.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "csvfile",
		Doc:      "CSV and other delimited text files in UTF-8, GB18030, GBK or UTF-16; a folder of files is one table",
		Settings: func() any { return DefaultSettings() },
		Open: func(_ context.Context, settings any, env connectors.Env) (connectors.Source, error) {
			s, err := Open(*settings.(*Settings), env)
			if err != nil {
				return nil, err
			}
			return s, nil
		},
	}
}

// Source is one file or folder of a project.
type Source struct {
	settings Settings
	env      connectors.Env
	root     string // the folder, or the file
	single   bool   // root is a file
	gb       *gbTable
}

// Open looks whether the path is there.
func Open(settings Settings, env connectors.Env) (*Source, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	s := &Source{settings: settings, env: env, root: settings.Path, gb: newGBTable()}
	if !filepath.IsAbs(s.root) {
		s.root = filepath.Join(env.Dir, s.root)
	}
	stat, err := os.Stat(s.root)
	if err != nil {
		return nil, pathFault(err, settings.Path)
	}
	s.single = !stat.IsDir()
	return s, nil
}

// Close has nothing to release: files are open only while they are read.
func (s *Source) Close() error { return nil }

// pathFault tells a path that is not there from one that may not be read.
func pathFault(err error, name string) error {
	switch {
	case os.IsNotExist(err):
		return fault.New(fault.Config, "csvfile.no_path", name).Try("csvfile.put_there")
	case os.IsPermission(err):
		return fault.New(fault.Refused, "csvfile.no_permission", name)
	}
	return fault.New(fault.Unreachable, "csvfile.unreadable", name).Because(err)
}
