package lake_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

// remote hides that a store is on this machine.
type remote struct{ lake.Objects }

func newCache(t *testing.T, objs lake.Objects, max int64) *lake.Cache {
	t.Helper()
	c, err := lake.NewCache(objs, filepath.Join(t.TempDir(), "cache"), max)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func fetch(t *testing.T, c *lake.Cache, f lake.File, want string) string {
	t.Helper()
	p, err := c.Fetch(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(p); err != nil || string(b) != want {
		t.Fatalf("%s holds %q, %v", f.Key, b, err)
	}
	return p
}

func TestCacheFetches(t *testing.T) {
	objs := store(t)
	f := upload(t, objs, "data/a.parquet", "abc")
	if f.SHA256 != sum("abc") || f.Size != 3 || f.Rows != 3 {
		t.Fatalf("upload says %+v", f)
	}
	if p := fetch(t, newCache(t, objs, 0), f, "abc"); !strings.HasPrefix(p, objs.LocalRoot()) {
		t.Errorf("a local store's file was copied to %s", p)
	}
	c := newCache(t, remote{objs}, 0)
	p := fetch(t, c, f, "abc")
	if err := objs.Delete(t.Context(), f.Key); err != nil {
		t.Fatal(err)
	}
	if fetch(t, c, f, "abc") != p {
		t.Error("the second time it is elsewhere")
	}
	if _, err := newCache(t, remote{objs}, 0).Fetch(t.Context(), f); fault.KindOf(err) != fault.Data {
		t.Errorf("a missing object: %v", err)
	}
}

func TestCacheRefusesOtherContent(t *testing.T) {
	for _, content := range []string{"abd", "ab", "abcd", ""} {
		objs := store(t)
		f := upload(t, objs, "data/a.parquet", "abc")
		rewrite(t, objs, f.Key, func(string) string { return content })
		c := newCache(t, remote{objs}, 0)
		if _, err := c.Fetch(t.Context(), f); fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), f.Key) {
			t.Errorf("%q: %v", content, err)
		}
		err := filepath.WalkDir(c.Roots()[0], func(p string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				t.Errorf("%q: %s was left", content, p)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestCacheEvictsTheLongestUnused(t *testing.T) {
	objs := store(t)
	c := newCache(t, remote{objs}, 25)
	var files []lake.File
	var paths []string
	for _, name := range []string{"0", "1", "2", "3"} {
		content := strings.Repeat(name, 10)
		f := upload(t, objs, "data/"+name, content)
		if name == "2" { // 0 is used again, so 1 goes; 0 is pinned, so it stays for good
			time.Sleep(5 * time.Millisecond)
			fetch(t, c, files[0], strings.Repeat("0", 10))
		}
		if name == "3" {
			if err := c.Pin("v1", files[:1]); err != nil {
				t.Fatal(err)
			}
		}
		files, paths = append(files, f), append(paths, fetch(t, c, f, content))
		time.Sleep(5 * time.Millisecond)
	}
	for i, want := range []bool{true, false, false, true} {
		if _, err := os.Stat(paths[i]); (err == nil) != want {
			t.Errorf("file %d is there: %v, want %v", i, err == nil, want)
		}
	}
	if err := c.Unpin("v1"); err != nil {
		t.Fatal(err)
	}
	fetch(t, c, files[1], strings.Repeat("1", 10))
	if _, err := os.Stat(paths[0]); err == nil {
		t.Error("unpinned, it stays")
	}
}

func TestCacheAdopts(t *testing.T) {
	objs := store(t)
	f := upload(t, objs, "data/a", "abc")
	p := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(p, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newCache(t, remote{objs}, 0)
	if err := c.Adopt(f, p); err != nil {
		t.Fatal(err)
	}
	if err := objs.Delete(t.Context(), f.Key); err != nil {
		t.Fatal(err)
	}
	fetch(t, c, f, "abc")
	f.SHA256 = sum("other")
	if err := c.Adopt(f, p); fault.KindOf(err) != fault.Data {
		t.Errorf("adopting other content: %v", err)
	}
}

func TestRunRecords(t *testing.T) {
	objs := store(t)
	for _, id := range []string{"20260102T000000-aaaa", "20260103T000000-bbbb", "20260101T000000-cccc"} {
		if err := lake.PutRun(t.Context(), objs, lake.RunRecord{ID: id, Outcome: lake.RunFailed, Kind: "unreachable"}); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := lake.Runs(t.Context(), objs, 2)
	if err != nil || len(runs) != 2 || runs[0].ID != "20260103T000000-bbbb" || runs[1].ID != "20260102T000000-aaaa" {
		t.Fatalf("%+v, %v", runs, err)
	}
	if _, err := lake.Run(t.Context(), objs, "nothing"); fault.KindOf(err) != fault.Config {
		t.Errorf("no such run: %v", err)
	}
}

func FuzzParseSize(f *testing.F) {
	for _, s := range []string{"", "500MB", "20 GB", "1.5TiB", "x", "-1", "1e9", "9999999999TB", "..", "NaN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := lake.ParseSize(s); n < 0 || err != nil && fault.KindOf(err) != fault.Config {
			t.Errorf("%q: %d, %v", s, n, err)
		}
	})
}
