package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"guiji/internal/engine"
)

// Sessions that spill at one place do not touch each other's rows; what a killed process
// left there goes, and nothing is left in the end.
func TestSessionsSpillApart(t *testing.T) {
	const rows = 600_000
	dir := t.TempDir()
	dead := filepath.Join(dir, "duckdb_spill-123")
	if err := os.MkdirAll(filepath.Join(dead, "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	var sessions []*engine.Session
	for i := range 2 {
		s, err := engine.Open(t.Context(), engine.Options{Temp: dir, Memory: "60MB"})
		if err != nil {
			t.Fatal(err)
		}
		sessions = append(sessions, s)
		if err := s.Exec(t.Context(), "t", fmt.Sprintf("CREATE TEMP TABLE big AS SELECT i, %d AS w, md5((i + %d)::VARCHAR) || md5((i * 13)::VARCHAR) || md5((i * 17)::VARCHAR) AS x FROM range(%d) t(i)", i, i, rows)); err != nil {
			t.Fatal(err)
		}
	}
	if files, _ := spilled(t, dir, "x"); files == 0 {
		t.Error("nothing is spilled")
	}
	for i, s := range sessions {
		var n int64
		if err := s.Row(t.Context(), "t", fmt.Sprintf("SELECT count(*) FILTER (WHERE w = %d AND x = md5((i + %d)::VARCHAR) || md5((i * 13)::VARCHAR) || md5((i * 17)::VARCHAR)) FROM big", i, i), &n); err != nil || n != rows {
			t.Errorf("session %d: %d rows come back, %v", i, n, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}
