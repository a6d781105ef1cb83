package onesource_test

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guiji/catalog"
	"guiji/transforms/onesource"
)

// saying is a row of a source about one subject, with two fields.
type saying struct {
	id     int
	key    sql.NullString
	fields [2]sql.NullString
	at     sql.NullString
}

// bureau is the world of the reference: three sources, two elements. Source 0 is
// the authority of the first, source 1 of the second; fallbacks are the others, in
// the order drawn; source 2 votes with its latest row.
type bureau struct {
	rows      [3][]saying
	fallback  [2][]int
	whenEmpty [2]catalog.WhenEmpty
}

func drawBureau(t *rapid.T) bureau {
	var b bureau
	for i := range b.rows {
		for id := range rapid.IntRange(0, 9).Draw(t, "rows") {
			b.rows[i] = append(b.rows[i], saying{id, text("A", "B", "C").Draw(t, "key"),
				[2]sql.NullString{text("x", "Ｘ ", "y").Draw(t, "one"), text("甲.乙", "甲·乙", "y", "").Draw(t, "two")},
				text("2020-01-01 00:00:00", "2021-01-01 00:00:00").Draw(t, "at")})
		}
	}
	for i := range b.fallback {
		others := slices.DeleteFunc([]int{0, 1, 2}, func(n int) bool { return n == i })
		b.fallback[i] = rapid.Permutation(others).Draw(t, "fallback")[:rapid.IntRange(0, 2).Draw(t, "fallbacks")]
		b.whenEmpty[i] = rapid.SampledFrom([]catalog.WhenEmpty{catalog.EmptyMeansEmpty, catalog.EmptyMeansFallback, ""}).Draw(t, "when empty")
	}
	return b
}

// voter is the row of a source that speaks of a subject.
func (b bureau) voter(source int, key string) (saying, bool) {
	rows := slices.DeleteFunc(slices.Clone(b.rows[source]), func(r saying) bool { return r.key != some(key) })
	if len(rows) == 0 {
		return saying{}, false
	}
	return slices.MinFunc(rows, func(x, y saying) int {
		if source == 2 && x.at != y.at {
			if x.at.Valid && y.at.Valid {
				return -nullable(x.at, y.at)
			}
			return nullable(x.at, y.at)
		}
		return cmp.Compare(x.id, y.id)
	}), true
}

func blankIsNull(v sql.NullString) sql.NullString {
	if v.String == "" {
		return sql.NullString{}
	}
	return v
}

// winner is who speaks for a field, -1 for nobody.
func (b bureau) winner(field int, key string) (value sql.NullString, source int) {
	r, there := b.voter(field, key)
	if v := blankIsNull(r.fields[field]); v.Valid {
		return v, field
	}
	if there && b.whenEmpty[field] != catalog.EmptyMeansFallback {
		return sql.NullString{}, -1
	}
	for _, f := range b.fallback[field] {
		r, _ := b.voter(f, key)
		if v := blankIsNull(r.fields[field]); v.Valid {
			return v, f
		}
	}
	return sql.NullString{}, -1
}

func (b bureau) golden() []string {
	out := []string{}
	for _, key := range []string{"A", "B", "C"} {
		row, any := key, false
		for source := range b.rows {
			_, there := b.voter(source, key)
			any = any || there
		}
		for field := range 2 {
			v, from := b.winner(field, key)
			if from < 0 {
				row += "|" + line(v) + "|∅"
			} else {
				row += fmt.Sprintf("|%s|%d", line(v), from)
			}
		}
		if any {
			out = append(out, row)
		}
	}
	return out
}

func folded(v sql.NullString) string {
	return map[string]string{"x": "X", "Ｘ ": "X", "y": "Y", "甲.乙": "甲·乙", "甲·乙": "甲·乙"}[v.String]
}

func (b bureau) conflicts() []string {
	out := []string{}
	for _, key := range []string{"A", "B", "C"} {
		for field := range 2 {
			v, from := b.winner(field, key)
			_, has := b.voter(field, key)
			accountable := from
			if from < 0 {
				accountable = field
			}
			for source := range b.rows {
				if source == field || source == from || (from < 0 && !has) {
					continue
				}
				for _, r := range b.rows[source] {
					voter, _ := b.voter(source, key)
					h := blankIsNull(r.fields[field])
					if r.key != some(key) || (source == 2 && r.id != voter.id) || folded(h) == folded(v) {
						continue
					}
					kind := "differs"
					switch {
					case !v.Valid:
						kind = "copy_has"
					case !h.Valid:
						kind = "authority_has"
					}
					out = append(out, fmt.Sprintf("%s|E%d|%d|[\"%d\"]|%s|%d|%s|%s", key, field, source, r.id, line(h), accountable, line(v), kind))
				}
			}
		}
	}
	return out
}

