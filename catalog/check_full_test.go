package catalog

import (
	"strings"
	"testing"
	"time"
)

// What a mode asks for is refused where it is missing, and what changes nothing is said to.
func TestHowAResourceIsRead(t *testing.T) {
	for written, want := range map[string]string{
		"key: [no]":                 "",
		"key: [no], cursor: income": "",
		"key: [no], cursor: income, lookback: 10, refresh: 240h":             "",
		"key: [no], cursor: income, lookback: 1h":                            "catalog.check.lookback.kind",
		"key: [no], cursor: income, lookback: soon":                          "catalog.check.lookback",
		"key: [no], cursor: income, lookback: -1":                            "catalog.check.lookback",
		"key: [no], cursor: income, mode: full, lookback: 10":                "catalog.check.full",
		"key: [no], refresh: 24h":                                            "catalog.check.full",
		"key: [no], mode: new_files":                                         "",
		"mode: new_files":                                                    "",
		"key: [no], mode: new_files, cursor: income":                         "catalog.check.new_files",
		"key: [no], mode: new_files, lookback: 1h, refresh: 1h":              "catalog.check.new_files catalog.check.new_files",
		"key: [no], mode: new_files, delete_detection: true":                 "catalog.check.new_files",
		"key: [no], mode: sometimes":                                         "catalog.check.mode",
		"key: [no], mode: incremental":                                       "catalog.check.mode.cursor",
		"mode: incremental, cursor: income":                                  "catalog.check.mode.key",
		"cursor: income":                                                     "catalog.check.cursor.key",
		"key: [no], cursor: income, refresh: -1h":                            "catalog.check.refresh",
		"key: [no], delete_detection: true, max_deletes: 5%":                 "",
		"key: [no], max_deletes: 5%":                                         "catalog.check.deletes.off",
		"delete_detection: true":                                             "catalog.check.deletes.key",
		"key: [no], cursor: income, delete_detection: true, lookback: \"0\"": "",
	} {
		_, vs := checked(t, full(t, household, "key: [no]", written))
		var got []string
		for _, v := range vs {
			if strings.HasPrefix(string(v.Key), "catalog.check.mode") || strings.HasPrefix(string(v.Key), "catalog.check.lookback") ||
				strings.HasPrefix(string(v.Key), "catalog.check.deletes") || v.Key == "catalog.check.full" || v.Key == "catalog.check.new_files" || v.Key == "catalog.check.cursor.key" ||
				v.Key == "catalog.check.refresh" {
				got = append(got, string(v.Key))
				if v.At.File != household || v.At.Line == 0 {
					t.Errorf("%s: told at %s", written, v.At)
				}
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: told %q, want %q", written, got, want)
		}
	}
}

// Without a mode, a cursor and a key together make a resource incremental.
func TestWhatIsIncremental(t *testing.T) {
	for written, want := range map[string]bool{
		"key: [no]":                             false,
		"key: [no], cursor: income":             true,
		"key: [no], cursor: income, mode: full": false,
		"cursor: income":                        false,
	} {
		p, _ := checked(t, full(t, household, "key: [no]", written))
		r := p.Resource("minzheng/" + strings.TrimSuffix(household[strings.LastIndex(household, "/")+1:], ".yaml"))
		if r == nil {
			t.Fatal("no such entry")
		}
		if r.Incremental() != want {
			t.Errorf("%s: incremental is %v", written, r.Incremental())
		}
	}
}

func TestLookbacksAreRead(t *testing.T) {
	for written, want := range map[string]Lookback{
		"0": {Numeric: true}, "1000": {Numeric: true, Number: 1000}, "90m": {Time: 90 * time.Minute}, "1h": {Time: time.Hour},
		"2d": {Time: 48 * time.Hour}, "1d12h": {Time: 36 * time.Hour},
	} {
		if got, ok := ParseLookback(written); !ok || got != want {
			t.Errorf("%s: %+v, %v", written, got, ok)
		}
	}
	for _, written := range []string{"", "-1", "-1h", "soon", "d", "1d-2h", "99999999999d", "1 h"} {
		if got, ok := ParseLookback(written); ok {
			t.Errorf("%q was read as %+v", written, got)
		}
	}
}
