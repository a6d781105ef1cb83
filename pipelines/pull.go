package pipelines

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/sourcegraph/conc/panics"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/quality"
	"guiji/transforms/standardize"
)

// pulled is one resource read from its source into local Parquet files.
type pulled struct {
	plan       *PlannedPull
	dir        string // scratch folder of this resource
	files      []string
	fileRows   []int64
	ordered    bool     // the files' rows, in their order, are in strictly ascending order of the key
	bad        []string // Parquet of quarantined rows, unsorted: a file each part
	env        *quality.Env
	rules      []*quality.Rule
	counts     map[string]quality.Count
	reach      *reach
	stored     map[string]storedItem // of a recheck: items that stay as they were stored
	gone       *deletes              // keys the source no longer has; nil without delete detection
	quiet      bool                  // its rows are no progress: they were counted when they were pulled
	fetched    int64                 // rows the source gave, quarantined ones included
	read       int64                 // rows of the image and of its quarantine
	rows       int64                 // rows in files
	badRows    int64                 // rows in quarantine
	unread     string                // relation of their keys, as the image would have them; "" for none
	nameless   bool                  // a row is in quarantine whose key cannot be told
	at         time.Time
	consistent bool
	settles    int // how often its set steps ran
}

var quarantineFields = texts("key", "column", "text", "reason", "place")

// pull reads one resource; in full where what an increment gave cannot be merged. A
// backfill that cannot be merged is refused. full is a reason to read in full; "" is none.
func (r *run) pull(ctx context.Context, plan *PlannedPull, full text.Key) (*pulled, error) {
	out, err := r.pullAs(ctx, plan, full)
	var d *doubt
	if !errors.As(err, &d) {
		return out, err
	}
	if out.reach.mode == modeBackfill {
		return nil, out.reach.refuse(plan, r.Lang, d.reason)
	}
	r.Log.Info("read in full", "run", r.id, "resource", plan.Resource, "reason", string(d.reason))
	if err := os.RemoveAll(out.dir); err != nil {
		return nil, err
	}
	return r.pullAs(ctx, plan, d.reason)
}

// pullAs reads one resource under one snapshot, its parts in a pool, each part
// through the row steps into one Parquet file. A part that fails is rejected
// whole, and with it the resource. full is why it is read in full whatever else; "" if
// nothing asks for that.
func (r *run) pullAs(ctx context.Context, plan *PlannedPull, full text.Key) (*pulled, error) {
	out := &pulled{plan: plan, dir: r.scratchFor(plan.Resource), at: r.Now(), counts: map[string]quality.Count{}}
	if err := os.MkdirAll(out.dir, 0o700); err != nil {
		return nil, err
	}
	if err := plan.collectable(); err != nil {
		return nil, err
	}
	source, err := r.sources.open(ctx, plan.Connection)
	if err != nil {
		return nil, err
	}
	snap, reach, err := r.snapshot(ctx, source, plan, full)
	if err != nil {
		return nil, err
	}
	out.reach = reach
	defer snap.Close()
	r.at(atPullSnapshot)
	out.consistent = snap.Consistent()
	steps, err := standardize.Bind(plan.res, plan.items, snap.Schema(), r.Project.Codes, r.Project.Elements...)
	if err != nil {
		return nil, err
	}
	env := &quality.Env{Project: r.Project, Resource: plan.res, Today: r.Now().Format(time.DateOnly), Table: plan.table}
	rules, errs := quality.Bind(env, plan.items, steps.Schema(), r.Checks)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	out.env, out.rules = env, rules
	checks, err := quality.NewRowSet(rules, steps.Schema(), env)
	if err != nil {
		return nil, err
	}
	if err = r.pullParts(ctx, out, snap, steps, checks); err == nil {
		err = r.readKeys(ctx, out, snap)
	}
	if err == nil {
		err = snap.Close() // the source has given all: it need not wait for the merge
	}
	if err == nil {
		err = r.complete(ctx, out, steps, checks)
	}
	if err == nil {
		err = r.readUnread(ctx, out)
	}
	return out, err
}

// guarded turns a panic into an error with its stack; the panic's own text may hold
// a value and is left out.
func guarded(f func() error) (err error) {
	if p := panics.Try(func() { err = f() }); p != nil {
		return fault.New(fault.Internal, "pipeline.panic").Because(errors.New(string(p.Stack)))
	}
	return err
}

// collectable refuses a resource with rules that cannot do without an item which may not be
// collected: its key, and what settles which record stays, votes or is about whom. To
// go by what is left would take other records for the right ones in silence.
func (p *PlannedPull) collectable() error {
	for _, f := range p.Refused {
		if len(f.Needed) > 0 {
			return fault.New(fault.Config, "pipeline.needed_refused", f.Needed[0].Place, p.Resource, f.Item, f.Authority, f.Department).Try("pipeline.needed_refused.hint")
		}
	}
	return nil
}
