package onesource_test

import (
	"bytes"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/transforms/onesource"
)

// dataset is one of those a release has of an entity.
type dataset struct {
	name   string
	query  func(onesource.Entity, onesource.Options) string
	sorted []string
}

func datasets() []dataset {
	return []dataset{
		{"", onesource.GoldenQuery, []string{"entity_key"}},
		{"crosswalk", onesource.CrosswalkQuery, []string{"entity_key", "source", "record_key"}},
		{"conflicts", onesource.ConflictsQuery, []string{"entity_key", "element", "holder", "record_key"}},
		{"doubts", onesource.DoubtsQuery, []string{"entity_key", "element", "other_value", "held_by"}},
		{"problems", onesource.ProblemsQuery, []string{"kind", "source", "record_key", "reason", "element", "decision", "records"}},
		{"events", onesource.EventsQuery, []string{"golden_id", "since", "kind", "other_id"}},
		{"aliases", onesource.AliasesQuery, []string{"golden_id"}},
	}
}

// standing is a row of an image that may be withheld, or may have lost to another.
type standing struct {
	saying
	withheld, lost bool
}

// drawStanding draws a row; few ids, so that some share one.
func drawStanding(t *rapid.T) standing {
	return standing{saying{rapid.IntRange(0, 30).Draw(t, "id"), text("A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "bad").Draw(t, "key"),
		[2]sql.NullString{text("x", "Ｘ ", "y").Draw(t, "one"), text("x", "y", "").Draw(t, "two")},
		text("2020-01-01 00:00:00", "2021-01-01 00:00:00").Draw(t, "at")}, rapid.IntRange(0, 9).Draw(t, "withheld") == 0, rapid.IntRange(0, 9).Draw(t, "lost") == 0}
}

// later are the rows of an image one release on: most as they were, some with another
// key or value, some gone, some new.
func later(t *rapid.T, rows []standing) []standing {
	rows = slices.Clone(rows)
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		switch at := rapid.IntRange(0, max(0, len(rows)-1)).Draw(t, "which"); {
		case len(rows) == 0 || rapid.Bool().Draw(t, "adds"):
			rows = append(rows, drawStanding(t))
		case rapid.Bool().Draw(t, "deletes"):
			rows = slices.Delete(rows, at, at+1)
		default:
			id := rows[at].id
			rows[at] = drawStanding(t)
			rows[at].id = id
		}
	}
	return rows
}

// putStanding makes an image with its standard and those that lost, in tables named so.
func putStanding(t fataler, s *engine.Session, name string, rows []standing) {
	tuples, in, lost := []string{}, []string{}, []string{}
	for _, r := range rows {
		tuples = append(tuples, fmt.Sprintf("(%d, %s, %s, %s, %s)", r.id, lit(r.key), lit(r.fields[0]), lit(r.fields[1]), lit(r.at)))
		in = append(in, fmt.Sprintf("(%d, %t)", r.id, !r.withheld && !r.lost))
		lost = append(lost, fmt.Sprintf("(%d, %t)", r.id, r.lost))
	}
	image(t, s, name, []string{"id BIGINT", "k VARCHAR", "e0 VARCHAR", "e1 VARCHAR", "at TIMESTAMP"}, tuples)
	for suffix, values := range map[string][]string{"_standard": in, "_lost": lost} {
		exec(t, s, "CREATE OR REPLACE TEMP TABLE "+name+suffix+" (id BIGINT, there BOOLEAN)")
		for _, v := range values {
			exec(t, s, "INSERT INTO "+name+suffix+" VALUES "+v)
		}
		exec(t, s, "CREATE OR REPLACE TEMP TABLE "+name+suffix+" AS SELECT id FROM "+name+suffix+" GROUP BY id HAVING bool_and(there)")
	}
}

// over is the world of the reference over the images of a release.
func over(t testing.TB, b bureau, version int64) onesource.Entity {
	e := b.entity(t)
	e.Version, e.Entity.ManyRecords, e.Entity.Distinguish = version, 3, []string{"E0"}
	for i := range e.Members {
		m := &e.Members[i]
		m.Raw = fmt.Sprintf("raw_%d_%d", version, i)
		m.Standard, m.Losers, m.Valid = m.Raw+"_standard", m.Raw+"_lost", "k <> 'bad'"
	}
	e.Members[0].Subject = catalog.Subject{Entity: "person", Key: "k"}
	e.Members[0].Resource.Duplicates = &catalog.Duplicates{By: []string{"k"}, Keep: catalog.KeepRule{Fn: "latest", Item: "at"}}
	return e
}

