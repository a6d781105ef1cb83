// Package postgres reads PostgreSQL: one exported snapshot shared by the parts, ranges
// of the table's pages, COPY in binary straight into Arrow columns. connectors/all
// and its own tests import it.
package postgres

import (
	"context"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/pacing"
)

// Connector reads PostgreSQL.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "postgres",
		Doc:      "PostgreSQL 10 and later, and servers that speak its protocol",
		Kind:     connectors.Kind{Source: (*Source)(nil), Snapshot: (*snapshot)(nil), Parts: true, Moment: true, Statistics: true},
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

// Source is one opened connection of a project. Its connections are made for a
// snapshot and closed with it: nothing idles on a department's server in between.
type Source struct {
	settings Settings
	env      connectors.Env
	zone     *time.Location
	hours    pacing.Hours
	pace     *pacing.Pace
	slots    chan struct{} // one for each connection that may read
	server   server
	now      func() time.Time
}

// server is what the source's server says of itself.
type server struct {
	version  string // as it calls itself
	number   int    // 150018
	encoding string // of the database
}

// Open signs in once, so that a wrong address or password shows at once.
func Open(ctx context.Context, settings Settings, env connectors.Env) (*Source, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(env.Timezone)
	if err != nil {
		return nil, fault.New(fault.Config, "postgres.zone", env.Timezone).Because(err)
	}
	hours, _ := pacing.ParseHours(settings.Window) // Validate has parsed it
	s := &Source{settings: settings, env: env, zone: zone, hours: hours, slots: make(chan struct{}, settings.MaxConnections), now: time.Now,
		pace: &pacing.Pace{Rows: settings.MaxRowsPerSecond, Bytes: settings.MaxBytesPerSecond}}
	p, err := s.pin(ctx)
	if err != nil {
		return nil, err
	}
	defer p.close()
	s.server, err = p.greet(ctx)
	if err != nil {
		return nil, s.explain(err)
	}
	return s, nil
}

// Close has nothing to release: snapshots are closed by those who opened them.
func (s *Source) Close() error { return nil }
