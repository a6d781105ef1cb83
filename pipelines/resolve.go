package pipelines

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/transforms/onesource"
)

// resolved is what one source made of a head and this run's images.
type resolved struct {
	sources  []string
	datasets map[string]*staged
	entities map[string]lake.RunEntity
	states   map[string]lake.Entity
}

// resolve makes golden records, crosswalk and conflicts of every entity. One that
// cannot be made stays as the head has it, and holds up no other: only the end of
// ctx, and a store that is out of reach, do.
func (r *run) resolve(ctx context.Context, im *images, version uint64) (*resolved, error) {
	members := onesource.Members(r.Project, im.collected)
	out := &resolved{datasets: map[string]*staged{}, entities: map[string]lake.RunEntity{}, states: map[string]lake.Entity{}}
	if im.head != nil {
		out.sources = im.head.Sources
	}
	out.sources = onesource.Assign(out.sources, members)
	dir := filepath.Join(r.scratch, fmt.Sprintf("entity-%d", version))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for _, e := range im.entities(members, int64(version)) {
		r.forget(entityFailure(e.Entity.ID)) // of a try on another head
		err := guarded(func() error { return r.resolveEntity(ctx, im, e, dir, out) })
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		switch kind := fault.KindOf(err); {
		case err == nil:
		case kind == fault.Unreachable, kind == fault.Refused, kind == fault.Interrupted:
			return nil, fmt.Errorf("entity %s: %w", e.Entity.ID, err)
		default:
			out.entities[e.Entity.ID] = r.failEntity(e.Entity.ID, err)
		}
	}
	return out, nil
}

// entityFailure is an entity's name among the run's failures.
func entityFailure(id string) string { return "entity/" + id }

func (r *run) forget(failure string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.failures, failure)
}

// failEntity keeps what became of an entity that stays as the head has it.
func (r *run) failEntity(id string, err error) lake.RunEntity {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures[entityFailure(id)] = err
	kind := fault.KindOf(err).String()
	r.Log.Error("entity failed", "run", r.id, "entity", id, "kind", kind, "error", err.Error())
	return lake.RunEntity{Kind: kind, Reason: fault.Message(r.Lang, err)}
}

// resolveEntity makes one entity; nothing where nobody who speaks of it has landed. Where
// memory or disk do not suffice for an update it is made whole, in ranges as small as
// the memory asks for: what comes of it is the same, and it need not wait for another run.
func (r *run) resolveEntity(ctx context.Context, im *images, e onesource.Entity, dir string, out *resolved) error {
	made, err := r.makeEntity(ctx, im, e, dir, false)
	var short *shortUpdate
	if errors.As(err, &short) && ctx.Err() == nil {
		r.Log.Warn("entity is made whole, its update ran out of memory or disk", "run", r.id, "entity", e.Entity.ID, "error", short.Error())
		made, err = r.makeEntity(ctx, im, e, dir, true)
	}
	if err != nil || made == nil {
		return err
	}
	maps.Copy(out.datasets, made.datasets)
	counts := made.state.Counts
	counts.Mode, counts.Touched, counts.Outdated = made.mode, made.touched, made.outdated
	if made.result != nil {
		counts = out.counts(counts, *made.result)
	}
	if len(counts.Outdated) > 0 {
		r.Log.Warn("images older than the catalogue", "run", r.id, "entity", e.Entity.ID, "items", counts.Outdated)
	}
	out.entities[e.Entity.ID] = counts
	made.state.Counts = counts
	out.states[e.Entity.ID] = made.state
	return nil
}

