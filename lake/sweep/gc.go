// Package sweep takes out of a store what need not be kept: releases outside
// retention, data of resources that were withdrawn, objects that killed runs left,
// old run records. It compiles without DuckDB; cmd imports it.
package sweep

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/lake/retention"
)

// Input is what a collection works on.
type Input struct {
	Objects lake.Objects
	Chain   *lake.Chain
	Rules   catalog.Retention
	Zone    *time.Location
	By      lake.By
	Owner   string
	Lease   time.Duration // how long a killed collection keeps others waiting
	// Expired is the reason that stands in the stub of a release outside retention.
	Expired string
	// Gone are the resources whose data leaves the store whatever the retention, with
	// the reason that releases record.
	Gone map[string]string
	// Rewrite takes those resources out of releases and returns the ones that changed,
	// as they are to be, with the data files made for them.
	Rewrite func(ctx context.Context, releases []*lake.Release, gone map[string]string) (edits []*lake.Release, staged []string, err error)
	DryRun  bool

	held []string // pipelines whose leases the caller holds
}

// Report is what a collection did, or would do.
type Report struct {
	DryRun    bool            `json:"dry_run"`
	Release   uint64          `json:"release,omitempty"` // that it made; 0: nothing was to expire
	Resumed   int             `json:"resumed"`           // changes of a killed gc or erase that were ended
	Kept      []Kept          `json:"kept"`
	Expired   []uint64        `json:"expired"`   // releases outside retention
	Withdrawn []string        `json:"withdrawn"` // resources whose data left
	Rewritten []uint64        `json:"rewritten"` // kept releases they left
	Files     int             `json:"files"`     // data files that no release names any more
	Bytes     int64           `json:"bytes"`     // their size
	Orphans   int             `json:"orphans"`   // objects of killed runs, older than retention.orphans
	OrphanB   int64           `json:"orphan_bytes"`
	Waiting   string          `json:"waiting,omitempty"` // the pipeline whose run keeps orphans from being swept
	Runs      int             `json:"runs"`              // run records older than the months kept
	files     map[string]bool // keys of Files
}

// Kept is a release that stays.
type Kept struct {
	Version uint64    `json:"version"`
	Created time.Time `json:"created"`
	Rules   []string  `json:"rules"` // head, last, daily, monthly
	amends  bool
}

// tries is how often a collection that another release overtook plans anew.
const tries = 5

// Collect does it all. What a killed one left is ended first. Errors: fault.Locked
// while another collection or an erasure is under way; fault.Data if a release cannot
// be read: then nothing is deleted.
func Collect(ctx context.Context, in Input) (*Report, error) {
	if in.DryRun {
		return collect(ctx, in)
	}
	held, err := lake.Hold(ctx, in.Objects, in.Owner, in.Lease, lake.Care)
	if err != nil {
		return nil, err
	}
	in.By.Generation = held.Generation
	rep, err := collect(held.Context, in)
	return rep, errors.Join(err, held.Release())
}

