// Package retention decides which releases are kept. It computes and touches no
// store. lake/sweep and cmd import it.
package retention

import (
	"slices"
	"time"

	"guiji/catalog"
)

// Point is a release as retention sees it.
type Point struct {
	Version uint64
	Created time.Time
	Amends  bool // made by gc or erase: it holds nothing that no run landed
}

// Rules that keep a release.
const (
	Head    = "head"
	Last    = "last"
	Daily   = "daily"
	Monthly = "monthly"
)

// Keep tells for each kept version which rules keep it. Days and months are those of
// the calendar in zone. They are counted back from now or from the newest release
// of a run, whichever is earlier: a clock that jumps ahead, and a system that stood still, let
// nothing expire that newer releases have not replaced. The head is always kept; of
// the others, those that only took data out of earlier ones never are.
func Keep(points []Point, rules catalog.Retention, zone *time.Location, now time.Time) map[uint64][]string {
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b Point) int { return int(int64(b.Version) - int64(a.Version)) }) // newest first
	out := map[uint64][]string{}
	if len(points) == 0 {
		return out
	}
	out[points[0].Version] = append(out[points[0].Version], Head)
	from := now.In(zone)
	if i := slices.IndexFunc(points, func(p Point) bool { return !p.Amends }); i >= 0 && points[i].Created.Before(from) {
		from = points[i].Created.In(zone)
	}
	days := day(from).AddDate(0, 0, 1-rules.Daily)
	months := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, 1-rules.Monthly, 0)
	last := 0
	seen := map[string]bool{} // days and months that have their release
	keep := func(p Point, rule, period string) {
		if !seen[period] {
			seen[period] = true
			out[p.Version] = append(out[p.Version], rule)
		}
	}
	for _, p := range points {
		if p.Amends {
			continue
		}
		if last++; last <= rules.Last {
			out[p.Version] = append(out[p.Version], Last)
		}
		at := day(p.Created.In(zone))
		if rules.Daily > 0 && !at.Before(days) {
			keep(p, Daily, at.Format(time.DateOnly))
		}
		if rules.Monthly > 0 && !at.Before(months) {
			keep(p, Monthly, at.Format("2006-01"))
		}
	}
	return out
}

// day is a time's calendar day, without its zone.
func day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
