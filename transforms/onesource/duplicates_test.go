package onesource_test

import (
	"cmp"
	"context"
	"crypto/md5"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

type record struct{ id, part, a, b, at sql.NullString }

func (r record) sql() string {
	return fmt.Sprintf("(%s, %s, %s, %s, %s)", lit(r.id), lit(r.part), lit(r.a), lit(r.b), lit(r.at))
}
func (r record) key() string { return line(r.id, r.part) }
func (r record) json() string {
	texts := []*string{nil, nil}
	for i, v := range []sql.NullString{r.id, r.part} {
		if v.Valid {
			texts[i] = &v.String
		}
	}
	b, _ := json.Marshal(texts)
	return string(b)
}

// nullable compares texts, NULL last.
func nullable(a, b sql.NullString) int {
	if a.Valid != b.Valid {
		if a.Valid {
			return -1
		}
		return 1
	}
	return cmp.Compare(a.String, b.String)
}

// better says which of two records a rule keeps, before any tie.
func better(rule catalog.KeepRule, a, b record) int {
	switch {
	case rule.Fn == "first", a.at == b.at:
		return 0
	case rule.Fn == "latest" && a.at.Valid && b.at.Valid:
		return -nullable(a.at, b.at)
	}
	return nullable(a.at, b.at)
}

// digest is over all values as the image has them: each item, then its pulled text.
func (r record) digest() string {
	var texts []*string
	for _, v := range []sql.NullString{r.id, r.a, r.b, r.at, r.part, some("c")} {
		texts = append(texts, nil, nil)
		if v.Valid {
			texts[len(texts)-2] = &v.String
		}
	}
	b, _ := json.Marshal(texts)
	return fmt.Sprintf("%x", md5.Sum(b))
}

func every(a, b record) int { return cmp.Compare(a.digest(), b.digest()) }

func byKey(a, b record) int {
	return cmp.Or(nullable(a.id, b.id), nullable(a.part, b.part))
}

// settle is what Duplicates must do, by brute force.
func settle(rows []record, withheld map[string]bool, d *catalog.Duplicates) (standard, removed []string) {
	rule := catalog.KeepRule{Fn: "first"}
	if d != nil {
		rule = d.Keep
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r record) bool { return withheld[r.key()] })
	slices.SortStableFunc(rows, func(a, b record) int { return cmp.Or(byKey(a, b), better(rule, a, b), every(a, b)) })
	var kept []record
	for i, r := range rows {
		if i > 0 && rows[i-1].key() == r.key() {
			removed = append(removed, line(r.id, r.part, some(r.json())))
			continue
		}
		kept = append(kept, r)
	}
	for _, r := range kept {
		best := r
		for _, other := range kept {
			if d != nil && r.a.Valid && r.b.Valid && other.a == r.a && other.b == r.b && cmp.Or(better(rule, other, best), byKey(other, best)) < 0 {
				best = other
			}
		}
		if best != r {
			removed = append(removed, line(r.id, r.part, some(best.json())))
			continue
		}
		standard = append(standard, line(r.id, r.a, r.b, r.at, r.part)) // in the items' order
	}
	slices.Sort(removed)
	return standard, removed
}

func text(values ...string) *rapid.Generator[sql.NullString] {
	return rapid.Custom(func(t *rapid.T) sql.NullString {
		i := rapid.IntRange(-1, len(values)-1).Draw(t, "value")
		if i < 0 {
			return sql.NullString{}
		}
		return some(values[i])
	})
}

