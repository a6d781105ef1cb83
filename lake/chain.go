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
// the newest one known and lists the chain where none is. The newest never expires: what
// did before it was read has a successor.
func (c *Chain) Head(ctx context.Context) (*Release, error) {
	for last := uint64(0); ; {
		v, err := c.newest(ctx)
		if err != nil || v == 0 {
			return nil, err
		}
		r, err := c.At(ctx, v)
		if v == last || !errors.Is(err, ErrExpired) {
			return r, err
		}
		last = v
	}
}

// newest is the head's version; 0 for an empty chain. Releases that expire leave a
// stub, so the chain has no holes to stop at.
func (c *Chain) newest(ctx context.Context) (uint64, error) {
	v, err := c.start(ctx)
	if err != nil || v == 0 {
		return 0, err
	}
	for {
		_, err := c.objs.Head(ctx, releaseKey(v+1))
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return 0, fmt.Errorf("look for release %d: %w", v+1, err)
		}
		v++
	}
	return v, nil
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
	if v, _, ok := parseHint(b); err == nil && ok {
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

// At is one release; ErrNotFound if there is none of that version, ErrExpired if its
// data is gone, fault.Data if what is there is no whole release.
func (c *Chain) At(ctx context.Context, version uint64) (*Release, error) {
	r, _, err := c.load(ctx, version)
	if err == nil && r.Expired != nil {
		err = expired(r)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Made is when a release was made, also of one whose data is gone; errors as At's.
func (c *Chain) Made(ctx context.Context, version uint64) (time.Time, error) {
	r, _, err := c.load(ctx, version)
	if err != nil {
		return time.Time{}, err
	}
	return r.Created, nil
}

// Before is the newest release before a version whose data is still there; nil if
// there is none.
func (c *Chain) Before(ctx context.Context, version uint64) (*Release, error) {
	for v := version - 1; v > 0 && v < version; v-- {
		r, _, err := c.load(ctx, v)
		if err != nil || r.Expired == nil {
			return r, err
		}
	}
	return nil, nil
}

// load returns a release, expired ones too, with the bytes' SHA-256.
func (c *Chain) load(ctx context.Context, version uint64) (*Release, string, error) {
	key := releaseKey(version)
	b, _, err := read(ctx, c.objs, key)
	if errors.Is(err, ErrNotFound) {
		return nil, "", fault.New(fault.Config, "lake.release.none", version).Because(err)
	}
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", key, err)
	}
	r, err := parseRelease(version, b)
	if err != nil {
		return nil, "", fault.New(fault.Data, "lake.release.bad", key).Because(err).Try("lake.release.bad.hint")
	}
	for seen := c.seen.Load(); seen < version && !c.seen.CompareAndSwap(seen, version); seen = c.seen.Load() {
	}
	return r, digest(b), nil
}

func parseRelease(version uint64, b []byte) (*Release, error) {
	r := &Release{}
	err := decode(b, r)
	if err == nil && r.Version != version {
		err = fmt.Errorf("it says it is version %d", r.Version)
	}
	if err == nil {
		err = r.Validate()
	}
	return r, err
}

// Walk yields the releases from version back to the first, those that have expired
// left out, and checks each link's SHA-256 by way of what later releases say they
// rewrote. A broken link is an error of kind fault.Data that names the version.
func (c *Chain) Walk(ctx context.Context, version uint64) iter.Seq2[*Release, error] {
	return func(yield func(*Release, error) bool) {
		top, err := c.newest(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		links := newLinks()
		for v := max(top, version); v > 0; v-- {
			r, sum, err := c.load(ctx, v)
			if err == nil && !links.fit(v, sum) && !c.changing(ctx, v, sum) {
				err = fault.New(fault.Data, "lake.chain.broken", v, v+1)
			}
			if err == nil {
				links.pass(r)
				if v > version || r.Expired != nil {
					continue
				}
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// hint tells later readers where to start, and what the newest release holds, which
// no later release says yet. Losing it harms nothing.
func (c *Chain) hint(ctx context.Context, version uint64, sum string) {
	b := []byte(hintText(version, sum))
	_, _ = c.objs.Put(ctx, hintKey, bytes.NewReader(b), int64(len(b)), Condition{})
}

func hintText(version uint64, sum string) string {
	return strconv.FormatUint(version, 10) + " " + sum + "\n"
}

// parseHint reads a hint's version, and the SHA-256 where it has one.
func parseHint(b []byte) (version uint64, sum string, ok bool) {
	words := strings.Fields(string(b))
	if len(words) == 0 || len(words) > 2 {
		return 0, "", false
	}
	if len(words) == 2 {
		sum = words[1]
	}
	v, err := strconv.ParseUint(words[0], 10, 63)
	return v, sum, err == nil && v > 0 && (sum == "" || isSHA256(sum))
}
