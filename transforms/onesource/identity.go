package onesource

import (
	"context"
	"fmt"

	"guiji/internal/engine"
)

// keepIDs gives subjects the golden ids they had: by their entity key, and where
// a subject's key is new and all else of it was known under one key that is gone
// (a number was replaced), the id of that key. An id is never given twice.
func (e Entity) keepIDs(ctx context.Context, s *engine.Session, o Options) error {
	if e.PrevCrosswalk == "" {
		return nil
	}
	golden := engine.Ident(o.Golden)
	for _, step := range []string{
		"CREATE OR REPLACE TEMP TABLE _kept AS " + e.keptSQL(golden),
		"INSERT INTO _kept " + e.heirsSQL(golden),
		"UPDATE " + golden + " AS g SET id = n.id FROM _kept n WHERE g.k = n.k AND g.id <> n.id",
		"UPDATE " + golden + " AS g SET id = " + e.freshID() + " WHERE g.k NOT IN (SELECT k FROM _kept) AND g.id IN (SELECT id FROM _kept)",
		"DROP TABLE _kept",
	} {
		if err := s.Exec(ctx, "onesource.ids", step); err != nil {
			return err
		}
	}
	return nil
}

// keptSQL are the subjects whose key was known before.
func (e Entity) keptSQL(golden string) string {
	return "SELECT p.entity_key AS k, min(p.golden_id) AS id FROM " + e.PrevCrosswalk + " p SEMI JOIN " + golden +
		" g ON g.k = p.entity_key GROUP BY p.entity_key"
}

// heirsSQL are the subjects whose key is new, each with the id of the one key
// gone that its records had before; of several heirs to an id the smallest key's.
func (e Entity) heirsSQL(golden string) string {
	query := ""
	for i, m := range e.landed() {
		if i > 0 {
			query += " UNION ALL "
		}
		query += "SELECT r.k, " + number(m.Source) + " AS source, r.rk FROM " + m.rows() + " r ANTI JOIN _kept n ON n.k = r.k"
	}
	return "SELECT min(k), id FROM (SELECT c.k, min(p.golden_id) AS id FROM (" + query + ") c JOIN " + e.PrevCrosswalk +
		" p ON p.source = c.source AND p.record_key = c.rk ANTI JOIN _kept o ON o.k = p.entity_key GROUP BY c.k" +
		" HAVING min(p.golden_id) = max(p.golden_id)) GROUP BY id"
}

// freshID is the id of a new subject whose own is taken by an heir of the key.
func (e Entity) freshID() string {
	return fmt.Sprintf("left(sha256(CAST(to_json([%s, g.k, '%d']) AS VARCHAR)), 32)", engine.Lit(e.Entity.ID), e.Version)
}
