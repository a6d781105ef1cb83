package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guiji/internal/engine"
	"guiji/internal/testkit/mariadb"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/lake/compare"
	"guiji/lake/serving"
)

// hashes are a hash of the rows of every table people query, by the serving file.
func (d *desk) hashes() map[string]string {
	d.Helper()
	s, err := serving.Open(d.Context(), lake.Place{Dir: filepath.Join(d.dir, "serving")}, 0)
	if err != nil {
		d.Fatal(err)
	}
	defer s.Close()
	out := map[string]string{}
	for _, set := range d.head().Datasets {
		name := engine.Qualified(engine.Ident(set.Layer), set.Table)
		var h string
		if err := s.Row(d.Context(), name, "SELECT count(*) || ' ' || coalesce(sum(hash(t::VARCHAR)::HUGEINT), 0) FROM "+name+" t", &h); err != nil {
			d.Fatal(err)
		}
		out[set.Layer+"."+set.Table] = h
	}
	return out
}

// All local state can go, or be rubbish: what the store holds makes it again.
func TestRebuild(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "rebuilt")
	d.good()
	d.good()
	was := d.hashes()
	if len(was) < 10 {
		t.Fatalf("only %d tables", len(was))
	}
	home, differ := filepath.Join(d.dir, "serving"), 0
	for name, spoil := range map[string]func() error{
		"nothing is gone": func() error { return nil },
		"all is gone":     func() error { return os.RemoveAll(home) },
		"all is rubbish": func() error {
			if err := os.RemoveAll(filepath.Join(home, "cache")); err != nil {
				return err
			}
			for _, f := range []string{"cache", "CURRENT", "v000000000002.duckdb", "v000000000002.duckdb.wal", "v000000000009.duckdb", ".build-x.duckdb"} {
				if err := os.WriteFile(filepath.Join(home, f), []byte("rubbish"), 0o600); err != nil {
					return err
				}
			}
			return os.WriteFile(filepath.Join(home, "notes.txt"), []byte("a person's"), 0o600)
		},
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		e := d.guiji("rebuild", "--lang", "en")
		if e.code != 0 {
			t.Fatalf("%s: exit code %d\n%s", name, e.code, e.all())
		}
		d.contains(name, e.out, "v000000000002 rebuilt", " in ")
		for table, h := range d.hashes() {
			if was[table] != h {
				differ++
				t.Errorf("%s: %s differs", name, table)
			}
		}
		t.Logf("%s: %s", name, strings.TrimSpace(e.out))
		if name != "all is rubbish" {
			continue
		}
		if b, err := os.ReadFile(filepath.Join(home, "notes.txt")); string(b) != "a person's" || err != nil {
			t.Errorf("what guiji did not make: %q, %v", b, err)
		}
	}
	proof.Figure(t, "rebuild_differing_tables", differ)
	d.sound() // the audit chain is no cache
}

// diff counts, names no value without --reveal, and does not read what is the same.
func TestDiff(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "differ")
	d.good()
	server.Exec(t, "UPDATE differ.t_person SET xm = '李斯' WHERE id = 2", "DELETE FROM differ.t_person WHERE id = 3", "INSERT INTO differ.t_person VALUES (4, '371502200001010051', '赵六', 9)")
	d.good()
	ask := func(args ...string) (out diffed, text string) {
		e := d.guiji(append([]string{"diff"}, append(args, "--json")...)...)
		if err := json.Unmarshal([]byte(e.out), &out); err != nil || e.code != 0 {
			t.Fatalf("%q: exit code %d, %v\n%s", args, e.code, err, e.all())
		}
		return out, e.out
	}
	out, text := ask("1", "2")
	found := map[string]string{}
	for _, e := range out.Tables {
		found[e.Table] = fmt.Sprintf("%s +%d -%d ~%d", e.State, e.Counts.Added, e.Counts.Removed, e.Counts.Changed)
	}
	for table, want := range map[string]string{
		"standard.gongan__resident": "differs +1 -1 ~1", "raw.gongan__resident": "differs +1 -1 ~1", "entity.person": "differs +1 -1 ~1", "standard.gongan__house": "same +0 -0 ~0",
		"quality.gongan__resident__quarantine": "same +0 -0 ~0", "meta.items": "same +0 -0 ~0",
	} {
		if found[table] != want {
			t.Errorf("%s: %q, want %q", table, found[table], want)
		}
	}
	if _, again := ask("2", "2", "standard.gongan__resident"); !strings.Contains(again, `"same"`) {
		t.Errorf("the same release: %s", again)
	}
	for _, secret := range []string{"李斯", "3715"} {
		if strings.Contains(text, secret) {
			t.Errorf("it shows %q", secret)
		}
	}
	masked, text := ask("1", "2", "entity.person", "--rows", "9")
	if k := masked.Tables[0].Keys; len(k) != 3 || strings.Contains(text, "371502200001010051") {
		t.Errorf("masked keys: %s", text)
	}
	plain, _ := ask("v000000000001", "2", "entity.person", "-n", "9", "--reveal", "--reason", "test")
	if !slices.ContainsFunc(plain.Tables[0].Keys, func(k compare.Differing) bool {
		return k.Change == "added" && k.Key[0] == "371502200001010051"
	}) {
		t.Errorf("keys: %+v", plain.Tables[0].Keys)
	}
	for _, bad := range [][]string{{"1", "x"}, {"1", "9"}, {"1", "2", "standard.nothing"}, {"1", "2", "-n", "3", "--reveal"}} {
		if e := d.guiji(append([]string{"diff"}, bad...)...); e.code != 2 {
			t.Errorf("%q: exit code %d\n%s", bad, e.code, e.all())
		}
	}
}

