package catalog

import (
	"slices"
	"strings"
	"testing"
)

// A copy may say where its values are taken over from; what that cannot be is refused
// with its place.
func TestCopiedFrom(t *testing.T) {
	for from, want := range map[string]string{
		"gongan/resident.name":           "",
		"gongan/resident.citizen_id":     "catalog.check.copied",
		"gongan/resident.nothing":        "catalog.check.copied",
		"name":                           "catalog.check.copied",
		"minzheng/household.head_name":   "catalog.check.copied.ring",
		"minzheng/household.no":          "catalog.check.copied",
		"gongan/resident.name.something": "catalog.check.copied",
	} {
		_, vs := checked(t, full(t, household, "role: copy,", "role: copy, copied_from: "+from+","))
		at := slices.IndexFunc(vs, func(v Violation) bool { return strings.HasPrefix(string(v.Key), "catalog.check.copied") })
		switch {
		case want == "" && at >= 0:
			t.Errorf("%s: %s", from, vs[at].Key)
		case want != "" && (at < 0 || string(vs[at].Key) != want):
			t.Errorf("%s is not refused as %s", from, want)
		case want != "" && (vs[at].At.File != household || vs[at].At.Line != 18 || vs[at].Severity != Error):
			t.Errorf("%s: told at %v, %s", from, vs[at].At, vs[at].Severity)
		}
	}
}

// How many departments make a doubt is a setting with bounds.
func TestDoubtFrom(t *testing.T) {
	for written, want := range map[string]bool{"1": true, "3": true, "0": false, "-2": false, "101": false} {
		_, vs := checked(t, full(t, configFile, "name: ", "defaults: {doubt_from: "+written+"}\nname: "))
		at := slices.IndexFunc(vs, func(v Violation) bool { return v.Key == "catalog.check.defaults.range" })
		if want != (at < 0) || at >= 0 && (vs[at].At.File != configFile || vs[at].At.Line != 1) {
			t.Errorf("doubt_from: %s: %v", written, vs)
		}
	}
	if from := DefaultConfig().Defaults.DoubtFrom; from != 2 {
		t.Errorf("doubt_from is %d where nothing is said", from)
	}
	if _, errs := load(tree(full(t, configFile, "name: ", "defaults: {doubt_from: many}\nname: ")), "dir"); len(errs) != 1 || !strings.Contains(errs[0].Error(), "guiji.yaml:1") {
		t.Errorf("doubt_from: many: %v", errs)
	}
}
