package serving

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"guiji/internal/engine"
	"guiji/lake"
	"guiji/lake/localdir"
)

// Who is told to stop while the folder is tidied has not seen that a file is broken, or
// older than another: all stay, and so does the current one.
func TestAnEndedBuildTakesNothingAway(t *testing.T) {
	f, err := newFolder(lake.Place{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	objs, err := localdir.Open(t.TempDir())
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
	defer s.Close()
	var paths []string
	for _, name := range []string{"v000000000001.duckdb", "v000000000002.duckdb", "v000000000003.duckdb"} {
		paths = append(paths, filepath.Join(f.dir, name))
		if err := os.WriteFile(paths[len(paths)-1], nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := setCurrent(f.dir, filepath.Base(paths[1])); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := f.makeCurrent(ctx, s, paths[2], &lake.Release{Version: 3}); !errors.Is(err, context.Canceled) {
		t.Errorf("made current: %v", err)
	}
	if now, err := f.find(0); err != nil || now != paths[1] {
		t.Errorf("current is %s, %v", filepath.Base(now), err)
	}
	if err := f.prune(ctx, s, cache); !errors.Is(err, context.Canceled) {
		t.Errorf("pruned: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(f.dir, "v*.duckdb"))
	if slices.Sort(left); err != nil || !slices.Equal(left, paths) {
		t.Errorf("%d of %d files are left, %v", len(left), len(paths), err)
	}
}