// makeEntity makes one entity in a session of its own, which ends with all its tables;
// whole whatever stayed as it was. It is nil where nobody who speaks of it has landed.
func (r *run) makeEntity(ctx context.Context, im *images, e onesource.Entity, dir string, whole bool) (*made, error) {
	s, err := r.openEngine(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	unfilled := e.Members
	e.Members = slices.Clone(unfilled)
	for i := range e.Members {
		if err := im.fill(ctx, s, &e.Members[i]); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(e.Members, func(m onesource.Member) bool { return m.Raw != "" }) && !im.hadMembers(e.Entity.ID) {
		return nil, nil
	}
	e.DoubtFrom, e.Marks = r.Project.Config.Defaults.DoubtFrom, r.req.Disputed
	if err := im.fillEntity(ctx, &e); err != nil {
		return nil, err
	}
	out, err := im.make(ctx, s, e, unfilled, dir, whole)
	if err != nil {
		return nil, err
	}
	out.outdated = im.outdatedIn(e)
	return out, nil
}

// counts are what a Resolve counted, by the names of sources.
func (out *resolved) counts(c lake.RunEntity, result onesource.Outcome) lake.RunEntity {
	c = lake.RunEntity{Mode: c.Mode, Touched: c.Touched, Outdated: c.Outdated, Golden: result.Golden, Conflicts: result.Conflicts, Members: result.Members,
		Unlinked: result.Unlinked, HeldBack: result.HeldBack, Holders: map[string]int64{}, Doubted: map[string]int64{}, Problems: result.Problems, Events: result.Events}
	for holder, n := range result.ConflictsByHolder {
		c.Holders[out.sources[holder]] = n
	}
	for authority, n := range result.DoubtsByAuthority {
		c.Doubts += n
		c.Doubted[out.sources[authority]] = n
	}
	return c
}

// writeEntity writes what Resolve left in the session, or an update and what stays.
func (r *run) writeEntity(ctx context.Context, s *engine.Session, e onesource.Entity, u *onesource.Update, dir string) (map[string]*staged, error) {
	id, o, out := e.Entity.ID, onesource.Options{}, map[string]*staged{}
	for _, d := range []struct {
		suffix, label, query string
		sorted               []string
	}{
		{"", "", onesource.GoldenQuery(e, o), []string{"entity_key"}},
		{"crosswalk", "（来源对照）", onesource.CrosswalkQuery(e, o), []string{"entity_key", "source", "record_key"}},
		{"conflicts", "（数据不一致）", onesource.ConflictsQuery(e, o), []string{"entity_key", "element", "holder", "record_key"}},
		{"problems", "（关联问题）", onesource.ProblemsQuery(e, o), []string{"kind", "source", "record_key", "reason", "element", "decision", "records"}},
		{"events", "（标识变更）", onesource.EventsQuery(e, o), []string{"golden_id", "since", "kind", "other_id"}},
		{"aliases", "（原标识对照）", onesource.AliasesQuery(e, o), []string{"golden_id"}},
		{"doubts", "（存疑数据）", onesource.DoubtsQuery(e, o), []string{"entity_key", "element", "other_value", "held_by"}},
	} {
		name, tbl := datasetName("entity", id), id
		if d.suffix != "" {
			name, tbl = name+"/"+d.suffix, tbl+"__"+d.suffix
		}
		set := lake.Dataset{Layer: "entity", Table: tbl, Label: e.Entity.Name + d.label, Sorted: d.sorted}
		st, err := writeBy(ctx, s, dir, tbl, set, r.entityLabels(e.Entity), func(path string) (int64, error) {
			if u != nil {
				return u.Copy(ctx, s, d.suffix, d.query, d.sorted, path, engine.ParquetOptions{})
			}
			return s.CopyQuery(ctx, tbl, d.query, path, engine.ParquetOptions{})
		})
		if err != nil {
			return nil, err
		}
		out[name] = st
	}
	return out, nil
}

// entityLabels labels the columns of an entity's tables by its elements. What
// identifies a person is as private as the entity's key.
func (r *run) entityLabels(e catalog.Entity) labels {
	private := map[string]string{}
	for _, el := range r.Project.Elements {
		if slices.Contains(e.Keys, el.Code) {
			for _, c := range []string{"entity_key", "own_key", "record_key", "holder_value", "authority_value", "other_value"} {
				private[c] = string(el.Privacy)
			}
		}
	}
	return func(c *lake.Column) {
		c.Label, c.Privacy = fixedLabels[c.Name], private[c.Name]
		for _, el := range r.Project.Elements {
			switch {
			case el.Entity != e.ID:
			case el.Column == c.Name:
				c.Label, c.Privacy, c.Element = el.Name, string(el.Privacy), el.Code
			case el.Column+"__from" == c.Name:
				c.Label = el.Name + "（来源编号）"
			}
		}
	}
}
