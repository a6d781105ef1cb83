package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/quality"
)

// How far the trend looks back: over so many points, and through so many releases to
// find them, since most of a department's releases may be of other pipelines.
const (
	trendPoints   = 12
	trendReleases = 60
)

// moment is what one release had counted: the metrics of its resources, added up by
// indicator.
type moment struct {
	release uint64
	day     time.Time
	counts  map[string]counted // by resource
}

// counted is what one run of a resource counted.
type counted struct {
	since   uint64 // the release that first carried it
	metrics []quality.Metric
	rules   string // ids and versions of what ran: with others a score is of something else
}

// readHistory reads the metrics of earlier releases, each file once. The newest stands
// last; the release of the report is among them.
func (b *builder) readHistory(ctx context.Context) error {
	read := map[string]map[uint64]counted{}
	rel := b.Release
	for range trendReleases {
		m, err := b.moment(ctx, rel, read)
		if rel != b.Release && isGone(err) {
			break
		}
		if err != nil {
			return err
		}
		b.history = append(b.history, m)
		if rel == b.Release {
			rel = b.Previous
		} else if rel, err = b.before(ctx, rel); err != nil {
			return err
		}
		if rel == nil || distinct(b.history) > trendPoints {
			break
		}
	}
	slices.Reverse(b.history)
	return nil
}

// isGone reports whether an error says that an earlier release, or a file of it, is not there to
// be read any more: it expired meanwhile, or its store is damaged, which verify tells. The
// line of the scores begins behind it then; what holds now is reported all the same.
func isGone(err error) bool {
	return err != nil && (errors.Is(err, lake.ErrNotFound) || errors.Is(err, lake.ErrExpired) || fault.KindOf(err) == fault.Data)
}

// distinct is how many of the moments differ from the one before.
func distinct(list []moment) int {
	n := 0
	for i, m := range list {
		if i == 0 || !sameRuns(m, list[i-1], "") {
			n++
		}
	}
	return n
}

// sameRuns reports whether two moments hold the same runs of the resources whose ids
// begin so.
func sameRuns(x, y moment, prefix string) bool {
	for _, pair := range [][2]moment{{x, y}, {y, x}} {
		for id, c := range pair[0].counts {
			if strings.HasPrefix(id, prefix) && pair[1].counts[id].since != c.since {
				return false
			}
		}
	}
	return true
}

// moment reads a release's metrics, but for files that were read already.
func (b *builder) moment(ctx context.Context, rel *lake.Release, read map[string]map[uint64]counted) (moment, error) {
	m := moment{release: rel.Version, day: rel.Created.In(b.Now.Location()), counts: map[string]counted{}}
	var parts []string
	for i, res := range b.Project.Resources {
		name := "quality/" + res.ID + "/metrics"
		d, ok := rel.Datasets[name]
		if !ok {
			continue
		}
		if c, ok := read[name][d.Since]; ok {
			m.counts[res.ID] = c
			continue
		}
		sql, ok, err := b.Relation(ctx, rel, name)
		if err != nil {
			return m, fmt.Errorf("dataset %q: %w", name, err)
		}
		if ok {
			const ran = "status <> 'not_evaluated' AND b > 0"
			parts = append(parts, fmt.Sprintf("SELECT %d, coalesce(indicator, ''), sum(a)::BIGINT, sum(b)::BIGINT, sum(failed)::BIGINT, string_agg(rule || '@' || version, ',' ORDER BY rule, version) FROM %s WHERE %s GROUP BY indicator", i, sql, ran))
			m.counts[res.ID] = counted{since: d.Since}
		}
	}
	if len(parts) == 0 {
		return m, nil
	}
	err := b.each(ctx, "report history", strings.Join(parts, " UNION ALL ")+" ORDER BY 1, 2", func(scan scanner) error {
		x := quality.Metric{Status: quality.Pass}
		var i int
		var rules string
		if err := scan(&i, &x.Indicator, &x.A, &x.B, &x.Failed, &rules); err != nil {
			return err
		}
		id := b.Project.Resources[i].ID
		c := m.counts[id]
		c.metrics, c.rules = append(c.metrics, x), c.rules+x.Indicator+":"+rules+";"
		m.counts[id] = c
		return nil
	})
	for id, c := range m.counts {
		name := "quality/" + id + "/metrics"
		if read[name] == nil {
			read[name] = map[uint64]counted{}
		}
		read[name][c.since] = c
	}
	return m, err
}

// point is a score of the past, or of now.
type point struct {
	Release uint64
	Day     time.Time
	Card    quality.Scorecard
	Other   bool // other rules ran than at the point before: the two compare but roughly
}

// points are the scores of the resources whose ids begin so, the newest last: where
// something was evaluated, and was checked anew.
func (b *builder) points(prefix string) []point {
	var out []point
	var last moment
	var rules string
	for _, m := range b.history {
		if len(out) > 0 && sameRuns(m, last, prefix) {
			continue
		}
		last = m
		var metrics []quality.Metric
		var ran strings.Builder
		for _, res := range b.Project.Resources {
			if c, ok := m.counts[res.ID]; ok && strings.HasPrefix(res.ID, prefix) {
				metrics = append(metrics, c.metrics...)
				ran.WriteString(res.ID + " " + c.rules)
			}
		}
		card := b.scoring.Score(metrics)
		if !card.Evaluated {
			continue
		}
		out = append(out, point{Release: m.release, Day: m.day, Card: card, Other: len(out) > 0 && ran.String() != rules})
		rules = ran.String()
	}
	return out[max(0, len(out)-trendPoints):]
}
