package onesource

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// keepIDs gives subjects the golden ids they had: by their entity key, and where
// a subject's key is new and all records that are its own were known under one key
// that is gone (a number was replaced), the id of that key. A key that comes back has
// the id it had when it went. An id is never given twice. A record is its subject's own
// where the row is about nobody else: a new key there is the same subject with another
// number, whereas an enterprise's new legal representative is another person. That rests
// on a source not giving the key of a deleted record to another; one that does should
// give its subject a role.
//
// It leaves the tables _new (k, id: subjects whose key was not there) and _origin (k, id,
// gone: ids under which their own records were known, and whether that key is gone) for
// the events.
func (e Entity) keepIDs(ctx context.Context, s *engine.Session, o Options) error {
	golden := engine.Ident(o.Golden)
	if e.PrevCrosswalk == "" {
		return nil
	}
	known := "SELECT p.entity_key AS k, min(p.golden_id) AS id FROM " + e.PrevCrosswalk + " p SEMI JOIN " + golden + " g ON g.k = p.entity_key GROUP BY p.entity_key"
	steps := []string{
		"CREATE OR REPLACE TEMP TABLE _kept AS " + known,
		"CREATE OR REPLACE TEMP TABLE _new AS SELECT g.k, g.id FROM " + golden + " g ANTI JOIN _kept n ON n.k = g.k",
		"CREATE OR REPLACE TEMP TABLE _origin AS " + e.originSQL(),
	}
	if e.PrevEvents != "" {
		steps = append(steps, "INSERT INTO _kept "+e.lastSQL(), "INSERT INTO _kept "+e.diedSQL())
	}
	for _, step := range append(steps,
		"INSERT INTO _kept "+heirsSQL,
		"UPDATE "+golden+" AS g SET id = n.id FROM _kept n WHERE g.k = n.k AND g.id <> n.id",
		"UPDATE "+golden+" AS g SET id = "+e.freshID()+" FROM _new n WHERE g.k = n.k AND g.k NOT IN (SELECT k FROM _kept) AND g.id IN (SELECT id FROM _kept)",
		"UPDATE _new AS n SET id = g.id FROM "+golden+" g WHERE g.k = n.k AND g.id <> n.id",
		"DROP TABLE _kept",
	) {
		if err := s.Exec(ctx, "onesource.ids", step); err != nil {
			return err
		}
	}
	return nil
}

// originSQL is where the own records of new subjects come from.
func (e Entity) originSQL() string {
	own := []string{"SELECT NULL::VARCHAR AS k, NULL::SMALLINT AS source, NULL::VARCHAR AS rk LIMIT 0"}
	for _, m := range e.landed() {
		if m.own() && !m.Rekeyed {
			own = append(own, "SELECT r.k, "+number(m.Source)+", r.rk FROM "+m.rows()+" r SEMI JOIN _new n ON n.k = r.k")
		}
	}
	return "SELECT DISTINCT c.k, p.golden_id AS id, o.k IS NULL AS gone FROM ((" + strings.Join(own, ") UNION ALL (") + ")) c JOIN " + e.PrevCrosswalk +
		" p ON p.source = c.source AND p.record_key = c.rk LEFT JOIN _kept o ON o.k = p.entity_key"
}

// heirsSQL are the subjects whose key is new, each with the id of the one key
// gone that its own records had before; of several heirs to an id the smallest
// key's.
const heirsSQL = "SELECT min(k), id FROM (SELECT k, min(id) AS id FROM _origin WHERE gone AND k NOT IN (SELECT k FROM _kept) GROUP BY k HAVING min(id) = max(id)) " +
	"WHERE id NOT IN (SELECT id FROM _kept) GROUP BY id"

// lastSQL are the subjects whose key is back, with the id that had it when it went,
// where another key had formed that.
func (e Entity) lastSQL() string {
	last := "(SELECT golden_id, arg_max(other_id, since) AS other, max(since) AS since FROM " + e.PrevEvents + " WHERE kind IN ('rekeyed', 'formed') GROUP BY golden_id)"
	return "SELECT n.k, arg_max(v.golden_id, (v.since, v.golden_id)) FROM _new n JOIN " + last + " v ON v.other = " + goldenID(e.Entity.ID, "n.k") +
		" WHERE v.golden_id NOT IN (SELECT id FROM _kept) AND v.golden_id NOT IN (SELECT id FROM _origin WHERE gone) GROUP BY n.k"
}

// diedSQL are the subjects whose key is back after the id it forms had gone.
func (e Entity) diedSQL() string {
	return "SELECT k, id FROM _new WHERE k NOT IN (SELECT k FROM _kept) AND id NOT IN (SELECT id FROM _kept) AND id NOT IN (SELECT id FROM _origin WHERE gone) AND " +
		"id IN (SELECT golden_id FROM " + e.PrevEvents + " WHERE kind IN ('merged', 'split', 'left'))"
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
