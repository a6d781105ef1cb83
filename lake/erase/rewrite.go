// Package erase makes releases anew without some of their data: single records, a
// person, or all of a withdrawn resource. It writes Parquet with DuckDB; the lake
// package itself replaces the releases. cmd imports it.
package erase

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"crypto/rand"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
)

// Input is what data is taken out of.
type Input struct {
	Project *catalog.Project
	Objects lake.Objects
	Chain   *lake.Chain
	Cache   *lake.Cache
	Session *engine.Session // its temporary tables are this package's
	Scratch string          // a folder of its own, removed by the caller
	Keys    Keys            // how the pipeline takes records' keys
	// OrderNumber is what the work order of a rule and a record key is called; nil: orders
	// are known by their key columns alone.
	OrderNumber func(resource, rule string, key []string) string
	// Before is called by Erase when all is planned and before the store changes, once for
	// every try: what is kept about the subjects elsewhere goes first, so that an erasure
	// that is stopped leaves nothing behind that no later one finds. Nil: nothing is.
	Before func(ctx context.Context, out *Outcome) error
}

// Keys are the pipeline's rules of who is one subject, as SQL; without them keys are as
// they are written.
type Keys struct {
	// Of is the key of an entity that a text gives by one of its routes; NULL where it is
	// none.
	Of func(e catalog.Entity, route int, text string) string
	// Codes and Items are the relations of q, a later key, and k, the first key it stands
	// for: of a code table, and of two items of a resource's relation.
	Codes func(t *catalog.CodeTable) string
	Items func(relation, from, to string) string
}

// rewriter takes the same targets out of one release after the other. A file that
// several releases name is made anew once.
type rewriter struct {
	Input
	attempt string
	gone    map[string]string // resources that go as a whole, with the reason
	records bool              // single records go too: the tables of targets.go
	at      time.Time
	reason  string
	files   map[string]made // by query and content: what it became
	staged  []string
}

// made is a file without the targets.
type made struct {
	file lake.File
	rows int64 // that went
}

func newRewriter(in Input, at time.Time) *rewriter {
	return &rewriter{Input: in, attempt: rand.Text(), gone: map[string]string{}, at: at, files: map[string]made{}}
}

// Withdraw takes whole resources out of releases, with every value that golden
// records have from them, and returns the releases that changed, as they are to be,
// with the keys of the data files made for them. gone names the resources with the
// reason that each release records.
func Withdraw(ctx context.Context, in Input, at time.Time, releases []*lake.Release, gone map[string]string) (edits []*lake.Release, staged []string, err error) {
	w := newRewriter(in, at)
	w.gone = gone
	var reasons []string
	for _, r := range slices.Sorted(maps.Keys(gone)) {
		reasons = append(reasons, r+": "+gone[r])
	}
	w.reason = strings.Join(reasons, "; ")
	edits, err = w.all(ctx, releases)
	return edits, w.staged, err
}

// all rewrites releases; those without the targets are left out.
func (w *rewriter) all(ctx context.Context, releases []*lake.Release) ([]*lake.Release, error) {
	var edits []*lake.Release
	for _, r := range releases {
		next, err := w.release(ctx, r)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("release %d: %w", r.Version, err), w.discard(ctx))
		}
		if next != nil {
			edits = append(edits, next)
		}
	}
	return edits, nil
}

// discard deletes what was made for nothing.
func (w *rewriter) discard(ctx context.Context) error {
	var errs []error
	for _, key := range w.staged {
		errs = append(errs, w.Objects.Delete(context.WithoutCancel(ctx), key))
	}
	return errors.Join(errs...)
}

// release is a release without the targets; nil if it has none of them.
func (w *rewriter) release(ctx context.Context, r *lake.Release) (*lake.Release, error) {
	next := *r
	next.Datasets, next.Resources = maps.Clone(r.Datasets), maps.Clone(r.Resources)
	e := lake.Erasure{At: w.at, Reason: w.reason, Datasets: []string{}}
	for _, name := range slices.Sorted(maps.Keys(r.Datasets)) {
		d := r.Datasets[name]
		resource := resourceOf(name)
		if _, ok := w.gone[resource]; ok && resource != "" {
			delete(next.Datasets, name)
			e.Datasets, e.Rows = append(e.Datasets, name), e.Rows+d.Rows
			continue
		}
		if resource == "" || !w.records {
			continue
		}
		changed, rows, err := w.resource(ctx, r, name, resource)
		if err != nil {
			return nil, fmt.Errorf("dataset %s: %w", name, err)
		}
		if rows > 0 {
			next.Datasets[name] = changed
			e.Datasets, e.Rows = append(e.Datasets, name), e.Rows+rows
		}
	}
	for _, id := range entitiesOf(r) {
		if err := w.entity(ctx, r, id, &next, &e); err != nil {
			return nil, fmt.Errorf("entity %s: %w", id, err)
		}
	}
	left := w.leave(&next)
	if len(e.Datasets) == 0 && !left {
		return nil, nil
	}
	slices.Sort(e.Datasets)
	next.Erasures = append(slices.Clone(r.Erasures), e)
	return &next, nil
}

// leave takes what a release says of the resources that go, and corrects its counts
// of those that stay.
func (w *rewriter) leave(next *lake.Release) (left bool) {
	for resource := range w.gone {
		if _, ok := next.Resources[resource]; ok {
			delete(next.Resources, resource)
			left = true
		}
	}
	next.Tasks = slices.DeleteFunc(slices.Clone(next.Tasks), func(t lake.Task) bool { return w.gone[t.Resource] != "" })
	for id, state := range next.Resources {
		if d, ok := next.Datasets["standard/"+id]; ok {
			state.Landed = d.Rows
			next.Resources[id] = state
		}
	}
	return left
}

// resourceOf is the resource a dataset is of; "" for entities and the catalogue.
func resourceOf(dataset string) string {
	parts := strings.SplitN(dataset, "/", 4)
	if len(parts) < 3 || parts[0] == "entity" || parts[0] == "meta" {
		return ""
	}
	return parts[1] + "/" + parts[2]
}

// entitiesOf are the entities a release holds.
func entitiesOf(r *lake.Release) []string {
	var out []string
	for name := range r.Datasets {
		if id, ok := strings.CutPrefix(name, "entity/"); ok && !strings.Contains(id, "/") {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// upload stages a file made here under the dataset it is for.
func (w *rewriter) upload(ctx context.Context, dataset, path string, rows int64) (lake.File, error) {
	key := fmt.Sprintf("data/%s/erase/%s/%05d.parquet", dataset, w.attempt, len(w.staged))
	f, err := lake.Upload(ctx, w.Objects, key, path, rows)
	if err != nil {
		return f, err
	}
	w.staged = append(w.staged, key)
	return f, errors.Join(w.Cache.Adopt(f, path), os.Remove(path))
}
