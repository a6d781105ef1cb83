package pipelines

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"guiji/internal/engine"
	"guiji/lake"
	"guiji/transforms/onesource"
)

// How an entity was made, as a run's record says it.
const (
	entityFull        = "full"
	entityIncremental = "incremental"
	entityUnchanged   = "unchanged"
)

// made is what became of one entity. Where nothing changed it has no datasets: the head's
// stay, and its counts with them.
type made struct {
	mode     string
	touched  int64
	outdated []string // items taken as they are stored, older than the catalogue
	datasets map[string]*staged
	result   *onesource.Outcome // nil: the counts of state hold
	state    lake.Entity
}

// shortUpdate is the end of an update for which memory or disk did not suffice.
type shortUpdate struct{ error }

func (s *shortUpdate) Unwrap() error { return s.error }

// make makes an entity: not at all where its members' images are the head's, by the
// subjects whose records changed where nothing but rows did since the head, else whole, or
// where that is asked for. unfilled are the entity's members without relations.
func (im *images) make(ctx context.Context, s *engine.Session, e onesource.Entity, unfilled []onesource.Member, dir string, whole bool) (*made, error) {
	basis, err := e.Basis()
	if err != nil {
		return nil, err
	}
	out := &made{mode: entityFull, state: lake.Entity{Basis: basis + " " + im.run.Version, Images: digest(im.now, inputs(e)...)}}
	if was, ok := im.former(e, out.state.Basis); ok && !whole {
		if was.Images == out.state.Images {
			return out.keep(was), nil
		}
		done, err := im.update(ctx, s, e, unfilled, dir, out)
		switch {
		case engine.Exhausted(err):
			return nil, &shortUpdate{err}
		case err != nil:
			return nil, err
		case done && out.result == nil:
			return out.keep(was), nil
		case done:
			return out, nil
		}
	}
	result, err := onesource.Resolve(ctx, s, e, onesource.Options{})
	if err != nil {
		return nil, err
	}
	out.result = &result
	out.datasets, err = im.run.writeEntity(ctx, s, e, nil, dir)
	return out, err
}

// keep has an entity stay as it was. No golden id has become another since.
func (m *made) keep(was lake.Entity) *made {
	m.mode, m.state.Counts = entityUnchanged, was.Counts
	m.state.Counts.Events = map[string]int64{}
	return m
}

// former is how the head's entity was made. ok is false where it was not made as it would
// be now, of the head's own images, or has been rewritten since, as by an erasure.
func (im *images) former(e onesource.Entity, basis string) (was lake.Entity, ok bool) {
	if im.head == nil {
		return was, false
	}
	was, ok = im.head.Entities[e.Entity.ID]
	if !ok || was.Basis != basis || was.Made != digest(im.head.Datasets, outputs(im.head.Datasets, e.Entity.ID)...) {
		return was, false
	}
	same := was.Images == digest(im.now, inputs(e)...)
	return was, same || was.Images == digest(im.head.Datasets, inputs(e)...)
}

// update makes the subjects whose records changed since the head, and the whole with what
// the head has of the others. done is false where all are to be made anew; without a
// result nothing changed.
func (im *images) update(ctx context.Context, s *engine.Session, e onesource.Entity, unfilled []onesource.Member, dir string, out *made) (done bool, err error) {
	then := &images{run: im.run, head: im.head}
	was := onesource.Former{Members: slices.Clone(unfilled)}
	for i := range was.Members {
		if err := then.fill(ctx, s, &was.Members[i]); err != nil {
			return false, err
		}
		names := imagesOf(e.Members[i])
		was.Same = append(was.Same, digest(im.now, names...) == digest(im.head.Datasets, names...))
	}
	for name, into := range map[string]*string{"": &was.Golden, "/problems": &was.Problems, "/doubts": &was.Doubts} {
		files, err := then.files(ctx, datasetName("entity", e.Entity.ID)+name)
		if err != nil {
			return false, err
		}
		if files != nil {
			*into = engine.Parquet(files)
		}
	}
	u, ok, err := onesource.Incremental(ctx, s, e, was)
	if err != nil || !ok || u.Touched == 0 {
		return ok, err
	}
	out.mode, out.touched = entityIncremental, u.Touched
	if out.datasets, err = im.run.writeEntity(ctx, s, e, u, dir); err != nil {
		return false, err
	}
	relations := map[string]string{}
	for name, d := range out.datasets {
		relations[name[min(len(name), len(datasetName("entity", e.Entity.ID))+1):]] = d.relation()
	}
	result, err := u.Count(ctx, s, relations)
	out.result = &result
	return true, err
}

// imagesOf are the datasets a member's rows come from.
func imagesOf(m onesource.Member) []string {
	id := m.Resource.ID
	return []string{datasetName("raw", id), datasetName("standard", id), datasetName("quality", id, "duplicates")}
}

// inputs are the datasets an entity is made of.
func inputs(e onesource.Entity) []string {
	var out []string
	for _, m := range e.Members {
		out = append(out, imagesOf(m)...)
	}
	for _, r := range e.Entity.Routes {
		if r.Mapping != nil && r.Mapping.Resource != "" {
			out = append(out, datasetName("standard", r.Mapping.Resource))
		}
	}
	return out
}

// outputs are the datasets that are there of an entity.
func outputs(there map[string]lake.Dataset, id string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(there)) {
		if base := datasetName("entity", id); name == base || len(name) > len(base) && name[:len(base)+1] == base+"/" {
			out = append(out, name)
		}
	}
	return out
}

// digest is over the content of datasets' files.
func digest(there map[string]lake.Dataset, names ...string) string {
	h := sha256.New()
	for _, name := range names {
		fmt.Fprintln(h, name)
		for _, f := range there[name].Files {
			fmt.Fprintln(h, f.SHA256, f.Size)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// remember puts into a release how its entities were made. One that could not be made
// stays as the head says.
func (out *resolved) remember(rel, head *lake.Release) {
	rel.Entities = map[string]lake.Entity{}
	if head != nil {
		maps.Copy(rel.Entities, head.Entities)
	}
	for id, state := range out.states {
		state.Made = digest(rel.Datasets, outputs(rel.Datasets, id)...)
		rel.Entities[id] = state
	}
}
