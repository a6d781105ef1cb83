package serving_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"guiji/lake"
	"guiji/lake/serving"
)

// remote hides that a store is on this machine.
type remote struct{ lake.Objects }

// What serving files stand on stays in the cache, however small its limit; what
// no kept one needs goes. A cache that was deleted is filled again.
func TestCachedFilesStayWhileServed(t *testing.T) {
	w := newWorld(t)
	dir := filepath.Join(t.TempDir(), "cache")
	var err error
	if w.cache, err = lake.NewCache(remote{w.objs}, dir, 1); err != nil {
		t.Fatal(err)
	}
	cached := func() int {
		files, err := filepath.Glob(filepath.Join(dir, "*", "*.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	for v := uint64(1); v <= 6; v++ {
		w.build(w.release(v, int(v), "view"))
	}
	for v := uint64(4); v <= 6; v++ {
		if got := text(t, w.open(v), "SELECT count(*)::VARCHAR FROM standard.gongan__resident"); got != string(rune('0'+v)) {
			t.Errorf("release %d has %s rows", v, got)
		}
	}
	if n := cached(); n > 5 { // three of persons, one of departments, the one that came last before the prune
		t.Errorf("%d files are cached", n)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if w.cache, err = lake.NewCache(remote{w.objs}, dir, 0); err != nil {
		t.Fatal(err)
	}
	w.build(w.release(6, 6, "view"))
	if got := text(t, w.open(0), "SELECT count(*)::VARCHAR FROM standard.gongan__resident"); got != "6" {
		t.Errorf("after the cache was deleted: %s rows", got)
	}
}

func TestWhatBecomesCurrent(t *testing.T) {
	w := newWorld(t)
	at := func(v uint64, hour int) *lake.Release {
		r := w.release(v, int(v), "view")
		r.Created = time.Date(2026, 1, 1, hour, 0, 0, 0, time.UTC)
		return r
	}
	rows := func() string { return text(t, w.open(0), "SELECT count(*)::VARCHAR FROM standard.gongan__resident") }
	w.build(at(2, 2))
	w.build(at(1, 1)) // a slower run that committed before
	if rows() != "2" {
		t.Errorf("an older release became current: %s rows", rows())
	}
	if _, err := serving.Ensure(t.Context(), at(3, 3), w.cache, w.place()); err != nil {
		t.Fatal(err)
	}
	if rows() != "2" {
		t.Errorf("a look at a release made it current: %s rows", rows())
	}
	w.build(at(3, 3))
	if rows() != "3" {
		t.Errorf("the newest is not current: %s rows", rows())
	}
	other := at(1, 5) // the folder serves another store now, whose releases begin at 1
	other.Nonce = "another"
	path := w.build(other)
	if rows() != "1" || filepath.Base(path) == "v000000000001.duckdb" {
		t.Errorf("another store's release 1 is %s with %s rows", filepath.Base(path), rows())
	}
}
