// Package command runs a program that speaks to a source guiji has no connector of
// its own for (达梦, Oracle, SQL Server by their vendors' drivers) and writes Arrow
// IPC streams to its standard output. README.md holds the program's side of the
// contract. connectors/all and its own tests import it.
package command

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/secret"
)

// Connector runs programs.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "command",
		Doc:      "Any program that writes Arrow IPC streams: for 达梦, Oracle, SQL Server and others by their vendors' own drivers",
		Kind:     connectors.Kind{Source: (*Source)(nil), Snapshot: withBoth{}, Parts: true, Moment: true, Statistics: true},
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
	Command []string                 `yaml:"command"`           // the program and its first arguments; no shell; paths are relative to the project
	Env     map[string]secret.Secret `yaml:"env,omitempty"`     // of the program, beside PATH, HOME, LANG and TZ: passwords go here
	Timeout time.Duration            `yaml:"timeout,omitempty"` // of every answer but the rows themselves
	AtOnce  int                      `yaml:"at_once,omitempty"` // programs that run at the same time, at most; 1..16
}

// DefaultSettings is what a project need not write.
func DefaultSettings() *Settings { return &Settings{Timeout: time.Minute, AtOnce: 2} }

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	switch {
	case len(s.Command) == 0 || s.Command[0] == "":
		return fault.New(fault.Config, "exec.setting.command")
	case s.Timeout <= 0:
		return fault.New(fault.Config, "exec.setting.timeout")
	case s.AtOnce < 1 || s.AtOnce > 16:
		return fault.New(fault.Config, "exec.setting.at_once", s.AtOnce)
	}
	for name := range s.Env {
		if name == "" || strings.ContainsAny(name, "=\x00") {
			return fault.New(fault.Config, "exec.setting.env", name)
		}
	}
	return nil
}

// Source is one program with its settings.
type Source struct {
	settings Settings
	env      connectors.Env
	program  string
	zone     *time.Location
	slots    chan struct{}
}

// Open looks whether the program can be run.
func Open(settings Settings, env connectors.Env) (*Source, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	s := &Source{settings: settings, env: env, program: settings.Command[0], zone: time.Local, slots: make(chan struct{}, settings.AtOnce)}
	if env.Timezone != "" {
		zone, err := time.LoadLocation(env.Timezone)
		if err != nil {
			return nil, fault.New(fault.Config, "exec.zone", env.Timezone).Because(err)
		}
		s.zone = zone
	}
	if _, err := exec.LookPath(s.inProject(s.program)); err != nil {
		return nil, fault.New(fault.Config, "exec.no_program", s.program).Because(err).Try("exec.no_program.hint")
	}
	s.program = s.inProject(s.program)
	return s, nil
}

// Close has nothing to release: programs run only while they are asked.
func (s *Source) Close() error { return nil }

// Discover asks the program for tables.
func (s *Source) Discover(ctx context.Context, names ...string) ([]connectors.Table, error) {
	var tables []tableAnswer
	if err := s.ask(ctx, &tables, append([]string{"discover"}, names...)...); err != nil {
		return nil, err
	}
	out := make([]connectors.Table, len(tables))
	for i, t := range tables {
		var err error
		if out[i], err = s.public(t); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(out, func(t connectors.Table) bool { return t.Name == name }) {
			return nil, fault.New(fault.Config, "exec.no_table", s.settings.Command[0], name)
		}
	}
	return out, nil
}