// entity is the same world as the package under test sees it.
func (b bureau) entity(t testing.TB) onesource.Entity {
	e := onesource.Entity{Entity: catalog.Entity{ID: "person", Keys: []string{"K"}}, Version: 3, Date: day(t, "2025-01-01")}
	for i := range 2 {
		el := catalog.Element{Code: fmt.Sprintf("E%d", i), Column: fmt.Sprintf("e%d", i), WhenEmpty: b.whenEmpty[i],
			Authority: catalog.Authority{{Item: catalog.ItemRef(fmt.Sprintf("d/s%d.e%d", i, i))}}}
		for _, f := range b.fallback[i] {
			el.Fallback = append(el.Fallback, catalog.ItemRef(fmt.Sprintf("d/s%d.e%d", f, i)))
		}
		e.Elements = append(e.Elements, el)
	}
	for i := range b.rows {
		r := &catalog.Resource{ID: fmt.Sprintf("d/s%d", i), Items: []catalog.Item{{Name: "id", Type: typ(t, "N(9)")}, {Name: "k"}, {Name: "e0"}, {Name: "e1"}, {Name: "at", Type: typ(t, "T")}}}
		if i == 2 {
			r.Vote = &catalog.KeepRule{Fn: "latest", Item: "at"}
		}
		e.Members = append(e.Members, onesource.Member{Source: int16(i), Resource: r, Items: items(r), Keys: []string{"id"}, Raw: fmt.Sprintf("raw_%d", i),
			Routes: []*catalog.Item{r.Item("k")}, Elements: map[string]*catalog.Item{"K": r.Item("k"), "E0": r.Item("e0"), "E1": r.Item("e1")}})
	}
	return e
}

func TestResolveAgainstBruteForce(t *testing.T) {
	s := open(t, 2)
	rapid.Check(t, func(rt *rapid.T) {
		b := drawBureau(rt)
		for i, rows := range b.rows {
			tuples := []string{}
			for _, r := range rows {
				tuples = append(tuples, fmt.Sprintf("(%d, %s, %s, %s, %s)", r.id, lit(r.key), lit(r.fields[0]), lit(r.fields[1]), lit(r.at)))
			}
			image(rt, s, fmt.Sprintf("raw_%d", i), []string{"id BIGINT", "k VARCHAR", "e0 VARCHAR", "e1 VARCHAR", "at TIMESTAMP"}, tuples)
		}
		e, o := b.entity(t), onesource.Options{Golden: "g", Crosswalk: "x", Conflicts: "c", Passes: rapid.IntRange(1, 3).Draw(rt, "passes")}
		out := resolve(rt, s, e, o)
		if diff := gocmp.Diff(b.golden(), rowsOf(rt, s, "SELECT entity_key, e0, e0__from, e1, e1__from FROM ("+onesource.GoldenQuery(e, o)+")")); diff != "" {
			rt.Fatalf("golden (-want +got):\n%s", diff)
		}
		want := b.conflicts()
		slices.SortStableFunc(want, func(x, y string) int {
			a, b := strings.Split(x, "|"), strings.Split(y, "|")
			return slices.Compare(a[:4], b[:4])
		})
		got := rowsOf(rt, s, "SELECT entity_key, element, holder, record_key, holder_value, authority, authority_value, kind FROM ("+onesource.ConflictsQuery(e, o)+")")
		if diff := gocmp.Diff(want, got); diff != "" {
			rt.Fatalf("conflicts (-want +got):\n%s", diff)
		}
		var linked, silent int64
		for _, rows := range b.rows {
			for _, r := range rows {
				if linked++; !r.key.Valid {
					linked, silent = linked-1, silent+1
				}
			}
		}
		if out.Golden != int64(len(b.golden())) || out.Conflicts != int64(len(want)) || out.Members != linked || out.Unlinked != silent {
			rt.Fatalf("counted %+v", out)
		}
	})
}
