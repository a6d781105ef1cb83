package serving_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/lake"
	"guiji/lake/serving"
)

func keyOf(b byte) func() ([]byte, error) {
	return func() ([]byte, error) { return bytes.Repeat([]byte{b}, 32), nil }
}

// sealedWorld is a world whose serving folder has a key.
func sealedWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.key = keyOf(7)
	return w
}

// plain reports whether any file below a folder holds a text.
func plain(t *testing.T, dir, s string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err == nil && bytes.Contains(b, []byte(s)) {
			return true
		}
	}
	return false
}

// One encrypted file holds the whole release: it needs neither the store nor a cache,
// shows nothing of its content, and is answered from like a plain one.
func TestSealedFile(t *testing.T) {
	for _, serve := range []string{"", "table"} {
		w := sealedWorld(t)
		rel := w.release(1, 20, serve)
		file := w.file(rel)
		if again := w.file(rel); again != file {
			t.Errorf("a good file was built again: %s", again.Path)
		}
		if err := os.RemoveAll(w.objs.LocalRoot()); err != nil {
			t.Fatal(err)
		}
		for _, canary := range []string{"371502199001011", "gongan__resident", "常住人口", "公安"} {
			if plain(t, w.dir, canary) {
				t.Errorf("serve %q: the folder holds %q", serve, canary)
			}
		}
		s := w.open(0)
		if got := text(t, s, `SELECT count(*) || ' ' || max(name) || ' ' || (SELECT name FROM meta.departments) FROM standard.gongan__resident`); got != "20 张9 公安" {
			t.Errorf("serve %q: %s", serve, got)
		}
		if got := text(t, s, `SELECT comment FROM duckdb_tables() WHERE table_name = 'gongan__resident'`); got != "常住人口" {
			t.Errorf("comment %q", got)
		}
		if got := text(t, s, `SELECT count(*)::VARCHAR FROM duckdb_indexes()`); (got == "1") != (serve == "table") {
			t.Errorf("serve %q: %s indexes", serve, got)
		}
		for _, q := range []string{"SELECT * FROM read_text('/etc/hostname')", "CREATE TABLE standard.t (i INTEGER)", "SET force_mbedtls_unsafe = true"} {
			if err := s.Exec(t.Context(), "t", q); err == nil {
				t.Errorf("%s: no error", q)
			}
		}
		r, err := serving.OpenReader(t.Context(), rel, file, shortened)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := answer(t, r, "SELECT max(name) FROM standard.gongan__resident"); err != nil || !strings.Contains(got, "张") || strings.Contains(got, "张9") {
			t.Errorf("a reader: %q, %v", got, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Another key, another name, a flipped bit and a plain look do not open it, and no
// error shows a key.
func TestSealedFileOpensWithItsKeyOnly(t *testing.T) {
	w := sealedWorld(t)
	rel := w.release(1, 20, "")
	path := w.build(rel)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fails := func(what string, at lake.Place) {
		t.Helper()
		s, err := serving.Open(t.Context(), at, 1)
		if err == nil {
			err = s.Exec(t.Context(), "t", "SELECT sum(id) FROM standard.gongan__resident")
			s.Close()
		}
		if err == nil || strings.Contains(err.Error(), strings.Repeat("07", 32)) || strings.Contains(err.Error(), "ENCRYPTION_KEY") {
			t.Errorf("%s: %v", what, err)
		}
	}
	fails("another key", lake.Place{Dir: w.dir, Key: keyOf(8)})
	fails("no key", lake.Place{Dir: w.dir})
	s, err := engine.Open(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Attach(t.Context(), path, "x", "", true); err == nil {
		t.Error("it opens without a key")
	}
	if err := s.Attach(t.Context(), path, "x", secret.Secret(hex.EncodeToString(make([]byte, 32))), true); fault.KindOf(err) != fault.Refused {
		t.Errorf("another key: %v", err)
	}
	other := filepath.Join(w.dir, "v000000000001-"+strings.Repeat("a", 26)+".duckdb")
	if err := os.Rename(path, other); err != nil {
		t.Fatal(err)
	}
	fails("another name", w.place())
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{4096 + 100, 8192 + 100, len(whole) / 2} {
		bad := bytes.Clone(whole)
		bad[at] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if now := w.build(rel); now == path { // it is found, and built anew
			fails("a flipped bit", w.place())
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A folder that gets a key loses its plain files at the next build, the cache too; one
// that gets another key, its old files.
func TestFolderGetsAKey(t *testing.T) {
	w := newWorld(t)
	w.build(w.release(1, 20, "table"))
	if err := os.MkdirAll(filepath.Join(w.dir, "cache", "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.key = keyOf(7)
	w.build(w.release(2, 20, "table"))
	if left := w.files("*"); len(left) != 2 || plain(t, w.dir, "371502199001011") {
		t.Errorf("left: %s", left)
	}
	w.key = keyOf(9)
	w.build(w.release(2, 20, "table"))
	if got := text(t, w.open(0), "SELECT count(*)::VARCHAR FROM standard.gongan__resident"); got != "20" {
		t.Errorf("%s rows", got)
	}
	w.key = nil
	w.build(w.release(2, 20, "table"))
	if got := text(t, w.open(0), "SELECT count(*)::VARCHAR FROM standard.gongan__resident"); got != "20" {
		t.Errorf("%s rows", got)
	}
}

// The nonces DuckDB draws never repeat within a file, which is what AES-GCM stands on:
// its blocks of 256 KiB begin with theirs.
func TestNoncesDiffer(t *testing.T) {
	w := sealedWorld(t)
	rel := w.release(1, 200_000, "")
	seen := map[string]bool{}
	blocks := 0
	for range 2 {
		path := w.build(rel)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for at := 3 * 4096; at+12 <= len(b); at += 256 << 10 {
			if n := string(b[at : at+12]); n != strings.Repeat("\x00", 12) {
				blocks++
				if seen[n] {
					t.Errorf("block at %d: a nonce came twice", at)
				}
				seen[n] = true
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if blocks < 10 {
		t.Errorf("%d blocks", blocks)
	}
}

func TestSealedExport(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "out.duckdb")
	key := secret.Secret("a key with ' in it, long enough")
	if err := serving.Export(t.Context(), w.release(1, 10, "table"), w.cache, path, nil, key); err != nil {
		t.Fatal(err)
	}
	if plain(t, filepath.Dir(path), "371502199001011") {
		t.Error("the export holds a value")
	}
	s, err := engine.Open(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Attach(t.Context(), path, "x", key, true); err != nil {
		t.Fatal(err)
	}
	if got := text(t, s, "SELECT count(*)::VARCHAR FROM x.standard.gongan__resident"); got != "10" {
		t.Errorf("%s rows", got)
	}
	for _, name := range []string{"/nowhere/x", path} { // errors that quote statements
		err := s.Attach(t.Context(), name, "x", "canary-of-a-key-7731", false)
		if err == nil || strings.Contains(err.Error(), "canary-of-a-key") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