func TestDuplicatesAgainstBruteForce(t *testing.T) {
	s := open(t, 2)
	gen := rapid.Custom(func(t *rapid.T) record {
		return record{
			text("1", "2", "3", "4", "5", "6").Draw(t, "id"), text(`x"`, "y'").Draw(t, "part"), text("甲", "乙").Draw(t, "a"),
			text("丙").Draw(t, "b"), text("2020-01-01 00:00:00", "2021-01-01 00:00:00").Draw(t, "at"),
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(gen, 0, 24).Draw(rt, "rows")
		r := &catalog.Resource{ID: "d/r", Items: []catalog.Item{
			{Name: "id", Type: typ(t, "N(18)")}, {Name: "a", Type: typ(t, "C(2)")}, {Name: "b b", Type: typ(t, "C(2)")},
			{Name: "at", Type: typ(t, "T")}, {Name: "part", Type: typ(t, "C(2)")}, {Name: "copied", Role: catalog.RoleCopy}}}
		if fn := rapid.SampledFrom([]string{"", "first", "latest", "earliest"}).Draw(rt, "rule"); fn != "" {
			r.Duplicates = &catalog.Duplicates{By: []string{"a", "b b"}, Keep: catalog.KeepRule{Fn: fn, Item: "at"}}
		}
		var tuples, out []string
		withheld := map[string]bool{}
		for _, rec := range rows {
			tuples = append(tuples, rec.sql()[:len(rec.sql())-1]+", 'c')")
			if rapid.IntRange(0, 9).Draw(rt, "withheld") == 0 && !withheld[rec.key()] {
				withheld[rec.key()] = true
				out = append(out, fmt.Sprintf("(%s, %s)", lit(rec.id), lit(rec.part)))
			}
		}
		imageQuoted(rt, s, "raw_d", []string{"id", "part", "a", "b b", "at", "copied"},
			[]string{"BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "TIMESTAMP", "VARCHAR"}, tuples)
		exec(rt, s, "CREATE OR REPLACE TEMP TABLE withheld AS SELECT id, part FROM raw_d LIMIT 0")
		for _, w := range out {
			exec(rt, s, "INSERT INTO withheld VALUES "+w)
		}
		table := onesource.Table{Resource: r, Items: items(r), Keys: []string{"id", "part"}, Raw: "raw_d"}
		n, err := onesource.Duplicates(context.Background(), s, table)
		if err != nil {
			rt.Fatalf("%v", err)
		}
		standard, removed := settle(rows, withheld, r.Duplicates)
		if diff := gocmp.Diff(nonNil(standard), rowsOf(rt, s, onesource.StandardQuery(table))); diff != "" {
			rt.Fatalf("standard (-want +got):\n%s", diff)
		}
		got := rowsOf(rt, s, onesource.DuplicatesQuery(table))
		slices.Sort(got)
		if diff := gocmp.Diff(nonNil(removed), got); diff != "" || n != int64(len(removed)) {
			rt.Fatalf("duplicates %d (-want +got):\n%s", n, diff)
		}
	})
}

func nonNil(s []string) []string { return append([]string{}, s...) }

func items(r *catalog.Resource) []*catalog.Item {
	out := make([]*catalog.Item, len(r.Items))
	for i := range r.Items {
		out[i] = &r.Items[i]
	}
	return out
}

func TestKeylessRowsKeepTheirKey(t *testing.T) {
	s := open(t, 2)
	image(t, s, "raw_d", []string{"_key VARCHAR", "a VARCHAR"}, []string{"('ab-0', '1')", "('ab-1', '1')", "('cd-0', NULL)"})
	exec(t, s, "CREATE OR REPLACE TEMP TABLE withheld (_key VARCHAR)")
	r := &catalog.Resource{ID: "d/r", Items: []catalog.Item{{Name: "a"}}}
	table := onesource.Table{Resource: r, Items: items(r), Keys: []string{"_key"}, Raw: "raw_d"}
	for _, c := range []struct {
		rule *catalog.Duplicates
		want []string
	}{
		{nil, []string{"ab-0|1", "ab-1|1", "cd-0|∅"}},
		{&catalog.Duplicates{By: []string{"a"}, Keep: catalog.KeepRule{Fn: "first"}}, []string{"ab-0|1", "cd-0|∅"}},
	} {
		r.Duplicates = c.rule
		if _, err := onesource.Duplicates(context.Background(), s, table); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(c.want, rowsOf(t, s, onesource.StandardQuery(table))); diff != "" {
			t.Errorf("rule %v (-want +got):\n%s", c.rule, diff)
		}
	}
}

func TestDuplicatesRefusesItemsNotCollected(t *testing.T) {
	s := open(t, 1)
	image(t, s, "raw_d", []string{"id BIGINT"}, []string{"(1)"})
	exec(t, s, "CREATE OR REPLACE TEMP TABLE withheld (id BIGINT)")
	for _, d := range []catalog.Duplicates{
		{By: []string{"gone"}, Keep: catalog.KeepRule{Fn: "first"}},
		{By: []string{"id"}, Keep: catalog.KeepRule{Fn: "latest", Item: "gone"}},
		{By: []string{"id"}, Keep: catalog.KeepRule{Fn: "best"}},
	} {
		r := &catalog.Resource{ID: "d/r", Items: []catalog.Item{{Name: "id"}}, Duplicates: &d}
		if _, err := onesource.Duplicates(context.Background(), s, onesource.Table{Resource: r, Items: items(r), Keys: []string{"id"}, Raw: "raw_d"}); err == nil {
			t.Errorf("%+v was taken", d)
		}
	}
}

// imageQuoted is image for names with blanks.
func imageQuoted(t fataler, s *engine.Session, table string, names, types, rows []string) {
	t.Helper()
	cols := ""
	for i, n := range names {
		cols += fmt.Sprintf("%s %s, ", engine.Ident(n), types[i])
	}
	for _, n := range names {
		cols += engine.Ident(n+"_raw") + " VARCHAR, "
	}
	exec(t, s, "CREATE OR REPLACE TEMP TABLE "+table+" ("+cols[:len(cols)-2]+")")
	for _, r := range rows {
		exec(t, s, "INSERT INTO "+table+" ("+engine.Idents(names)+") VALUES "+r)
	}
}
