package pipelines

import (
	"context"
	"slices"

	"guiji/internal/engine"
	"guiji/lake"
	"guiji/transforms/onesource"
)

// fillEntity gives an entity what the head has of it, and the tables that map its keys.
func (im *images) fillEntity(ctx context.Context, e *onesource.Entity) error {
	for name, into := range map[string]*string{"conflicts": &e.Previous, "crosswalk": &e.PrevCrosswalk, "events": &e.PrevEvents} {
		files, err := im.files(ctx, datasetName("entity", e.Entity.ID, name))
		if err != nil {
			return err
		}
		if files != nil {
			*into = engine.Parquet(files)
		}
	}
	e.ReadRenamed()
	e.Mapped = map[string]string{}
	for _, r := range e.Entity.Routes {
		switch m := r.Mapping; {
		case m == nil:
		case m.Codes != "":
			if t := im.run.Project.Codes[m.Codes]; t != nil {
				e.Mapped[r.Key] = onesource.MappedCodes(t)
			}
		default:
			name := datasetName("standard", m.Resource)
			files, err := im.files(ctx, name)
			if err != nil {
				return err
			}
			if files != nil && im.has(name, m.From, m.To) { // one that landed before it had the items maps nothing yet
				e.Mapped[r.Key] = onesource.MappedItems(engine.Parquet(files), m.From, m.To)
			}
		}
	}
	return nil
}

// entities are those that members speak of, and those that the head has members of and
// nobody speaks of any more: their golden records are made anew, without any.
func (im *images) entities(members []onesource.Member, version int64) []onesource.Entity {
	out := onesource.Entities(im.run.Project, members, im.run.Now(), version)
	for _, ce := range im.run.Project.Entities {
		known := slices.ContainsFunc(out, func(e onesource.Entity) bool { return e.Entity.ID == ce.ID })
		if !known && im.hadMembers(ce.ID) {
			out = append(out, onesource.Deserted(im.run.Project, ce, im.run.Now(), version))
		}
	}
	return out
}

// hadMembers reports whether the head has records linked to an entity.
func (im *images) hadMembers(entity string) bool {
	return im.head != nil && im.head.Datasets[datasetName("entity", entity, "crosswalk")].Rows > 0
}

// has reports whether a dataset has columns.
func (im *images) has(name string, columns ...string) bool {
	var there []lake.Column
	if d := im.fresh[name]; d != nil {
		there = d.Columns
	} else if im.head != nil {
		there = im.head.Datasets[name].Columns
	}
	return !slices.ContainsFunc(columns, func(want string) bool {
		return !slices.ContainsFunc(there, func(c lake.Column) bool { return c.Name == want })
	})
}

// fillRoutes gives a member what tells which of its other keys count, and the rows that
// de-duplication took away.
func (im *images) fillRoutes(ctx context.Context, m *onesource.Member, rules string) error {
	for _, it := range m.Routes {
		valid := ""
		if it != nil && it.Name != m.Subject.Key && rules != "" {
			bits, err := errorBits(rules, it.Name)
			if err != nil {
				return err
			}
			valid = onesource.MaskClear(bits)
		}
		m.RouteValid = append(m.RouteValid, valid)
	}
	name := datasetName("quality", m.Resource.ID, "duplicates")
	files, err := im.files(ctx, name)
	if err == nil && files != nil && im.has(name, m.Keys...) {
		m.Losers = engine.Parquet(files)
	}
	return err
}
