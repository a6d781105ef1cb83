package pipelines

import (
	"context"
	"fmt"
	"slices"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/transforms/onesource"
)

// images are the current images of all resources, as a release to be made on a
// head will have them: this run's where it landed, else the head's, which may be
// older than what the catalogue says of it now.
type images struct {
	run   *run
	head  *lake.Release
	fresh map[string]*staged      // raw/<r> and standard/<r> of this run
	now   map[string]lake.Dataset // all of the release to be made, as far as they are staged
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

// columns are those of a resource's image; nil where it never landed.
func (im *images) columns(res *catalog.Resource) []lake.Column {
	name := datasetName("raw", res.ID)
	if d := im.fresh[name]; d != nil {
		return d.Columns
	}
	if im.head == nil {
		return nil
	}
	return im.head.Datasets[name].Columns
}

// collected are the items of a resource that its image has, each in the type it is
// stored in; all, as the catalogue has them, where it never landed. An item that is
// stored in a type unheard of is left out.
func (im *images) collected(res *catalog.Resource) []*catalog.Item {
	columns := im.columns(res)
	var out []*catalog.Item
	for i := range res.Items {
		it := &res.Items[i]
		if columns == nil {
			out = append(out, it)
			continue
		}
		typ, same, ok := im.stored(columns, it)
		switch {
		case !ok:
		case same:
			out = append(out, it)
		default:
			old := *it
			old.Type = typ
			out = append(out, &old)
		}
	}
	return out
}

// stored is the type an item has among columns; ok is false where it is not there.
func (im *images) stored(columns []lake.Column, it *catalog.Item) (typ catalog.Type, same, ok bool) {
	at := slices.IndexFunc(columns, func(c lake.Column) bool { return c.Name == it.Name })
	if at < 0 {
		return catalog.Type{}, false, false
	}
	return onesource.Stored(it, columns[at].Type)
}

// outdatedIn are the items of an entity's members whose image is not of this run
// and is older than the catalogue's word on them: stored in another type, or asked
// for by a rule and not there. They are taken as stored until the resource lands.
func (im *images) outdatedIn(e onesource.Entity) []string {
	var out []string
	for _, m := range e.Members {
		res := im.run.Project.Resource(m.Resource.ID)
		if m.Raw == "" || im.fresh[datasetName("raw", res.ID)] != nil {
			continue
		}
		columns := im.columns(res)
		for i := range res.Items {
			it := &res.Items[i]
			has := slices.ContainsFunc(columns, func(c lake.Column) bool { return c.Name == it.Name })
			_, same, _ := im.stored(columns, it)
			if has && !same || !has && asks(res, it.Name) {
				out = append(out, res.ID+"."+it.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// asks reports whether a rule of the resource picks rows by an item.
func asks(res *catalog.Resource, item string) bool {
	return res.Vote != nil && res.Vote.Item == item || res.Duplicates != nil && res.Duplicates.Keep.Item == item
}

// withoutMissing leaves out of an old image's resource the rules over items that it
// does not have yet: who has no such item cannot be asked by it.
func (im *images) withoutMissing(res *catalog.Resource) *catalog.Resource {
	columns := im.columns(res)
	missing := func(k catalog.KeepRule) bool {
		return k.Item != "" && !slices.ContainsFunc(columns, func(c lake.Column) bool { return c.Name == k.Item })
	}
	out := *res
	if res.Vote != nil && missing(*res.Vote) {
		out.Vote = nil
	}
	if res.Duplicates != nil && missing(res.Duplicates.Keep) {
		out.Duplicates = nil
	}
	return &out
}

// keys are the key columns of a resource's image. One that stayed behind a shut gate
// has those it landed with, whatever the catalogue says since.
func (im *images) keys(res *catalog.Resource) []string {
	if before := im.landedKeys(res); im.fresh[datasetName("standard", res.ID)] == nil && len(before) > 0 {
		return before
	}
	return keys(res)
}

// landedKeys are the key columns the head's image has; none where it has no image.
func (im *images) landedKeys(res *catalog.Resource) []string {
	if im.head == nil {
		return nil
	}
	return im.head.Datasets[datasetName("standard", res.ID)].Sorted
}

// rekeyed reports whether the head has records of a resource by another key.
func (r *run) rekeyed(res *catalog.Resource) bool {
	if r.head == nil {
		return false
	}
	was := r.head.Datasets[datasetName("quality", res.ID, "failures")].Sorted
	return len(was) > 0 && !slices.Equal(was[1:], keys(res)) // by rule, then key
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
	before := im.landedKeys(m.Resource)
	m.Rekeyed = len(before) > 0 && !slices.Equal(before, m.Keys)
	if im.fresh[datasetName("raw", m.Resource.ID)] == nil {
		m.Resource = im.withoutMissing(m.Resource)
	}
	m.Raw = rawRelation(m.Keys, engine.Parquet(raw))
	m.Digested = slices.ContainsFunc(im.columns(m.Resource), func(c lake.Column) bool { return c.Name == lake.DigestColumn })
	if standard != nil {
		m.Standard = engine.Parquet(standard)
	}
	meta, err := s.Metadata(ctx, raw[0], rulesKey)
	if err != nil {
		return err
	}
	if err := im.fillRoutes(ctx, m, meta); err != nil || meta == "" {
		return err
	}
	bits, err := errorBits(meta, m.Subject.Key)
	if err != nil {
		return fmt.Errorf("rules of %s: %w", m.Resource.ID, err)
	}
	m.Valid = onesource.MaskClear(bits)
	return nil
}
