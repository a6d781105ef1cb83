package erase

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
)

// Target is what is to be erased: a record of a resource by its record key, or an
// entity's golden record by its key, with every record that speaks of it.
type Target struct {
	Resource string
	Entity   string
	Key      string // a key of several columns as a JSON array of texts
}

// textPart is how long a part of a key must be for it to be looked for in the text of
// rows that could not be read: a shorter one would be found by chance.
const textPart = 8

// targets fills the tables that say what goes: gone_record (resource, record_key,
// hash), gone_text (resource, part) and gone_entity (entity, entity_key). Keys are
// bound, never part of a statement.
func (w *rewriter) targets(ctx context.Context, releases []*lake.Release, targets []Target) error {
	w.records = true
	for _, q := range []string{
		"CREATE OR REPLACE TEMP TABLE gone_record (resource VARCHAR, record_key VARCHAR, hash VARCHAR)",
		"CREATE OR REPLACE TEMP TABLE gone_text (resource VARCHAR, part VARCHAR)",
		"CREATE OR REPLACE TEMP TABLE gone_entity (entity VARCHAR, entity_key VARCHAR)",
		"CREATE OR REPLACE TEMP TABLE given (n INTEGER, entity VARCHAR, key VARCHAR, text VARCHAR, upper VARCHAR, lifted VARCHAR)",
		"CREATE OR REPLACE TEMP TABLE asked (n INTEGER, entity VARCHAR, key VARCHAR, later BOOLEAN)",
	} {
		if err := w.Session.Exec(ctx, "targets", q); err != nil {
			return err
		}
	}
	entities := map[string]bool{}
	var records [][]any
	for _, t := range targets {
		if err := known(releases, t); err != nil {
			return err
		}
		if t.Entity != "" {
			entities[t.Entity] = true
			continue
		}
		key, err := recordOf(t)
		if err != nil {
			return err
		}
		records = append(records, []any{t.Resource, key, ""})
	}
	if err := w.bindAll(ctx, "gone_record", records); err != nil {
		return err
	}
	if len(entities) > 0 {
		ids := slices.Sorted(maps.Keys(entities))
		if err := w.asked(ctx, targets, ids); err != nil {
			return err
		}
		if err := w.speaking(ctx, releases, ids); err != nil {
			return err
		}
	}
	if err := w.spread(ctx); err != nil {
		return err
	}
	return w.orders(ctx, releases)
}

// known refuses resources and entities that no release has.
func known(releases []*lake.Release, t Target) error {
	for _, r := range releases {
		if _, ok := r.Resources[t.Resource]; ok && t.Entity == "" {
			return nil
		}
		if _, ok := r.Datasets["entity/"+t.Entity]; ok && t.Entity != "" {
			return nil
		}
	}
	if t.Entity != "" {
		return fault.New(fault.Config, "lake.erase.entity", t.Entity)
	}
	return fault.New(fault.Config, "lake.erase.resource", t.Resource)
}

