package onesource_test

import (
	"context"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/lake"
	"guiji/transforms/onesource"
)

// A file that leaves out a column of nothing but NULL has the digests of one that has it.
func TestDigestsOfFilesWithFewerColumns(t *testing.T) {
	s := open(t, 2)
	all := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "n", Type: arrow.BinaryTypes.String}, {Name: "n_raw", Type: arrow.BinaryTypes.String},
		{Name: "f", Type: arrow.PrimitiveTypes.Float64}}, nil)
	without := func(names ...string) *arrow.Schema {
		return arrow.NewSchema(slices.DeleteFunc(all.Fields(), func(f arrow.Field) bool { return slices.Contains(names, f.Name) }), nil)
	}
	row := "(SELECT 1::BIGINT AS id, 'a' AS n, NULL::VARCHAR AS n_raw, NULL::DOUBLE AS f)"
	digests := func(from string, there *arrow.Schema) string {
		return rowsOf(t, s, "SELECT "+onesource.RowDigest(all, there)+" FROM "+from)[0]
	}
	want := digests(row, all)
	for _, there := range []*arrow.Schema{without("n_raw"), without("f"), without("n_raw", "f")} {
		if got := digests(row, there); got != want {
			t.Errorf("of %v: another digest", there.Fields())
		}
	}
	for _, other := range []string{"(SELECT 1::BIGINT AS id, 'a' AS n, 'a ' AS n_raw, NULL::DOUBLE AS f)", "(SELECT 1::BIGINT AS id, NULL AS n, 'a' AS n_raw, NULL::DOUBLE AS f)",
		"(SELECT 1::BIGINT AS id, 'a' AS n, NULL AS n_raw, '0'::DOUBLE AS f)", "(SELECT 1::BIGINT AS id, 'a' AS n, NULL AS n_raw, '-0'::DOUBLE AS f)"} {
		if got := digests(other, all); got == want {
			t.Errorf("%s: the same digest", other)
		}
	}
}

// An image of an earlier version has no digests: the entity is made whole. A row without one, of a
// part that an earlier version had read, counts as changed.
func TestUpdatesOverImagesWithoutDigests(t *testing.T) {
	s := open(t, 2)
	before := two(t, s, "1", "F", "1", "F", false)
	resolve(t, s, before, onesource.Options{})
	released(t, s, before, 1)
	e := two(t, s, "1", "F", "1", "F", false)
	e.Version = 2
	was := following(t, s, &e, before, 1)
	was.Few = -1
	update := func() *onesource.Update {
		u, ok, err := onesource.Incremental(context.Background(), s, e, was)
		if err != nil || !ok {
			t.Fatalf("no update: %v", err)
		}
		return u
	}
	if u := update(); u.Touched > 0 {
		t.Fatalf("%d records touched, nothing changed", u.Touched)
	}
	e.Members[0].Raw = "(SELECT * REPLACE (NULL::BIGINT AS " + lake.DigestColumn + ") FROM " + e.Members[0].Raw + ")"
	if u := update(); u.Touched == 0 {
		t.Error("rows without a digest count as unchanged")
	}
	e.Members[0].Digested = false
	if _, ok, err := onesource.Incremental(context.Background(), s, e, was); err != nil || ok {
		t.Errorf("an update over an image without digests: %v", err)
	}
	was.Same[0] = true // it was not landed again
	update()
}

// A rule over a key that is an error where it was a warning, or the other way round, leaves every
// row and its bits as they were, and yet other records count.
func TestUpdatesSeeKeysJudgedAnew(t *testing.T) {
	s := open(t, 2)
	const failed, passed = "e <> 'x'", "e <> 'z'"
	var before onesource.Entity
	for i, c := range []struct{ valid, route string }{{failed, ""}, {"", ""}, {"", failed}, {"", passed}, {failed, passed}} {
		version := int64(i + 1)
		e := two(t, s, "'x'", "C", "'y'", "C", false)
		e.Version = version
		e.Members[0].Valid, e.Members[0].RouteValid = c.valid, []string{c.route}
		if u := next(t, s, &e, before, version); version > 1 && u.Touched == 0 {
			t.Fatalf("no update to %+v", c)
		}
		before = e
	}
}

// Only records with a key of their own, of some entity, need a digest.
func TestWhichImagesHaveDigests(t *testing.T) {
	p := &catalog.Project{Entities: []catalog.Entity{{ID: "person", Keys: []string{"P1"}}}}
	keyed := catalog.Source{Key: []string{"id"}}
	person, other := catalog.Item{Name: "k", Element: "P1"}, catalog.Item{Name: "k", Element: "P2"}
	for _, c := range []struct {
		r    catalog.Resource
		want bool
	}{
		{catalog.Resource{Source: keyed, Items: []catalog.Item{person}}, true},
		{catalog.Resource{Items: []catalog.Item{person}}, false},
		{catalog.Resource{Source: keyed, Items: []catalog.Item{other}}, false},
		{catalog.Resource{Source: keyed, Items: []catalog.Item{other}, Subjects: []catalog.Subject{{Entity: "person", Key: "k"}}}, true},
	} {
		if got := onesource.Digested(p, &c.r); got != c.want {
			t.Errorf("%+v: %v", c.r, got)
		}
	}
}