// A withdrawn resource leaves all releases at the next gc, its golden values too; what
// retention does not keep is said so when it is asked for.
func TestGC(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "swept")
	d.edit("guiji.yaml", "defaults: {", "retention: {last: 2, daily: 1, monthly: 1, orphans: 168h}\ndefaults: {")
	for i := range 4 {
		server.Exec(t, fmt.Sprintf("UPDATE swept.t_house SET dz = '柳园南路%d号' WHERE id = 1", i+10))
		d.good()
	}
	dry := d.guiji("gc", "--dry-run", "--lang", "zh")
	d.contains("gc --dry-run", dry.out, "未删除任何内容", "2 个版本到期清除")
	if n := len(d.releases()); n != 4 {
		t.Errorf("%d releases after a dry run", n)
	}
	if e := d.guiji("gc", "--lang", "en"); e.code != 0 || !strings.Contains(e.out, "2 releases expire") {
		t.Fatalf("exit code %d\n%s", e.code, e.all())
	}
	d.sound()
	e := d.guiji("query", "--release", "1", "SELECT 1", "--lang", "en")
	if e.code != 2 || !strings.Contains(e.errs, "release 1 has expired on ") || !strings.Contains(e.errs, "outside retention") {
		t.Errorf("an expired release: exit code %d\n%s", e.code, e.all())
	}
	if e := d.guiji("query", "--release", "3", "SELECT count(*) FROM standard.gongan__house"); e.code != 0 {
		t.Errorf("a kept release: %s", e.all())
	}
	d.edit("catalog/gongan/resident.yaml", "published: 2026-01-01", "published: 2026-01-01\npurpose_ends: 2026-02-03")
	if e := d.guiji("gc", "--lang", "en"); e.code != 0 || !strings.Contains(e.out, "gongan/resident leaves all releases") {
		t.Fatalf("exit code %d\n%s", e.code, e.all())
	}
	d.sound()
	for _, r := range []uint64{3, 4, d.head().Version} {
		if n := d.mentions([]uint64{r}, "371502199001010012", "王五"); n > 0 {
			t.Errorf("release %d mentions them %d times", r, n)
		}
	}
	for key := range d.objects("data/") {
		if strings.Contains(key, "gongan/resident") {
			t.Errorf("%s is still there", key)
		}
	}
	if r := d.head(); !strings.Contains(r.Erasures[0].Reason, "2026-02-03") {
		t.Errorf("reason %q", r.Erasures[0].Reason)
	}
	d.good() // what is left goes on
	d.sound()
	if err := os.Remove(filepath.Join(d.dir, "catalog/gongan/house.yaml")); err != nil {
		t.Fatal(err)
	}
	if e := d.guiji("gc", "--lang", "en"); e.code != 0 || !strings.Contains(e.out, "no longer in the catalogue, yet still in the store: gongan/house") {
		t.Errorf("a deleted entry: exit code %d\n%s", e.code, e.all())
	}
	if e := d.guiji("gc", "--deleted"); e.code != 0 || len(d.head().Resources) != 0 {
		t.Errorf("with --deleted: exit code %d, %d resources\n%s", e.code, len(d.head().Resources), e.all())
	}
	d.sound()
}
