// Package sqlite reads SQLite files as small systems of departments keep them. A
// snapshot is a copy taken by SQLite's own backup in one go, so that the
// department's program is held up for no longer than copying takes; it is read by
// one connection. connectors/all and its own tests import it.
package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
)

// Connector reads SQLite files.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "sqlite",
		Doc:      "SQLite 3 database files, read from a copy taken in one go",
		Kind:     connectors.Kind{Source: (*Source)(nil), Snapshot: (*snapshot)(nil), Moment: true, Statistics: true},
		Settings: func() any { return DefaultSettings() },
		Open: func(ctx context.Context, settings any, env connectors.Env) (connectors.Source, error) {
			s, err := Open(ctx, *settings.(*Settings), env)
			if err != nil {
				return nil, err
			}
			return s, nil
		},
	}
}

// Settings are a connection's, as written in guiji.yaml.
type Settings struct {
	Path    string        `yaml:"path"`               // the database file, relative to the project
	InPlace bool          `yaml:"in_place,omitempty"` // read the file itself: for files too large to copy; its writers wait meanwhile
	Wait    time.Duration `yaml:"wait,omitempty"`     // for writers to let us in
}

// DefaultSettings is what a project need not write.
func DefaultSettings() *Settings { return &Settings{Wait: 10 * time.Second} }

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	if s.Path == "" {
		return fault.New(fault.Config, "sqlite.setting.path")
	}
	if s.Wait < 0 {
		return fault.New(fault.Config, "sqlite.setting.wait")
	}
	return nil
}

// Source is one database file of a project.
type Source struct {
	settings Settings
	env      connectors.Env
	path     string
	zone     *time.Location
}

// Open looks whether the file is there and is a database.
func Open(ctx context.Context, settings Settings, env connectors.Env) (*Source, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	s := &Source{settings: settings, env: env, path: settings.Path, zone: time.Local}
	if !filepath.IsAbs(s.path) {
		s.path = filepath.Join(env.Dir, s.path)
	}
	if env.Timezone != "" {
		zone, err := time.LoadLocation(env.Timezone)
		if err != nil {
			return nil, fault.New(fault.Config, "sqlite.zone", env.Timezone).Because(err)
		}
		s.zone = zone
	}
	st, err := os.Stat(s.path)
	switch {
	case os.IsNotExist(err):
		return nil, fault.New(fault.Config, "sqlite.no_file", settings.Path).Try("sqlite.put_there")
	case os.IsPermission(err):
		return nil, fault.New(fault.Refused, "sqlite.no_permission", settings.Path)
	case err != nil:
		return nil, fault.New(fault.Unreachable, "sqlite.unreadable", settings.Path).Because(err)
	case !st.Mode().IsRegular():
		return nil, fault.New(fault.Config, "sqlite.not_a_file", settings.Path)
	}
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	c.close()
	return s, nil
}

// Close has nothing to release: files are open only while they are read.
func (s *Source) Close() error { return nil }
