package erase

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/ident"
	"guiji/lake"
)

// entityOf is an entity as the catalogue has it today; one that has left it is known by
// its id alone.
func (w *rewriter) entityOf(id string) catalog.Entity {
	if e := w.Project.Entity(id); e != nil {
		return *e
	}
	return catalog.Entity{ID: id}
}

// keyOf is the entity key that a text gives by a route: SQL.
func (w *rewriter) keyOf(e catalog.Entity, route int, text string) string {
	if w.Keys.Of != nil {
		return w.Keys.Of(e, route, text)
	}
	key := "nullif(trim(CAST(" + text + " AS VARCHAR)), '')"
	if route > 0 {
		key = "(" + engine.Lit(e.Keys[route]+":") + " || " + key + ")"
	}
	return key
}

// keysOf are the entity keys that a column may be taken for: by its route, as it is
// written, and, where nobody says how the first key is written, as a citizen number,
// whose forms everybody knows (GB 11643-1999).
func (w *rewriter) keysOf(e catalog.Entity, route int, column string) []string {
	out := []string{w.keyOf(e, route, column)}
	if route > 0 {
		return out
	}
	out = append(out, "CAST("+column+" AS VARCHAR)")
	if len(e.Keys) > 0 && e.Route(e.Keys[0]) == nil {
		as := catalog.Entity{ID: e.ID, Keys: e.Keys, Routes: []catalog.KeyRoute{{Key: e.Keys[0], Form: catalog.FormCitizenID}}}
		out = append(out, w.keyOf(as, 0, column))
	}
	return out
}

// asked makes of what was asked for the keys it may mean: table asked (n, entity, key,
// later). A key is tried as it is written and as the entity's first key; as a later key
// (later) it is tried where that finds nobody. Entities are in order.
func (w *rewriter) asked(ctx context.Context, targets []Target, entities []string) error {
	rows := make([][]any, 0, len(targets))
	for n, t := range targets {
		if t.Entity != "" {
			text := strings.TrimSpace(t.Key)
			rows = append(rows, []any{n + 1, t.Entity, t.Key, text, upperX(text), lifted(text)})
		}
	}
	if err := w.bindAll(ctx, "given", rows); err != nil {
		return err
	}
	for _, id := range entities {
		e := w.entityOf(id)
		steps := []string{"INSERT INTO asked SELECT DISTINCT n, entity, unnest([key, text, upper, lifted]), false FROM given WHERE entity = " + engine.Lit(id)}
		for route := range e.Keys {
			steps = append(steps, "INSERT INTO asked SELECT g.n, g.entity, g.key, "+fmt.Sprint(route > 0)+" FROM (SELECT t.n, t.entity, "+w.keyOf(e, route, "t.text")+" AS key FROM given t WHERE t.entity = "+engine.Lit(id)+
				") g WHERE g.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM asked a WHERE a.n = g.n AND a.key = g.key)")
		}
		for _, q := range steps {
			if err := w.Session.Exec(ctx, "targets", q); err != nil {
				return err
			}
		}
	}
	return nil
}

// bound is how many rows one statement binds.
const bound = 200

// bindAll adds rows to a table, with values that no error shows.
func (w *rewriter) bindAll(ctx context.Context, table string, rows [][]any) error {
	for some := range slices.Chunk(rows, bound) {
		row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(some[0])), ", ") + "), "
		if err := w.bind(ctx, "INSERT INTO "+table+" VALUES "+strings.TrimSuffix(strings.Repeat(row, len(some)), ", "), slices.Concat(some...)...); err != nil {
			return err
		}
	}
	return nil
}

// upperX is a citizen number with the X that belongs at its end; any other text stays.
func upperX(s string) string {
	if up := strings.ToUpper(s); ident.CitizenID([]byte(up)) == ident.Valid {
		return up
	}
	return s
}

func lifted(s string) string {
	long, _ := ident.LiftCitizenID(s)
	return long
}

