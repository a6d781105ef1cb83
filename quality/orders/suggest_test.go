package orders_test

import (
	"testing"

	"guiji/catalog"
	"guiji/quality"
	"guiji/quality/checks"
	"guiji/quality/orders"
)

// rule binds one check of an item of text.
func rule(t *testing.T, env *quality.Env, check *quality.Check, params any) *quality.Rule {
	t.Helper()
	return &quality.Rule{ID: "r", Check: check, Params: params, Items: []*catalog.Item{&env.Resource.Items[0]}}
}

// What is suggested passes the rule, and is the failing value in another form: nothing is
// made up.
func TestSuggestions(t *testing.T) {
	env := &quality.Env{Today: "2026-03-02", Resource: &catalog.Resource{ID: "d/r", Items: []catalog.Item{{Name: "a", Type: catalog.Type{Kind: catalog.Text, Length: 40}}}},
		Project: &catalog.Project{Codes: map[string]*catalog.CodeTable{"sex": catalog.NewCodeTable("sex", []catalog.Code{{Code: "1", Name: "男"}, {Code: "2", Name: "女", Aliases: []string{"F"}}})}}}
	id := rule(t, env, checks.CitizenID, &checks.CitizenIDParams{})
	sex := rule(t, env, checks.InCodes, &checks.InCodesParams{Table: "sex"})
	letters := rule(t, env, checks.Regex, &checks.RegexParams{Pattern: "[A-Z]{3}"})
	for _, c := range []struct {
		rule        *quality.Rule
		value, want string
	}{
		{id, "110105491231002", "11010519491231002X"}, {id, " 11010519491231002x\u3000", "11010519491231002X"}, {id, "１１０１０５ 19491231 ００２Ｘ", "11010519491231002X"},
		{id, "110105194912310021", ""}, {id, "", ""}, {id, "110105491331002", ""}, {id, "无", ""},
		{sex, "男", "1"}, {sex, " 女 ", "2"}, {sex, "f", "2"}, {sex, "１", "1"}, {sex, "3", ""}, {sex, "男女", ""},
		{letters, "ABC ", "ABC"}, {letters, "ＡＢＣ", "ABC"}, {letters, "abc", "ABC"}, {letters, "AB", ""},
	} {
		s := orders.NewSuggester(c.rule, env)
		if s == nil {
			t.Fatalf("%s suggests nothing", c.rule.Check.Name)
		}
		if got := s.For(c.value); got != c.want {
			t.Errorf("%s of %q: %q, want %q", c.rule.Check.Name, c.value, got, c.want)
		}
	}
	set := rule(t, env, checks.CitizenID, &checks.CitizenIDParams{})
	set.Bit = -1
	if s := orders.NewSuggester(set, env); s != nil || s.For("1") != "" || orders.NewSuggester(nil, env) != nil {
		t.Error("a rule that judges no row suggests")
	}
}
