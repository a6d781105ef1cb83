package erase_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/lake/erase"
	"guiji/lake/localdir"
)

// world is a store of three releases in which two departments speak of three persons:
// one by a key, one without.
type world struct {
	*testing.T
	objs  lake.Objects
	cache *lake.Cache
	s     *engine.Session
	in    erase.Input
	n     int
}

const (
	wang, li, zhao = "371502199001010012", "371502199203040023", "371502198507150034"
	hash           = "0123456789abcdef0123456789abcde"
)

var now = time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)

// tables are those of a release: the rows of zhao come with the second.
func tables(v int) map[string]lake.Dataset {
	more := func(rows ...string) string {
		if v < 2 {
			return ""
		}
		return ", " + strings.Join(rows, ", ")
	}
	q := func(columns, rows, order string) lake.Dataset {
		return lake.Dataset{Label: "SELECT * FROM (VALUES " + rows + ") t(" + columns + ")" + order}
	}
	resident := "(10, '" + wang + "', '王'), (20, '" + li + "', '李')" + more("(30, '"+zhao+"', '赵')")
	low := "('" + li + "', 'lvx', '" + hash + "1'), ('" + li + "', 'lvx', '" + hash + "1'), ('" + wang + "', 'lvy', '" + hash + "2')"
	return map[string]lake.Dataset{
		"raw/gongan/resident":                q("id, citizen_id, name", resident, " ORDER BY id DESC"),
		"standard/gongan/resident":           q("id, citizen_id, name", resident, " ORDER BY id"),
		"quality/gongan/resident/failures":   q("id, rule, version", "(20, 'a', '1'), (10, 'b', '1')", " ORDER BY rule, id"),
		"quality/gongan/resident/duplicates": q("id, kept", "(21, '[\"20\"]'), (11, '[\"10\"]')", ""),
		"quality/gongan/resident/metrics":    q("rule, a", "('a', 1)", ""),
		"quality/gongan/resident/quarantine": q(`"key", "column", "text", reason, place`, "('id=20', 'name', '?', 'r', 'p'), ('[\"20\"]', 'name', '!', 'r', 'p'), ('', '', 'cut "+li+" off', 'r', 'p'), ('id=200', 'name', '200', 'r', 'p')", ""),
		"raw/minzheng/low":                   q("citizen_id, what, _hash", low, ""),
		"standard/minzheng/low":              q("citizen_id, what, _key", "('"+li+"', 'lvx', '"+hash+"1-1'), ('"+wang+"', 'lvy', '"+hash+"2-1')", ""),
		"entity/person":                      q("golden_id, entity_key, name, name__from, level, level__from, homes, homes__from", "('g1', '"+wang+"', '王', 0, 'lvy', 1, ['甲', '乙'], [0, 1]), ('g2', '"+li+"', '李', 0, 'lvx', 1, ['丙'], [1])"+more("('g3', '"+zhao+"', '赵', 0, NULL, NULL, ['丁'], [0])"), ""),
		"entity/person/problems":             q("kind, reason, source, record_key, element, decision, records", "('invalid_key', 'check', 0, '[\"20\"]', 'E', NULL, 1), ('invalid_key', 'form', 1, '[\""+hash+"2-1\"]', 'E', NULL, 1), ('decision_unmatched', 'entity_key', NULL, NULL, NULL, 'L1', NULL)", ""),
		"entity/person/events":               q("golden_id, kind, other_id, since", "('g0', 'merged', 'g2', 1), ('g1', 'rekeyed', 'g9', 1)"+more("('g2', 'split', 'g1', 2), ('g3', 'returned', NULL, 2)"), ""),
		"entity/person/aliases":              q("golden_id, current_id", "('g0', 'g2'), ('g8', 'g1')", ""),
		"entity/person/doubts":               q("entity_key, element, record_key, other_value, held_by", "('"+li+"', 'DE2', '[\"20\"]', 'b', 'minzheng/low'), ('"+wang+"', 'DE2', '[\"10\"]', 'b', 'minzheng/low')", ""),
		"entity/person/crosswalk":            q("golden_id, entity_key, source, record_key, votes", "('g1', '"+wang+"', 0, '[\"10\"]', true), ('g1', '"+wang+"', 1, '[\""+hash+"2-1\"]', true), ('g2', '"+li+"', 0, '[\"20\"]', true), ('g2', '"+li+"', 1, '[\""+hash+"1-1\"]', true)"+more("('g3', '"+zhao+"', 0, '[\"30\"]', true)"), ""),
		"entity/person/conflicts":            q("entity_key, element, holder, record_key, holder_value, authority, authority_value", "('"+li+"', 'DE2', 1, '[\""+hash+"1-1\"]', 'b', 0, 'a'), ('"+wang+"', 'DE2', 1, '[\""+hash+"2-1\"]', 'b', 0, 'a')", ""),
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	objs, err := localdir.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := lake.NewCache(objs, t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w := &world{T: t, objs: objs, cache: cache, s: s}
	w.in = erase.Input{Objects: objs, Chain: lake.NewChain(objs), Cache: cache, Session: s, Scratch: t.TempDir(), Project: &catalog.Project{
		Entities: []catalog.Entity{{ID: "person", Keys: []string{"DE0001"}}},
	}}
	for v := 1; v <= 3; v++ {
		w.commit(v)
	}
	return w
}

func (w *world) commit(v int) {
	w.Helper()
	w.release(v, tables(v))
}

// release commits a release of tables.
func (w *world) release(v int, tables map[string]lake.Dataset) {
	w.Helper()
	r := &lake.Release{Version: uint64(v), Created: now.AddDate(0, 0, v-10), RunID: "r", Pipeline: "p", Slots: []string{}, Sources: []string{"gongan/resident", "minzheng/low"},
		Datasets: map[string]lake.Dataset{}, Resources: map[string]lake.Resource{"gongan/resident": {}, "minzheng/low": {}}}
	for name, d := range tables {
		path := filepath.Join(w.TempDir(), "f.parquet")
		rows, err := w.s.CopyQuery(w.Context(), name, d.Label, path, engine.ParquetOptions{Metadata: map[string]string{"rules": name}})
		if err != nil {
			w.Fatal(err)
		}
		w.n++
		f, err := lake.Upload(w.Context(), w.objs, fmt.Sprintf("data/%s/s/%d/0.parquet", name, w.n), path, rows)
		if err != nil {
			w.Fatal(err)
		}
		layer, rest, _ := strings.Cut(name, "/")
		d = lake.Dataset{Layer: layer, Table: strings.ReplaceAll(rest, "/", "__"), Files: []lake.File{f}, Rows: rows, Since: r.Version, Columns: w.columns(path)}
		switch name {
		case "standard/gongan/resident":
			d.Sorted = []string{"id"}
		case "standard/minzheng/low":
			d.Sorted = []string{"_key"}
		}
		r.Datasets[name] = d
	}
	if err := w.in.Chain.Commit(w.Context(), r); err != nil {
		w.Fatal(err)
	}
}

func (w *world) columns(path string) (out []lake.Column) {
	w.Helper()
	rows, err := w.s.Query(w.Context(), "t", "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "+engine.Parquet([]string{path})+")")
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c lake.Column
		if err := rows.Scan(&c.Name, &c.Type); err != nil {
			w.Fatal(err)
		}
		if c.Name == "citizen_id" {
			c.Element = "DE0001"
		}
		out = append(out, c)
	}
	return out
}

// content is a dataset of a release as text, a row a line.
func (w *world) content(v uint64, name string) string {
	w.Helper()
	r, err := w.in.Chain.At(w.Context(), v)
	if err != nil {
		w.Fatal(err)
	}
	files, err := w.cache.Files(w.Context(), r.Datasets[name])
	if err != nil {
		w.Fatal(err)
	}
	var out *string
	if err := w.s.Row(w.Context(), "t", "SELECT string_agg(t::VARCHAR, chr(10)) FROM "+engine.Parquet(files)+" t", &out); err != nil {
		w.Fatal(err)
	}
	if out == nil {
		return ""
	}
	return *out
}

// mentioned lists the datasets, over all releases, in which a text occurs.
func (w *world) mentioned(texts ...string) (out []string) {
	w.Helper()
	all, err := w.in.Chain.Releases(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range all {
		for name := range r.Datasets {
			for _, t := range texts {
				if strings.Contains(w.content(r.Version, name), t) {
					out = append(out, fmt.Sprintf("%d %s: %s", r.Version, name, t))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func (w *world) verified() (damage, notes []string) {
	w.Helper()
	all, _, err := lake.Verify(w.Context(), w.objs, lake.VerifyOptions{ReadData: 1})
	if err != nil {
		w.Fatal(err)
	}
	for _, p := range all {
		if s := p.Key + " " + string(p.What); p.Orphan {
			notes = append(notes, s)
		} else {
			damage = append(damage, s)
		}
	}
	return damage, notes
}

func (w *world) erase(in erase.Input, targets ...erase.Target) (*erase.Outcome, error) {
	return erase.Erase(w.Context(), in, targets, "he asked", lake.By{RunID: "erase", Pipeline: "_erase", Now: now})
}

func TestAPersonLeaves(t *testing.T) {
	w := newWorld(t)
	others := w.mentioned(wang, zhao, "王", "赵")
	out, err := w.erase(w.in, erase.Target{Entity: "person", Key: li})
	if err != nil || out.Release != 4 || !slices.Equal(out.Releases, []uint64{1, 2, 3}) {
		t.Fatalf("%+v, %v", out, err)
	}
	if left := w.mentioned(li, "李", hash+"1", "[20]", `"20"`, "id=20,"); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	for _, v := range []uint64{1, 4} {
		if got := w.content(v, "quality/gongan/resident/quarantine"); !strings.Contains(got, "id=200") || strings.Count(got, "\n") != 0 {
			t.Errorf("quarantine of release %d: %s", v, got)
		}
		if got := w.content(v, "quality/gongan/resident/duplicates"); strings.Count(got, "\n") != 0 {
			t.Errorf("duplicates of release %d: %s", v, got)
		}
	}
	still := slices.DeleteFunc(w.mentioned(wang, zhao, "王", "赵"), func(s string) bool { return strings.HasPrefix(s, "4 ") })
	if !slices.Equal(still, others) {
		t.Errorf("others: %q, were %q", still, others)
	}
	if got := w.content(2, "raw/gongan/resident"); strings.Index(got, zhao) > strings.Index(got, wang) {
		t.Errorf("the order changed: %s", got)
	}
	r, err := w.in.Chain.At(t.Context(), 2)
	if err != nil || len(r.Erasures) != 1 || r.Erasures[0].Reason != "he asked" || r.Erasures[0].Rows == 0 || r.Resources["gongan/resident"].Landed != 2 {
		t.Errorf("release 2: %+v, %v", r, err)
	}
	paths, err := w.cache.Files(t.Context(), r.Datasets["raw/gongan/resident"])
	if err != nil {
		t.Fatal(err)
	}
	if got, err := w.s.Metadata(t.Context(), paths[0], "rules"); err != nil || got != "raw/gongan/resident" {
		t.Errorf("metadata %q, %v", got, err)
	}
	if damage, notes := w.verified(); len(damage)+len(notes) > 0 {
		t.Errorf("verify: %q %q", damage, notes)
	}
}

// A record leaves; the golden record stays with what others say.
func TestARecordLeaves(t *testing.T) {
	w := newWorld(t)
	if _, err := w.erase(w.in, erase.Target{Resource: "gongan/resident", Key: "20"}); err != nil {
		t.Fatal(err)
	}
	if left := w.mentioned("李", `"20"`); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if got := w.content(1, "entity/person"); !strings.Contains(got, li) || !strings.Contains(got, "lvx") || !strings.Contains(got, "[丙]") || strings.Count(got, "NULL") != 2 {
		t.Errorf("golden: %s", got)
	}
	if got := w.content(1, "entity/person/conflicts"); strings.Contains(got, li) {
		t.Errorf("conflicts: %s", got)
	}
	if got := w.content(1, "entity/person/doubts"); strings.Contains(got, li) || !strings.Contains(got, wang) {
		t.Errorf("doubts: %s", got)
	}
	if got := w.content(1, "raw/minzheng/low"); !strings.Contains(got, li) {
		t.Error("another department's record left too")
	}
}

func TestAResourceIsWithdrawn(t *testing.T) {
	w := newWorld(t)
	all, err := w.in.Chain.Releases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	edits, staged, err := erase.Withdraw(t.Context(), w.in, now, all, map[string]string{"minzheng/low": "purpose ended"})
	if err != nil || len(edits) != 3 {
		t.Fatalf("%d releases, %v", len(edits), err)
	}
	if _, err := w.in.Chain.Amend(t.Context(), edits[2].Successor(lake.By{RunID: "gc", Pipeline: "_gc", Now: now}), all, edits, staged); err != nil {
		t.Fatal(err)
	}
	if left := w.mentioned("lvx", "lvy", hash); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if got := w.content(4, "entity/person"); !strings.Contains(got, "王") || !strings.Contains(got, "李") {
		t.Errorf("golden: %s", got)
	}
	for o := range w.objs.List(t.Context(), "data/raw/minzheng/low/") {
		t.Errorf("%s is still there", o.Key)
	}
	if damage, notes := w.verified(); len(damage)+len(notes) > 0 {
		t.Errorf("verify: %q %q", damage, notes)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	w := newWorld(t)
	for _, c := range []erase.Target{{Entity: "person", Key: "secret-9"}, {Resource: "gongan/resident", Key: "secret-9"}, {Resource: "gongan/other", Key: "secret-9"},
		{Entity: "other", Key: "secret-9"}, {Resource: "gongan/resident", Key: `["secret-9`}, {Resource: "gongan/resident", Key: `["secret-9","b"]`}} {
		if _, err := w.erase(w.in, c); fault.KindOf(err) != fault.Config || strings.Contains(err.Error(), "secret-9") {
			t.Errorf("%s%s: %v", c.Entity, c.Resource, err)
		}
	}
	if damage, notes := w.verified(); len(damage)+len(notes) > 0 {
		t.Errorf("verify: %q %q", damage, notes)
	}
}
