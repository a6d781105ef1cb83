package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guiji/internal/engine"
	"guiji/internal/testkit/mariadb"
	"guiji/lake"
)

// nowhere checks that a value is in no object of the store, nor in any folder of the
// project but the audit chain's and its source's; Parquet is looked into by query.
func (d *desk) nowhere(value string) {
	d.Helper()
	for key, body := range d.objects("") {
		if strings.Contains(body, value) {
			d.Errorf("%s still holds it", key)
		}
	}
	err := filepath.WalkDir(d.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, ".yaml") {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), value) {
			d.Errorf("%s still holds it", path)
		}
		return err
	})
	if err != nil {
		d.Error(err)
	}
}

// sound runs verify, which must find nothing.
func (d *desk) sound() {
	d.Helper()
	e := d.guiji("verify", "--json")
	var v verified
	if err := json.Unmarshal([]byte(e.out), &v); err != nil || e.code != 0 || len(v.Problems) > 0 {
		d.Errorf("verify: exit code %d, %v\n%s", e.code, err, e.all())
	}
}

// mentions counts, over the releases, the rows that name a person: by his key, his
// citizen number or his name, whatever table and column it is in.
func (d *desk) mentions(versions []uint64, person ...string) (n int) {
	d.Helper()
	s, err := engine.Open(d.Context(), engine.Options{Temp: d.TempDir()})
	if err != nil {
		d.Fatal(err)
	}
	defer s.Close()
	objs := d.store()
	cache, err := lake.NewCache(objs, d.TempDir(), 0)
	if err != nil {
		d.Fatal(err)
	}
	for _, v := range versions {
		r, err := lake.NewChain(objs).At(d.Context(), v)
		if err != nil {
			d.Fatal(err)
		}
		for name, set := range r.Datasets {
			files, err := cache.Files(d.Context(), set)
			if err != nil {
				d.Fatal(err)
			}
			for _, p := range person {
				var rows int
				if err := s.Row(d.Context(), name, "SELECT count(*) FROM (SELECT t::VARCHAR AS row FROM "+engine.Parquet(files)+" t) WHERE contains(row, "+engine.Lit(p)+")", &rows); err != nil {
					d.Fatal(err)
				}
				n += rows
			}
		}
	}
	return n
}

// A person leaves every release that is kept, the store still verifies, others stay.
func TestErase(t *testing.T) {
	server := mariadb.Start(t)
	d := newDesk(t, server, "erased")
	d.good()
	server.Exec(t, "UPDATE erased.t_person SET xm = '李斯' WHERE id = 2", "INSERT INTO erased.t_person VALUES (2, '371502199203040023', '李四', 31), (4, '370000000000000000', '赵六', 999)")
	d.good()
	d.good()
	person := []string{"371502199203040023", "李四", "李斯"}
	versions := []uint64{1, 2, 3}
	if d.mentions(versions, person...) == 0 {
		t.Fatal("nothing to erase")
	}
	others := d.mentions(versions, "371502199001010012", "王五")
	if e := d.guiji("erase", "--resource", "gongan/resident", "--key", "77", "--reason", "test", "--lang", "en"); e.code != 2 || !strings.Contains(e.errs, "no release holds") {
		t.Errorf("who is not there: exit code %d\n%s", e.code, e.all())
	}
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, []byte("371502199203040023\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := d.guiji("erase", "--entity", "person", "--keys-file", keys, "--reason", "the person asked", "--lang", "en")
	if e.code != 0 {
		t.Fatalf("exit code %d\n%s", e.code, e.all())
	}
	d.contains("guiji erase", e.out, "rows taken out of 3 releases", "unless they delete it too")
	versions = append(versions, 4)
	if n := d.mentions(versions, person...); n != 0 {
		t.Errorf("still mentioned %d times", n)
	}
	if n := d.mentions(versions[:3], "371502199001010012", "王五"); n != others {
		t.Errorf("others are mentioned %d times, it was %d", n, others)
	}
	for _, p := range person {
		d.nowhere(p)
	}
	d.sound()
	if r := d.head(); r.Version != 4 || len(r.Erasures) != 1 || r.Erasures[0].Reason != "the person asked" || len(r.Rewrites) != 3 {
		t.Errorf("release %d: %+v, %d rewrites", r.Version, r.Erasures, len(r.Rewrites))
	}
	d.good() // the source still has him
	if d.mentions([]uint64{5}, person[0]) == 0 || d.mentions(versions, person...) != 0 {
		t.Error("he should be in the new release alone")
	}
	d.sound()
}
