// Package parquetfile reads Parquet files as data platforms export them: a file, or a folder
// or glob of files as one table. Values keep the file's types where a source may have them;
// dates and times are text, as of every source. connectors/all, connectors/files/remote and
// its own tests import it.
package parquetfile

import (
	"context"
	"path/filepath"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/internal/fault"
)

// Connector reads Parquet files.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "parquetfile",
		Doc:      "Parquet files; a folder of files is one table",
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

// Settings are a connection's, as written in guiji.yaml.
type Settings struct {
	Path    string `yaml:"path"`                      // a file or a folder, relative to the project
	Pattern string `yaml:"pattern,omitempty"`         // which files of a folder belong to it; upper and lower case alike
	Memory  int    `yaml:"memory_limit_mb,omitempty"` // MiB that reading a file may take, whatever the file says of itself
}

// DefaultSettings is what a project need not write.
func DefaultSettings() *Settings { return &Settings{Pattern: "*.parquet", Memory: 512} }

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	if s.Path == "" {
		return fault.New(fault.Config, "parquetfile.setting.path")
	}
	if _, err := filepath.Match(s.Pattern, "x"); err != nil || s.Pattern == "" {
		return fault.New(fault.Config, "parquetfile.setting.pattern", s.Pattern)
	}
	if s.Memory < 16 {
		return fault.New(fault.Config, "parquetfile.setting.memory", s.Memory)
	}
	return nil
}

// Place names a file or folder for lineage: the namespace "file" and its path.
func (s *Settings) Place(dir, table string) (namespace, name string) {
	return files.Place(dir, s.Path, table)
}

// Source is one file or folder of a project.
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

// Files finds the files of a table.
func (s *Source) Files(table string) ([]files.File, error) { return s.folder.Resolve(table) }

// FileTables lists every file and every folder that has one.
func (s *Source) FileTables() ([]string, error) { return s.folder.Tables() }
