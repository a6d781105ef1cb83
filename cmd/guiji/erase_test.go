package main

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// refusesToErase asks for what cannot be meant, and beside a run.
func (d *desk) refusesToErase() {
	d.Helper()
	if e := d.guiji("erase", "--resource", "gongan/resident", "--key", "77", "--reason", "test", "--lang", "en"); e.code != 2 || !strings.Contains(e.errs, "no release holds") {
		d.Errorf("who is not there: exit code %d\n%s", e.code, e.all())
	}
	lease, err := lake.Acquire(d.Context(), d.store(), "nightly", "a run", time.Minute)
	if err != nil {
		d.Fatal(err)
	}
	if e := d.guiji("erase", "--resource", "gongan/resident", "--key", "2", "--reason", "test"); e.code != 11 {
		d.Errorf("beside a run: exit code %d\n%s", e.code, e.all())
	}
	if err := lease.Release(d.Context()); err != nil {
		d.Fatal(err)
	}
	for _, args := range [][]string{{"--resource", "gongan/resident", "--key", "2"}, {"--key", "2", "--reason", "x"}, {"--resource", "gongan/resident", "--reason", "x"},
		{"--resource", "gongan/resident", "--entity", "person", "--key", "2", "--reason", "x"}, {"--resume", "--key", "2"}, {"--entity", "person", "--keys-file", "none", "--reason", "x"}} {
		if e := d.guiji(append([]string{"erase"}, args...)...); e.code != 2 {
			d.Errorf("%q: exit code %d\n%s", args, e.code, e.all())
		}
	}
}

// A person leaves every release that is kept, the store still verifies, others stay.
func TestErase(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
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
	d.refusesToErase()
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, []byte("371502199203040023\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, killed := range []string{"guiji-20260101T220000-aaaaaa-1", "guiji-resume-0011-nightly"} { // what killed runs left
		if err := os.Mkdir(filepath.Join(d.scratch, killed), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	orphan := "data/raw/gongan/resident/nightly@x/killed/00000.parquet" // a killed run's; others have run since
	if _, err := d.store().Put(t.Context(), orphan, strings.NewReader(person[0]), int64(len(person[0])), lake.Condition{}); err != nil {
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
	d.tidy()
	if _, err := d.store().Head(t.Context(), orphan); !errors.Is(err, lake.ErrNotFound) {
		t.Errorf("what a killed run left: %v", err)
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

// kill -9 while a person is erased: verify finds no damage whenever it was, and the
// erasure is ended by asking again.
func TestKilledErase(t *testing.T) {
	t.Parallel()
	kills := 2
	if long() {
		kills = 60
	}
	server := mariadb.Shared(t)
	d := newDesk(t, server, "halferased")
	d.edit("guiji.yaml", "defaults: {", "defaults: {lease: 1s, ")
	rng := rand.New(rand.NewPCG(5, 9))
	unfinished := 0
	for kill := range kills {
		d.good()
		cmd := d.command("erase", "--entity", "person", "--key", "371502199203040023", "--reason", "test")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(30+rng.IntN(300)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed, or it was faster
		e := d.guiji("verify", "--json")
		if e.code != 0 {
			t.Fatalf("kill %d: exit code %d\n%s", kill, e.code, e.all())
		}
		if strings.Contains(e.out, `"change/`) {
			unfinished++
		}
		e = d.guiji("erase", "--resume")
		for end := time.Now().Add(10 * time.Second); e.code == 11 && time.Now().Before(end); e = d.guiji("erase", "--resume") { // the killed one's leases run out
			time.Sleep(200 * time.Millisecond)
		}
		if e.code != 0 {
			t.Fatalf("kill %d: exit code %d\n%s", kill, e.code, e.all())
		}
		if e := d.guiji("erase", "--entity", "person", "--key", "371502199203040023", "--reason", "test"); e.code != 0 && e.code != 2 { // 2: it was gone
			t.Fatalf("kill %d: exit code %d\n%s", kill, e.code, e.all())
		}
		var all []uint64
		for _, r := range d.kept() {
			all = append(all, r.Version)
		}
		if n := d.mentions(all, "371502199203040023", "李四"); n > 0 {
			t.Fatalf("kill %d: still mentioned %d times in %d", kill, n, all)
		}
		if e := d.guiji("verify"); e.code != 0 {
			t.Fatalf("kill %d, ended: %s", kill, e.all())
		}
	}
	t.Logf("figure erase_kill9 %d; %d of them between commit and end", kills, unfinished)
}

// kept are the releases that have not expired.
func (d *desk) kept() []*lake.Release {
	d.Helper()
	all, err := lake.NewChain(d.store()).Releases(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	return all
}
