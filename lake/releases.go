package lake

import (
	"context"
	"fmt"
	"strings"
	"time"

	"guiji/internal/state/audit"
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

// By is who makes a release that takes data out of earlier ones.
type By struct {
	RunID, Pipeline string // of the release; no pipeline's name begins with an underscore
	Generation      int64  // of the lease Care
	Guiji           string
	Now             time.Time
	Audit           audit.Head // where the audit chain ends
}

// Successor is the release that follows this one, the head, and holds the same.
func (r *Release) Successor(by By) *Release {
	next := *r
	next.Version, next.Previous, next.Nonce, next.Rewrites, next.Audit = r.Version+1, nil, "", nil, nil
	next.Created, next.RunID, next.Pipeline, next.Generation, next.Guiji = by.Now, by.RunID, by.Pipeline, by.Generation, by.Guiji
	if by.Audit.Seq > 0 {
		next.Audit = &by.Audit
	}
	return &next
}

// Amends reports whether a release was made to take data out of earlier ones: no run
// made it, and it holds nothing new.
func (r *Release) Amends() bool { return len(r.Rewrites) > 0 }

// Judged reports whether the run that made a release judged a resource: its data landed in
// it, or something is said of its quality that was not before. Counts alone do not tell:
// another row may fail in place of one that was mended. Of a gate that stays shut on the
// same rows nothing does.
func (r *Release) Judged(resource string) bool {
	if at, there := r.Resources[resource]; there && at.Since == r.Version {
		return true
	}
	for name, d := range r.Datasets {
		if d.Since == r.Version && strings.HasPrefix(name, "quality/"+resource+"/") {
			return true
		}
	}
	return false
}