// released keeps what was made of an entity as the next release finds it.
func released(t fataler, s *engine.Session, e onesource.Entity, version int64) {
	for _, d := range datasets() {
		keep(t, s, fmt.Sprintf("was_%d_%s", version, d.name), d.query(e, onesource.Options{}))
	}
}

// following gives an entity the release before, and what an update asks of it: images with digests.
func following(t fataler, s *engine.Session, e *onesource.Entity, before onesource.Entity, version int64) onesource.Former {
	for _, members := range [][]onesource.Member{e.Members, before.Members} {
		for i := range members {
			if m := &members[i]; m.Raw != "" && !m.Digested {
				m.Raw, m.Digested = digested(t, s, m.Raw), true
			}
		}
	}
	at := func(name string) string { return fmt.Sprintf("was_%d_%s", version, name) }
	e.Previous, e.PrevCrosswalk, e.PrevEvents = at("conflicts"), at("crosswalk"), at("events")
	return onesource.Former{Golden: at(""), Problems: at("problems"), Doubts: at("doubts"), Members: before.Members, Same: make([]bool, len(e.Members))}
}

// next makes a release of an entity whole, and, of any but the first, as an update of the one
// before, which must come to the same.
func next(t testing.TB, s *engine.Session, e *onesource.Entity, before onesource.Entity, version int64) *onesource.Update {
	t.Helper()
	var was onesource.Former
	if version > 1 {
		was = following(t, s, e, before, version-1)
		was.Few = -1
	}
	want := resolve(t, s, *e, onesource.Options{})
	released(t, s, *e, version)
	if version == 1 {
		return nil
	}
	u, ok, err := onesource.Incremental(context.Background(), s, *e, was)
	if err != nil || !ok {
		t.Fatalf("no update to release %d: %v", version, err)
	}
	if u.Touched > 0 {
		sameWhole(t, s, t.TempDir(), *e, u, version, want)
	}
	return u
}

// digested is a relation with the digest of each row.
func digested(t fataler, s *engine.Session, relation string) string {
	t.Helper()
	schema, err := s.Batches(context.Background(), "test", "SELECT * FROM "+relation+" LIMIT 0", func(arrow.RecordBatch) error { return nil })
	if err != nil {
		t.Fatalf("%v", err)
	}
	return "(SELECT *, " + onesource.RowDigest(schema, schema) + " AS " + lake.DigestColumn + " FROM " + relation + ")"
}

// Whatever changes in the images, an update with what was before is what resolving all
// of them makes: golden records, ids, links, conflicts with their age, doubts, problems,
// events and aliases, and the counts.
func TestUpdatesEqualAWholeResolve(t *testing.T) {
	least := draws(t, 8)
	s := open(t, 2)
	updates, dir := 0, t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		b := drawBureau(rt)
		var rows [3][]standing
		for i := range rows {
			for range rapid.IntRange(8, 20).Draw(rt, "rows") {
				rows[i] = append(rows[i], drawStanding(rt))
			}
			putStanding(rt, s, fmt.Sprintf("raw_1_%d", i), rows[i])
		}
		decisions, marks := drawRulings(rt, s)
		over := func(t testing.TB, b bureau, version int64) onesource.Entity {
			e := over(t, b, version)
			e.Decisions, e.Marks = decisions, marks
			return e
		}
		before := over(t, b, 1)
		resolve(rt, s, before, onesource.Options{})
		released(rt, s, before, 1)
		for version := int64(2); version < 5; version++ {
			for i := range rows {
				rows[i] = later(rt, rows[i])
				putStanding(rt, s, fmt.Sprintf("raw_%d_%d", version, i), rows[i])
			}
			e := over(t, b, version)
			was := following(rt, s, &e, before, version-1)
			was.Few = -1
			want := resolve(rt, s, e, onesource.Options{})
			released(rt, s, e, version)
			u, ok, err := onesource.Incremental(context.Background(), s, e, was)
			if err != nil {
				rt.Fatalf("%v", err)
			}
			if ok && u.Touched > 0 {
				updates++
				u.Ranges = int(version) % 3
				sameWhole(rt, s, dir, e, u, version, want)
			} else if ok {
				sameAsBefore(rt, s, version)
			}
			before = e
		}
	})
	if updates < least { // of three times as many
		t.Errorf("only %d updates were made", updates)
	}
}

