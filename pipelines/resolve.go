package pipelines

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/transforms/onesource"
)

// images are the current images of all resources, as a release to be made on a
// head will have them: this run's where it landed, else the head's.
type images struct {
	run   *run
	head  *lake.Release
	fresh map[string]*staged // raw/<r> and standard/<r> of this run
}

// files of a dataset, nil if it never landed.
func (im *images) files(ctx context.Context, name string) ([]string, error) {
	if d := im.fresh[name]; d != nil {
		return d.paths, nil
	}
	if im.head == nil {
		return nil, nil
	}
	d, ok := im.head.Datasets[name]
	if !ok {
		return nil, nil
	}
	return im.run.Cache.Files(ctx, d)
}

// collected are the items of a resource that its image has; all where it never landed.
func (im *images) collected(res *catalog.Resource) []*catalog.Item {
	var columns []lake.Column
	name := datasetName("raw", res.ID)
	if d := im.fresh[name]; d != nil {
		columns = d.Columns
	} else if im.head != nil {
		columns = im.head.Datasets[name].Columns
	}
	var out []*catalog.Item
	for i := range res.Items {
		it := &res.Items[i]
		if columns == nil || slices.ContainsFunc(columns, func(c lake.Column) bool { return c.Name == it.Name }) {
			out = append(out, it)
		}
	}
	return out
}

// keys are the key columns of a resource's image. One that stayed behind a shut gate
// has those it landed with, whatever the catalogue says since.
func (im *images) keys(res *catalog.Resource) []string {
	name := datasetName("standard", res.ID)
	if im.head != nil && im.fresh[name] == nil {
		if d, ok := im.head.Datasets[name]; ok && len(d.Sorted) > 0 {
			return d.Sorted
		}
	}
	return keys(res)
}

// fill gives a member its relations.
func (im *images) fill(ctx context.Context, s *engine.Session, m *onesource.Member) error {
	raw, err := im.files(ctx, datasetName("raw", m.Resource.ID))
	if err != nil || raw == nil {
		return err
	}
	standard, err := im.files(ctx, datasetName("standard", m.Resource.ID))
	if err != nil {
		return err
	}
	m.Keys = im.keys(m.Resource)
	m.Raw = rawRelation(m.Keys, engine.Parquet(raw))
	if standard != nil {
		m.Standard = engine.Parquet(standard)
	}
	meta, err := s.Metadata(ctx, raw[0], rulesKey)
	if err != nil || meta == "" {
		return err
	}
	bits, err := errorBits(meta, m.Subject.Key)
	if err != nil {
		return fmt.Errorf("rules of %s: %w", m.Resource.ID, err)
	}
	m.Valid = onesource.MaskClear(bits)
	return nil
}

// resolved is what one source made of a head and this run's images.
type resolved struct {
	sources  []string
	datasets map[string]*staged
	entities map[string]lake.RunEntity
}

// resolve makes golden records, crosswalk and conflicts of every entity.
func (r *run) resolve(ctx context.Context, im *images, version uint64) (*resolved, error) {
	members := onesource.Members(r.Project, im.collected)
	out := &resolved{datasets: map[string]*staged{}, entities: map[string]lake.RunEntity{}}
	if im.head != nil {
		out.sources = im.head.Sources
	}
	out.sources = onesource.Assign(out.sources, members)
	dir := filepath.Join(r.scratch, fmt.Sprintf("entity-%d", version))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s, err := r.openEngine(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for i := range members {
		if err := im.fill(ctx, s, &members[i]); err != nil {
			return nil, err
		}
	}
	for _, e := range onesource.Entities(r.Project, members, r.Now(), int64(version)) {
		if !slices.ContainsFunc(e.Members, func(m onesource.Member) bool { return m.Raw != "" }) {
			continue
		}
		if err := r.resolveEntity(ctx, s, im, e, dir, out); err != nil {
			return nil, fmt.Errorf("entity %s: %w", e.Entity.ID, err)
		}
	}
	return out, nil
}

func (r *run) resolveEntity(ctx context.Context, s *engine.Session, im *images, e onesource.Entity, dir string, out *resolved) error {
	id := e.Entity.ID
	for name, into := range map[string]*string{"conflicts": &e.Previous, "crosswalk": &e.PrevCrosswalk} {
		files, err := im.files(ctx, datasetName("entity", id, name))
		if err != nil {
			return err
		}
		if files != nil {
			*into = engine.Parquet(files)
		}
	}
	o := onesource.Options{}
	result, err := onesource.Resolve(ctx, s, e, o)
	if err != nil {
		return err
	}
	for _, d := range []struct {
		suffix, label, query string
		sorted               []string
	}{
		{"", "", onesource.GoldenQuery(e, o), []string{"entity_key"}},
		{"crosswalk", "（来源对照）", onesource.CrosswalkQuery(e, o), []string{"entity_key", "source", "record_key"}},
		{"conflicts", "（数据不一致）", onesource.ConflictsQuery(e, o), []string{"entity_key", "element", "holder", "record_key"}},
	} {
		name, tbl := datasetName("entity", id), id
		if d.suffix != "" {
			name, tbl = name+"/"+d.suffix, tbl+"__"+d.suffix
		}
		st, err := write(ctx, s, dir, tbl, d.query, lake.Dataset{
			Layer: "entity", Table: tbl, Label: e.Entity.Name + d.label, Sorted: d.sorted,
		}, r.entityLabels(e.Entity))
		if err != nil {
			return err
		}
		out.datasets[name] = st
	}
	counts := lake.RunEntity{Golden: result.Golden, Conflicts: result.Conflicts, Members: result.Members, Unlinked: result.Unlinked,
		HeldBack: result.HeldBack, Holders: map[string]int64{}}
	for holder, n := range result.ConflictsByHolder {
		counts.Holders[out.sources[holder]] = n
	}
	out.entities[id] = counts
	return nil
}

// entityLabels labels the columns of an entity's tables by its elements. What
// identifies a person is as private as the entity's key.
func (r *run) entityLabels(e catalog.Entity) labels {
	private := map[string]string{}
	for _, el := range r.Project.Elements {
		if slices.Contains(e.Keys, el.Code) {
			for _, c := range []string{"entity_key", "record_key", "holder_value", "authority_value"} {
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
