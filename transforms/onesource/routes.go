package onesource

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// bridge ties the routes of an entity with several keys together: a row that
// has only a later key takes the entity key of the rows that have it beside an
// earlier one, if they all agree. Where they do not, nothing is guessed: the row
// stays a subject of its own.
func (e Entity) bridge(ctx context.Context, s *engine.Session) error {
	for route := 1; route < len(e.Entity.Keys); route++ {
		query := e.bridgeSQL(route)
		if query == "" {
			continue
		}
		if err := s.Exec(ctx, "onesource.bridge", "CREATE OR REPLACE TEMP TABLE _bridge AS "+query); err != nil {
			return err
		}
		for _, m := range e.landed() {
			if m.Routes[route] == nil {
				continue
			}
			if err := s.Exec(ctx, "onesource.bridge", fmt.Sprintf("UPDATE %s AS r SET own = r.k, k = b.k FROM _bridge b WHERE r.q%d = b.q%s AND r.k <> b.k",
				m.rows(), route, m.noneBefore(route))); err != nil {
				return err
			}
		}
		if err := s.Exec(ctx, "onesource.bridge", "DROP TABLE _bridge"); err != nil {
			return err
		}
	}
	return nil
}

// bridgeSQL maps the keys of a route to the one entity key they stand beside; ""
// if no member has both.
func (e Entity) bridgeSQL(route int) string {
	var parts []string
	for _, m := range e.landed() {
		if m.Routes[route] == nil {
			continue
		}
		if before := m.before(route); len(before) > 0 {
			parts = append(parts, fmt.Sprintf("SELECT q%d AS q, k FROM %s WHERE q%d IS NOT NULL AND coalesce(%s) IS NOT NULL",
				route, engine.Ident(m.rows()), route, strings.Join(before, ", ")))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "SELECT q, min(k) AS k FROM (" + strings.Join(parts, " UNION ALL ") + ") GROUP BY q HAVING min(k) = max(k)"
}

// before are the columns of the routes that come before one.
func (m Member) before(route int) []string {
	var out []string
	for i := range route {
		if m.Routes[i] != nil {
			out = append(out, fmt.Sprintf("q%d", i))
		}
	}
	return out
}

// noneBefore is the condition that a row has no earlier key.
func (m Member) noneBefore(route int) string {
	if before := m.before(route); len(before) > 0 {
		return " AND coalesce(r." + strings.Join(before, ", r.") + ") IS NULL"
	}
	return ""
}
