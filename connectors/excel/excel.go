// Package excel reads xlsx workbooks as departments drop them: a file, or a folder or
// glob of files as one table; every column is text, as the cell holds it and not as it
// is shown. A sheet is streamed: memory does not grow with it. It takes the parts of
// the file apart itself and not through excelize, whose Rows tells neither a cell's
// kind nor its format and takes a sheet that was cut short for a whole one
// (docs/decisions/008). connectors/all and its own tests import it; cmd reads lists that
// come back with its Workbook.
package excel

import (
	"context"

	"guiji/connectors"
	"guiji/connectors/files"
)

// Connector reads xlsx workbooks.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "excel",
		Doc:      "Excel workbooks (xlsx), of Excel, WPS and others; a folder of files is one table",
		Kind:     connectors.Kind{Source: (*Source)(nil), Snapshot: (*snapshot)(nil), Parts: true, Moment: true},
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

// Source is one workbook or folder of a project.
type Source struct {
	folder   *files.Folder
	settings Settings
	env      connectors.Env
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
	return &Source{folder: folder, settings: settings, env: env}, nil
}

// Close has nothing to release: files are open only while they are read.
func (s *Source) Close() error { return nil }
