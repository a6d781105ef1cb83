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
	} {
		if err := w.Session.Exec(ctx, "targets", q); err != nil {
			return err
		}
	}
	entities := map[string]bool{}
	for _, t := range targets {
		if err := known(releases, t); err != nil {
			return err
		}
		if t.Entity != "" {
			entities[t.Entity] = true
			if err := w.bind(ctx, "INSERT INTO gone_entity VALUES (?, ?)", t.Entity, t.Key); err != nil {
				return err
			}
			continue
		}
		if err := w.record(ctx, t); err != nil {
			return err
		}
	}
	if len(entities) > 0 {
		if err := w.speaking(ctx, releases, entities); err != nil {
			return err
		}
	}
	return w.spread(ctx)
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

// record adds a record by its key.
func (w *rewriter) record(ctx context.Context, t Target) error {
	var parts []string
	if !strings.HasPrefix(t.Key, "[") || json.Unmarshal([]byte(t.Key), &parts) != nil {
		parts = []string{t.Key}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(parts); err != nil {
		return err
	}
	return w.bind(ctx, "INSERT INTO gone_record VALUES (?, ?, '')", t.Resource, strings.TrimSpace(b.String()))
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
func (w *rewriter) speaking(ctx context.Context, releases []*lake.Release, entities map[string]bool) error {
	for _, id := range slices.Sorted(maps.Keys(entities)) {
		if err := w.otherKeys(ctx, releases, id); err != nil {
			return err
		}
	}
	for _, step := range []func(context.Context, *lake.Release, string) error{w.crossed, w.mentioned} {
		for _, r := range releases {
			for _, id := range entitiesOf(r) {
				if !entities[id] {
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
// that goes.
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
			q := "INSERT INTO gone_record SELECT DISTINCT " + engine.Lit(resource) + ", " + key + ", " + hash + " FROM " + engine.Parquet(paths) +
				" WHERE CAST(" + engine.Ident(c) + " AS VARCHAR) IN (SELECT entity_key FROM gone_entity WHERE entity = " + engine.Lit(id) + ")"
			if err := w.Session.Exec(ctx, "targets", q); err != nil {
				return err
			}
		}
	}
	return nil
}

// entityColumns are the columns of a dataset that hold an entity's key: by their
// element, and by the catalogue's subjects.
func (w *rewriter) entityColumns(d lake.Dataset, resource, id string) []string {
	var keys, out []string
	for _, e := range w.Project.Entities {
		if e.ID == id {
			keys = e.Keys
		}
	}
	names := map[string]bool{}
	if res := w.Project.Resource(resource); res != nil {
		for _, s := range res.Subjects {
			if s.Entity == id {
				names[s.Key] = true
			}
		}
	}
	for _, c := range d.Columns {
		if names[c.Name] || c.Element != "" && slices.Contains(keys, c.Element) {
			out = append(out, c.Name)
		}
	}
	return out
}

// spread derives what else names a record: the hash of a keyless one, and the parts of
// its key in the text of rows that could not be read.
func (w *rewriter) spread(ctx context.Context) error {
	first := "json_extract_string(nullif(record_key, ''), '$[0]')"
	for _, q := range []string{
		"UPDATE gone_record SET hash = split_part(" + first + ", '-', 1) WHERE hash = '' AND regexp_full_match(" + first + ", '[0-9a-f]{32}(-[0-9]+)?')",
		fmt.Sprintf("INSERT INTO gone_text SELECT DISTINCT resource, part FROM (SELECT resource, unnest(from_json(nullif(record_key, ''), '[\"VARCHAR\"]')) AS part FROM gone_record WHERE hash = '') WHERE length(part) >= %d", textPart),
		fmt.Sprintf("INSERT INTO gone_text SELECT DISTINCT r.resource, e.entity_key FROM gone_record r, gone_entity e WHERE length(e.entity_key) >= %d", textPart),
	} {
		if err := w.Session.Exec(ctx, "targets", q); err != nil {
			return err
		}
	}
	return nil
}

// ValidKey refuses keys that can name nothing.
func ValidKey(key string) bool {
	return key != "" && len(key) <= 4096 && utf8.ValidString(key)
}
