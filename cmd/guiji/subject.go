package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/ident"
	"guiji/lake"
	"guiji/transforms/mask"
)

// onlooking reads a release's files for one subject: values as they are, each shown by
// its class. It is the command's own session, of which nothing is kept.
type onlooking struct {
	w      *workspace
	rel    *lake.Release
	s      *engine.Session
	reveal bool
}

func (w *workspace) lookAt(ctx context.Context, rel *lake.Release, reveal bool) (*onlooking, error) {
	d := w.project.Config.Defaults
	s, err := engine.Open(ctx, engine.Options{Temp: cmp.Or(w.cache.Passing(), w.project.Scratch()), Memory: d.Memory, Threads: d.Threads})
	if err != nil {
		return nil, err
	}
	return &onlooking{w: w, rel: rel, s: s, reveal: reveal}, nil
}

func (l *onlooking) close() error { return l.s.Close() }

// relation is a dataset as SQL; "" where the release has none.
func (l *onlooking) relation(ctx context.Context, dataset string) (string, error) {
	sql, _, err := l.w.relation(ctx, l.rel, dataset)
	return sql, err
}

// texts are a query's rows, every column as text or nil.
func (l *onlooking) texts(ctx context.Context, step, query string, args ...any) ([][]*string, error) {
	var out [][]*string
	err := l.s.EachText(ctx, step, query, func(row []*string) error {
		out = append(out, row)
		return nil
	}, args...)
	return out, err
}

// shown is a value as whoever asked may see it: masked by its class, or revealed. nil
// stays nil.
func (l *onlooking) shown(ctx context.Context, class catalog.Privacy, kind string, value *string) (*string, error) {
	if value == nil || l.reveal || class == catalog.PrivacyNone {
		return value, nil
	}
	rows, err := l.texts(ctx, "mask", "SELECT CAST("+mask.Expression(class, kind, "v")+" AS VARCHAR) FROM (SELECT CAST(? AS "+kind+") AS v)", *value)
	if err != nil {
		return nil, err
	}
	if rows[0][0] == nil { // a class that shows nothing of this type
		stars := "****"
		return &stars, nil
	}
	return rows[0][0], nil
}

// subject is one golden record.
type subject struct {
	Entity   *catalog.Entity
	GoldenID string
	Key      string
}

// fingerprint names a subject in the audit chain without its key.
func (s subject) fingerprint() string {
	sum := sha256.Sum256([]byte(s.Entity.ID + "\x00" + s.Key))
	return s.Entity.ID + " sha256:" + hex.EncodeToString(sum[:8])
}

// readKey is a key of the command line; "-" is the first line of standard input, so
// that a number need not stand in a shell's history.
func readKey(key string, in io.Reader) (string, error) {
	if key == "-" {
		line, err := bufio.NewReader(in).ReadString('\n')
		if err != nil && err != io.EOF {
			return "", err
		}
		key = line
	}
	key = strings.TrimSpace(key)
	if key == "" {
		return "", fault.New(fault.Config, "subject.empty")
	}
	return key, nil
}

// entity finds a kind of subject by id or name.
func (w *workspace) entity(name string) (*catalog.Entity, error) {
	var known []string
	for i := range w.project.Entities {
		e := &w.project.Entities[i]
		if e.ID == name || e.Name == name {
			return e, nil
		}
		known = append(known, e.ID)
	}
	return nil, fault.New(fault.Config, "subject.entity", name).Try("subject.entity.hint", strings.Join(known, ", "))
}

// element finds a data element of an entity by code, column or name.
func (w *workspace) element(e *catalog.Entity, name string) (*catalog.Element, error) {
	var known []string
	for i := range w.project.Elements {
		el := &w.project.Elements[i]
		if el.Entity != e.ID {
			continue
		}
		if el.Code == name || el.Column == name || el.Name == name {
			return el, nil
		}
		known = append(known, el.Code+" "+el.Name)
	}
	return nil, fault.New(fault.Config, "subject.element", name, e.ID).Try("subject.element.hint", strings.Join(known, ", "))
}

