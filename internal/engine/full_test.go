package engine_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"guiji/internal/engine"
	"guiji/internal/fault"
)

// A disk that is full when a file is committed or checkpointed is told as such, and not
// as a defect. It takes rights to mount.
func TestFullDiskIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).Run(); err != nil {
		t.Logf("no tmpfs here: %v", err)
		return
	}
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	for _, q := range []string{"INSERT INTO d.t SELECT md5(i::VARCHAR) FROM range(200000) r(i)", "CREATE TABLE d.u AS SELECT md5(i::VARCHAR) FROM range(200000) r(i)"} {
		s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Exec(t.Context(), "attach", "ATTACH "+engine.Lit(filepath.Join(dir, "x.duckdb"))+" AS d")
		if err == nil {
			err = s.Exec(t.Context(), "create", "CREATE TABLE IF NOT EXISTS d.t (a VARCHAR)")
		}
		if err == nil {
			err = s.Exec(t.Context(), "fill", q)
		}
		if err == nil {
			err = s.Exec(t.Context(), "checkpoint", "CHECKPOINT d")
		}
		if fault.KindOf(err) != fault.Unreachable || !engine.Exhausted(err) {
			t.Errorf("%s: %v", q, err)
		}
		_ = s.Close() // the disk is full: what matters was told
	}
}