// drawRulings draws decisions about records, subjects and a resource that may be there,
// and disputes.
func drawRulings(t *rapid.T, s *engine.Session) (decisions []catalog.Link, marks []onesource.Mark) {
	key := func() string { return text("A", "B", "C", "D", "E", "L", "Z").Draw(t, "subject").String }
	part := func() catalog.Linked {
		if k := key(); rapid.Bool().Draw(t, "by key") && k != "" {
			return catalog.Linked{EntityKey: k}
		}
		return catalog.Linked{Resource: fmt.Sprintf("d/s%d", rapid.IntRange(0, 2).Draw(t, "source")), Record: []string{strconv.Itoa(rapid.IntRange(0, 30).Draw(t, "record"))}}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "decisions") {
		l := catalog.Link{ID: fmt.Sprintf("L%d", i), Entity: "person"}
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0, 1, 2:
			l.MustLink = []catalog.Linked{part(), part()}
		case 3, 4:
			l.CannotLink = []catalog.Linked{part(), part()}
		case 5:
			l.Exclude = []catalog.Linked{{Resource: "d/s1", Record: []string{strconv.Itoa(rapid.IntRange(0, 30).Draw(t, "record"))}}}
		default:
			l.Exclude = []catalog.Linked{{Resource: "d/s2"}}
		}
		decisions = append(decisions, l)
	}
	for range rapid.IntRange(0, 2).Draw(t, "marks") {
		m := onesource.Mark{Entity: "person", Key: key(), Element: "E0"}
		if err := s.Row(context.Background(), "t", "SELECT left(sha256(CAST(to_json(['person', "+lit(some(key()))+"]) AS VARCHAR)), 32)", &m.GoldenID); err != nil {
			t.Fatal(err)
		}
		marks = append(marks, m)
	}
	return decisions, marks
}

// draws has a property of a test tried so many times, ten times as many in the long form.
func draws(t *testing.T, n int) int {
	if os.Getenv("GUIJI_LONG") != "" {
		n *= 10
	}
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	t.Cleanup(func() { _ = checks.Value.Set(before) })
	if err := checks.Value.Set(strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	return n
}

// sameWhole compares an update's datasets with those kept of a release.
func sameWhole(t fataler, s *engine.Session, dir string, e onesource.Entity, u *onesource.Update, version int64, want onesource.Outcome) {
	relations := map[string]string{}
	for _, d := range datasets() {
		path := filepath.Join(dir, "whole.parquet")
		if _, err := u.Copy(context.Background(), s, d.name, d.query(e, onesource.Options{}), d.sorted, path, engine.ParquetOptions{}); err != nil {
			t.Fatalf("%s of release %d: %v", d.name, version, err)
		}
		if diff := gocmp.Diff(rowsOf(t, s, fmt.Sprintf("FROM was_%d_%s", version, d.name)), rowsOf(t, s, "FROM "+engine.Parquet([]string{path}))); diff != "" {
			t.Fatalf("%s of release %d (-whole +update):\n%s", d.name, version, diff)
		}
		relations[d.name] = fmt.Sprintf("was_%d_%s", version, d.name)
	}
	got, err := u.Count(context.Background(), s, relations)
	if diff := gocmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("counts (-whole +update):\n%s%v", diff, err)
	}
}

// sameAsBefore makes sure that where an update found nothing, resolving all makes what
// was before.
func sameAsBefore(t fataler, s *engine.Session, version int64) {
	for _, d := range datasets() {
		if diff := gocmp.Diff(rowsOf(t, s, fmt.Sprintf("FROM was_%d_%s", version-1, d.name)), rowsOf(t, s, fmt.Sprintf("FROM was_%d_%s", version, d.name))); diff != "" {
			t.Fatalf("%s of release %d, in which nothing changed:\n%s", d.name, version, diff)
		}
	}
}

