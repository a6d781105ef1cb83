package compare_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"guiji/internal/engine"
	"guiji/lake"
	"guiji/lake/compare"
)

// version is rows of (k, v); -1 is NULL.
type version [][2]int

func (v version) table() compare.Table {
	rows := []string{"SELECT NULL::INTEGER AS k, NULL::INTEGER AS v WHERE false"}
	for _, r := range v {
		rows = append(rows, fmt.Sprintf("SELECT nullif(%d, -1)::INTEGER, nullif(%d, -1)::INTEGER", r[0], r[1]))
	}
	return compare.Table{From: "(" + strings.Join(rows, " UNION ALL ") + ")", Rows: int64(len(v)),
		Columns: []lake.Column{{Name: "k", Type: "INTEGER"}, {Name: "v", Type: "INTEGER"}}}
}

// want counts the plain way: equal rows pair off first, then rows of one key.
func want(was, is version, keyed bool) (c compare.Counts) {
	left := slices.Clone(was)
	var fresh version
	for _, r := range is {
		if i := slices.Index(left, r); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			fresh = append(fresh, r)
		}
	}
	for _, r := range fresh {
		if i := slices.IndexFunc(left, func(o [2]int) bool { return keyed && o[0] == r[0] }); i >= 0 {
			left = slices.Delete(left, i, i+1)
			c.Changed++
		} else {
			c.Added++
		}
	}
	c.Removed = int64(len(left))
	return c
}

func TestCountsAreThePlainOnes(t *testing.T) {
	s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := context.Background()
	rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [2]int {
		return [2]int{rapid.IntRange(-1, 4).Draw(t, "k"), rapid.IntRange(-1, 2).Draw(t, "v")}
	}), 0, 12)
	rapid.Check(t, func(t *rapid.T) {
		was, is := version(rows.Draw(t, "was")), version(rows.Draw(t, "is"))
		for _, key := range [][]string{{"k"}, nil} {
			got, err := compare.Rows(ctx, s, was.table(), is.table(), key)
			if err != nil || got != want(was, is, key != nil) {
				t.Fatalf("by %v: %+v, %v; want %+v", key, got, err, want(was, is, key != nil))
			}
		}
		unique := func(v version) version {
			slices.SortStableFunc(v, func(a, b [2]int) int { return a[0] - b[0] })
			v = slices.CompactFunc(v, func(a, b [2]int) bool { return a[0] == b[0] })
			return slices.DeleteFunc(v, func(r [2]int) bool { return r[0] < 0 })
		}
		was, is = unique(was), unique(is)
		got, err := compare.Unique(ctx, s, was.table(), is.table(), []string{"k"})
		if err != nil || got != want(was, is, true) {
			t.Fatalf("unique: %+v, %v; want %+v", got, err, want(was, is, true))
		}
		keys, err := compare.Keys(ctx, s, was.table(), is.table(), []string{"k"}, engine.Ident, 100)
		if err != nil || int64(len(keys)) != got.Added+got.Removed+got.Changed {
			t.Fatalf("%d keys differ, %v; want %+v", len(keys), err, got)
		}
	})
}

// A key column that is gone, or of another type, makes all rows others.
func TestAnotherKey(t *testing.T) {
	s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	was, is := version{{1, 1}, {2, 2}}.table(), version{{1, 1}}.table()
	is.Columns = []lake.Column{{Name: "k", Type: "VARCHAR"}, {Name: "v", Type: "INTEGER"}}
	for _, f := range []func(context.Context, *engine.Session, compare.Table, compare.Table, []string) (compare.Counts, error){compare.Rows, compare.Unique} {
		if got, err := f(t.Context(), s, was, is, []string{"k"}); err != nil || got != (compare.Counts{Added: 1, Removed: 2}) {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// An item that came makes every row's digest another, and no row.
func TestDigestsDoNotCount(t *testing.T) {
	s, err := engine.Open(t.Context(), engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	digested := func(v version, digest int) compare.Table {
		out := v.table()
		out.From = fmt.Sprintf("(SELECT *, k + %d AS _digest FROM %s)", digest, out.From)
		out.Columns = append(out.Columns, lake.Column{Name: "_digest", Type: "INTEGER"})
		return out
	}
	for _, f := range []func(context.Context, *engine.Session, compare.Table, compare.Table, []string) (compare.Counts, error){compare.Rows, compare.Unique} {
		got, err := f(t.Context(), s, digested(version{{1, 1}, {2, 2}}, 7), digested(version{{1, 1}, {2, 3}}, 8), []string{"k"})
		if err != nil || got != (compare.Counts{Changed: 1}) {
			t.Errorf("%+v, %v", got, err)
		}
	}
}