func collect(ctx context.Context, in Input) (*Report, error) {
	resumed := 0
	if !in.DryRun {
		done, err := in.Chain.Resume(ctx)
		if err != nil {
			return nil, fmt.Errorf("end an earlier change: %w", err)
		}
		resumed = len(done)
	}
	for range tries {
		rep, err := in.expire(ctx)
		if errors.Is(err, lake.ErrConflict) { // a run landed meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		rep.Resumed = resumed
		if err := in.orphans(ctx, rep); err != nil {
			return nil, err
		}
		return rep, in.records(ctx, rep)
	}
	return nil, fault.New(fault.Unreachable, "lake.gc.overtaken", tries)
}

// expire plans and makes the release that expiry is.
func (in Input) expire(ctx context.Context) (*Report, error) {
	rep := &Report{DryRun: in.DryRun, Kept: []Kept{}, Expired: []uint64{}, Withdrawn: []string{}, Rewritten: []uint64{}, files: map[string]bool{}}
	all, err := in.Chain.Releases(ctx)
	if err != nil || len(all) == 0 {
		return rep, err
	}
	edits, kept := in.outside(all, rep)
	gone := holding(kept, in.Gone)
	rep.Withdrawn = slices.AppendSeq(rep.Withdrawn, maps.Keys(gone))
	slices.Sort(rep.Withdrawn)
	head := all[len(all)-1]
	var staged []string
	switch {
	case len(gone) > 0 && in.DryRun:
		for _, r := range kept {
			if len(holding([]*lake.Release{r}, gone)) > 0 {
				rep.Rewritten = append(rep.Rewritten, r.Version)
				edits = append(edits, without(r, gone))
			}
		}
	case len(gone) > 0:
		var changed []*lake.Release
		if changed, staged, err = in.Rewrite(ctx, kept, gone); err != nil {
			return nil, err
		}
		for _, r := range changed {
			rep.Rewritten = append(rep.Rewritten, r.Version)
			if r.Version == head.Version {
				head = r
			}
		}
		edits = append(edits, changed...)
	}
	rep.unnamed(all, edits)
	if len(edits) == 0 || in.DryRun {
		return rep, in.size(ctx, rep)
	}
	if err := in.size(ctx, rep); err != nil {
		return nil, err
	}
	next := head.Successor(in.By)
	done, err := in.Chain.Amend(ctx, next, all, edits, staged)
	rep.Release = done.Release
	return rep, err
}

// outside makes stubs of the releases no rule keeps.
func (in Input) outside(all []*lake.Release, rep *Report) (stubs, kept []*lake.Release) {
	points := make([]retention.Point, len(all))
	for i, r := range all {
		points[i] = retention.Point{Version: r.Version, Created: r.Created, Amends: r.Amends()}
	}
	rules := retention.Keep(points, in.Rules, in.Zone, in.By.Now)
	for _, r := range all {
		if by := rules[r.Version]; len(by) > 0 {
			kept = append(kept, r)
			rep.Kept = append(rep.Kept, Kept{r.Version, r.Created, by, r.Amends()})
			continue
		}
		stubs = append(stubs, lake.Stub(r, lake.Expired{At: in.By.Now, Reason: in.Expired}))
		rep.Expired = append(rep.Expired, r.Version)
	}
	return stubs, kept
}

// holding are the resources of gone that any of the releases still has.
func holding(releases []*lake.Release, gone map[string]string) map[string]string {
	out := map[string]string{}
	for _, r := range releases {
		for resource, why := range gone {
			if _, ok := r.Resources[resource]; ok {
				out[resource] = why
			}
		}
	}
	return out
}

// without is a release without resources' own datasets: enough to count what would go.
// What golden tables would lose is not in it.
func without(r *lake.Release, gone map[string]string) *lake.Release {
	next := *r
	next.Datasets = maps.Clone(r.Datasets)
	maps.DeleteFunc(next.Datasets, func(name string, d lake.Dataset) bool {
		_, rest, _ := strings.Cut(name, "/")
		for resource := range gone {
			if rest == resource || strings.HasPrefix(rest, resource+"/") {
				return d.Layer != "entity" && d.Layer != "meta"
			}
		}
		return false
	})
	return &next
}

// unnamed counts the files that only releases to be replaced name.
func (rep *Report) unnamed(all, edits []*lake.Release) {
	live, replaced := map[string]bool{}, map[uint64]bool{}
	name := func(r *lake.Release, into map[string]bool) {
		for _, d := range r.Datasets {
			for _, f := range d.Files {
				into[f.Key] = true
			}
		}
	}
	for _, r := range edits {
		replaced[r.Version] = true
		name(r, live)
	}
	for _, r := range all {
		if replaced[r.Version] {
			name(r, rep.files)
		} else {
			name(r, live)
		}
	}
	maps.DeleteFunc(rep.files, func(key string, _ bool) bool { return live[key] })
	rep.Files = len(rep.files)
}
