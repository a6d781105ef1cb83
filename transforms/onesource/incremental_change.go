package onesource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
)

// change finds what an update has to look at. Its tables: _touched (k), the entity keys;
// of each member _changed_N (c0…: record keys whose rows are not as they were) and
// _part_N (the image's rows of touched subjects and changed records).
type change struct {
	entity  Entity
	was     Former
	s       *engine.Session
	touched int64 // records
}

func (m Member) changed() string { return "_changed" + m.suffix() }
func (m Member) partial() string { return "_part" + m.suffix() }

// columns are the names of a member's record key in _changed_N.
func (m Member) columns() []string { return numbered("c", len(m.Keys)) }

// keyColumns selects the record key of rows r under those names.
func (m Member) keyColumns() string {
	out := make([]string, len(m.Keys))
	for i, k := range m.Keys {
		out[i] = fmt.Sprintf("%s AS c%d", engine.Qualified("r", k), i)
	}
	return strings.Join(out, ", ")
}

// of is the condition that rows r and c have one record key.
func (m Member) of() string {
	out := make([]string, len(m.Keys))
	for i, k := range m.Keys {
		out[i] = fmt.Sprintf("%s IS NOT DISTINCT FROM c.c%d", engine.Qualified("r", k), i)
	}
	return strings.Join(out, " AND ")
}

// find fills the tables. ok is false if too much changed.
func (c *change) find(ctx context.Context) (ok bool, err error) {
	steps := []string{"CREATE OR REPLACE TEMP TABLE _touched (k VARCHAR)"}
	for i, m := range c.entity.Members {
		if m.Raw != "" {
			steps = append(steps, c.unlikeSQL(m, c.was.Members[i], c.was.Same[i])...)
		}
	}
	var some bool
	counts := []string{"(SELECT count(*) FROM _touched)"}
	for _, m := range c.entity.landed() {
		counts = append(counts, "(SELECT count(*) FROM "+m.changed()+")")
	}
	for _, step := range steps {
		if err := c.s.Exec(ctx, "onesource.changed", step); err != nil {
			return false, err
		}
	}
	if err := c.s.Row(ctx, "onesource.changed", "SELECT "+strings.Join(counts, " + ")+" > 0", &some); err != nil || !some {
		return err == nil, err
	}
	for _, step := range append(c.involvedSQL(), "CREATE OR REPLACE TEMP TABLE _touched AS SELECT DISTINCT k FROM _touched WHERE k IS NOT NULL") {
		if err := c.s.Exec(ctx, "onesource.changed", step); err != nil {
			return false, err
		}
	}
	for {
		if few, err := c.fetch(ctx); err != nil || !few {
			return false, err
		}
		more, err := c.spread(ctx)
		if err != nil || !more {
			return err == nil, err
		}
	}
}

// involvedSQL are the steps that add what decisions and marks speak of, now or in the
// release before: they bring records of other subjects together, or look for them, so all
// of it is made again where anything is. It is little.
func (c *change) involvedSQL() []string {
	var steps, keys, ids []string
	for _, d := range c.entity.Decisions {
		for _, l := range linked(d) {
			if keys = append(keys, l.EntityKey); len(l.Record) > 0 { // and who it is where it stands by itself
				keys = append(keys, standIn(l.Resource, recordText(l.Record)))
			}
		}
	}
	for _, m := range c.entity.landed() {
		var named []string
		for _, of := range []func(catalog.Link) []catalog.Linked{linked, excluded} {
			named = append(named, c.entity.about(m, of)...)
		}
		if in := isIn(recordKey("r", m.Keys), named); in != "" {
			steps = append(steps, "INSERT INTO "+m.changed()+" SELECT DISTINCT "+m.keyColumns()+" FROM (SELECT "+qualifiedList("r", m.Keys)+" FROM "+m.Raw+" r WHERE "+in+
				") r ANTI JOIN "+m.changed()+" c ON "+m.of())
		}
	}
	for _, m := range c.entity.marks() {
		keys, ids = append(keys, m.Key), append(ids, "("+engine.Lit(m.GoldenID)+")")
	}
	if keys = slices.DeleteFunc(keys, func(k string) bool { return k == "" }); len(keys) > 0 {
		steps = append(steps, "INSERT INTO _touched SELECT unnest(["+literals(keys)+"])")
	}
	if len(c.entity.Decisions) > 0 {
		steps = append(steps, "INSERT INTO _touched SELECT unnest([entity_key, own_key]) FROM "+c.entity.PrevCrosswalk+" WHERE decision IS NOT NULL")
	}
	if len(ids) > 0 { // and whoever has the id that one was merged into
		steps = append(steps, "INSERT INTO _touched WITH RECURSIVE ids(id) AS (SELECT id FROM (VALUES "+strings.Join(ids, ", ")+") m(id) UNION SELECT v.other_id FROM ids JOIN "+
			c.entity.PrevEvents+" v ON v.golden_id = ids.id WHERE v.kind = "+engine.Lit(idMerged)+") SELECT g.entity_key FROM "+c.was.Golden+
			" g WHERE g.disputed IS NOT NULL OR g.golden_id IN (SELECT id FROM ids)")
	}
	return steps
}

