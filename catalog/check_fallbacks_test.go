package catalog

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// rings is the small project where both names are names of two elements, as written.
func rings(t *testing.T, elements string) []Violation {
	t.Helper()
	changes := full(t, household, ", role: copy", "", "DE0002: head_name", "DE0002: head_name, DE0003: head_name")
	changes[resident] = project[resident] + "subjects:\n  - {entity: person, key: citizen_id, items: {DE0002: name, DE0003: name}}\n"
	changes[elementsFile] = strings.SplitAfter(project[elementsFile], "\n")[0] + elements
	_, vs := checked(t, changes)
	return vs
}

func TestFallbacksThatComeBack(t *testing.T) {
	const first = "- {code: DE0002, name: 姓名, column: name, entity: person, when_empty: fallback, authority: gongan/resident.name, fallback: [minzheng/household.head_name]}\n"
	for _, c := range []struct{ name, second, want string }{
		{"one way", "- {code: DE0003, name: 别名, column: alias, entity: person, authority: gongan/resident.name, fallback: [minzheng/household.head_name]}\n", ""},
		{"no fallback", "- {code: DE0003, name: 别名, column: alias, entity: person, authority: minzheng/household.head_name}\n", ""},
		{"and back", "- {code: DE0003, name: 别名, column: alias, entity: person, authority: minzheng/household.head_name, fallback: [gongan/resident.name]}\n",
			"gongan/resident.name → minzheng/household.head_name (DE0002) → gongan/resident.name (DE0003) 2026-11-22"},
		{"from a later day on", "- code: DE0003\n  name: 别名\n  column: alias\n  entity: person\n  fallback: [gongan/resident.name]\n  authority: [{item: minzheng/household.head_name, from: 2027-07-01}]\n",
			"gongan/resident.name → minzheng/household.head_name (DE0002) → gongan/resident.name (DE0003) 2027-07-01"},
		{"in the past", "- code: DE0003\n  name: 别名\n  column: alias\n  entity: person\n  fallback: [gongan/resident.name]\n  authority: [{item: minzheng/household.head_name, to: 2019-07-01}]\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var told []string
			for _, v := range rings(t, first+c.second) {
				if v.Key == "catalog.check.fallback.cycle" {
					told = append(told, v.Args[2].(string)+" "+v.Args[3].(string))
					if v.At.String() != "elements.yaml:2" || v.Severity != Error || v.Basis != onceBasis {
						t.Errorf("told as %+v", v)
					}
				}
			}
			if got := strings.Join(told, "; "); got != c.want {
				t.Errorf("told %q, want %q", got, c.want)
			}
		})
	}
}

// A fallback that is to be the authority is told of before the day, not refused on it.
func TestAFallbackThatIsToBeTheAuthority(t *testing.T) {
	vs := rings(t, "- code: DE0002\n  name: 姓名\n  column: name\n  entity: person\n  fallback: [minzheng/household.head_name]\n"+
		"  authority:\n    - {item: gongan/resident.name, to: 2027-06-30}\n    - {item: minzheng/household.head_name, from: 2027-07-01}\n"+
		"- {code: DE0003, name: 别名, column: alias, entity: person, authority: gongan/resident.name}\n")
	for _, v := range vs {
		if v.Key == "catalog.check.fallback.later" && v.Severity == Warning && v.At.String() == "elements.yaml:6" {
			return
		}
	}
	t.Error(describe(vs))
}

// circle finds a way back exactly where one is: compared with reachability by brute force.
func TestCircleFindsWhatIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "items")
		next := map[ItemRef][]hop{}
		reach := map[[2]ItemRef]bool{}
		name := func(i int) ItemRef { return ItemRef(string(rune('a' + i))) }
		for _, e := range rapid.SliceOfN(rapid.IntRange(0, n*n-1), 0, 12).Draw(t, "edges") {
			from, to := name(e/n), name(e%n)
			if from != to {
				next[from] = append(next[from], hop{to, "E"})
				reach[[2]ItemRef{from, to}] = true
			}
		}
		for k := range n {
			for i := range n {
				for j := range n {
					if reach[[2]ItemRef{name(i), name(k)}] && reach[[2]ItemRef{name(k), name(j)}] {
						reach[[2]ItemRef{name(i), name(j)}] = true
					}
				}
			}
		}
		for i := range n {
			way := circle(next, name(i), "E")
			if (way != nil) != reach[[2]ItemRef{name(i), name(i)}] {
				t.Fatalf("from %s: way %v in %v", name(i), way, next)
			}
			if way != nil && way[len(way)-1].to != name(i) {
				t.Fatalf("way %v does not come back to %s", way, name(i))
			}
		}
	})
}
