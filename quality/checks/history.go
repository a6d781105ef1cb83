package checks

import (
	"math"
	"slices"
	"strconv"

	"guiji/internal/fault"
	"guiji/quality"
)

// PastParams say how far from its own past a number may go.
type PastParams struct {
	Window     int     `yaml:"window"`     // runs looked back on
	Learn      int     `yaml:"learn"`      // earlier runs before a verdict is given
	Deviations float64 `yaml:"deviations"` // how many robust deviations are borne
	Slack      float64 `yaml:"slack"`      // the least deviation, as a share of the median
}

// usual are the defaults.
func usual() PastParams {
	return PastParams{Window: 30, Learn: 7, Deviations: 5, Slack: 0.01}
}

func (p *PastParams) validate() error {
	switch {
	case p.Learn < 3 || p.Learn > p.Window || p.Window > quality.Remembered:
		return fault.New(fault.Config, "quality.window", quality.Remembered)
	case !(p.Deviations > 0) || !(p.Slack >= 0) || math.IsInf(p.Deviations, 0) || math.IsInf(p.Slack, 0):
		return fault.New(fault.Config, "quality.bound", "deviations, slack", strconv.FormatFloat(min(p.Deviations, p.Slack), 'g', -1, 64), "5, 0.01")
	}
	return nil
}

// scaleOfMAD makes the median absolute deviation of normal values their standard
// deviation.
const scaleOfMAD = 1.4826

// judge compares a number with those of earlier runs: it may lie so many robust
// deviations from their median.
func (p *PastParams) judge(now float64, past []string, env *quality.Env) quality.Verdict {
	observed := strconv.FormatFloat(now, 'g', 9, 64)
	var before []float64
	for _, s := range past[max(0, len(past)-p.Window):] {
		if v, err := strconv.ParseFloat(s, 64); err == nil {
			before = append(before, v)
		}
	}
	if len(before) < p.Learn {
		return quality.Verdict{Status: quality.NotEvaluated, Observed: observed, Reason: env.Say("quality.learning", len(before), p.Learn)}
	}
	middle := medianOf(before)
	for i, v := range before {
		before[i] = math.Abs(v - middle)
	}
	deviation := max(scaleOfMAD*medianOf(before), p.Slack*math.Abs(middle))
	out := quality.Verdict{Status: quality.Pass, Observed: observed}
	if math.Abs(now-middle) > p.Deviations*deviation {
		out.Status = quality.Fail
	}
	return out
}

// medianOf is the mean of the two in the middle, where there are two.
func medianOf(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
