package onesource_test

import (
	"context"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// project has a population register (authority for name and birth), a social
// insurance table, and an enterprise table with its legal representative.
func project(t testing.TB) *catalog.Project {
	police := &catalog.Resource{ID: "gongan/resident", Status: catalog.Published, Source: catalog.Source{Key: []string{"id"}, Cursor: "gxsj"},
		Items: []catalog.Item{
			{Name: "id", Type: typ(t, "N(18)")}, {Name: "citizen_id", Type: typ(t, "C(18)"), Element: "P1"},
			{Name: "name", Type: typ(t, "C(50)"), Element: "P2"}, {Name: "birth", Type: typ(t, "D"), Element: "P3"},
			{Name: "updated", Column: "gxsj", Type: typ(t, "T")},
		}}
	insurance := &catalog.Resource{ID: "renshe/insured", Status: catalog.Published, Source: catalog.Source{Key: []string{"no", "year"}},
		Items: []catalog.Item{
			{Name: "no", Type: typ(t, "C(20)")}, {Name: "year", Type: typ(t, "Y")}, {Name: "citizen_id", Type: typ(t, "C(18)"), Element: "P1"},
			{Name: "name", Type: typ(t, "C(50)"), Element: "P2", Role: catalog.RoleCopy}, {Name: "birth", Type: typ(t, "C(20)"), Element: "P3", Role: catalog.RoleCopy},
			{Name: "phone", Type: typ(t, "C(20)"), Element: "P4"}, {Name: "income", Type: typ(t, "N(12,2)"), Element: "P5"},
		}, Vote: &catalog.KeepRule{Fn: "latest", Item: "year"}}
	firm := &catalog.Resource{ID: "shichang/enterprise", Status: catalog.Published, Source: catalog.Source{Key: []string{"code"}},
		Items: []catalog.Item{
			{Name: "code", Type: typ(t, "C(18)"), Element: "O1"}, {Name: "title", Type: typ(t, "C(99)"), Element: "O2"},
			{Name: "rep_id", Type: typ(t, "C(18)")}, {Name: "rep_name", Type: typ(t, "C(50)")}, {Name: "rep_phone", Type: typ(t, "C(20)")},
		},
		Subjects: []catalog.Subject{{Entity: "organisation", Key: "code"},
			{Entity: "person", As: "legal_rep", Key: "rep_id", Items: map[string]string{"P2": "rep_name", "P4": "rep_phone"}}}}
	draft := &catalog.Resource{ID: "x/draft", Status: catalog.Draft, Items: []catalog.Item{{Name: "id", Element: "P1"}}}
	one := func(ref catalog.ItemRef) catalog.Authority { return catalog.Authority{{Item: ref}} }
	return &catalog.Project{
		Entities:  []catalog.Entity{{ID: "person", Keys: []string{"P1"}}, {ID: "organisation", Keys: []string{"O1"}}, {ID: "place", Keys: []string{"L1"}}},
		Resources: []*catalog.Resource{police, insurance, firm, draft},
		Elements: []catalog.Element{
			{Code: "P1", Column: "citizen_id", Entity: "person", Key: true, Authority: one("gongan/resident.citizen_id")},
			{Code: "P2", Column: "name", Entity: "person", Authority: one("gongan/resident.name")},
			{Code: "P3", Column: "birth", Entity: "person", Authority: one("gongan/resident.birth")},
			{Code: "P4", Column: `pho"ne`, Entity: "person", Authority: catalog.Authority{
				{Item: "renshe/insured.phone", To: "2025-12-31"}, {Item: "gongan/resident.phone", From: "2026-01-01"}},
				WhenEmpty: catalog.EmptyMeansFallback, Fallback: []catalog.ItemRef{"shichang/enterprise.rep_phone"}},
			{Code: "P5", Column: "income", Entity: "person"},
			{Code: "O1", Column: "credit_code", Entity: "organisation", Key: true, Authority: one("shichang/enterprise.code")},
			{Code: "O2", Column: "title", Entity: "organisation", Authority: one("shichang/enterprise.title")},
		},
	}
}

// world fills the project's images and returns its members.
func world(t testing.TB, s *engine.Session) []onesource.Member {
	image(t, s, "police", []string{"id BIGINT", "citizen_id VARCHAR", "name VARCHAR", "birth DATE", "updated TIMESTAMP"}, []string{
		"(1, 'A', '张三', '1990-01-02', '2024-05-06 07:08:09')",
		"(2, 'B', '买买提·艾力', NULL, NULL)",
		"(3, NULL, '无号', '1980-01-01', NULL)",
		"(4, 'BAD', '错号', '1980-01-01', NULL)",
		"(5, 'D', '已删', '1980-01-01', NULL)", // not in standard
	})
	exec(t, s, "CREATE OR REPLACE TEMP TABLE police_standard AS SELECT id FROM police WHERE id < 5")
	image(t, s, "insured", []string{"no VARCHAR", "year SMALLINT", "citizen_id VARCHAR", "name VARCHAR", "birth VARCHAR", "phone VARCHAR", "income DECIMAL(12,2)"}, []string{
		"('10', 2023, 'A', '张散', '1990-01-02', '110', 1.00)", // an old year: it has no vote
		"('10', 2024, 'A', '张 三', '1990-01-02', NULL, 2.50)",
		"('9', 2024, 'B', '买买提•艾力', '1991-02-03', '120', NULL)",
		"('8', 2024, 'C', '李四', '1992-03-04', '', NULL)",
	})
	exec(t, s, "UPDATE insured SET birth = NULL, birth_raw = '一九九〇' WHERE no = '10' AND year = 2024")
	image(t, s, "firm", []string{"code VARCHAR", "title VARCHAR", "rep_id VARCHAR", "rep_name VARCHAR", "rep_phone VARCHAR"}, []string{
		"('X1', '甲公司', 'A', '张三', '119')", "('X2', '乙公司', 'A', '章三', '118')", "('X3', '丙公司', NULL, NULL, NULL)",
	})
	members := onesource.Members(project(t), nil)
	onesource.Assign(nil, members)
	for i := range members {
		m := &members[i]
		m.Raw = map[string]string{"gongan/resident": "police", "renshe/insured": "insured", "shichang/enterprise": "firm"}[m.Resource.ID]
		if m.Resource.ID == "gongan/resident" {
			m.Standard, m.Valid = "police_standard", "citizen_id <> 'BAD'"
		}
	}
	return members
}

func day(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func resolve(t fataler, s *engine.Session, e onesource.Entity, o onesource.Options) onesource.Outcome {
	t.Helper()
	out, err := onesource.Resolve(context.Background(), s, e, o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return out
}

func same(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestMembersAreDerived(t *testing.T) {
	members := onesource.Members(project(t), nil)
	var names, keys []string
	for _, m := range members {
		names = append(names, m.Name())
		keys = append(keys, m.Subject.Key)
	}
	same(t, "names", []string{"gongan/resident", "renshe/insured", "shichang/enterprise", "shichang/enterprise#legal_rep"}, names)
	same(t, "keys", []string{"citizen_id", "citizen_id", "code", "rep_id"}, keys)
	rep := members[3]
	same(t, "items", []string{"rep_id", "rep_name", "rep_phone"}, []string{rep.Elements["P1"].Name, rep.Elements["P2"].Name, rep.Elements["P4"].Name})

	sources := onesource.Assign([]string{"old/gone", "shichang/enterprise"}, members)
	same(t, "sources", []string{"old/gone", "shichang/enterprise", "gongan/resident", "renshe/insured", "shichang/enterprise#legal_rep"}, sources)
	same(t, "number", int16(1), members[2].Source)
}

func TestOneSource(t *testing.T) {
	s := open(t, 2)
	entities := onesource.Entities(project(t), world(t, s), day(t, "2025-06-01"), 7)
	if len(entities) != 2 {
		t.Fatalf("%d entities", len(entities))
	}
	person := entities[0]
	out := resolve(t, s, person, onesource.Options{})
	columns := `entity_key, citizen_id, citizen_id__from, name, name__from, birth, "pho""ne", "pho""ne__from", income, income__from`
	same(t, "golden", []string{
		"A|A|0|张三|0|1990-01-02|119|3|∅|∅", // its own number empty: the fallback speaks; income has no authority
		"B|B|0|买买提·艾力|0|∅|120|1|∅|∅",      // an empty birth stays empty
		"C|∅|∅|∅|∅|∅|∅|∅|∅|∅",             // unknown to the register: nobody speaks for it
	}, rowsOf(t, s, "SELECT "+columns+" FROM ("+onesource.GoldenQuery(person, onesource.Options{})+")"))
	same(t, "crosswalk", []string{
		`A|0|["1"]|2024-05-06 07:08:09|true`,
		`A|1|["10","2023"]|∅|false`, `A|1|["10","2024"]|∅|true`,
		`A|3|["X1"]|∅|true`, `A|3|["X2"]|∅|false`,
		`B|0|["2"]|∅|true`, `B|1|["9","2024"]|∅|true`, `C|1|["8","2024"]|∅|true`,
	}, rowsOf(t, s, "SELECT COLUMNS(* EXCLUDE (golden_id, own_key, route, decision)) FROM ("+onesource.CrosswalkQuery(person, onesource.Options{})+")"))
	same(t, "conflicts", []string{
		`A|P2|name|3|["X2"]|章三|0|张三|differs|7`,
		`A|P3|birth|1|["10","2024"]|一九九〇|0|1990-01-02|differs|7`,
		`B|P3|birth|1|["9","2024"]|1991-02-03|0|∅|copy_has|7`,
	}, rowsOf(t, s, "SELECT COLUMNS(* EXCLUDE (golden_id, holder_time, authority_time)) FROM ("+onesource.ConflictsQuery(person, onesource.Options{})+")"))
	same(t, "held back", []string{"P5"}, out.HeldBack)
	if out.Golden != 3 || out.Members != 8 || out.Unlinked != 3 {
		t.Errorf("%+v", out)
	}
}

// Golden records are in the order of their keys whatever their columns are called.
func TestGoldenRecordsAreInOrder(t *testing.T) {
	s := open(t, 2)
	for _, column := range []string{"k", "g", "id", "rowid", "v0", "d", "t"} {
		e := two(t, s, "'z'", "C", "'z'", "C", false)
		e.Elements[0].Column = column
		exec(t, s, "INSERT INTO own SELECT '2', 'B', 'a', NULL, NULL, NULL")
		resolve(t, s, e, onesource.Options{})
		if got := rowsOf(t, s, "SELECT entity_key FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")"); !slices.Equal(got, []string{"A", "B"}) {
			t.Errorf("column %s: %v", column, got)
		}
	}
}
