package catalog

import (
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

// Weights and grades that cannot be are told with their place; what can be is not.
func TestCheckScoring(t *testing.T) {
	for written, want := range map[string]text.Key{
		`{weights: {dimensions: {"01": 0.5, "06": 0}, indicators: {"0301": 2, "0602": 1}}}`: "",
		`{grades: [{name: 优, from: 90}, {name: 差, from: 0}]}`:                               "",
		`{weights: {dimensions: {"07": 1}}}`:                                                "catalog.check.quality.code",
		`{weights: {dimensions: {"0301": 1}}}`:                                              "catalog.check.quality.code",
		`{weights: {indicators: {"0306": 1}}}`:                                              "catalog.check.quality.code",
		`{weights: {indicators: {"03": 1}}}`:                                                "catalog.check.quality.code",
		`{weights: {indicators: {"0301": -1}}}`:                                             "catalog.check.quality.weight",
		`{weights: {dimensions: {"01": 0, "02": 0, "03": 0, "04": 0, "05": 0, "06": 0}}}`:   "catalog.check.quality.weightless",
		`{grades: [{name: 优, from: 90}]}`:                                                   "catalog.check.quality.grade.lowest",
		`{grades: [{name: 优, from: 101}, {name: 差, from: 0}]}`:                              "catalog.check.quality.grade.from",
		`{grades: [{name: 优, from: 90}, {name: 良, from: 90}, {name: 差, from: 0}]}`:          "catalog.check.quality.grade.twice",
		`{grades: [{name: 优, from: 90}, {name: 优, from: 80}, {name: 差, from: 0}]}`:          "catalog.check.quality.grade.twice",
		`{grades: [{from: 90}, {name: 差, from: 0}]}`:                                        "catalog.check.quality.grade.name",
	} {
		_, vs := checked(t, full(t, configFile, "name: ", "quality: "+written+"\nname: "))
		got := slices.DeleteFunc(vs, func(v Violation) bool { return !strings.HasPrefix(string(v.Key), "catalog.check.quality") })
		if want == "" && len(got) > 0 || want != "" && (len(got) != 1 || got[0].Key != want || got[0].At.File != configFile || got[0].At.Line == 0) {
			t.Errorf("%s: want %q, have%s", written, want, describe(got))
		}
	}
}

// A misspelt key, or what is no number, is refused where it stands.
func TestScoringIsReadStrictly(t *testing.T) {
	for _, written := range []string{"{weight: {}}", "{grades: [{name: 优, form: 90}]}", "{weights: {indicators: {'0301': .inf}}}", "{grades: [{name: 优, from: .nan}]}", "{weights: {dimensions: {'01': heavy}}}"} {
		_, errs := load(tree(full(t, configFile, "name: ", "quality: "+written+"\nname: ")), "")
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), configFile) {
			t.Errorf("%s: %v", written, errs)
		}
	}
}
