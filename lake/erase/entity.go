package erase

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
)

// entity takes out of golden records, crosswalk and conflicts what comes from the
// targets. A golden record that other sources speak of too stays, with NULL where its
// value was theirs; who votes now is for the next run to settle.
func (w *rewriter) entity(ctx context.Context, r *lake.Release, id string, next *lake.Release, e *lake.Erasure) error {
	if len(r.Sources) == 0 {
		return nil
	}
	names := []string{"entity/" + id, "entity/" + id + "/crosswalk", "entity/" + id + "/conflicts"}
	from := make([]string, len(names))
	memo := strings.Join(r.Sources, ",")
	for i, name := range names {
		paths, err := w.Cache.Files(ctx, r.Datasets[name])
		if err != nil {
			return err
		}
		if len(paths) == 0 { // made by no release of guiji: the three come together
			return nil
		}
		from[i] = engine.Parquet(paths)
		for _, f := range r.Datasets[name].Files {
			memo += " " + f.SHA256
		}
	}
	if err := w.hits(ctx, r, id, from); err != nil {
		return err
	}
	for i, q := range []struct{ count, query string }{golden(r.Datasets[names[0]], from[0], from[1]), crosswalk(from[1]), conflicts(from[2])} {
		d := r.Datasets[names[i]]
		m, err := w.whole(ctx, names[i], d, q.count, q.query, memo)
		if err != nil {
			return err
		}
		if m.rows > 0 {
			d.Files, d.Rows = []lake.File{m.file}, m.file.Rows
			next.Datasets[names[i]] = d
			e.Datasets, e.Rows = append(e.Datasets, names[i]), e.Rows+m.rows
		}
	}
	return w.links(ctx, r, id, from, next, e, memo)
}

// hits makes the tables src, the release's sources, and hit, the crosswalk's rows that
// go.
func (w *rewriter) hits(ctx context.Context, r *lake.Release, id string, from []string) error {
	var values []string
	for n, s := range r.Sources {
		resource, _, _ := strings.Cut(s, "#")
		_, whole := w.gone[resource]
		values = append(values, fmt.Sprintf("(%d, %s, %t)", n, engine.Lit(resource), whole))
	}
	record, entity := "false", "false"
	if w.records {
		record = goneRecord
		entity = "%[1]s.entity_key IN (SELECT entity_key FROM gone_entity WHERE entity = " + engine.Lit(id) + ")"
	}
	in := func(alias string) string {
		return strings.ReplaceAll("s.whole OR "+record+" OR "+entity, "%[1]s", alias)
	}
	for _, q := range []string{
		"CREATE OR REPLACE TEMP TABLE src AS SELECT * FROM (VALUES " + strings.Join(values, ", ") + ") t(n, resource, whole)",
		"CREATE OR REPLACE TEMP TABLE hit AS SELECT x.entity_key, x.source, x.record_key FROM " + from[1] + " x JOIN src s ON s.n = x.source WHERE " + in("x"),
		"CREATE OR REPLACE TEMP TABLE told AS SELECT DISTINCT c.entity_key, c.holder, c.record_key FROM " + from[2] + " c JOIN src s ON s.n = c.holder WHERE " + in("c"),
	} {
		if err := w.Session.Exec(ctx, "hits", q); err != nil {
			return err
		}
	}
	return nil
}

// golden records that nobody speaks of any more go; of the others, values whose
// source is hit.
func golden(d lake.Dataset, from, crosswalk string) struct{ count, query string } {
	var columns []string
	for _, c := range d.Columns {
		expr := engine.Qualified("g", c.Name)
		for _, name := range []string{c.Name, strings.TrimSuffix(c.Name, "__from")} {
			if by := name + "__from"; has(d, by) && has(d, name) {
				expr = "CASE WHEN " + anyGone(d, by) + " THEN NULL ELSE " + expr + " END AS " + engine.Ident(c.Name)
				break
			}
		}
		columns = append(columns, expr)
	}
	joined := " FROM " + from + " g LEFT JOIN (SELECT entity_key, list(DISTINCT source) AS gone FROM hit GROUP BY 1) h ON h.entity_key = g.entity_key " +
		"LEFT JOIN (SELECT DISTINCT x.entity_key FROM " + crosswalk + " x ANTI JOIN hit USING (entity_key, source, record_key)) o ON o.entity_key = g.entity_key "
	return struct{ count, query string }{
		"SELECT count(*) FROM " + from + " WHERE entity_key IN (SELECT entity_key FROM hit)",
		"SELECT " + strings.Join(columns, ", ") + joined + "WHERE h.entity_key IS NULL OR o.entity_key IS NOT NULL ORDER BY g.entity_key",
	}
}

// anyGone is the condition that a value's source, or of a list of values one, is hit.
func anyGone(d lake.Dataset, by string) string {
	for _, c := range d.Columns {
		if c.Name == by && strings.HasSuffix(c.Type, "[]") {
			return "list_has_any(h.gone, " + engine.Qualified("g", by) + ")"
		}
	}
	return "list_contains(h.gone, " + engine.Qualified("g", by) + ")"
}

func crosswalk(from string) struct{ count, query string } {
	return struct{ count, query string }{
		"SELECT count(*) FROM hit",
		"SELECT x.* FROM " + from + " x ANTI JOIN hit USING (entity_key, source, record_key) ORDER BY entity_key, source, record_key",
	}
}

// conflicts go where the holder's record goes, or a record of the authority.
func conflicts(from string) struct{ count, query string } {
	gone := "(EXISTS (SELECT 1 FROM told t WHERE t.entity_key = c.entity_key AND t.holder = c.holder AND t.record_key = c.record_key) OR " +
		"c.authority IN (SELECT n FROM src WHERE whole) OR EXISTS (SELECT 1 FROM hit h WHERE h.entity_key = c.entity_key AND h.source = c.authority))"
	return struct{ count, query string }{
		"SELECT count(*) FROM " + from + " c WHERE " + gone,
		"SELECT c.* FROM " + from + " c WHERE " + gone + " IS NOT TRUE ORDER BY entity_key, element, holder, record_key",
	}
}

// whole makes a dataset anew as one file; rows counts those that went or changed.
func (w *rewriter) whole(ctx context.Context, name string, d lake.Dataset, count, query, memo string) (made, error) {
	memo = name + " " + memo
	if m, ok := w.files[memo]; ok {
		return m, nil
	}
	var m made
	if err := w.Session.Row(ctx, "count", count, &m.rows); err != nil {
		return m, err
	}
	if m.rows > 0 {
		path := filepath.Join(w.Scratch, fmt.Sprintf("%06d.parquet", len(w.files)))
		n, err := w.Session.CopyQuery(ctx, "erase", query, path, engine.ParquetOptions{})
		if err != nil {
			return m, err
		}
		if m.file, err = w.upload(ctx, name, path, n); err != nil {
			return m, err
		}
	}
	w.files[memo] = m
	return m, nil
}
