package stores

import (
	"path/filepath"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/lake"
)

// defaultCacheMax is the cache's limit where guiji.yaml names none.
const defaultCacheMax = 20_000_000_000

// OpenCache opens the project's cache of at most defaults.cache_max (20 GB): the
// folder cache in its serving folder, or, where the store or the serving files are
// encrypted, a folder in defaults.scratch that ends with the cache's Close: no
// plain copy stays.
func OpenCache(objs lake.Objects, cfg catalog.Config, dir string) (*lake.Cache, error) {
	limit, err := lake.ParseSize(cfg.Defaults.CacheMax)
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		limit = defaultCacheMax
	}
	if _, local := objs.(lake.Local); !local && (cfg.Encryption.Serving != "" || cfg.Encryption.Store == "sm4-gcm") {
		p := catalog.Project{Dir: dir, Config: cfg}
		return lake.NewPassingCache(objs, p.Scratch(), limit)
	}
	return lake.NewCache(objs, filepath.Join(Serving(cfg, dir).Dir, "cache"), limit)
}

// Serving is where the project's serving files are.
func Serving(cfg catalog.Config, dir string) lake.Place {
	at := lake.Place{Dir: cfg.Serving}
	if !filepath.IsAbs(at.Dir) {
		at.Dir = filepath.Join(dir, at.Dir)
	}
	if ref := cfg.Encryption.Serving; ref != "" {
		at.Key = func() ([]byte, error) {
			key, err := secret.Hex(ref, dir, servingKey)
			if err != nil {
				return nil, fault.New(fault.Config, "lake.encryption.key", "encryption.serving").Because(err)
			}
			return key, nil
		}
	}
	return at
}
