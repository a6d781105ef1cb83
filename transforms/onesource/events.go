package onesource

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// The kinds of events: what became of a golden id.
const (
	idMerged   = "merged"   // its subject is part of other_id's now
	idSplit    = "split"    // records of it are other_id's now
	idLeft     = "left"     // nobody speaks of its subject any more
	idReturned = "returned" // it was gone and is there again
	idRekeyed  = "rekeyed"  // its subject has another key: other_id is what that key forms
	idFormed   = "formed"   // it was given afresh, for other_id, which the key forms, was taken
)

// eventColumns are those of entity/<e>/events.
const eventColumns = "golden_id VARCHAR, kind VARCHAR, other_id VARCHAR, since BIGINT"

// EventsQuery is the content of entity/<e>/events: what became of golden ids, with the
// release that first knew, by golden id, release, kind, other id.
func EventsQuery(Entity, Options) string {
	return "SELECT golden_id, kind, other_id, since FROM _events ORDER BY golden_id, since, kind, other_id"
}

// AliasesQuery is the content of entity/<e>/aliases: for each golden id that was merged
// the one its subject has now, by golden id. Ids that were split or left have none.
func AliasesQuery(Entity, Options) string {
	return "SELECT golden_id, current_id FROM _aliases ORDER BY golden_id"
}

// remember makes the tables _events and _aliases: those of the release before, and what
// this one adds. keepIDs must have run.
func (e Entity) remember(ctx context.Context, s *engine.Session, o Options) error {
	steps := []string{"CREATE OR REPLACE TEMP TABLE _events (" + eventColumns + ")"}
	if e.PrevEvents != "" {
		steps = append(steps, "INSERT INTO _events SELECT golden_id, kind, other_id, since FROM "+e.PrevEvents)
	}
	if e.PrevCrosswalk != "" {
		steps = append(steps,
			"CREATE OR REPLACE TEMP TABLE _gone AS SELECT p.golden_id AS id, p.entity_key AS k, p.source, p.record_key AS rk FROM "+e.PrevCrosswalk+
				" p ANTI JOIN "+engine.Ident(o.Golden)+" g ON g.k = p.entity_key",
			"CREATE OR REPLACE TEMP TABLE _rekeyed AS SELECT DISTINCT n.k, n.id FROM _new n JOIN _gone d ON d.id = n.id",
			"DELETE FROM _gone WHERE id IN (SELECT id FROM _rekeyed)",
			"CREATE OR REPLACE TEMP TABLE _went AS "+e.wentSQL(o),
			e.addEvents("SELECT id, "+engine.Lit(idReturned)+", NULL FROM _new WHERE id NOT IN (SELECT id FROM _rekeyed) AND id IN (SELECT golden_id FROM _events WHERE kind IN ('merged', 'split', 'left'))"),
			e.addEvents("SELECT id, "+engine.Lit(idRekeyed)+", "+goldenID(e.Entity.ID, "k")+" FROM _rekeyed"),
			e.addEvents("SELECT g.id, "+engine.Lit(idFormed)+", "+goldenID(e.Entity.ID, "g.k")+" FROM _new g WHERE g.id = "+e.freshID()),
			e.addEvents("SELECT o.id, "+engine.Lit(idSplit)+", n.id FROM _origin o JOIN _new n ON n.k = o.k WHERE o.id <> n.id AND o.id NOT IN (SELECT id FROM _gone)"),
			e.addEvents("SELECT id, CASE WHEN count(DISTINCT now) = 0 THEN "+engine.Lit(idLeft)+" WHEN count(DISTINCT now) = 1 THEN "+engine.Lit(idMerged)+
				" ELSE "+engine.Lit(idSplit)+" END, unnest(coalesce(list_sort(list(DISTINCT now) FILTER (now IS NOT NULL)), [NULL])) FROM _went GROUP BY id"),
			"DROP TABLE _gone", "DROP TABLE _went", "DROP TABLE _origin", "DROP TABLE _rekeyed", "DROP TABLE _new")
	}
	for _, step := range append(steps, "CREATE OR REPLACE TEMP TABLE _aliases AS "+aliasesSQL(engine.Ident(o.Golden))) {
		if err := s.Exec(ctx, "onesource.events", step); err != nil {
			return err
		}
	}
	return nil
}

func (e Entity) addEvents(query string) string {
	return fmt.Sprintf("INSERT INTO _events SELECT *, CAST(%d AS BIGINT) FROM (%s)", e.Version, query)
}

// wentSQL is, of each id gone, where its subject is now: the ids of the subjects that
// have its own records, or records that gave its key; NULL beside them, so that one that
// is nowhere has a row.
func (e Entity) wentSQL(o Options) string {
	parts := []string{"SELECT DISTINCT id, CAST(NULL AS VARCHAR) AS now FROM _gone"}
	for _, m := range e.landed() {
		to := " JOIN " + engine.Ident(o.Golden) + " g ON g.k = r.k"
		if m.own() && !m.Rekeyed {
			parts = append(parts, "SELECT d.id, g.id FROM "+m.rows()+" r JOIN _gone d ON d.source = "+number(m.Source)+" AND d.rk = r.rk"+to)
		}
		if e.moves() {
			parts = append(parts, "SELECT d.id, g.id FROM "+m.rows()+" r JOIN _gone d ON d.k = r.own"+to)
		}
	}
	return strings.Join(parts, " UNION ALL ")
}

// aliasesSQL follows merged ids to the one that is there. An id's last word counts: one
// that came back has none.
func aliasesSQL(golden string) string {
	return "WITH RECURSIVE last AS (SELECT golden_id, max(since) AS since FROM _events WHERE kind IN ('merged', 'split', 'left', 'returned') GROUP BY golden_id), " +
		"step AS (SELECT e.golden_id, e.other_id FROM _events e JOIN last l ON l.golden_id = e.golden_id AND l.since = e.since WHERE e.kind = 'merged'), " +
		"walk AS (SELECT golden_id, other_id AS current_id FROM step UNION SELECT w.golden_id, s.other_id FROM walk w JOIN step s ON s.golden_id = w.current_id) " +
		"SELECT DISTINCT w.golden_id, w.current_id FROM walk w JOIN " + golden + " g ON g.id = w.current_id"
}
