package onesource_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// rulesOf makes an entity with one element for each rule of survivorship, held by
// sources a, b, c and, as a copy, d.
func rulesOf(t testing.TB, rules ...catalog.Survivorship) onesource.Entity {
	p := &catalog.Project{Entities: []catalog.Entity{{ID: "person", Keys: []string{"K"}}}}
	for _, rule := range rules {
		p.Elements = append(p.Elements, catalog.Element{Code: string(rule), Column: string(rule), Entity: "person", Survivorship: rule})
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		r := &catalog.Resource{ID: "d/" + name, Status: catalog.Published, Source: catalog.Source{Key: []string{"id"}, Cursor: "at"},
			Items: []catalog.Item{{Name: "id", Type: typ(t, "N(9)")}, {Name: "k", Element: "K"}, {Name: "v", Type: typ(t, "C(20)")}, {Name: "at", Type: typ(t, "T")}}}
		if name == "d" {
			r.Items[2].Role = catalog.RoleCopy
		}
		subject := catalog.Subject{Entity: "person", Key: "k", Items: map[string]string{"K": "k"}}
		for _, rule := range rules {
			subject.Items[string(rule)] = "v"
		}
		r.Subjects = []catalog.Subject{subject}
		p.Resources = append(p.Resources, r)
	}
	members := onesource.Members(p, nil)
	onesource.Assign(nil, members)
	for i := range members {
		members[i].Raw = "raw_" + members[i].Resource.ID[2:]
	}
	return onesource.Entities(p, members, day(t, "2026-01-01"), 1)[0]
}

var everyRule = []catalog.Survivorship{catalog.SurviveLatest, catalog.SurviveLongest, catalog.SurviveMostFrequent, catalog.SurviveList}

// surviving is what each rule makes of one value and time a source, "value@year"; ""
// is a record without a value.
func surviving(t testing.TB, s *engine.Session, e onesource.Entity, o onesource.Options, says ...string) []string {
	for i, name := range []string{"a", "b", "c", "d"} {
		var rows []string
		if i < len(says) {
			value, year, dated := strings.Cut(says[i], "@")
			at := "NULL"
			if dated {
				at = "'" + year + "-01-01'"
			}
			rows = []string{fmt.Sprintf("(1, 'A', %s, %s)", engine.Lit(value), at)}
		}
		image(t, s, "raw_"+name, []string{"id BIGINT", "k VARCHAR", "v VARCHAR", "at TIMESTAMP"}, rows)
	}
	out := resolve(t, s, e, o)
	if len(out.HeldBack) > 0 {
		t.Errorf("held back %v", out.HeldBack)
	}
	return rowsOf(t, s, "SELECT COLUMNS(* EXCLUDE (golden_id, entity_key, disputed)) FROM ("+onesource.GoldenQuery(e, o)+")")
}

func TestSurvivorship(t *testing.T) {
	s := open(t, 2)
	e := rulesOf(t, everyRule...)
	for _, c := range []struct {
		says []string
		want string // latest, longest, most frequent, list, each with its source
	}{
		{[]string{"x@2020", "yy@2021", "x@2019"}, "yy|1|yy|1|x|0|[x, yy]|[0, 1]"},
		{[]string{"x", "yy", "zzz@2001"}, "zzz|2|zzz|2|x|0|[x, yy, zzz]|[0, 1, 2]"}, // no time is older than any
		{[]string{"b@2020", "a@2020", "a@2020"}, "a|1|a|1|a|1|[a, b]|[1, 0]"},       // ties: the smaller text, then the first name
		{[]string{"张 三", "张三", "李四四"}, "张 三|0|张 三|0|张 三|0|[张 三, 张三, 李四四]|[0, 1, 2]"},
		{[]string{"", "y@2020", ""}, "y|1|y|1|y|1|[y]|[1]"}, // an empty value says nothing
		{[]string{"", ""}, "∅|∅|∅|∅|∅|∅|∅|∅"},
		{[]string{"x", "y@2020", "y", "copied@2024"}, "y|1|x|0|y|1|[x, y]|[0, 1]"}, // a copy is for comparison alone
		{[]string{`"a", [b]`, "x"}, `"a", [b]|0|"a", [b]|0|"a", [b]|0|['"a", [b]', x]|[0, 1]`},
	} {
		if got := surviving(t, s, e, onesource.Options{}, c.says...); len(got) != 1 || got[0] != c.want {
			t.Errorf("%q: %v, want %s", c.says, got, c.want)
		}
	}
	if n := len(rowsOf(t, s, onesource.ConflictsQuery(e, onesource.Options{}))); n > 0 {
		t.Errorf("%d conflicts with a value nobody is accountable for", n)
	}
}

// A source may have several records of a subject: the one that votes speaks, by every rule.
func TestSurvivorshipOfSeveralRecords(t *testing.T) {
	s := open(t, 2)
	e := rulesOf(t, everyRule...)
	surviving(t, s, e, onesource.Options{}, "x@2020", "yy@2021")
	exec(t, s, "INSERT INTO raw_a BY NAME SELECT 2 AS id, 'A' AS k, 'zzz' AS v, TIMESTAMP '2024-01-01' AS at")
	out := resolve(t, s, e, onesource.Options{})
	got := rowsOf(t, s, "SELECT COLUMNS(* EXCLUDE (golden_id, entity_key, disputed)) FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")")
	if want := "yy|1|yy|1|x|0|[x, yy]|[0, 1]"; len(got) != 1 || got[0] != want || out.Members != 3 {
		t.Errorf("%v, want %s, of %d records", got, want, out.Members)
	}
}

// Whatever order sources are given in and whatever threads and passes work, every rule
// gives the same value and names the same source.
func TestSurvivorshipKnowsNoOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	values, years := []string{"x", "y", "yy", "ｙ", "y y", ""}, []string{"", "@2020", "@2021"}
	first := map[string][]string{}
	for _, threads := range []int{1, 2, 4} {
		s := open(t, threads)
		e := rulesOf(t, everyRule...)
		for i := range 12 {
			draw := rand.New(rand.NewPCG(7, uint64(i)))
			var says []string
			for range 3 {
				says = append(says, values[draw.IntN(len(values))]+years[draw.IntN(len(years))])
			}
			rng.Shuffle(len(e.Members), func(a, b int) { e.Members[a], e.Members[b] = e.Members[b], e.Members[a] })
			got := surviving(t, s, e, onesource.Options{Passes: threads}, says...)
			key := strings.Join(says, "|")
			if first[key] == nil {
				first[key] = got
			} else if !slices.Equal(first[key], got) {
				t.Errorf("%q: %v, then %v", says, first[key], got)
			}
		}
	}
}

// Where an authority is registered for the day, the rule waits.
func TestAnAuthorityComesBeforeTheRule(t *testing.T) {
	s := open(t, 2)
	e := rulesOf(t, catalog.SurviveLongest)
	e.Elements[0].Authority = catalog.Authority{{Item: "d/b.v", To: "2026-06-30"}}
	for day1, want := range map[string]string{"2026-06-30": "b|1", "2026-07-01": "long|0"} {
		e.Date = day(t, day1)
		if got := surviving(t, s, e, onesource.Options{}, "long", "b", "c"); got[0] != want {
			t.Errorf("%s: %s, want %s", day1, got[0], want)
		}
	}
}
