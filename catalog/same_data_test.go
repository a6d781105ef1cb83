package catalog

import (
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

// decision is one that is right, on the two entries of the full project.
const decision = "- {a: gongan/resident, b: minzheng/household, outcome: distinct, because: 对象不同, office: 办公室, date: 2025-12-01}\n"

// What is wrong with a decision is told with its line.
func TestDecisionsOnDuplicatesAreJudged(t *testing.T) {
	edited := func(old, now string) string { return strings.Replace(decision, old, now, 1) }
	for _, c := range []struct {
		body string
		key  text.Key // "" is nothing
		line int
	}{
		{decision, "", 0},
		{decision + edited("gongan/resident, b: minzheng/household", "minzheng/household, b: gongan/resident"), "same.twice", 2},
		{edited("b: minzheng/household", "b: gongan/resident"), "same.self", 1},
		{edited("b: minzheng/household", "b: minzheng/nothing"), "same.resource", 1},
		{edited("outcome: distinct, ", ""), "same.outcome", 1},
		{edited("because: 对象不同, ", ""), "same.because", 1},
		{edited("because: 对象不同", "because: '  '"), "same.because", 1},
		{edited("office: 办公室, ", ""), "same.office", 1},
		{edited("date: 2025-12-01", "date: 2025-02-30"), "same.date", 1},
		{edited("date: 2025-12-01", "date: 2999-12-01"), "same.date", 1},
		{edited("outcome: distinct", "outcome: merged"), "same.stays", 1},
		{edited("outcome: distinct", "outcome: merged, stays: minzheng/other"), "same.stays", 1},
		{edited("outcome: distinct", "outcome: distinct, stays: gongan/resident"), "same.stays.distinct", 1},
		{edited("outcome", "items: {name: nothing}, outcome"), "same.item", 1},
		{edited("outcome", "items: {name: income}, outcome"), "", 0},
	} {
		var told []string
		changes := full(t, "")
		changes[duplicatesFile] = c.body
		_, vs := checked(t, changes)
		at := 0
		for _, v := range vs {
			if v.At.File == duplicatesFile {
				told = append(told, strings.TrimPrefix(string(v.Key), "catalog.check."))
				at = v.At.Line
			}
		}
		want := []string{string(c.key)}
		if c.key == "" {
			want = nil
		}
		if !slices.Equal(told, want) || at != c.line {
			t.Errorf("%s: told %v in line %d, want %v in %d", c.body, told, at, want, c.line)
		}
	}
}

// A file of decisions is read as strictly as any other.
func TestDecisionsOnDuplicatesAreReadStrictly(t *testing.T) {
	for body, key := range map[string]string{
		strings.Replace(decision, "outcome: distinct", "outcome: same", 1): "merged, distinct",
		strings.Replace(decision, "because", "why", 1):                     "why",
		"a: gongan/resident\n": duplicatesFile + ":1",
	} {
		changes := full(t, "")
		changes[duplicatesFile] = body
		_, errs := load(tree(changes), "dir")
		if len(errs) == 0 || !strings.Contains(errs[0].Error(), duplicatesFile) && !strings.Contains(errs[0].Error(), key) {
			t.Errorf("%s: %v", body, errs)
		}
	}
}

// A merge is done once the entry that goes is withdrawn, or what it had in common is a copy.
func TestAMergeIsCarriedOut(t *testing.T) {
	merged := strings.Replace(decision, "outcome: distinct", "items: {name: income}, outcome: merged, stays: gongan/resident", 1)
	for _, c := range []struct {
		what      string
		file, now string
		done      bool
	}{
		{"as it is", "", "", false},
		{"withdrawn", "status: published", "status: withdrawn", true},
		{"a copy", `label: 收入, type: "N(12,2)"`, `label: 收入, type: "N(12,2)", role: copy, held_since: 2020-11-01, clean_up_by: 2030-12-31, legal_basis: 《社会救助暂行办法》第十一条`, true},
	} {
		changes := full(t, household, c.file, c.now)
		changes[duplicatesFile] = merged
		p, vs := checked(t, changes)
		told := slices.ContainsFunc(vs, func(v Violation) bool { return v.Key == "catalog.check.same.unmerged" && v.Severity == Warning })
		if told == c.done {
			t.Errorf("%s: told of an unfinished merge: %v", c.what, told)
		}
		d := p.SameData("minzheng/household", "gongan/resident")
		if d == nil || d.goes() != "minzheng/household" || !d.Covers("minzheng/household", "income", "gongan/resident", "name") || d.Covers("gongan/resident", "name", "minzheng/household", "no") {
			t.Errorf("%s: decision %+v", c.what, d)
		}
	}
}

// An alias that means two elements of one entity would be a guess.
func TestAliasesAreJudged(t *testing.T) {
	body := project[elementsFile]
	for now, want := range map[string]text.Key{
		"aliases: [身份证号, 身份证], ":  "",
		"aliases: [姓名], ":         "catalog.check.alias.twice",
		"aliases: ['', 身份证], ":    "catalog.check.alias.empty",
		"aliases: [身份证号, 身份证号], ": "catalog.check.alias.twice",
	} {
		if !strings.Contains(body, "code: DE0001, ") {
			t.Fatal("the small project has another DE0001")
		}
		_, vs := checked(t, map[string]string{elementsFile: strings.Replace(body, "code: DE0001, ", "code: DE0001, "+now, 1)})
		var told []text.Key
		for _, v := range vs {
			if strings.HasPrefix(string(v.Key), "catalog.check.alias") {
				told = append(told, v.Key)
			}
		}
		if want == "" && len(told) > 0 || want != "" && !slices.Equal(told, []text.Key{want}) {
			t.Errorf("%s: told %v, want %q", now, told, want)
		}
	}
}