// recordOf is a record's key as releases have it in one column.
func recordOf(t Target) (string, error) {
	var parts []string
	if !strings.HasPrefix(t.Key, "[") || json.Unmarshal([]byte(t.Key), &parts) != nil {
		parts = []string{t.Key}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(parts)
	return strings.TrimSpace(b.String()), err
}

// bind runs a statement with values that no error shows.
func (w *rewriter) bind(ctx context.Context, query string, args ...any) error {
	rows, err := w.Session.Query(ctx, "targets", query, args...)
	if err != nil {
		return err
	}
	return rows.Close()
}

// speaking adds, for the entities' targets, the keys they had in other releases and
// every record that speaks of them: by the crosswalks, and by the columns that hold
// the entity's key, linked or not.
func (w *rewriter) speaking(ctx context.Context, releases []*lake.Release, ids []string) error {
	if err := w.named(ctx, releases, ids); err != nil {
		return err
	}
	for _, id := range ids {
		if err := w.otherKeys(ctx, releases, id); err != nil {
			return err
		}
	}
	for _, step := range []func(context.Context, *lake.Release, string) error{w.crossed, w.mentioned} {
		for _, r := range releases {
			for _, id := range entitiesOf(r) {
				if !slices.Contains(ids, id) {
					continue
				}
				if err := step(ctx, r, id); err != nil {
					return fmt.Errorf("release %d, entity %s: %w", r.Version, id, err)
				}
			}
		}
	}
	return nil
}

// once reports whether a query over some files was not run yet.
func (w *rewriter) once(what string, d lake.Dataset) bool {
	for _, f := range d.Files {
		what += " " + f.SHA256
	}
	if _, ok := w.files[what]; ok {
		return false
	}
	w.files[what] = made{}
	return true
}

func (w *rewriter) crossed(ctx context.Context, r *lake.Release, id string) error {
	d := r.Datasets["entity/"+id+"/crosswalk"]
	if len(r.Sources) == 0 || !w.once("crosswalk "+strings.Join(r.Sources, ","), d) {
		return nil
	}
	paths, err := w.Cache.Files(ctx, d)
	if err != nil || len(paths) == 0 {
		return err
	}
	var values []string
	for n, s := range r.Sources {
		resource, _, _ := strings.Cut(s, "#")
		values = append(values, fmt.Sprintf("(%d, %s)", n, engine.Lit(resource)))
	}
	own := ""
	if has(d, "own_key") { // a record that came to another key by a decision is found by its own too
		own = " OR x.own_key IN (SELECT entity_key FROM gone_entity WHERE entity = " + engine.Lit(id) + ")"
	}
	return w.Session.Exec(ctx, "targets", "INSERT INTO gone_record SELECT DISTINCT s.resource, x.record_key, '' FROM "+engine.Parquet(paths)+" x JOIN (VALUES "+
		strings.Join(values, ", ")+") s(n, resource) ON s.n = x.source WHERE x.entity_key IN (SELECT entity_key FROM gone_entity WHERE entity = "+engine.Lit(id)+")"+own)
}

// mentioned looks into every image for rows whose key column of the entity holds a key
// that goes, in any form the pipeline takes for it.
func (w *rewriter) mentioned(ctx context.Context, r *lake.Release, id string) error {
	for name, d := range r.Datasets {
		resource := resourceOf(name)
		columns := w.entityColumns(d, resource, id)
		if resource == "" || len(columns) == 0 || !w.once("mentioned "+id+" "+name, d) {
			continue
		}
		key, hash := "''", "''"
		switch keys := w.keys(r, resource); {
		case has(d, "_hash"):
			hash = engine.Ident("_hash")
		case has(d, "_key"):
			hash = "split_part(" + engine.Ident("_key") + ", '-', 1)"
		default:
			i := slices.IndexFunc(keys, func(k []string) bool { return has(d, k...) })
			if i < 0 {
				continue
			}
			key = recordKey(keys[i])
		}
		paths, err := w.Cache.Files(ctx, d)
		if err != nil {
			return err
		}
		for _, c := range columns {
			for _, given := range w.keysOf(w.entityOf(id), c.route, engine.Ident(c.name)) {
				q := "INSERT INTO gone_record SELECT DISTINCT " + engine.Lit(resource) + ", " + key + ", " + hash + " FROM " + engine.Parquet(paths) +
					" WHERE " + given + " IN (SELECT entity_key FROM gone_entity WHERE entity = " + engine.Lit(id) + ")"
				if err := w.Session.Exec(ctx, "targets", q); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// keyColumn is a column that holds an entity's key of a route.
type keyColumn struct {
	name  string
	route int
}

// entityColumns are the columns of a dataset that hold an entity's keys: by their
// element, by the catalogue's subjects, and of the tables that map one key to another.
func (w *rewriter) entityColumns(d lake.Dataset, resource, id string) []keyColumn {
	e := w.entityOf(id)
	names := map[string]int{}
	if res := w.Project.Resource(resource); res != nil {
		for _, s := range res.Subjects {
			if s.Entity != id {
				continue
			}
			for route, code := range e.Keys {
				if item := s.Items[code]; item != "" {
					names[item] = route
				}
			}
			if it := res.Item(s.Key); it != nil {
				names[s.Key] = max(0, slices.Index(e.Keys, it.Element))
			}
		}
	}
	for route, code := range e.Keys {
		if r := e.Route(code); r != nil && r.Mapping != nil && r.Mapping.Resource == resource {
			names[r.Mapping.From], names[r.Mapping.To] = route, 0
		}
	}
	var out []keyColumn
	for _, c := range d.Columns {
		if route, ok := names[c.Name]; ok {
			out = append(out, keyColumn{c.Name, route})
		}
		if route := slices.Index(e.Keys, c.Element); c.Element != "" && route >= 0 && !slices.Contains(out, keyColumn{c.Name, route}) {
			out = append(out, keyColumn{c.Name, route})
		}
	}
	return out
}

// spread derives what else names a record: the hash of a keyless one, and the parts of
// its key, and of its subject's keys, in the text of rows that could not be read.
func (w *rewriter) spread(ctx context.Context) error {
	first := "json_extract_string(nullif(record_key, ''), '$[0]')"
	for _, q := range append([]string{
		"UPDATE gone_record SET hash = split_part(" + first + ", '-', 1) WHERE hash = '' AND regexp_full_match(" + first + ", '[0-9a-f]{32}(-[0-9]+)?')",
		"INSERT INTO gone_text SELECT DISTINCT resource, part FROM (SELECT resource, unnest(from_json(nullif(record_key, ''), '[\"VARCHAR\"]')) AS part FROM gone_record WHERE hash = '')",
	}, w.wordsSQL()...) {
		if err := w.Session.Exec(ctx, "targets", q); err != nil {
			return err
		}
	}
	return w.Session.Exec(ctx, "targets", fmt.Sprintf("CREATE OR REPLACE TEMP TABLE gone_text AS SELECT DISTINCT resource, %s AS part FROM gone_text WHERE length(part) >= %d", asText("part"), textPart))
}

// wordsSQL are the steps that add the subjects' keys, as anybody may write them: without
// the element's code, a citizen number with 15 digits, an organisation code with its
// hyphen.
func (w *rewriter) wordsSQL() []string {
	key := "entity_key"
	for _, e := range w.Project.Entities {
		for _, code := range e.Keys[min(1, len(e.Keys)):] {
			key = "CASE WHEN e.entity = " + engine.Lit(e.ID) + " AND starts_with(entity_key, " + engine.Lit(code+":") + ") THEN substr(entity_key, " + fmt.Sprint(len(code)+2) + ") ELSE " + key + " END"
		}
	}
	var out []string
	for _, word := range []string{
		"word",
		"CASE WHEN regexp_full_match(word, '[0-9]{6}(18|19)[0-9]{9}[0-9Xx]') THEN left(word, 6) || substr(word, 9, 9) END",
		"CASE WHEN regexp_full_match(word, '[0-9A-Za-z]{9}') THEN left(word, 8) || '-' || right(word, 1) END",
	} {
		out = append(out, "INSERT INTO gone_text SELECT DISTINCT r.resource, "+word+" FROM (SELECT DISTINCT resource FROM gone_record) r, (SELECT "+key+" AS word FROM gone_entity e)")
	}
	return out
}

// asText is a text as it is searched: capitals, digits of half width.
func asText(expr string) string {
	return "translate(upper(" + expr + "), '０１２３４５６７８９ＸＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＴＵＷＹ－', '0123456789XABCDEFGHJKLMNPQRTUWY-')"
}

// ValidKey refuses keys that can name nothing.
func ValidKey(key string) bool {
	return key != "" && len(key) <= 4096 && utf8.ValidString(key)
}
