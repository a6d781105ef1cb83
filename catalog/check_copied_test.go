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
