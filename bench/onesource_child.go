package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// onesourceChild is one measured process of one source: what says which.
func onesourceChild(ctx context.Context, what, dir string) error {
	spill, err := os.MkdirTemp(dir, "spill-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(spill)
	s, err := engine.Open(ctx, engine.Options{Temp: spill, Memory: onesourceMemory})
	if err != nil {
		return err
	}
	defer s.Close()
	switch what {
	case "onesource_groupby":
		err = groupBy(ctx, s, dir)
	case "onesource":
		err = resolvePersons(ctx, s, dir, "before", "")
	case "onesource_again":
		err = resolvePersons(ctx, s, dir, "after", "before")
	case "onesource_incremental":
		err = updatePersons(ctx, s, dir)
	}
	if err != nil {
		return err
	}
	return sayPeak()
}

// onesourceFields are the elements by item.
var onesourceFields = []struct{ code, item, authority, typ string }{
	{"P1", "citizen_id", "d/s0", "C(18)"}, {"P2", "name", "d/s0", "C(50)"}, {"P3", "sex", "d/s0", "C(1)"}, {"P4", "birth", "d/s0", "D"},
	{"P5", "nation", "d/s0", "C(2)"}, {"P6", "phone", "d/s1", "C(20)"}, {"P7", "address", "d/s0", "C(200)"},
}

// groupBy is what the measurement is held against.
func groupBy(ctx context.Context, s *engine.Session, dir string) error {
	var all []string
	for source := range onesourceSources {
		raw, _ := onesourceFiles(dir, "before", source)
		all = append(all, raw...)
	}
	return s.Exec(ctx, "groupby", "CREATE TEMP TABLE persons AS SELECT citizen_id, any_value(name) AS name, any_value(sex) AS sex, any_value(birth) AS birth, "+
		"any_value(nation) AS nation, any_value(phone) AS phone, any_value(address) AS address FROM "+engine.Parquet(all)+" GROUP BY citizen_id")
}

// personsEntity is the entity as a run would see it over the images of a state.
func personsEntity(dir, state string, version int64) (onesource.Entity, error) {
	p := &catalog.Project{Entities: []catalog.Entity{{ID: "person", Name: "自然人", Keys: []string{"P1"}}}}
	one := func(resource, item string) catalog.ItemRef { return catalog.ItemRef(resource + "." + item) }
	for _, f := range onesourceFields {
		el := catalog.Element{Code: f.code, Name: f.item, Column: f.item, Entity: "person", Authority: catalog.Authority{{Item: one(f.authority, f.item)}}}
		if f.item == "phone" || f.item == "address" {
			el.WhenEmpty, el.Fallback = catalog.EmptyMeansFallback, []catalog.ItemRef{one("d/s2", f.item)}
		}
		p.Elements = append(p.Elements, el)
	}
	for source := range onesourceSources {
		r := &catalog.Resource{ID: fmt.Sprintf("d/s%d", source), Status: catalog.Published, Source: catalog.Source{Key: []string{"id"}, Cursor: "updated_at"}}
		for _, it := range append([]struct{ code, item, authority, typ string }{{"", "id", "", "N(18)"}, {"", "updated_at", "", "T"}}, onesourceFields...) {
			typ, err := catalog.ParseType(it.typ)
			if err != nil {
				return onesource.Entity{}, err
			}
			r.Items = append(r.Items, catalog.Item{Name: it.item, Element: it.code, Type: typ})
		}
		if source == 1 {
			r.Vote = &catalog.KeepRule{Fn: "latest", Item: "updated_at"}
		}
		p.Resources = append(p.Resources, r)
	}
	members := onesource.Members(p, nil)
	onesource.Assign(nil, members)
	for i := range members {
		raw, standard := onesourceFiles(dir, state, i)
		members[i].Raw, members[i].Standard, members[i].Valid = engine.Parquet(raw), engine.Parquet([]string{standard}), onesource.MaskClear([]int{1})
		members[i].Digested = true
	}
	return onesource.Entities(p, members, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), version)[0], nil
}

// outFile is where a dataset is written.
func outFile(dir, state, name string) string { return filepath.Join(dir, state+"-"+name+".parquet") }