// named fills gone_entity with the keys that were asked for, and the subjects that a
// later key stands for. One that stands for several is refused: nothing is guessed.
func (w *rewriter) named(ctx context.Context, releases []*lake.Release, entities []string) error {
	for _, id := range entities {
		e := w.entityOf(id)
		if err := w.standFor(ctx, releases, e); err != nil {
			return err
		}
		var torn int
		if err := w.Session.Row(ctx, "targets", "SELECT coalesce(min(n), 0) FROM (SELECT a.n FROM asked a JOIN judged j ON j.later = a.key WHERE a.entity = "+engine.Lit(id)+
			" AND a.n NOT IN (SELECT n FROM there) GROUP BY a.n HAVING count(DISTINCT j.key) > 1)", &torn); err != nil {
			return err
		}
		if torn > 0 {
			return fault.New(fault.Config, "lake.erase.several", torn, id).Try("lake.erase.several.hint")
		}
		for _, q := range []string{
			"INSERT INTO gone_entity SELECT DISTINCT entity, key FROM asked WHERE NOT later AND entity = " + engine.Lit(id),
			"INSERT INTO gone_entity SELECT DISTINCT a.entity, unnest([a.key, j.key]) FROM asked a JOIN judged j ON j.later = a.key WHERE a.entity = " + engine.Lit(id) +
				" AND a.n NOT IN (SELECT n FROM there)",
			"INSERT INTO gone_entity SELECT entity, min(key) FROM asked WHERE later AND entity = " + engine.Lit(id) + " AND n NOT IN (SELECT n FROM there) AND n NOT IN (SELECT a.n FROM asked a JOIN judged j ON j.later = a.key)" +
				" GROUP BY n, entity HAVING count(*) = 1",
		} {
			if err := w.Session.Exec(ctx, "targets", q); err != nil {
				return err
			}
		}
	}
	return nil
}

// standFor finds the numbers asked for that are entity keys themselves, table there (n),
// and whom the others stand for in the newest release that knows, table judged (later,
// key).
func (w *rewriter) standFor(ctx context.Context, releases []*lake.Release, e catalog.Entity) error {
	for _, q := range []string{"CREATE OR REPLACE TEMP TABLE there (n INTEGER)", "CREATE OR REPLACE TEMP TABLE judged (later VARCHAR, key VARCHAR)"} {
		if err := w.Session.Exec(ctx, "targets", q); err != nil {
			return err
		}
	}
	for _, r := range slices.Backward(releases) {
		paths, err := w.Cache.Files(ctx, r.Datasets["entity/"+e.ID+"/crosswalk"])
		if err != nil {
			return err
		}
		if len(paths) > 0 {
			q := "INSERT INTO there SELECT DISTINCT a.n FROM asked a SEMI JOIN " + engine.Parquet(paths) + " x ON x.entity_key = a.key WHERE NOT a.later AND a.entity = " + engine.Lit(e.ID) + " AND a.n NOT IN (SELECT n FROM there)"
			if err := w.Session.Exec(ctx, "targets", q); err != nil {
				return err
			}
		}
		ties, err := w.ties(ctx, r, e)
		if err != nil {
			return err
		}
		if ties == "" {
			continue
		}
		q := "INSERT INTO judged SELECT DISTINCT t.later, t.key FROM " + ties + " t WHERE t.later IN (SELECT key FROM asked WHERE entity = " + engine.Lit(e.ID) + ") AND t.later NOT IN (SELECT later FROM judged)"
		if err := w.Session.Exec(ctx, "targets", q); err != nil {
			return fmt.Errorf("release %d, entity %s: %w", r.Version, e.ID, err)
		}
	}
	return nil
}

// laterKeys adds the later keys of the subjects that go: those that the newest release
// which knows them gives to nobody else.
func (w *rewriter) laterKeys(ctx context.Context, releases []*lake.Release, e catalog.Entity) error {
	if len(e.Keys) < 2 {
		return nil
	}
	gone := "(SELECT entity_key FROM gone_entity WHERE entity = " + engine.Lit(e.ID) + ")"
	steps := []string{"CREATE OR REPLACE TEMP TABLE candidate (later VARCHAR)", "CREATE OR REPLACE TEMP TABLE judged (later VARCHAR, mine BOOLEAN)"}
	for _, find := range []string{
		"INSERT INTO candidate SELECT DISTINCT t.later FROM %s t WHERE t.key IN " + gone + " AND t.later NOT IN " + gone + " AND t.later NOT IN (SELECT later FROM candidate)",
		"INSERT INTO judged SELECT t.later, bool_and(t.key IN " + gone + ") FROM %s t WHERE t.later IN (SELECT later FROM candidate) AND t.later NOT IN (SELECT later FROM judged) GROUP BY t.later",
	} {
		for _, r := range slices.Backward(releases) {
			ties, err := w.ties(ctx, r, e)
			if err != nil {
				return err
			}
			if ties != "" {
				steps = append(steps, fmt.Sprintf(find, ties))
			}
		}
	}
	for _, q := range append(steps, "INSERT INTO gone_entity SELECT "+engine.Lit(e.ID)+", later FROM judged WHERE mine") {
		if err := w.Session.Exec(ctx, "targets", q); err != nil {
			return err
		}
	}
	return nil
}

