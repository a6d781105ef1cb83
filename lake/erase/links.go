package erase

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
)

// goneRecord is the condition that a record of a table with source and record_key goes,
// beside s, the release's sources; %[1]s is the table's alias.
const goneRecord = "(EXISTS (SELECT 1 FROM gone_record g WHERE g.resource = s.resource AND g.record_key = %[1]s.record_key)" +
	" OR starts_with(%[1]s.record_key, '[\"') AND EXISTS (SELECT 1 FROM gone_record g WHERE g.hash <> '' AND g.resource = s.resource AND g.hash = split_part(substr(%[1]s.record_key, 3), '-', 1)))" // a join by equality each

// links takes the targets out of what an entity tells of links and golden ids: records
// by their keys, and the ids of subjects that nobody speaks of any more. hits must have
// run; releases come oldest first, so that a later one's events know the ids that went
// in an earlier one.
func (w *rewriter) links(ctx context.Context, r *lake.Release, id string, from []string, next *lake.Release, e *lake.Erasure, memo string) error {
	entity := engine.Lit(id)
	gone := "INSERT INTO gone_id SELECT " + entity + ", golden_id FROM " + from[1] + " GROUP BY golden_id HAVING bool_and((entity_key, source, record_key) IN (SELECT entity_key, source, record_key FROM hit))"
	steps := []string{"CREATE TEMP TABLE IF NOT EXISTS gone_id (entity VARCHAR, id VARCHAR)", gone}
	if w.records {
		steps = append(steps, "INSERT INTO gone_id SELECT entity, left(sha256(CAST(to_json([entity, entity_key]) AS VARCHAR)), 32) FROM gone_entity WHERE entity = "+entity)
	}
	for _, q := range append(steps, leftSQL(entity, from[1])...) {
		if err := w.Session.Exec(ctx, "links", q); err != nil {
			return err
		}
	}
	ids := "(SELECT id FROM gone_id WHERE entity = " + entity + ")"
	record := "s.whole"
	if w.records {
		record += " OR " + strings.ReplaceAll(goneRecord, "%[1]s", "x")
	}
	var known int64
	if err := w.Session.Row(ctx, "links", "SELECT count(DISTINCT id) FROM gone_id", &known); err != nil {
		return err
	}
	memo = fmt.Sprint(known, " ", memo)
	for _, of := range []struct{ table, gone, order string }{
		{"problems", "x.source IN (SELECT s.n FROM src s WHERE " + record + ")", "kind, source, record_key, reason, element, decision, records"},
		{"events", "x.golden_id IN " + ids + " OR x.other_id IN " + ids, "golden_id, since, kind, other_id"},
		{"doubts", "x.entity_key IN (SELECT entity_key FROM hit)", "entity_key, element, other_value, held_by"}, // the next run tells whether enough are left
		{"aliases", "x.golden_id IN " + ids + " OR x.current_id IN " + ids, "golden_id"},
	} {
		if err := w.fewer(ctx, r, "entity/"+id+"/"+of.table, of.gone, of.order, next, e, memo); err != nil {
			return err
		}
	}
	return nil
}

// fewer makes a dataset anew without the rows of a condition; one that a release of
// earlier days lacks is left alone.
func (w *rewriter) fewer(ctx context.Context, r *lake.Release, name, gone, order string, next *lake.Release, e *lake.Erasure, memo string) error {
	d, ok := r.Datasets[name]
	if !ok {
		return nil
	}
	paths, err := w.Cache.Files(ctx, d)
	if err != nil {
		return err
	}
	for _, f := range d.Files {
		memo += " " + f.SHA256
	}
	from := engine.Parquet(paths)
	m, err := w.whole(ctx, name, d, "SELECT count(*) FROM "+from+" x WHERE "+gone,
		"SELECT x.* FROM "+from+" x WHERE ("+gone+") IS NOT TRUE ORDER BY "+order, memo)
	if err == nil && m.rows > 0 {
		d.Files, d.Rows = []lake.File{m.file}, m.file.Rows
		next.Datasets[name] = d
		e.Datasets, e.Rows = append(e.Datasets, name), e.Rows+m.rows
	}
	return err
}
