package quality_test

import (
	"fmt"
	"math"
	"testing"

	"guiji/catalog"
	"guiji/quality"
)

func metric(indicator string, failed, evaluated int64) quality.Metric {
	m := quality.Metric{Indicator: indicator, A: evaluated - failed, B: evaluated, Failed: failed, Status: quality.Pass}
	if evaluated == 0 {
		m.Status = quality.NotEvaluated
	}
	return m
}

func TestScorecard(t *testing.T) {
	card := quality.ScoringOf(catalog.Scoring{}).Score([]quality.Metric{
		metric("0201", 10, 100), metric("0201", 30, 300), // 360 of 400: 90
		metric("0302", 20, 100), // 80
		metric("0303", 5, 100),  // a rate of 5 %: 95
		metric("0402", 0, 0),    // could not run
	})
	want := map[string][3]float64{"0201": {360, 400, 90}, "0302": {80, 100, 80}, "0303": {5, 100, 95}}
	for _, m := range card.Indicators {
		w, ok := want[m.Code]
		if ok != m.Evaluated || ok && (float64(m.A) != w[0] || float64(m.B) != w[1] || math.Abs(m.Score-w[2]) > 1e-9) {
			t.Errorf("%+v, want %v", m, w)
		}
	}
	if len(card.Indicators) != 4 || len(card.Dimensions) != 6 {
		t.Fatalf("%d indicators, %d dimensions", len(card.Indicators), len(card.Dimensions))
	}
	accuracy := card.Dimensions[2]
	if accuracy.A != 175 || accuracy.B != 200 || math.Abs(accuracy.Score-87.5) > 1e-9 {
		t.Errorf("accuracy %+v", accuracy)
	}
	if d := card.Dimensions[3]; d.Evaluated || d.NotEvaluated != 1 || d.B != 0 {
		t.Errorf("what could not run is neither 0 nor 100: %+v", d)
	}
	if math.Abs(card.Score-88.75) > 1e-9 || card.Grade != "良" {
		t.Errorf("score %v %s, want 88.75 良", card.Score, card.Grade)
	}
}

func TestScorecardOfNothing(t *testing.T) {
	card := quality.ScoringOf(catalog.Scoring{}).Score(nil)
	if card.Evaluated || card.Grade != "" {
		t.Errorf("%+v", card)
	}
}

func TestScoringWeights(t *testing.T) {
	s := quality.ScoringOf(catalog.Scoring{})
	s.Weights.Dimensions = map[string]float64{"01": 0, "02": 3}
	s.Weights.Indicators = map[string]float64{"0301": 3}
	card := s.Score([]quality.Metric{metric("0101", 100, 100), metric("0201", 0, 10), metric("0301", 0, 10), metric("0302", 10, 10)})
	// accuracy (3·100 + 0)/4 = 75, completeness 100: (3·100 + 75)/4
	if math.Abs(card.Score-93.75) > 1e-9 || card.Grade != "优" {
		t.Errorf("score %v %s", card.Score, card.Grade)
	}
	for score, want := range map[float64]string{100: "优", 90: "优", 89.99: "良", 60: "合格", 59.9: "不合格", 0: "不合格"} {
		if got := s.GradeOf(score); got != want {
			t.Errorf("grade of %v is %s, want %s", score, got, want)
		}
	}
}

// The catalogue, which stands below, knows the standard's codes by their number alone.
func TestCatalogueKnowsTheIndicators(t *testing.T) {
	known := map[string]bool{}
	for _, i := range quality.Indicators() {
		known[i.Code] = true
	}
	for n := range 10_000 {
		code := fmt.Sprintf("%04d", n)
		if catalog.KnownIndicator(code) != known[code] {
			t.Errorf("indicator %s", code)
		}
	}
}
