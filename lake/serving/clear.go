package serving

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"guiji/lake"
)

// Clear removes from a place every file that guiji makes there, the local cache too,
// whole or broken: all of it can be built again. What guiji does not make stays. Who
// has a file open keeps it.
func Clear(at lake.Place) error {
	entries, err := os.ReadDir(at.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return explain(at.Dir, fmt.Errorf("clear the serving folder: %w", err))
	}
	ours := regexp.MustCompile(`^(CURRENT|cache|(v\d{12}(-[a-z0-9]+)?|(raw|standard|entity|quality|meta)_[A-Za-z0-9_]+-[0-9a-f]+)\.duckdb(\.wal)?|\.build-.*|\.current-.*|duckdb_spill(-[0-9]+)?)$`)
	for _, e := range entries {
		if !ours.MatchString(e.Name()) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(at.Dir, e.Name())); err != nil {
			return explain(at.Dir, fmt.Errorf("clear the serving folder: %w", err))
		}
	}
	return nil
}