// find finds the golden record that a key names: by golden id or entity key, by the key
// of any route, by a key that a record gave itself before it was linked. No entity
// looks through all. No error shows the key.
func (l *onlooking) find(ctx context.Context, only *catalog.Entity, key string) (*subject, error) {
	var found []subject
	for i := range l.w.project.Entities {
		e := &l.w.project.Entities[i]
		if only != nil && only.ID != e.ID {
			continue
		}
		if _, ok := l.rel.Datasets["entity/"+e.ID]; !ok {
			if only != nil {
				return nil, fault.New(fault.Config, "subject.never", e.ID, releaseName(l.rel.Version))
			}
			continue
		}
		some, err := l.findIn(ctx, e, key)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	switch len(found) {
	case 1:
		return &found[0], nil
	case 0:
		return nil, fault.New(fault.Config, "subject.none", releaseName(l.rel.Version)).Try("subject.none.hint")
	}
	return nil, fault.New(fault.Config, "subject.many", len(found), releaseName(l.rel.Version)).Try("subject.many.hint")
}

// findIn tries the ways a subject may be named, the surest first.
func (l *onlooking) findIn(ctx context.Context, e *catalog.Entity, key string) ([]subject, error) {
	golden, err := l.relation(ctx, "entity/"+e.ID)
	if err != nil {
		return nil, err
	}
	crosswalk, err := l.relation(ctx, "entity/"+e.ID+"/crosswalk")
	if err != nil {
		return nil, err
	}
	id, err := l.current(ctx, e.ID, key)
	if err != nil {
		return nil, err
	}
	for _, way := range l.ways(e, golden, crosswalk, id, key) {
		rows, err := l.texts(ctx, "find", way.query+" ORDER BY 2 LIMIT 10", way.args...)
		if err != nil {
			return nil, err
		}
		var out []subject
		for _, r := range rows {
			out = append(out, subject{Entity: e, GoldenID: *r[0], Key: *r[1]})
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}

// way is a query that may find a subject.
type way struct {
	query string
	args  []any
}

// ways are the queries that find a key, the surest first.
func (l *onlooking) ways(e *catalog.Entity, golden, crosswalk, id, key string) []way {
	var keys, spelled []any
	for _, k := range spellings(key) {
		keys, spelled = append(keys, k), append(spelled, k)
		for _, code := range e.Keys[min(1, len(e.Keys)):] {
			keys = append(keys, code+":"+k)
		}
	}
	in := strings.TrimSuffix(strings.Repeat("?, ", len(keys)), ", ")
	out := []way{
		{"SELECT golden_id, entity_key FROM " + golden + " WHERE golden_id = ? OR entity_key = ?", []any{id, key}},
		{"SELECT golden_id, entity_key FROM " + golden + " WHERE entity_key IN (" + in + ")", keys},
	}
	if l.has("entity/"+e.ID+"/crosswalk", "own_key") {
		out = append(out, way{"SELECT DISTINCT golden_id, entity_key FROM " + crosswalk + " WHERE own_key IN (" + in + ")", keys})
	}
	if within := strings.ToUpper(strings.ReplaceAll(key, "-", "")); len(within) == 9 && slices.ContainsFunc(e.Routes, func(r catalog.KeyRoute) bool { return r.Form == catalog.FormOrganisationCode }) {
		out = append(out, way{"SELECT golden_id, entity_key FROM " + golden + " WHERE length(entity_key) = 18 AND substr(entity_key, 9, 9) = ?", []any{within}})
	}
	for _, el := range l.w.project.Elements {
		if el.Entity == e.ID && l.w.project.Linking(el.Code) && l.has("entity/"+e.ID, el.Column) {
			out = append(out, way{"SELECT golden_id, entity_key FROM " + golden + " WHERE CAST(" + engine.Ident(el.Column) + " AS VARCHAR) IN (" + strings.TrimSuffix(strings.Repeat("?, ", len(spelled)), ", ") + ")", spelled})
		}
	}
	return out
}

// spellings are the ways a key may stand in a release: as it is given; a citizen number
// of 15 digits as the one of 18 that took its place, and one of 18 with the capital X
// that belongs at its end; codes in capitals.
func spellings(key string) []string {
	out := []string{key}
	long, _ := ident.LiftCitizenID(key)
	for _, other := range []string{long, strings.ToUpper(key)} {
		if !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	return out
}

// has tells whether a dataset of the release has a column.
func (l *onlooking) has(dataset, column string) bool {
	for _, c := range l.rel.Datasets[dataset].Columns {
		if c.Name == column {
			return true
		}
	}
	return false
}

// current is the golden id that an id's subject has now: another where it was merged.
func (l *onlooking) current(ctx context.Context, entity, id string) (string, error) {
	aliases, err := l.relation(ctx, "entity/"+entity+"/aliases")
	if err != nil || aliases == "" {
		return id, err
	}
	rows, err := l.texts(ctx, "alias", "SELECT current_id FROM "+aliases+" WHERE golden_id = ?", id)
	if err != nil || len(rows) == 0 {
		return id, err
	}
	return *rows[0][0], nil
}
