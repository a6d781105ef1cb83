package onesource_test

import (
	"testing"

	"guiji/catalog"
	"guiji/transforms/onesource"
)

// A basis changes with all that golden records are made by, and with nothing else: not with
// disputes about other entities' subjects, nor with where the files of a mapping lie.
func TestBasisOfAnEntity(t *testing.T) {
	base := func() onesource.Entity {
		e := bureau{}.entity(t)
		e.Entity.Keys = []string{"K", "OLD", "OLDER"}
		e.Entity.Routes = []catalog.KeyRoute{{Key: "OLD", Mapping: &catalog.KeyMapping{Resource: "d/map", From: "q", To: "k"}}, {Key: "OLDER", Mapping: &catalog.KeyMapping{Codes: "map"}}}
		e.Mapped = map[string]string{"OLD": "(SELECT 1 FROM 'a.parquet')", "OLDER": "(VALUES ('1', '2'))"}
		return e
	}
	basis := func(change func(e *onesource.Entity)) string {
		e := base()
		change(&e)
		out, err := e.Basis()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	was := basis(func(*onesource.Entity) {})
	for name, c := range map[string]struct {
		change func(e *onesource.Entity)
		same   bool
	}{
		"a mark of another entity":  {func(e *onesource.Entity) { e.Marks = []onesource.Mark{{Entity: "org", Key: "A", Element: "E0"}} }, true},
		"a mark of its own":         {func(e *onesource.Entity) { e.Marks = []onesource.Mark{{Entity: e.Entity.ID, Key: "A", Element: "E0"}} }, false},
		"other files of a mapping":  {func(e *onesource.Entity) { e.Mapped["OLD"] = "(SELECT 1 FROM 'b.parquet')" }, true},
		"a mapping that landed not": {func(e *onesource.Entity) { delete(e.Mapped, "OLD") }, false},
		"another code table":        {func(e *onesource.Entity) { e.Mapped["OLDER"] = "(VALUES ('1', '3'))" }, false},
		"a later day":               {func(e *onesource.Entity) { e.Date = e.Date.AddDate(0, 0, 1) }, true},
		"another release":           {func(e *onesource.Entity) { e.Version++ }, true},
		"a decision":                {func(e *onesource.Entity) { e.Decisions = []catalog.Link{{ID: "1"}} }, false},
		"doubts from more":          {func(e *onesource.Entity) { e.DoubtFrom = 3 }, false},
		"an element's fallback":     {func(e *onesource.Entity) { e.Elements[0].Fallback = append(e.Elements[0].Fallback, "d/r9.v") }, false},
	} {
		if got := basis(c.change); (got == was) != c.same {
			t.Errorf("%s: the same %t", name, got == was)
		}
	}
}

// A term that begins or ends on a day makes another basis from that day on, though nothing
// in the catalogue has changed; a day between changes nothing.
func TestATermMakesAnotherBasis(t *testing.T) {
	for name, c := range map[string]struct {
		terms  catalog.Authority
		before []string // days of one basis
		after  []string // days of another
	}{
		"one follows another": {catalog.Authority{{Item: "d/s0.e0", From: "2020-01-01", To: "2025-01-05"}, {Item: "d/s1.e0", From: "2025-01-06"}},
			[]string{"2025-01-01", "2025-01-05"}, []string{"2025-01-06", "2025-03-01"}},
		"one ends":   {catalog.Authority{{Item: "d/s0.e0", From: "2020-01-01", To: "2025-01-05"}}, []string{"2020-01-01", "2025-01-05"}, []string{"2025-01-06"}},
		"one begins": {catalog.Authority{{Item: "d/s0.e0", From: "2025-01-06"}}, []string{"2019-12-31", "2025-01-05"}, []string{"2025-01-06"}},
	} {
		basis := func(on string) string {
			e := bureau{}.entity(t)
			e.Elements[0].Authority, e.Date = c.terms, day(t, on)
			out, err := e.Basis()
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		was, is := basis(c.before[0]), basis(c.after[0])
		for _, on := range c.before {
			if basis(on) != was {
				t.Errorf("%s: another basis on %s than on %s", name, on, c.before[0])
			}
		}
		for _, on := range c.after {
			if basis(on) != is || is == was {
				t.Errorf("%s: on %s the basis is not that of a new term", name, on)
			}
		}
	}
}
