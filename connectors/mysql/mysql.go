// Package mysql reads MySQL and MariaDB: one read-only consistent snapshot, parts
// over integer keys, the text protocol straight into Arrow columns. connectors/all
// and its own tests import it.
package mysql

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/gb18030"
	"guiji/internal/pacing"
)

// Connector reads MySQL and MariaDB.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "mysql",
		Doc:      "MySQL 5.7 and later, MariaDB 10.3 and later, and servers that speak their protocol",
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

// Source is one opened connection of a project.
type Source struct {
	settings Settings
	env      connectors.Env
	zone     *time.Location
	window   pacing.Hours
	db       *sql.DB
	server   server
	slots    chan struct{} // one for each connection that may read
	pace     *pacing.Pace
	close    sync.Once
	now      func() time.Time // a test has its own
	gb       *gb18030.Table   // with charset_of_bytes

	throughDriver bool // tests have the driver read rows that we could
	inTheDark     bool // tests plan as for a server whose EXPLAIN tells no rows
}

// Open signs in once, so that a wrong address or password shows at once.
func Open(ctx context.Context, settings Settings, env connectors.Env) (*Source, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(env.Timezone)
	if err != nil {
		return nil, fault.New(fault.Config, "mysql.zone", env.Timezone).Because(err)
	}
	db, err := pool(settings, env.Dir)
	if err != nil {
		return nil, err
	}
	w, _ := pacing.ParseHours(settings.Window) // Validate has parsed it
	s := &Source{settings: settings, env: env, zone: zone, window: w, db: db, now: time.Now,
		slots: make(chan struct{}, settings.MaxConnections),
		pace:  &pacing.Pace{Rows: settings.MaxRowsPerSecond, Bytes: settings.MaxBytesPerSecond}}
	if settings.CharsetOfBytes != "" {
		s.gb = gb18030.New()
	}
	if s.server, err = s.greet(ctx); err != nil {
		_ = db.Close() // the error that is told says more
		return nil, err
	}
	return s, nil
}

// Close closes what is not in use; snapshots are closed by those who opened them.
func (s *Source) Close() error {
	var err error
	s.close.Do(func() { err = s.db.Close() })
	return err
}
