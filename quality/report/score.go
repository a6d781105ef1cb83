package report

import (
	"fmt"

	"guiji/quality"
)

// score is a rule's part in its dimension. A rule that did not run counts
// nowhere; a rule that ran in one release only counts in no trend, since another
// set of rules gives another rate with the same data.
func (r *rule) score() score {
	if !r.evaluated() {
		return score{}
	}
	s := score{A: good(&r.Metric), B: r.B}
	if r.Before != nil {
		s.ThenA, s.ThenB, s.NowA, s.NowB = good(r.Before), r.Before.B, s.A, s.B
	}
	return s
}

// good is how many elements meet the requirement, for all indicators alike: 0303
// and 0305 are rates of bad elements in the standard, and are turned round so that
// a dimension has one direction.
func good(m *quality.Metric) int64 {
	if quality.IndicatorOf(m.Indicator).LowerIsBetter {
		return m.B - m.Failed
	}
	return m.A
}

// evaluate makes a department's and its resources' scores, and sums its rules by
// dimension.
func (d *department) evaluate(scoring quality.Scoring) {
	var metrics []quality.Metric
	for _, r := range d.Resources {
		own := r.metrics()
		r.Card, metrics = scoring.Score(own), append(metrics, own...)
	}
	d.Card = scoring.Score(metrics)
	d.Dimensions = dimensions(d.Card)
	for i := range d.Dimensions {
		dim := &d.Dimensions[i]
		for _, r := range d.Resources {
			for _, x := range r.Rules {
				if len(x.Indicator) >= 2 && x.Indicator[:2] == dim.Code {
					dim.score.add(x.score())
				}
			}
		}
		d.Overall.add(dim.score)
	}
}

// dimensions are a card's, each with its indicators; their rates are added by rule.
func dimensions(card quality.Scorecard) []dimension {
	out := make([]dimension, len(card.Dimensions))
	for i, m := range card.Dimensions {
		out[i] = dimension{Code: m.Code, Card: m}
		for _, ind := range card.Indicators {
			if ind.Code[:2] == m.Code {
				out[i].Indicators = append(out[i].Indicators, ind)
			}
		}
	}
	return out
}

// metrics are what a resource's rules counted; a rule that the metrics do not know of,
// though records fail it, counts in no score.
func (r *resource) metrics() []quality.Metric {
	out := make([]quality.Metric, 0, len(r.Rules))
	for _, x := range r.Rules {
		out = append(out, x.Metric)
	}
	return out
}

// Rated reports whether anything was evaluated: B = 0 is neither 0 nor 100.
func (s score) Rated() bool { return s.B > 0 }

// Percent is A/B. It says 100.00 % only if nothing fails: other rates are cut,
// never rounded up.
func (s score) Percent() string { return percent(s.A, s.B) }

// Share is A/B as the width of a bar, 0..100.
func (s score) Share() string {
	if s.B == 0 {
		return "0"
	}
	return fmt.Sprintf("%.2f", 100*float64(s.A)/float64(s.B))
}

// Trended reports whether a trend can be told.
func (s score) Trended() bool { return s.NowB > 0 && s.ThenB > 0 }

// Trend is the change in percentage points over the rules of both releases.
func (s score) Trend() float64 {
	return 100*float64(s.NowA)/float64(s.NowB) - 100*float64(s.ThenA)/float64(s.ThenB)
}

func percent(a, b int64) string {
	if b == 0 {
		return ""
	}
	hundredths := int64(float64(a) / float64(b) * 10_000)
	if a < b && hundredths >= 10_000 {
		hundredths = 9_999
	}
	return fmt.Sprintf("%d.%02d%%", hundredths/100, hundredths%100)
}

// count sums the resources once the work list has been filled.
func (d *department) count(b *builder) {
	d.Stale = len(d.Resources) > 0
	for _, r := range d.Resources {
		d.Read += r.Now.Read
		d.FailedRows += r.Now.FailedRows
		d.Quarantined += r.BadRows
		d.Duplicates += r.Now.Duplicates
		d.Withheld += r.Now.Withheld
		d.Landed += r.Now.Landed
		d.Partial = d.Partial || !r.HasThen
		d.Stale = d.Stale && r.Stale
		for _, x := range r.Rules {
			d.Problems += x.Count
			d.compare(x)
			if x.failsWhole() {
				d.Wholes++
			}
			r.Fate.First += x.Fate.First
			r.Fate.New += x.Fate.New
			r.Fate.Open += x.Fate.Open
			r.Fate.Again += x.Fate.Again
		}
		d.Fate.add(r.Fate)
		d.Exempt += r.Exempt
		d.Overdue += r.Overdue
		if near := nearest(d.Term, r.Nearest, b.today()); !near.Equal(d.Term) {
			d.Term, d.DueSoft = near, r.NearestSoft
		}
	}
	d.evaluate(b.scoring)
	d.Trend = b.points(d.Entry.ID + "/")
	late := d.Late() > 0 && !d.termless() // at once: a new term would excuse what is late
	if d.Term.IsZero() && b.Deadline != nil && !late {
		d.Term, d.DueSoft = b.Deadline(b.Now)
	}
	d.Due = b.date(d.Term)
	d.Sentence = b.sentence(d)
}

// compare adds a rule to the comparison with the release before.
func (d *department) compare(x *rule) {
	skipped := x.Status == quality.NotEvaluated
	if skipped {
		d.NotEvaluated++
	}
	switch {
	case x.Whole(): // fails as one: no record is a problem of it
	case skipped, x.Before == nil:
		d.Partial = true
	default:
		d.Compared = true
		d.Delta += x.Count + x.Exempt - x.Before.Failed
	}
}

// Bar is the class of a rate's bar: colour helps, the number says it.
func (s score) Bar() string {
	switch share := 1000 * s.A / max(s.B, 1); {
	case share >= 990:
		return "good"
	case share >= 950:
		return "fair"
	}
	return "poor"
}
