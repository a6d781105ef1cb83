package profile_test

import (
	"slices"
	"testing"

	"guiji/catalog"
	"guiji/internal/text"
	"guiji/quality"
	"guiji/quality/checks"
	"guiji/quality/profile"
)

// suggested are the proposals for a query's result, as YAML takes them, behind their item.
func suggested(t *testing.T, query string, items []catalog.Item, with func(*profile.SuggestInput)) []string {
	t.Helper()
	in := input(t, query, items)
	p, err := profile.Of(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	all := profile.SuggestInput{Input: in, Profile: p, Lang: text.EN, Today: in.Now}
	if with != nil {
		with(&all)
	}
	found, err := profile.Suggest(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range found {
		spec, err := s.Spec("an_id")
		if err != nil || s.Evidence == "" {
			t.Errorf("%s of %q: %v, evidence %q", s.Written(""), s.Item, err, s.Evidence)
		}
		at := slices.IndexFunc(checks.All(), func(c *quality.Check) bool { return c.Name == spec.Kind })
		if at < 0 {
			t.Errorf("there is no check %q", spec.Kind)
		} else if params := checks.All()[at].Params; params != nil && spec.Decode(params()) != nil {
			t.Errorf("%s is not what the check takes", s.Written(""))
		}
		out = append(out, s.Item+" "+s.Written(""))
	}
	return out
}

// A text is proposed as what nearly all its values look like, and as nothing where they do
// not.
func TestFormsSuggested(t *testing.T) {
	word := []catalog.Item{{Name: "no", Label: "统一社会信用代码", Type: catalog.Type{Kind: catalog.Text, Length: 40}}}
	plain := []catalog.Item{{Name: "no", Label: "编号", Type: catalog.Type{Kind: catalog.Text, Length: 40}}}
	for name, c := range map[string]struct {
		query    string
		items    []catalog.Item
		has, not []string
	}{
		"credit codes":   {"SELECT '91371502MA3' || lpad(i::VARCHAR, 7, 'K') AS no FROM range(60) t(i)", word, []string{"no credit_code"}, []string{"no citizen_id"}},
		"too short":      {"SELECT '3715' || lpad(i::VARCHAR, 7, '0') AS no FROM range(60) t(i)", word, nil, []string{"no credit_code"}},
		"another name":   {"SELECT '91371502MA3' || lpad(i::VARCHAR, 7, 'K') AS no FROM range(60) t(i)", plain, nil, []string{"no credit_code"}},
		"one form":       {"SELECT 'LC-' || lpad(i::VARCHAR, 5, '0') AS no FROM range(60) t(i)", plain, []string{"no {regex: '[A-Z]{2}-[0-9]{5}'}", "no unique"}, nil},
		"nearly":         {"SELECT CASE WHEN i < 3 THEN '无' ELSE 'LC-' || lpad(i::VARCHAR, 5, '0') END AS no FROM range(100) t(i)", plain, []string{"no {regex: '[A-Z]{2}-[0-9]{5}'}"}, nil},
		"too many other": {"SELECT CASE WHEN i < 10 THEN '无' ELSE 'LC-' || lpad(i::VARCHAR, 5, '0') END AS no FROM range(100) t(i)", plain, nil, []string{"no {regex: '[A-Z]{2}-[0-9]{5}'}"}},
		"too few rows":   {"SELECT 'LC-' || lpad(i::VARCHAR, 5, '0') AS no FROM range(19) t(i)", plain, nil, []string{"no {regex: '[A-Z]{2}-[0-9]{5}'}", "no unique"}},
	} {
		t.Run(name, func(t *testing.T) { offers(t, suggested(t, c.query, c.items, nil), c.has, c.not) })
	}
}

func offers(t *testing.T, got, has, not []string) {
	t.Helper()
	for _, s := range has {
		if !slices.Contains(got, s) {
			t.Errorf("%q is not proposed: %q", s, got)
		}
	}
	for _, s := range not {
		if slices.Contains(got, s) {
			t.Errorf("%q is proposed", s)
		}
	}
}

// A reference is proposed to the key of another resource that holds nearly all values and
// stands for the same.
func TestReferencesSuggested(t *testing.T) {
	code := func(name, label, element string) catalog.Item {
		return catalog.Item{Name: name, Label: label, Element: element, Type: catalog.Type{Kind: catalog.Text, Length: 10}}
	}
	const all, few = "(SELECT 'S' || i AS sub FROM range(5) t(i))", "(SELECT 'S' || i AS sub FROM range(4) t(i))"
	for name, c := range map[string]struct {
		item, key catalog.Item
		other     string
		written   bool
		want      bool
	}{
		"the same element":  {code("district", "辖区", "DE9"), code("sub", "街道", "DE9"), all, false, true},
		"the same name":     {code("sub", "辖区", ""), code("sub", "街道", ""), all, false, true},
		"the same label":    {code("district", "街道", ""), code("sub", "街道", ""), all, false, true},
		"something else":    {code("district", "辖区", ""), code("sub", "街道", ""), all, false, false},
		"a key without one": {code("sub", "街道", ""), code("sub", "街道", ""), few, false, false},
		"written already":   {code("sub", "街道", ""), code("sub", "街道", ""), all, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			if c.written {
				c.item.Checks = []catalog.CheckSpec{{Kind: "foreign_key"}}
			}
			got := suggested(t, "SELECT 'S' || (i % 5) AS "+c.item.Name+" FROM range(100) t(i)", []catalog.Item{c.item}, func(in *profile.SuggestInput) {
				in.Project.Resources = []*catalog.Resource{in.Resource, {ID: "minzheng/street", Source: catalog.Source{Key: []string{"sub"}}, Items: []catalog.Item{c.key}}}
				in.Others = map[string]string{"minzheng/street": c.other, "gongan/resident": in.Relation}
			})
			if want := c.item.Name + " {foreign_key: minzheng/street.sub}"; slices.Contains(got, want) != c.want {
				t.Errorf("%q, want %v: %q", want, c.want, got)
			}
		})
	}
}

// Of a resource without a key two items that tell its rows apart are proposed, and of one
// with enough of a past how its rows may change.
func TestWholesSuggested(t *testing.T) {
	item := func(name string) catalog.Item {
		return catalog.Item{Name: name, Type: catalog.Type{Kind: catalog.Number, Precision: 9}}
	}
	const apart, alike = "SELECT i // 10 AS house, i % 10 AS place FROM range(100) t(i)", "SELECT i // 10 AS house, i % 5 AS place FROM range(100) t(i)"
	items := []catalog.Item{item("house"), item("place")}
	past := func(n ...int64) func(*profile.SuggestInput) {
		return func(in *profile.SuggestInput) { in.History = n }
	}
	offers(t, suggested(t, apart, items, past(90, 96, 99, 100, 102)), []string{" {unique: [house, place]}", " volume_drift", " {row_count: {min: 45, max: 204}}"}, []string{"house unique"})
	offers(t, suggested(t, alike, items, past(90, 96, 99, 100)), []string{" {row_count: {min: 45, max: 200}}"}, []string{" {unique: [house, place]}", " volume_drift"})
	keyed := func(in *profile.SuggestInput) { in.Resource.Source.Key = []string{"house", "place"} }
	offers(t, suggested(t, apart, items, keyed), nil, []string{" {unique: [house, place]}"})
}