// unlikeSQL are the steps that find the record keys whose rows two images have otherwise,
// or of which standard has a record on one side only, or the duplicates, with the entity
// keys of the rows that differ. Rows of one key are compared by their digests; one without is
// like no other. Where rules judge keys by other bits than before, what they say is compared too.
func (c *change) unlikeSQL(m, then Member, same bool) []string {
	none := "SELECT " + m.keyColumns() + " FROM " + m.Raw + " r LIMIT 0"
	if same {
		return []string{"CREATE OR REPLACE TEMP TABLE " + m.changed() + " AS " + none}
	}
	judged, alike := m.Valid != then.Valid || !slices.Equal(m.RouteValid, then.RouteValid), "n.h = o.h"
	if judged {
		alike += " AND n.p = o.p"
	}
	steps := []string{"CREATE OR REPLACE TEMP TABLE _unlike AS " + unlike(m, c.digest(m, judged), c.digest(then, judged), alike, "n.k AS now, o.k AS was"),
		"INSERT INTO _touched SELECT unnest([now, was]) FROM _unlike"}
	parts := []string{"SELECT " + strings.Join(m.columns(), ", ") + " FROM _unlike"}
	for _, pair := range [][2]string{{m.Standard, then.Standard}, {m.Losers, then.Losers}} {
		var sides [2]string
		for i, relation := range pair {
			if sides[i] = none; relation != "" {
				sides[i] = "SELECT " + m.keyColumns() + " FROM " + relation + " r"
			}
		}
		if pair != [2]string{} {
			parts = append(parts, unlike(m, sides[0], sides[1], "", ""))
		}
	}
	return append(steps, "CREATE OR REPLACE TEMP TABLE "+m.changed()+" AS SELECT DISTINCT * FROM (("+strings.Join(parts, ") UNION ALL (")+"))", "DROP TABLE _unlike")
}

// digest is, of each row of an image, its record key, its entity key and its digest; where
// judged, also which of its keys passed their checks: a digest has the bits of the checks that
// a row failed, not what they stand for.
func (c *change) digest(m Member, judged bool) string {
	columns := m.keyColumns() + ", " + c.entity.keySQL(m) + " AS k, r." + lake.DigestColumn + " AS h"
	if judged {
		var passed []string
		for _, valid := range append([]string{m.Valid}, m.RouteValid...) {
			if valid == "" {
				valid = "true"
			}
			passed = append(passed, "coalesce("+valid+", false)")
		}
		columns += ", [" + strings.Join(passed, ", ") + "] AS p"
	}
	return "SELECT " + columns + " FROM " + m.Raw + " r"
}

