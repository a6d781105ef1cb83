// Package httpapi reads departments' HTTP JSON APIs page by page: it signs requests as
// gateways ask, keeps to addresses the project allows, and hands out no page before it is
// known to be whole. connectors/all and its own tests import it.
package httpapi

import (
	"context"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"guiji/connectors"
	"guiji/internal/address"
	"guiji/internal/fault"
	"guiji/internal/pacing"
)

// Connector reads HTTP JSON APIs.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "httpapi",
		Doc:      "HTTP JSON APIs: pages by number, offset, cursor or link; API keys, basic, bearer, tokens and signed gateway headers",
		Kind:     connectors.Kind{Source: (*Source)(nil), Snapshot: (*snapshot)(nil), Statistics: true},
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

// Source is one API of a project.
type Source struct {
	settings  Settings
	env       connectors.Env
	base      *url.URL
	allowed   address.Guard
	client    *http.Client
	authorise authoriser
	pace      *pacing.Pace // of requests; nil without a cap
	resolve   func(ctx context.Context, host string) ([]netip.Addr, error)

	mu        sync.Mutex
	notBefore time.Time // the server asked for quiet until then
}

// Open makes a client. Nothing is asked of the server yet.
func Open(settings Settings, env connectors.Env) (*Source, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	base, err := parseBase(settings.BaseURL)
	if err != nil {
		return nil, err
	}
	s := &Source{settings: settings, env: env, base: base}
	if s.allowed, err = prefixes(settings.Allow); err != nil {
		return nil, err
	}
	if s.client, err = s.newClient(); err != nil {
		return nil, err
	}
	if settings.MaxRequestsPerMinute > 0 {
		s.pace = &pacing.Pace{Rows: settings.MaxRequestsPerMinute}
	}
	s.authorise = s.newAuthoriser()
	return s, nil
}

// Close lets idle connections go.
func (s *Source) Close() error {
	s.client.CloseIdleConnections()
	return nil
}

// table finds a table in the settings.
func (s *Source) table(name string) (*table, error) {
	t, ok := s.settings.Tables[name]
	if !ok {
		return nil, fault.New(fault.Config, "httpapi.no_table", s.base.Host, name).Try("httpapi.no_table.hint")
	}
	paging := s.settings.Paging
	if t.Paging != nil {
		paging = *t.Paging
	}
	return &table{Table: t, name: name, paging: paging, success: s.settings.Success, at: name + " @ " + s.base.Host}, nil
}

// names are the tables of the settings, sorted.
func (s *Source) names() []string { return slices.Sorted(maps.Keys(s.settings.Tables)) }

// table is a table of the settings with what holds for it.
type table struct {
	Table
	name    string
	paging  Paging
	success Success
	at      string // what errors call it: neither path nor query, where a project may keep secrets
}
