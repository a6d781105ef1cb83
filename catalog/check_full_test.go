package catalog

import (
	"strings"
	"testing"

	"guiji/internal/text"
)

// A setting that changes nothing yet is said to: it is no error, for a project may
// be written for what comes.
func TestSettingsOfIncrementalPullsAreNoted(t *testing.T) {
	for written, want := range map[string]string{
		"key: [no]":                                         "",
		"key: [no], cursor: income":                         "source.cursor",
		"key: [no], delete_detection: true":                 "source.delete_detection",
		"key: [no], delete_detection: false":                "",
		"key: [no], cursor: income, delete_detection: true": "source.cursor source.delete_detection",
	} {
		_, vs := checked(t, full(t, household, "key: [no]", written))
		var got []string
		for _, v := range vs {
			if v.Key == "catalog.check.full" {
				got = append(got, v.Args[0].(string))
				if v.Severity != Note || v.At.File != household || v.At.Line == 0 || !strings.Contains(v.Message(text.ZH), "全量") {
					t.Errorf("%s: %s", written, describe([]Violation{v}))
				}
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: noted %q, want %q", written, got, want)
		}
	}
}
