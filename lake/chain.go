package lake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"guiji/internal/fault"
)

// hintKey holds the number of a late release, for readers to start at. It may be
// old, missing or rubbish: nothing but speed depends on it.
const hintKey = "hint/release"

// Chain is the releases of a store: the one order in which data became visible.
// Its methods may be called from several goroutines.
type Chain struct {
	objs Objects
	seen atomic.Uint64 // a version known to be there
	// Patience is how long Commit tries to learn what became of its put.
	Patience time.Duration
}

// NewChain is the chain of a store.
func NewChain(objs Objects) *Chain { return &Chain{objs: objs, Patience: 30 * time.Second} }

// Head is the newest release; nil where there is none. It probes forward from
// the newest one known and lists the chain where none is.
func (c *Chain) Head(ctx context.Context) (*Release, error) {
	v, err := c.start(ctx)
	if err != nil || v == 0 {
		return nil, err
	}
	for {
		_, err := c.objs.Head(ctx, releaseKey(v+1))
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("look for release %d: %w", v+1, err)
		}
		v++
	}
	return c.At(ctx, v)
}

// start is a version to probe from; 0 for an empty chain.
func (c *Chain) start(ctx context.Context) (uint64, error) {
	if v := c.seen.Load(); v > 0 {
		return v, nil
	}
	b, _, err := read(ctx, c.objs, hintKey)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, fmt.Errorf("read the release hint: %w", err)
	}
	if v, perr := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 63); err == nil && perr == nil && v > 0 {
		_, err := c.objs.Head(ctx, releaseKey(v))
		if err == nil || !errors.Is(err, ErrNotFound) {
			return v, err
		}
	}
	var last uint64
	for o, err := range c.objs.List(ctx, "release/v") {
		if err != nil {
			return 0, fmt.Errorf("list the releases: %w", err)
		}
		if v, ok := releaseVersion(o.Key); ok {
			last = v
		}
	}
	return last, nil
}

// At is one release; ErrNotFound if there is none of that version, fault.Data if
// what is there is no whole release.
func (c *Chain) At(ctx context.Context, version uint64) (*Release, error) {
	r, _, err := c.load(ctx, version)
	return r, err
}

// load returns a release with the bytes' SHA-256.
func (c *Chain) load(ctx context.Context, version uint64) (*Release, string, error) {
	key := releaseKey(version)
	b, _, err := read(ctx, c.objs, key)
	if errors.Is(err, ErrNotFound) {
		return nil, "", fault.New(fault.Config, "lake.release.none", version).Because(err)
	}
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", key, err)
	}
	r := &Release{}
	err = decode(b, r)
	if err == nil && r.Version != version {
		err = fmt.Errorf("it says it is version %d", r.Version)
	}
	if err == nil {
		err = r.Validate()
	}
	if err != nil {
		return nil, "", fault.New(fault.Data, "lake.release.bad", key).Because(err).Try("lake.release.bad.hint")
	}
	for seen := c.seen.Load(); seen < version && !c.seen.CompareAndSwap(seen, version); seen = c.seen.Load() {
	}
	return r, digest(b), nil
}

// Walk yields the releases from version back to the first that is kept, and
// checks each link's SHA-256. A broken link is an error of kind fault.Data that
// names the version. The oldest one kept may point to one that has expired.
func (c *Chain) Walk(ctx context.Context, version uint64) iter.Seq2[*Release, error] {
	return func(yield func(*Release, error) bool) {
		want := ""
		for v := version; v > 0; v-- {
			r, sum, err := c.load(ctx, v)
			if errors.Is(err, ErrNotFound) && v != version {
				return
			}
			if err == nil && want != "" && sum != want {
				err = fault.New(fault.Data, "lake.chain.broken", v, v+1)
			}
			if !yield(r, err) || err != nil {
				return
			}
			want = ""
			if r.Previous != nil {
				want = r.Previous.SHA256
			}
		}
	}
}

// hint tells later readers where to start. Losing it harms nothing.
func (c *Chain) hint(ctx context.Context, version uint64) {
	b := []byte(strconv.FormatUint(version, 10))
	_, _ = c.objs.Put(ctx, hintKey, bytes.NewReader(b), int64(len(b)), Condition{})
}
