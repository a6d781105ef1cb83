package lake

import (
	"context"
	"fmt"
)

// Releases are all releases whose data is there, oldest first. Each is read whole:
// what expires is little beside what stays. Errors: fault.Data if an object is no
// whole release; then nothing may be concluded from the others.
func (c *Chain) Releases(ctx context.Context) ([]*Release, error) {
	top, err := c.newest(ctx)
	if err != nil {
		return nil, err
	}
	var versions []uint64
	for o, err := range c.objs.List(ctx, "release/v") {
		if err != nil {
			return nil, fmt.Errorf("list the releases: %w", err)
		}
		if v, ok := releaseVersion(o.Key); ok && v <= top {
			versions = append(versions, v)
		}
	}
	var out []*Release
	for _, v := range versions {
		r, _, err := c.load(ctx, v)
		if err != nil {
			return nil, err
		}
		if r.Expired == nil {
			out = append(out, r)
		}
	}
	return out, nil
}

// Amends reports whether a release was made to take data out of earlier ones: no run
// made it, and it holds nothing new.
func (r *Release) Amends() bool { return len(r.Rewrites) > 0 }