// The files of an update are the bytes of those that resolving all of it writes.
func TestUpdatesWriteTheSameBytes(t *testing.T) {
	s := open(t, 2)
	scattered(t, s, 40_000)
	member := func(version int64) onesource.Entity {
		e := bureau{}.entity(t)
		e.Version = version
		return e
	}
	before := member(1)
	resolve(t, s, before, onesource.Options{})
	released(t, s, before, 1)
	for i := range before.Members {
		old := fmt.Sprintf("old_%d", i)
		exec(t, s, "CREATE TEMP TABLE "+old+" AS FROM "+before.Members[i].Raw)
		before.Members[i].Raw = old
		exec(t, s, fmt.Sprintf("UPDATE raw_%[1]d SET e1 = e1 || '号' WHERE id %% 100 = 5; DELETE FROM raw_%[1]d WHERE id %% 1000 = 7; UPDATE raw_%[1]d SET k = '9' || k WHERE id %% 1000 = 8", i))
	}
	e := member(2)
	was := following(t, s, &e, before, 1)
	written := func(write func(path string) (int64, error)) []byte {
		path := filepath.Join(t.TempDir(), "file")
		if _, err := write(path); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	small := engine.ParquetOptions{RowGroup: 20_480}
	want := map[string][]byte{}
	resolve(t, s, e, onesource.Options{})
	for _, d := range datasets() {
		want[d.name] = written(func(path string) (int64, error) {
			return s.CopyQuery(context.Background(), d.name, d.query(e, onesource.Options{}), path, small)
		})
	}
	u, ok, err := onesource.Incremental(context.Background(), s, e, was)
	if err != nil || !ok || u.Touched < 1000 {
		t.Fatalf("no update: %v, %+v", err, u)
	}
	for _, u.Ranges = range []int{0, 3} { // at once, and put together in ranges of its keys
		for _, d := range datasets() {
			got := written(func(path string) (int64, error) {
				return u.Copy(context.Background(), s, d.name, d.query(e, onesource.Options{}), d.sorted, path, small)
			})
			if !bytes.Equal(got, want[d.name]) {
				t.Errorf("%q in %d ranges: %d bytes, want %d", d.name, u.Ranges, len(got), len(want[d.name]))
			}
		}
	}
}

// Values that are equal and yet written otherwise are a change: 0 and -0.
func TestUpdatesSeeTheSignOfZero(t *testing.T) {
	s := open(t, 2)
	before := two(t, s, "0", "F", "1", "F", false)
	resolve(t, s, before, onesource.Options{})
	released(t, s, before, 1)
	exec(t, s, "CREATE TEMP TABLE was AS FROM own")
	e := two(t, s, "'-0'::DOUBLE", "F", "1", "F", false)
	e.Version, before.Members[0].Raw = 2, "was"
	if u := next(t, s, &e, before, 2); u.Touched == 0 {
		t.Fatal("no update")
	}
}

// A record that a decision takes out of its key forms an id by itself. Where another
// subject took that over when the record had come to it, the record that is parted again
// has another one, in an update too.
func TestUpdatesOfRecordsPartedAgain(t *testing.T) {
	s := open(t, 2)
	row := func(id int, key string) standing { return standing{saying: saying{id: id, key: some(key)}} }
	others := []standing{row(1, "P"), row(2, "Q"), row(3, "R"), row(4, "S"), row(5, "T")}
	releases := [][3][]standing{
		{{row(1, "A")}, {row(1, "A")}, others},
		{{row(1, "B")}, {row(1, "A"), row(2, "B")}, others}, // B is who stood by itself
		{{}, {row(1, "A"), row(2, "B")}, others},
		{{row(1, "A")}, {row(1, "A"), row(2, "B")}, others},
	}
	var before onesource.Entity
	for i, rows := range releases {
		version := int64(i + 1)
		for m := range rows {
			putStanding(t, s, fmt.Sprintf("raw_%d_%d", version, m), rows[m])
		}
		e := over(t, bureau{}, version)
		e.Decisions = []catalog.Link{{ID: "L1", Entity: "person", CannotLink: []catalog.Linked{{EntityKey: "A"}, {Resource: "d/s0", Record: []string{"1"}}}}}
		if u := next(t, s, &e, before, version); version > 1 && u.Touched == 0 {
			t.Fatalf("no update to release %d", version)
		}
		before = e
	}
}