// unlike is the record keys that stand in one query alone, where there is more to compare
// also those that do not agree on it, with more columns.
func unlike(m Member, now, then, compared, columns string) string {
	var on, cols []string
	for _, name := range m.columns() {
		on = append(on, "n."+name+" IS NOT DISTINCT FROM o."+name)
		cols = append(cols, "coalesce(n."+name+", o."+name+") AS "+name)
	}
	if compared != "" {
		on, cols = append(on, compared), append(cols, columns)
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM (SELECT *, true AS there FROM (" + now + ")) n FULL JOIN (SELECT *, true AS there FROM (" + then +
		")) o ON " + strings.Join(on, " AND ") + " WHERE n.there IS NULL OR o.there IS NULL"
}

// fetch fills _part_N with all rows of touched subjects and changed records, and
// _touched_records (source, rk). It is false where there are too many.
func (c *change) fetch(ctx context.Context) (few bool, err error) {
	steps := []string{"CREATE OR REPLACE TEMP TABLE _touched_records (source SMALLINT, rk VARCHAR)"}
	counts := []string{"0"}
	for _, m := range c.entity.landed() {
		counts = append(counts, "(SELECT count(*) FROM "+m.Raw+")")
		steps = append(steps,
			"INSERT INTO "+m.changed()+" SELECT DISTINCT "+m.keyColumns()+" FROM (SELECT "+qualifiedList("r", m.Keys)+" FROM "+m.Raw+" r SEMI JOIN _touched t ON t.k = "+
				c.entity.keySQL(m)+") r ANTI JOIN "+m.changed()+" c ON "+m.of(),
			"CREATE OR REPLACE TEMP TABLE "+m.partial()+" AS SELECT r.* FROM "+m.Raw+" r SEMI JOIN "+m.changed()+" c ON "+m.of(),
			"INSERT INTO _touched_records SELECT "+number(m.Source)+", "+recordKey("c", m.columns())+" FROM "+m.changed()+" c")
	}
	for _, step := range steps {
		if err := c.s.Exec(ctx, "onesource.touched", step); err != nil {
			return false, err
		}
	}
	var all int64
	query := "SELECT (SELECT count(*) FROM _touched_records), " + strings.Join(counts, " + ")
	if err := c.s.Row(ctx, "onesource.touched", query, &c.touched, &all); err != nil {
		return false, err
	}
	return c.touched*c.was.Few <= all, nil
}

// spread adds the keys that rows of touched records have besides, as those that share a
// record key may, and those of subjects that have an id which a touched key forms or had: who
// has an id that another key forms got it by an event.
// It reports whether there are any.
func (c *change) spread(ctx context.Context) (more bool, err error) {
	var keys []string
	for _, m := range c.entity.landed() {
		keys = append(keys, "SELECT "+c.entity.keySQL(m)+" AS k FROM "+m.partial()+" r")
	}
	formed := "SELECT " + goldenID(c.entity.Entity.ID, "k") + " AS id FROM _touched"
	keys = append(keys, "SELECT g.entity_key FROM "+c.was.Golden+" g WHERE g.golden_id IN (SELECT v.golden_id FROM "+c.entity.PrevEvents+" v WHERE v.golden_id IN ("+formed+") OR v.other_id IN ("+formed+"))")
	query := "CREATE OR REPLACE TEMP TABLE _spread AS SELECT DISTINCT k FROM ((" + strings.Join(keys, ") UNION ALL (") + ")) p(k) WHERE k IS NOT NULL AND NOT EXISTS (SELECT 1 FROM _touched t WHERE t.k = p.k)"
	for _, step := range []string{query, "INSERT INTO _touched SELECT k FROM _spread"} {
		if err := c.s.Exec(ctx, "onesource.touched", step); err != nil {
			return false, err
		}
	}
	return more, c.s.Row(ctx, "onesource.touched", "SELECT count(*) > 0 FROM _spread", &more)
}

// part is the entity of the touched subjects alone.
func (c *change) part(ctx context.Context) (Entity, error) {
	e := c.entity
	e.Members = append([]Member(nil), e.Members...)
	for i := range e.Members {
		m := &e.Members[i]
		if m.Raw == "" {
			continue
		}
		of := m.of()
		m.Raw = m.partial()
		for _, relation := range []*string{&m.Standard, &m.Losers} {
			if *relation != "" {
				*relation = "(SELECT r.* FROM " + *relation + " r SEMI JOIN " + m.changed() + " c ON " + of + ")"
			}
		}
	}
	e.PrevCrosswalk = "_touched_crosswalk"
	return e, c.s.Exec(ctx, "onesource.touched", "CREATE OR REPLACE TEMP TABLE _touched_crosswalk AS SELECT o.golden_id, o.entity_key, o.source, o.record_key FROM "+c.entity.PrevCrosswalk+
		" o SEMI JOIN _touched t ON t.k = o.entity_key")
}
