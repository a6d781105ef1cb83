package onesource

import (
	"context"
	"fmt"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// bridge ties the routes of an entity with several keys together: a row that has only a
// later key takes the entity key that this one stands for, if all that speaks of it
// agrees: rows that have it beside an earlier key, credit codes that have it within, and
// the table that maps it. Where they do not agree nothing is guessed: the row stays a
// subject of its own, and all records with such a key are told.
func (e Entity) bridge(ctx context.Context, s *engine.Session) error {
	for route := 1; route < len(e.Entity.Keys); route++ {
		query := e.bridgeSQL(route)
		if query == "" {
			continue
		}
		steps := []string{"CREATE OR REPLACE TEMP TABLE _bridge AS " + query}
		for _, m := range e.landed() {
			if m.Routes[route] == nil {
				continue
			}
			steps = append(steps,
				fmt.Sprintf("INSERT INTO _problems SELECT %s, NULL, %s, r.rk, %s, NULL, 1 FROM %s r SEMI JOIN (SELECT q FROM _bridge WHERE torn) b ON r.q%d = b.q",
					engine.Lit(ambiguousRoute), number(m.Source), engine.Lit(e.Entity.Keys[route]), m.rows(), route),
				fmt.Sprintf("UPDATE %s AS r SET own = r.k, k = b.k FROM _bridge b WHERE r.q%d = b.q AND NOT b.torn%s AND r.k <> b.k",
					m.stored(), route, m.noneBefore(route)))
		}
		for _, step := range append(steps, "DROP TABLE _bridge") {
			if err := s.Exec(ctx, "onesource.bridge", step); err != nil {
				return err
			}
		}
	}
	return nil
}

// bridgeSQL maps the keys of a route to an entity key each; torn says that there are
// several. "" if nothing ties them.
func (e Entity) bridgeSQL(route int) string {
	var parts []string
	for _, m := range e.landed() {
		if before := m.before(route); m.Routes[route] != nil && len(before) > 0 {
			parts = append(parts, fmt.Sprintf("SELECT q%d AS q, k FROM %s WHERE q%d IS NOT NULL AND coalesce(%s) IS NOT NULL",
				route, engine.Ident(m.rows()), route, strings.Join(before, ", ")))
		}
		parts = append(parts, e.withinSQL(m, route)...)
	}
	if table := e.Mapped[e.Entity.Keys[route]]; table != "" {
		q, k := formed(e.form(route), blankIsNull("q")), formed(e.form(0), blankIsNull("k"))
		parts = append(parts, "SELECT q, k FROM (SELECT "+q+" AS q, "+k+" AS k FROM "+table+" m) WHERE q IS NOT NULL AND k IS NOT NULL")
	}
	if len(parts) == 0 {
		return ""
	}
	return "SELECT q, min(k) AS k, min(k) <> max(k) AS torn FROM (" + strings.Join(parts, " UNION ALL ") + ") " + e.heldApart(route) + "GROUP BY q"
}

// withinSQL are the organisation codes within a member's credit codes.
func (e Entity) withinSQL(m Member, route int) []string {
	if e.form(route) != catalog.FormOrganisationCode {
		return nil
	}
	var out []string
	for i := range route {
		if m.Routes[i] != nil && e.form(i) == catalog.FormCreditCode {
			out = append(out, fmt.Sprintf("SELECT %s AS q, k FROM %s WHERE q%d IS NOT NULL", within(fmt.Sprintf("q%d", i)), m.rows(), i))
		}
	}
	return out
}

// heldApart leaves out what decisions say of two keys that are not one subject.
func (e Entity) heldApart(route int) string {
	prefix, out := e.Entity.Keys[route]+":", ""
	for _, d := range e.Decisions {
		if len(d.CannotLink) != 2 {
			continue
		}
		for i, l := range d.CannotLink {
			other := d.CannotLink[1-i].EntityKey
			if q, ok := strings.CutPrefix(l.EntityKey, prefix); ok && other != "" {
				out += " AND NOT (q = " + engine.Lit(q) + " AND k = " + engine.Lit(other) + ")"
			}
		}
	}
	return strings.Replace(out, " AND ", "WHERE ", 1) + strings.Repeat(" ", min(1, len(out)))
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
