package retention_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"guiji/catalog"
	"guiji/lake/retention"
)

func shanghai(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// A release a day for two years: 30 days, then the last of each month.
func TestTwoYearsOfDays(t *testing.T) {
	zone := shanghai(t)
	var points []retention.Point
	start := time.Date(2025, 1, 1, 22, 0, 0, 0, zone)
	for i := range 730 {
		points = append(points, retention.Point{Version: uint64(i + 1), Created: start.AddDate(0, 0, i)})
	}
	now := points[729].Created.Add(time.Hour)
	kept := retention.Keep(points, catalog.Retention{Last: 3, Daily: 30, Monthly: 12}, zone, now)
	var days, months int
	for _, p := range points {
		rules := kept[p.Version]
		if slices.Contains(rules, retention.Daily) {
			days++
		}
		if slices.Contains(rules, retention.Monthly) {
			months++
			if next := p.Created.AddDate(0, 0, 1); next.Day() != 1 && p.Version != 730 {
				t.Errorf("release of %s is kept for its month", p.Created.Format(time.DateOnly))
			}
		}
	}
	if days != 30 || months != 12 || len(kept) != 30+11 { // the last of December is both
		t.Errorf("%d daily, %d monthly, %d in all", days, months, len(kept))
	}
}

// Days are those of the project's zone: 23:30 and 00:30 in Shanghai are two days,
// whatever day it is in UTC.
func TestDaysAreTheZonesOwn(t *testing.T) {
	zone := shanghai(t)
	points := []retention.Point{
		{Version: 1, Created: time.Date(2026, 3, 1, 23, 30, 0, 0, zone).UTC()},
		{Version: 2, Created: time.Date(2026, 3, 2, 0, 30, 0, 0, zone).UTC()},
		{Version: 3, Created: time.Date(2026, 3, 2, 7, 30, 0, 0, zone).UTC()},
	}
	kept := retention.Keep(points, catalog.Retention{Daily: 2}, zone, points[2].Created)
	if len(kept[1]) == 0 || len(kept[2]) != 0 || len(kept[3]) == 0 {
		t.Errorf("kept %v", kept)
	}
}

// What no rule may break, whatever releases, rules and clocks there are.
func TestKeepProperties(t *testing.T) {
	zone := shanghai(t)
	base := time.Date(2026, 6, 15, 12, 0, 0, 0, zone)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "releases")
		var points []retention.Point
		at := base.AddDate(0, 0, -rapid.IntRange(0, 500).Draw(t, "begin"))
		for v := range n {
			at = at.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "minutes")) * time.Minute)
			points = append(points, retention.Point{Version: uint64(v + 1), Created: at, Amends: rapid.IntRange(0, 4).Draw(t, "amends") == 0})
		}
		rules := catalog.Retention{Last: rapid.IntRange(0, 5).Draw(t, "last"), Daily: rapid.IntRange(0, 40).Draw(t, "daily"), Monthly: rapid.IntRange(0, 14).Draw(t, "monthly")}
		now := at.Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "now")) * time.Minute)
		kept := retention.Keep(points, rules, zone, now)
		if !slices.Contains(kept[uint64(n)], retention.Head) {
			t.Fatal("the head is not kept")
		}
		counts := map[string]int{}
		for v, by := range kept {
			if len(by) == 0 || points[v-1].Amends && !slices.Equal(by, []string{retention.Head}) {
				t.Fatalf("release %d is kept by %v", v, by)
			}
			for _, r := range by {
				counts[r]++
			}
		}
		if counts[retention.Last] > rules.Last || counts[retention.Daily] > rules.Daily || counts[retention.Monthly] > rules.Monthly || counts[retention.Head] != 1 {
			t.Fatalf("rules %+v keep %v", rules, counts)
		}
		// A clock that is ahead keeps the same; what was shuffled too; and what was kept stays so when it is asked again.
		if ahead := retention.Keep(points, rules, zone, now.AddDate(50, 0, 0)); len(ahead) != len(kept) && !now.Before(at) {
			t.Fatalf("%d kept with a clock ahead, %d without", len(ahead), len(kept))
		}
		left := slices.DeleteFunc(slices.Clone(points), func(p retention.Point) bool { return len(kept[p.Version]) == 0 })
		slices.Reverse(left)
		if again := retention.Keep(left, rules, zone, now); len(again) != len(left) {
			t.Fatalf("%d were kept, then %d of them", len(left), len(again))
		}
	})
}
