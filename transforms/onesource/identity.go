package onesource

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// keepIDs gives subjects the golden ids they had: by their entity key, and where
// a subject's key is new and all records that are its own were known under one key
// that is gone (a number was replaced), the id of that key. An id is never given
// twice. A record is its subject's own where the row is about nobody else: a new
// key there is the same subject with another number, whereas an enterprise's new
// legal representative is another person. That rests on a source not giving the
// key of a deleted record to another; one that does should give its subject a role.
func (e Entity) keepIDs(ctx context.Context, s *engine.Session, o Options) error {
	if e.PrevCrosswalk == "" {
		return nil
	}
	golden := engine.Ident(o.Golden)
	steps := []string{"CREATE OR REPLACE TEMP TABLE _kept AS " + e.keptSQL(golden)}
	if heirs := e.heirsSQL(); heirs != "" {
		steps = append(steps, "INSERT INTO _kept "+heirs)
	}
	for _, step := range append(steps,
		"UPDATE "+golden+" AS g SET id = n.id FROM _kept n WHERE g.k = n.k AND g.id <> n.id",
		"UPDATE "+golden+" AS g SET id = "+e.freshID()+" WHERE g.k NOT IN (SELECT k FROM _kept) AND g.id IN (SELECT id FROM _kept)",
		"DROP TABLE _kept",
	) {
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
// gone that its own records had before; of several heirs to an id the smallest
// key's. "" if no record is its subject's own.
func (e Entity) heirsSQL() string {
	var own []string
	for _, m := range e.landed() {
		if m.own() && !m.Rekeyed {
			own = append(own, "SELECT r.k, "+number(m.Source)+" AS source, r.rk FROM "+m.rows()+" r ANTI JOIN _kept n ON n.k = r.k")
		}
	}
	if len(own) == 0 {
		return ""
	}
	return "SELECT min(k), id FROM (SELECT c.k, min(p.golden_id) AS id FROM (" + strings.Join(own, " UNION ALL ") + ") c JOIN " + e.PrevCrosswalk +
		" p ON p.source = c.source AND p.record_key = c.rk ANTI JOIN _kept o ON o.k = p.entity_key GROUP BY c.k" +
		" HAVING min(p.golden_id) = max(p.golden_id)) GROUP BY id"
}

// own reports whether a row is about the member's subject alone: it has no role,
// and no other subject without one stands in the row. Where nothing is written
// down, the items must hold keys of one entity, each once.
func (m Member) own() bool {
	if m.Subject.As != "" {
		return false
	}
	if len(m.Resource.Subjects) == 0 {
		return !m.Shared
	}
	without := 0
	for _, s := range m.Resource.Subjects {
		if s.As == "" {
			without++
		}
	}
	return without == 1
}

// freshID is the id of a new subject whose own is taken by an heir of the key.
func (e Entity) freshID() string {
	return fmt.Sprintf("left(sha256(CAST(to_json([%s, g.k, '%d']) AS VARCHAR)), 32)", engine.Lit(e.Entity.ID), e.Version)
}
