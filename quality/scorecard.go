package quality

import (
	"cmp"
	"slices"

	"guiji/catalog"
)

// Scoring makes scores by the project's weights and grades.
type Scoring struct{ catalog.Scoring }

// ScoringOf is a project's scoring; where it names no grades, the usual ones count.
func ScoringOf(s catalog.Scoring) Scoring {
	if len(s.Grades) == 0 {
		s.Grades = []catalog.Grade{{Name: "优", From: 90}, {Name: "良", From: 80}, {Name: "合格", From: 60}, {Name: "不合格", From: 0}}
	}
	return Scoring{s}
}

// Measure is A and B of GB/T 36344 with what follows from them. For indicators
// that are better low, A counts the bad elements.
type Measure struct {
	Code  string // indicator (four digits) or dimension (two)
	Name  string
	A, B  int64
	Rules int // rules evaluated
	// NotEvaluated are rules that could not run.
	NotEvaluated int
	// Score is 0..100, higher is better whatever the indicator; meaningless where
	// Evaluated is false: B = 0 is neither 0 nor 100.
	Score     float64
	Evaluated bool
}

// X is A/B; false where nothing was evaluated.
func (m Measure) X() (float64, bool) {
	if m.B == 0 {
		return 0, false
	}
	return float64(m.A) / float64(m.B), true
}

// Scorecard sums up the metrics of one resource, one department or all.
type Scorecard struct {
	Indicators []Measure // of the indicators that have a rule, in the standard's order
	Dimensions []Measure // all six
	Score      float64
	Evaluated  bool
	Grade      string // "" where nothing was evaluated
}

// Score makes the card of any number of resources' metrics. An indicator's score
// is X, or 1−X where lower is better; a dimension's is the weighted mean of its
// evaluated indicators; the whole is that of its evaluated dimensions. The A and B
// of a dimension count conforming elements throughout.
func (s Scoring) Score(metrics []Metric) Scorecard {
	byCode := map[string]*Measure{}
	for _, m := range metrics {
		into := byCode[m.Indicator]
		if into == nil {
			into = &Measure{Code: m.Indicator}
			byCode[m.Indicator] = into
		}
		if m.Status == NotEvaluated || m.B == 0 {
			into.NotEvaluated++
			continue
		}
		into.Rules++
		into.B += m.B
		into.A += m.A
		if IndicatorOf(m.Indicator).LowerIsBetter {
			into.A += m.B - 2*m.A // the failing ones
		}
	}
	var card Scorecard
	for _, ind := range Indicators() {
		m := byCode[ind.Code]
		if m == nil {
			continue
		}
		m.Name = ind.Name
		if x, ok := m.X(); ok {
			m.Evaluated, m.Score = true, 100*x
			if ind.LowerIsBetter {
				m.Score = 100 - 100*x
			}
		}
		card.Indicators = append(card.Indicators, *m)
	}
	for _, d := range Dimensions() {
		card.Dimensions = append(card.Dimensions, s.dimension(d, card.Indicators))
	}
	card.Score, card.Evaluated = mean(card.Dimensions, s.Weights.Dimensions)
	if card.Evaluated {
		card.Grade = s.GradeOf(card.Score)
	}
	return card
}

func (s Scoring) dimension(d Dimension, indicators []Measure) Measure {
	out := Measure{Code: d.Code, Name: d.Name}
	var own []Measure
	for _, m := range indicators {
		ind := IndicatorOf(m.Code)
		if ind.Dimension != d.Code {
			continue
		}
		own = append(own, m)
		good := m.A
		if ind.LowerIsBetter {
			good = m.B - m.A
		}
		out.A, out.B = out.A+good, out.B+m.B
		out.Rules, out.NotEvaluated = out.Rules+m.Rules, out.NotEvaluated+m.NotEvaluated
	}
	out.Score, out.Evaluated = mean(own, s.Weights.Indicators)
	return out
}

// mean is the weighted mean of the measures that were evaluated.
func mean(of []Measure, weights map[string]float64) (float64, bool) {
	sum, weight := 0.0, 0.0
	for _, m := range of {
		w, ok := weights[m.Code]
		if !ok {
			w = 1
		}
		if m.Evaluated && w > 0 {
			sum, weight = sum+w*m.Score, weight+w
		}
	}
	if weight == 0 {
		return 0, false
	}
	return sum / weight, true
}

// GradeOf names a score; "" below all grades.
func (s Scoring) GradeOf(score float64) string {
	grades := slices.SortedFunc(slices.Values(s.Grades), func(a, b catalog.Grade) int { return cmp.Compare(b.From, a.From) })
	for _, g := range grades {
		if score >= g.From {
			return g.Name
		}
	}
	return ""
}