// wholePersons are the datasets of an entity that is made whole.
func wholePersons(e onesource.Entity) []personsDataset {
	o := onesource.Options{}
	return []personsDataset{
		{"golden", "", onesource.GoldenQuery(e, o), []string{"entity_key"}},
		{"crosswalk", "crosswalk", onesource.CrosswalkQuery(e, o), []string{"entity_key", "source", "record_key"}},
		{"conflicts", "conflicts", onesource.ConflictsQuery(e, o), []string{"entity_key", "element", "holder", "record_key"}},
		{"doubts", "doubts", onesource.DoubtsQuery(e, o), []string{"entity_key", "element", "other_value", "held_by"}},
		{"problems", "problems", onesource.ProblemsQuery(e, o), []string{"kind", "source", "record_key", "reason", "element", "decision", "records"}},
		{"events", "events", onesource.EventsQuery(e, o), []string{"golden_id", "since", "kind", "other_id"}},
		{"aliases", "aliases", onesource.AliasesQuery(e, o), []string{"golden_id"}},
	}
}

type personsDataset struct {
	file, name, query string
	sorted            []string
}

// following gives the entity of a state what was made of the state before.
func following(e *onesource.Entity, dir, previous string) {
	e.Version = 2
	for name, into := range map[string]*string{"conflicts": &e.Previous, "crosswalk": &e.PrevCrosswalk, "events": &e.PrevEvents} {
		*into = engine.Parquet([]string{outFile(dir, previous, name)})
	}
}

// resolvePersons makes and writes all datasets of a state, over those of the state before
// where there is one.
func resolvePersons(ctx context.Context, s *engine.Session, dir, state, previous string) error {
	e, err := personsEntity(dir, state, 1)
	if err != nil {
		return err
	}
	if previous != "" {
		following(&e, dir, previous)
	}
	began := spent()
	result, err := onesource.Resolve(ctx, s, e, onesource.Options{})
	if err != nil {
		return err
	}
	fmt.Printf("resolved in %s: %+v\n", began.since(), result)
	return putPersons(ctx, s, dir, state, wholePersons(e), nil)
}

// putPersons writes datasets, where u is there put together with those of the state before.
func putPersons(ctx context.Context, s *engine.Session, dir, state string, datasets []personsDataset, u *onesource.Update) error {
	for _, d := range datasets {
		began := spent()
		var err error
		if u != nil {
			_, err = u.Copy(ctx, s, d.name, d.query, d.sorted, outFile(dir, state, d.file), engine.ParquetOptions{})
		} else {
			_, err = s.CopyQuery(ctx, d.file, d.query, outFile(dir, state, d.file), engine.ParquetOptions{})
		}
		if err != nil {
			return err
		}
		fmt.Printf("%s written in %s\n", d.file, began.since())
	}
	return nil
}

// updatePersons makes the same as onesource_again of what changed alone, and fails where
// it is not the same to the byte.
func updatePersons(ctx context.Context, s *engine.Session, dir string) error {
	e, err := personsEntity(dir, "after", 1)
	if err != nil {
		return err
	}
	before, err := personsEntity(dir, "before", 1)
	if err != nil {
		return err
	}
	following(&e, dir, "before")
	began := spent()
	was := onesource.Former{Members: before.Members, Same: make([]bool, len(e.Members)), Golden: engine.Parquet([]string{outFile(dir, "before", "golden")}),
		Problems: engine.Parquet([]string{outFile(dir, "before", "problems")}), Doubts: engine.Parquet([]string{outFile(dir, "before", "doubts")})}
	u, ok, err := onesource.Incremental(ctx, s, e, was)
	if err != nil || !ok {
		return fmt.Errorf("no update was made: %w", err)
	}
	fmt.Printf("%d records touched, resolved in %s\n", u.Touched, began.since())
	return putPersons(ctx, s, dir, "update", wholePersons(e), u)
}

// effort is a moment, and what the process had used of the CPU by then.
type effort struct {
	at  time.Time
	cpu time.Duration
}

func spent() effort {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // of a process about itself: cannot be
	}
	return effort{time.Now(), time.Duration(u.Utime.Nano() + u.Stime.Nano())}
}

func (e effort) since() string {
	now := spent()
	return fmt.Sprintf("%.2f s (cpu %.2f s)", now.at.Sub(e.at).Seconds(), (now.cpu - e.cpu).Seconds())
}
