package stores

import (
	"path/filepath"

	"guiji/catalog"
	"guiji/lake"
)

// defaultCacheMax is the cache's limit where guiji.yaml names none.
const defaultCacheMax = 20_000_000_000

// OpenCache opens the project's cache: the folder cache in its serving folder,
// of at most defaults.cache_max (20 GB).
func OpenCache(objs lake.Objects, cfg catalog.Config, dir string) (*lake.Cache, error) {
	limit, err := lake.ParseSize(cfg.Defaults.CacheMax)
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		limit = defaultCacheMax
	}
	return lake.NewCache(objs, filepath.Join(Serving(cfg, dir), "cache"), limit)
}

// Serving is the folder of the project's serving files.
func Serving(cfg catalog.Config, dir string) string {
	if filepath.IsAbs(cfg.Serving) {
		return cfg.Serving
	}
	return filepath.Join(dir, cfg.Serving)
}
