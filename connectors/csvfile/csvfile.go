// Package csvfile reads delimited text files as departments drop them: UTF-8,
// GB18030, GBK or UTF-16, any delimiter, a file or a folder of files as one
// table. Every column is text; an empty field is an empty text, never NULL:
// standardize decides what it means. connectors/all and its own tests import it.
package csvfile

import (
	"context"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/internal/gb18030"
)

// Connector reads delimited text files.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "csvfile",
		Doc:      "CSV and other delimited text files in UTF-8, GB18030, GBK or UTF-16; a folder of files is one table",
		Kind:     connectors.Kind{Source: (*Source)(nil), Snapshot: (*snapshot)(nil), Parts: true, Moment: true, Statistics: true},
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
	folder   *files.Folder
	settings Settings
	env      connectors.Env
	gb       *gb18030.Table
}

// Open looks whether the path is there.
func Open(settings Settings, env connectors.Env) (*Source, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	folder, err := files.Open(settings.Path, settings.Pattern, env.Dir)
	if err != nil {
		return nil, err
	}
	return &Source{folder: folder, settings: settings, env: env, gb: gb18030.New()}, nil
}

// Close has nothing to release: files are open only while they are read.
func (s *Source) Close() error { return nil }

// Files finds the files of a table.
func (s *Source) Files(table string) ([]files.File, error) { return s.folder.Resolve(table) }

// FileTables lists every file and every folder that has one.
func (s *Source) FileTables() ([]string, error) { return s.folder.Tables() }
