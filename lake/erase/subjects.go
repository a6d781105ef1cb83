package erase

import (
	"context"
	"fmt"

	"guiji/internal/engine"
	"guiji/lake"
)

// otherKeys adds to gone_entity the keys that an entity's targets had in other releases: a
// golden id stays with its subject through another number, and the newest release knows
// which ids its subject took over. What only an old number named would stay else.
func (w *rewriter) otherKeys(ctx context.Context, releases []*lake.Release, id string) error {
	entity := engine.Lit(id)
	for _, table := range []string{"CREATE OR REPLACE TEMP TABLE gone_golden (id VARCHAR)", "CREATE TEMP TABLE IF NOT EXISTS gone_id (entity VARCHAR, id VARCHAR)"} {
		if err := w.Session.Exec(ctx, "targets", table); err != nil {
			return err
		}
	}
	taken, err := w.Cache.Files(ctx, releases[len(releases)-1].Datasets["entity/"+id+"/aliases"])
	if err != nil {
		return err
	}
	for round, before := 0, int64(-1); ; round++ {
		var known int64
		if err := w.Session.Row(ctx, "targets", "SELECT (SELECT count(*) FROM gone_entity WHERE entity = "+entity+") + (SELECT count(*) FROM gone_golden)", &known); err != nil {
			return err
		}
		if known == before {
			return w.Session.Exec(ctx, "targets", "INSERT INTO gone_id SELECT "+entity+", id FROM gone_golden")
		}
		before = known
		if err := w.laterKeys(ctx, releases, w.entityOf(id)); err != nil {
			return fmt.Errorf("entity %s: %w", id, err)
		}
		for _, r := range releases {
			if d := r.Datasets["entity/"+id]; w.once(fmt.Sprint("keys ", round, " ", id), d) {
				if err := w.sameSubject(ctx, d, entity); err != nil {
					return fmt.Errorf("release %d, entity %s: %w", r.Version, id, err)
				}
			}
		}
		if len(taken) == 0 {
			continue
		}
		from := engine.Parquet(taken)
		if err := w.Session.Exec(ctx, "targets", "INSERT INTO gone_golden SELECT DISTINCT a.golden_id FROM "+from+
			" a WHERE a.current_id IN (SELECT id FROM gone_golden) AND a.golden_id NOT IN (SELECT id FROM gone_golden)"); err != nil {
			return err
		}
	}
}

// sameSubject adds the ids that keys which go have in a dataset of golden records, and
// the keys that ids which go have there.
func (w *rewriter) sameSubject(ctx context.Context, d lake.Dataset, entity string) error {
	paths, err := w.Cache.Files(ctx, d)
	if err != nil || len(paths) == 0 {
		return err
	}
	from, keys := engine.Parquet(paths), "(SELECT entity_key FROM gone_entity WHERE entity = "+entity+")"
	for _, q := range []string{
		"INSERT INTO gone_golden SELECT DISTINCT g.golden_id FROM " + from + " g WHERE g.entity_key IN " + keys + " AND g.golden_id NOT IN (SELECT id FROM gone_golden)",
		"INSERT INTO gone_entity SELECT DISTINCT " + entity + ", g.entity_key FROM " + from + " g WHERE g.golden_id IN (SELECT id FROM gone_golden) AND g.entity_key NOT IN " + keys,
	} {
		if err := w.Session.Exec(ctx, "targets", q); err != nil {
			return err
		}
	}
	return nil
}

// leftSQL are the steps that keep, of the ids that go somewhere, those whose subjects a
// release still has: table left_id, of the release looked at last.
func leftSQL(entity, crosswalk string) []string {
	return []string{
		"CREATE TEMP TABLE IF NOT EXISTS left_id (entity VARCHAR, id VARCHAR)",
		"DELETE FROM left_id WHERE entity = " + entity,
		"INSERT INTO left_id SELECT DISTINCT " + entity + ", x.golden_id FROM " + crosswalk + " x SEMI JOIN (SELECT id FROM gone_id WHERE entity = " + entity +
			") g ON g.id = x.golden_id ANTI JOIN hit USING (entity_key, source, record_key)",
	}
}

// subjects are those that nobody speaks of any more, by all keys and golden ids they had.
func (w *rewriter) subjects(ctx context.Context) ([]Target, error) {
	for _, table := range []string{"gone_id", "left_id"} { // of a store without entities
		if err := w.Session.Exec(ctx, "subjects", "CREATE TEMP TABLE IF NOT EXISTS "+table+" (entity VARCHAR, id VARCHAR)"); err != nil {
			return nil, err
		}
	}
	return w.listed(ctx, "SELECT '', entity, entity_key FROM gone_entity UNION (SELECT '', entity, id FROM gone_id EXCEPT SELECT '', entity, id FROM left_id) ORDER BY ALL")
}

// goneRecords are the records that go, by their keys; of a resource without a key there
// is none.
func (w *rewriter) goneRecords(ctx context.Context) ([]Target, error) {
	return w.listed(ctx, "SELECT DISTINCT resource, '', record_key FROM gone_record WHERE record_key <> '' ORDER BY ALL")
}

// listed are targets out of a query's resource, entity and key.
func (w *rewriter) listed(ctx context.Context, query string) ([]Target, error) {
	var out []Target
	err := w.Session.Each(ctx, "subjects", query, func(scan engine.Scanner) error {
		var t Target
		if err := scan(&t.Resource, &t.Entity, &t.Key); err != nil {
			return fmt.Errorf("subjects that went: %w", err)
		}
		out = append(out, t)
		return nil
	})
	return out, err
}
