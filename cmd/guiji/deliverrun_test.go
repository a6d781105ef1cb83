package main

import (
	"testing"
	"time"

	"guiji/lake"
)

// Which departments a release has news for: those with a resource that it judged, whatever
// came of it.
func TestCheckedAnew(t *testing.T) {
	day := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	was := map[string]lake.Resource{"d/r": {Outcome: lake.RunOK, Since: 4, Pulled: day}, "d/r2": {Outcome: lake.RunOK, Since: 4, Pulled: day}}
	for name, c := range map[string]struct {
		now     lake.Resource
		dataset string
		want    bool
	}{
		"landed, each count as it was":      {lake.Resource{Outcome: lake.RunOK, Since: 5, Pulled: day.Add(time.Hour)}, "", true},
		"rechecked":                         {lake.Resource{Outcome: lake.RunOK, Since: 5, Pulled: day}, "", true},
		"gate shut, as it was":              {lake.Resource{Outcome: lake.RunGated, Since: 4, Pulled: day.Add(time.Hour)}, "", true},
		"gate shut, rechecked, other rows":  {lake.Resource{Outcome: lake.RunGated, Since: 4, Pulled: day}, "quality/d/r/failures", true},
		"not read":                          {was["d/r"], "", false},
		"not read, another of its name was": {was["d/r"], "quality/d/r2/metrics", false},
	} {
		rel := &lake.Release{Version: 5, Resources: map[string]lake.Resource{"d/r": c.now}, Datasets: map[string]lake.Dataset{"quality/d/r/metrics": {Since: 4}}}
		if c.dataset != "" {
			rel.Datasets[c.dataset] = lake.Dataset{Since: 5}
		}
		if got := checkedAnew(rel, &lake.Release{Version: 4, Resources: was}, "d/r"); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if checkedAnew(&lake.Release{Version: 5}, &lake.Release{}, "d/never") {
		t.Error("news of a resource that no run has read")
	}
}
