package engine_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"guiji/internal/engine"
)

// What a session spills is plain, until it has an encrypted file attached.
func TestSpillOfAnEncryptedSession(t *testing.T) {
	const rows = 600_000
	for _, key := range []string{"", "0123456789abcdef0123456789abcdef"} {
		dir := t.TempDir()
		s, err := engine.Open(t.Context(), engine.Options{Temp: dir, Memory: "60MB"})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if key != "" {
			if err := s.Attach(t.Context(), filepath.Join(dir, "x.duckdb"), "x", "0123456789abcdef0123456789abcdef", false); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Exec(t.Context(), "t", "CREATE TEMP TABLE big AS SELECT i, 'canary-' || hash(i) || hash(i + 1) || hash(i + 2) || hash(i + 3) AS x FROM range("+
			"600000) t(i)"); err != nil {
			t.Fatal(err)
		}
		own, err := filepath.Glob(filepath.Join(dir, "duckdb_spill-*"))
		if err != nil || len(own) != 1 {
			t.Fatal(own, err)
		}
		files, shown := spilled(t, own[0], "canary-")
		if files == 0 || shown != (key == "") {
			t.Errorf("encrypted %v: %d files are spilled, a value shows: %v", key != "", files, shown)
		}
		var n int64
		if err := s.Row(t.Context(), "t", "SELECT count(DISTINCT x) FROM big", &n); err != nil || n != rows {
			t.Errorf("%d rows come back, %v", n, err)
		}
	}
}

func spilled(t *testing.T, dir, text string) (files int, shown bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		files++
		shown = shown || bytes.Contains(b, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, shown
}
