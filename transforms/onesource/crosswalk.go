package onesource

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// CrosswalkQuery is the content of entity/<e>/crosswalk: every record that links
// to a subject, by entity key, source, record key.
func CrosswalkQuery(_ Entity, o Options) string {
	return "SELECT golden_id, entity_key, source, record_key, source_time, votes, own_key, route, decision FROM " + engine.Ident(o.filled().Crosswalk) +
		" ORDER BY n, source, record_key"
}

// cross makes the crosswalk: a view, so that its many rows are not stored twice.
func (e Entity) cross(ctx context.Context, s *engine.Session, o Options, more bool) error {
	return s.Exec(ctx, "onesource.crosswalk", "CREATE OR REPLACE TEMP VIEW "+engine.Ident(o.Crosswalk)+" AS "+e.crosswalkSQL(o, more))
}

// crosswalkSQL lists the records of golden records. Where a record may only be under the
// key that it gives, the golden table tells all of them: nothing is joined, and they come
// in order. n is the place of a golden record among all: to sort by a number costs a
// fifth of what it costs by keys, and what is in order already costs little.
func (e Entity) crosswalkSQL(o Options, more bool) string {
	var parts []string
	for _, m := range e.landed() {
		if !e.moves() {
			parts = append(parts, fmt.Sprintf("CASE WHEN w%d IS NOT NULL THEN %s END", m.Source, recordSQL(m, fmt.Sprintf("w%d", m.Source), fmt.Sprintf("t%d", m.Source), "true")))
			continue
		}
		parts = append(parts, "SELECT g.id AS golden_id, g.k AS entity_key, "+number(m.Source)+" AS source, r.rk AS record_key, r.seen AS source_time, r.votes, "+
			e.linkedBy(m)+", g.rowid AS n FROM "+m.rows()+" r JOIN "+engine.Ident(o.Golden)+" g ON g.k = r.k")
	}
	switch {
	case len(parts) == 0:
		return "SELECT NULL::VARCHAR AS golden_id, NULL::VARCHAR AS entity_key, NULL::SMALLINT AS source, NULL::VARCHAR AS record_key, NULL::TIMESTAMP AS source_time, " +
			"NULL::BOOLEAN AS votes, NULL::VARCHAR AS own_key, NULL::VARCHAR AS route, NULL::VARCHAR AS decision, NULL::BIGINT AS n LIMIT 0"
	case e.moves():
		return strings.Join(parts, " UNION ALL ")
	}
	records := "[" + strings.Join(parts, ", ") + "]"
	if more {
		records = "CASE WHEN x IS NULL THEN " + records + " ELSE list_concat(" + records + ", x) END"
	}
	return "SELECT id AS golden_id, k AS entity_key, c.source, c.record_key, c.source_time, c.votes, " + strings.Join(e.linkedItself(), ", ") + ", n FROM (SELECT id, k, rowid AS n, unnest(" + records + ") AS c FROM " + engine.Ident(o.Golden) + ") WHERE c IS NOT NULL"
}

// recordSQL is a record of the crosswalk as one value.
func recordSQL(m Member, key, seen, votes string) string {
	return "{'source': " + number(m.Source) + ", 'record_key': " + key + ", 'source_time': " + seen + ", 'votes': " + votes + "}"
}

// listMore makes _more (k, x: the records of a subject without a vote), for the golden
// table to carry. It is false where there are none, or the crosswalk does without.
func (e Entity) listMore(ctx context.Context, s *engine.Session) (bool, error) {
	var parts []string
	for _, m := range e.landed() {
		parts = append(parts, "SELECT k, "+recordSQL(m, "rk", "seen", "false")+" AS c FROM "+m.rows()+" WHERE NOT votes")
	}
	if e.moves() || len(parts) == 0 {
		return false, nil
	}
	var some bool
	query := "CREATE OR REPLACE TEMP TABLE _more AS SELECT k, list(c) AS x FROM (" + strings.Join(parts, " UNION ALL ") + ") GROUP BY k"
	if err := s.Exec(ctx, "onesource.crosswalk", query); err != nil {
		return false, err
	}
	return some, s.Row(ctx, "onesource.crosswalk", "SELECT count(*) > 0 FROM _more", &some)
}
