package lake

import (
	"guiji/internal/fault"
	"guiji/internal/scratch"
)

// NewPassingCache opens a cache that ends with Close, in a locked folder (0700) of
// its own under base, "" for the system's. Those that killed processes left under
// base go now.
func NewPassingCache(objs Objects, base string, max int64) (*Cache, error) {
	scratch.Sweep(base, passing+"*")
	f, err := scratch.New(base, passing)
	if err != nil {
		return nil, fault.New(fault.Config, "pipeline.scratch", base).Because(err).Try("pipeline.scratch.hint")
	}
	c, err := NewCache(objs, f.Path, max)
	if err != nil {
		return nil, err
	}
	c.passing = f
	return c, nil
}

// passing is how the folders' names begin.
const passing = "guiji-cache-"

// Passing is the folder of a passing cache, for what else must end with it; "" for one
// that stays.
func (c *Cache) Passing() string {
	if c.passing == nil {
		return ""
	}
	return c.passing.Path
}

// Close ends the use of a cache; of a passing one nothing stays. It may be called
// more than once.
func (c *Cache) Close() error {
	if c.passing == nil {
		return nil
	}
	f := c.passing
	c.passing = nil
	return f.Remove()
}
