package onesource_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// Where raw rows share a whole key, the row that speaks is the one standard has.
func TestTheRowOfStandardSpeaks(t *testing.T) {
	s := open(t, 2)
	r := &catalog.Resource{ID: "d/r", Status: catalog.Published, Source: catalog.Source{Key: []string{"id"}},
		Vote:       &catalog.KeepRule{Fn: "latest", Item: "at"},
		Duplicates: &catalog.Duplicates{By: []string{"citizen"}, Keep: catalog.KeepRule{Fn: "earliest", Item: "at"}},
		Items:      []catalog.Item{{Name: "id", Type: typ(t, "N(9)")}, {Name: "citizen", Element: "K"}, {Name: "name", Element: "N"}, {Name: "at", Type: typ(t, "T")}}}
	p := &catalog.Project{Resources: []*catalog.Resource{r}, Entities: []catalog.Entity{{ID: "person", Keys: []string{"K"}}},
		Elements: []catalog.Element{{Code: "N", Column: "name", Entity: "person", Authority: catalog.Authority{{Item: "d/r.name"}}}}}
	image(t, s, "raw_d", []string{"id BIGINT", "citizen VARCHAR", "name VARCHAR", "at TIMESTAMP"}, []string{
		"(1, 'A', '早', '2020-01-01')", "(1, 'A', '晚', '2024-01-01')", "(2, 'A', '它', '2021-01-01')", "(3, NULL, '无', NULL)"})
	exec(t, s, "CREATE OR REPLACE TEMP TABLE withheld (id BIGINT)")
	table := onesource.Table{Resource: r, Items: items(r), Keys: []string{"id"}, Raw: "raw_d"}
	if n, err := onesource.Duplicates(context.Background(), s, table); err != nil || n != 2 {
		t.Fatalf("removed %d, %v", n, err)
	}
	keep(t, s, "standard_d", onesource.StandardQuery(table))
	members := onesource.Members(p, nil)
	members[0].Raw, members[0].Standard = "raw_d", "standard_d"
	e := onesource.Entities(p, members, day(t, "2025-01-01"), 1)[0]
	out := resolve(t, s, e, onesource.Options{})
	same(t, "golden", []string{"A|早"}, rowsOf(t, s, "SELECT entity_key, name FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")"))
	if out.Members != 1 || out.Unlinked != 1 {
		t.Errorf("%+v", out)
	}
}

// Item, column and file names may be anything SQL would stumble over.
func TestHostileNames(t *testing.T) {
	s := open(t, 2)
	names := []string{`k`, `at`, `votes`, `sel"ect`, `o0`, `g.k`, `v0`, `'; DROP TABLE x`}
	r := &catalog.Resource{ID: "d/r", Status: catalog.Published, Source: catalog.Source{Key: []string{`sel"ect`, "k"}, Cursor: "votes"},
		Vote: &catalog.KeepRule{Fn: "latest", Item: "votes"}, Duplicates: &catalog.Duplicates{By: []string{`'; DROP TABLE x`}, Keep: catalog.KeepRule{Fn: "latest", Item: "at"}}}
	p := &catalog.Project{Resources: []*catalog.Resource{r}, Entities: []catalog.Entity{{ID: `per"son'`, Keys: []string{"K'"}}}}
	types := make([]string, len(names))
	row := ""
	for i, n := range names {
		types[i] = "VARCHAR"
		row += fmt.Sprintf(", '%d'", i)
		r.Items = append(r.Items, catalog.Item{Name: n, Element: fmt.Sprintf("E'%d", i)})
		p.Elements = append(p.Elements, catalog.Element{Code: fmt.Sprintf("E'%d", i), Column: n, Entity: `per"son'`,
			Authority: catalog.Authority{{Item: catalog.ItemRef("d/r." + n)}}})
	}
	r.Items[5].Element, p.Elements[5].Code = "K'", "K'"
	imageQuoted(t, s, "raw_d", names, types, []string{"(" + row[2:] + ")"})
	exec(t, s, `CREATE OR REPLACE TEMP TABLE withheld ("sel""ect" VARCHAR, k VARCHAR)`)
	table := onesource.Table{Resource: r, Items: items(r), Keys: r.Source.Key, Raw: "raw_d"}
	if _, err := onesource.Duplicates(context.Background(), s, table); err != nil {
		t.Fatal(err)
	}
	same(t, "standard", []string{"0|1|2|3|4|5|6|7"}, rowsOf(t, s, onesource.StandardQuery(table)))
	members := onesource.Members(p, nil)
	members[0].Raw = "raw_d"
	e := onesource.Entities(p, members, day(t, "2025-01-01"), 1)[0]
	resolve(t, s, e, onesource.Options{Golden: `g"1`, Crosswalk: `x"1`, Conflicts: `c"1`})
	same(t, "golden", []string{"5|0|0|1|0|2|0|3|0|4|0|5|0|6|0|7|0|∅"},
		rowsOf(t, s, "SELECT COLUMNS(* EXCLUDE golden_id) FROM ("+onesource.GoldenQuery(e, onesource.Options{Golden: `g"1`})+")"))
}

// scattered fills raw_0 to raw_2 with rows of the reference's columns in no
// order, keys met several times, values that differ by source.
func scattered(t testing.TB, s *engine.Session, rows int) {
	for i := range 3 {
		exec(t, s, fmt.Sprintf(`CREATE OR REPLACE TEMP TABLE raw_%d AS SELECT id, k, e0, e1, "at", NULL::VARCHAR AS id_raw, NULL::VARCHAR AS k_raw,
			NULL::VARCHAR AS e0_raw, NULL::VARCHAR AS e1_raw, NULL::VARCHAR AS at_raw FROM (SELECT i AS id,
			CASE WHEN i %% 50 > 0 THEN lpad((hash(i) %% %d)::VARCHAR, 18, '3') END AS k,
			CASE WHEN hash(i + %d) %% 97 > 0 THEN '张' || (hash(i) %% %d)::VARCHAR ELSE '李' || i::VARCHAR END AS e0,
			CASE WHEN hash(i + %d) %% 7 > 0 THEN '东昌府区' || (hash(i) %% %d)::VARCHAR || '号' END AS e1,
			TIMESTAMP '2020-01-01' + INTERVAL (i %% 1000) DAY AS "at" FROM range(%d) r(i) ORDER BY hash(i))`, i, rows, i, rows, i, rows, rows))
	}
}

// The files are the same bytes whatever the number of threads.
func TestFilesAreByteIdentical(t *testing.T) {
	written := map[string][]byte{}
	for _, threads := range []int{1, 2, 4} {
		s := open(t, threads)
		scattered(t, s, 60_000)
		exec(t, s, "CREATE OR REPLACE TEMP TABLE withheld AS SELECT id FROM raw_2 WHERE id % 100 = 7")
		e, o := bureau{}.entity(t), onesource.Options{Passes: threads}
		r := e.Members[2].Resource
		r.Duplicates = &catalog.Duplicates{By: []string{"k"}, Keep: catalog.KeepRule{Fn: "latest", Item: "at"}}
		table := onesource.Table{Resource: r, Items: items(r), Keys: []string{"id"}, Raw: "raw_2"}
		if _, err := onesource.Duplicates(context.Background(), s, table); err != nil {
			t.Fatal(err)
		}
		resolve(t, s, e, o)
		for name, query := range map[string]string{"standard": onesource.StandardQuery(table), "duplicates": onesource.DuplicatesQuery(table),
			"golden": onesource.GoldenQuery(e, o), "crosswalk": onesource.CrosswalkQuery(e, o), "conflicts": onesource.ConflictsQuery(e, o)} {
			path := filepath.Join(t.TempDir(), name)
			n, err := s.CopyQuery(context.Background(), name, query, path, engine.ParquetOptions{RowGroup: 20_480})
			if err != nil || n < 1000 {
				t.Fatalf("%s: %d rows, %v", name, n, err)
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if want := written[name]; want == nil {
				written[name] = got
			} else if !bytes.Equal(want, got) {
				t.Errorf("%s differs with %d threads", name, threads)
			}
		}
	}
}