// ties is what a release says of an entity's later keys, as the pipeline ties them: a
// relation of later, and key, the entity key of the subject it stands for: its own
// where it is one by itself. By records that gave it, by the credit code it is within, by
// the golden record that holds it, by the table that maps it. "" where it says nothing.
func (w *rewriter) ties(ctx context.Context, r *lake.Release, e catalog.Entity) (string, error) {
	if len(e.Keys) < 2 {
		return "", nil
	}
	var parts []string
	crosswalk, golden := r.Datasets["entity/"+e.ID+"/crosswalk"], r.Datasets["entity/"+e.ID]
	paths, err := w.Cache.Files(ctx, crosswalk)
	if err != nil {
		return "", err
	}
	if len(paths) > 0 && has(crosswalk, "own_key", "decision") {
		parts = append(parts, "SELECT own_key AS later, entity_key AS key FROM "+engine.Parquet(paths)+" WHERE own_key IS NOT NULL AND decision IS NULL")
	}
	if paths, err = w.Cache.Files(ctx, golden); err != nil {
		return "", err
	}
	if len(paths) > 0 {
		parts = append(parts, w.goldenTies(e, golden, engine.Parquet(paths))...)
	}
	for route := range e.Keys {
		from, err := w.mapped(ctx, r, e, route)
		if err != nil {
			return "", err
		}
		if from != "" {
			parts = append(parts, "SELECT later, key FROM (SELECT "+w.keyOf(e, route, "m.q")+" AS later, "+w.keyOf(e, 0, "m.k")+" AS key FROM "+from+" m) WHERE later IS NOT NULL AND key IS NOT NULL")
		}
	}
	if len(parts) == 0 {
		return "", nil
	}
	return "(" + strings.Join(parts, " UNION ALL ") + ")", nil
}

// goldenTies are the ties of golden records: each later key that is a subject of its own,
// those they hold, and the organisation codes within credit codes.
func (w *rewriter) goldenTies(e catalog.Entity, golden lake.Dataset, from string) []string {
	var own []string
	for _, code := range e.Keys[1:] {
		own = append(own, "starts_with(entity_key, "+engine.Lit(code+":")+")")
	}
	single := "(" + strings.Join(own, " OR ") + ")"
	parts := []string{"SELECT entity_key AS later, entity_key AS key FROM " + from + " WHERE " + single}
	tied := func(route int, text string) {
		key := w.keyOf(e, route, text)
		parts = append(parts, "SELECT "+key+" AS later, entity_key AS key FROM "+from+" WHERE NOT "+single+" AND "+key+" IS NOT NULL")
	}
	for route, code := range e.Keys {
		if route == 0 {
			continue
		}
		if el := w.Project.Element(code); el != nil && el.Entity == e.ID && has(golden, el.Column) {
			tied(route, engine.Ident(el.Column))
		}
		if r := e.Route(code); r != nil && r.Form == catalog.FormOrganisationCode {
			tied(route, "CASE WHEN length(entity_key) = 18 THEN entity_key END")
		}
	}
	return parts
}

// mapped is the relation of a route's table of numbers, q and the first key k it stands
// for; "" where there is none.
func (w *rewriter) mapped(ctx context.Context, r *lake.Release, e catalog.Entity, route int) (string, error) {
	rule := e.Route(e.Keys[route])
	if route == 0 || rule == nil || rule.Mapping == nil || w.Keys.Of == nil {
		return "", nil
	}
	if t := w.Project.Codes[rule.Mapping.Codes]; t != nil {
		return w.Keys.Codes(t), nil
	}
	d := r.Datasets["standard/"+rule.Mapping.Resource]
	if !has(d, rule.Mapping.From, rule.Mapping.To) {
		return "", nil
	}
	paths, err := w.Cache.Files(ctx, d)
	if err != nil || len(paths) == 0 {
		return "", err
	}
	return w.Keys.Items(engine.Parquet(paths), rule.Mapping.From, rule.Mapping.To), nil
}
