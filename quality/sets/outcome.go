package sets

import (
	"cmp"
	"slices"
	"strings"

	"guiji/quality"
)

// outcome puts the results together.
func (e *evaluation) outcome() Outcome {
	out := Outcome{FailedRows: e.rows.failed, ErrorRows: e.rows.errors, WithheldRows: e.rows.withheld}
	for _, r := range e.Rules {
		m := e.metric(r)
		out.Metrics = append(out.Metrics, m)
		if r.OnFail == quality.Block && (m.Status == quality.Fail || slices.Contains(e.broken, r)) {
			out.Blocked = append(out.Blocked, r.ID)
		}
	}
	slices.SortFunc(out.Metrics, func(a, b quality.Metric) int { return cmp.Compare(a.Rule, b.Rule) })
	slices.Sort(out.Blocked)
	return out
}

// metric is what a rule counted: a row rule's kernel over the rows read, a set
// rule over Raw.
func (e *evaluation) metric(r *quality.Rule) quality.Metric {
	names := make([]string, len(r.Items))
	for i, it := range r.Items {
		names[i] = it.Name
	}
	m := quality.Metric{
		Rule: r.ID, Version: r.Version, Kind: r.Check.Name, Item: strings.Join(names, ","), Title: r.Title,
		Indicator: r.Indicator, Severity: r.Severity, OnFail: r.OnFail, Status: quality.NotEvaluated, Reason: e.reason[r],
	}
	m.Past = strings.Join(e.past[r], " ")
	if m.Reason != "" {
		return m
	}
	if r.Check.Table != nil {
		return judged(m, e.verdicts[r])
	}
	failed, evaluated := e.failed[r], e.evaluated[r]
	if r.Bit >= 0 {
		c, ok := e.Counts[r.ID]
		if !ok {
			m.Reason = e.say("quality.nocount")
			return m
		}
		failed, evaluated = c.Failed, c.Evaluated
	}
	if evaluated == 0 {
		m.Reason = e.say("quality.novalue")
		return m
	}
	m.A, m.B, m.Failed, m.Status = evaluated-failed, evaluated, failed, quality.Pass
	if failed > 0 && float64(failed)/float64(evaluated) > r.AtMost {
		m.Status = quality.Fail
	}
	return m
}

// judged is the metric of a table rule: one element, which meets the requirement
// or does not.
func judged(m quality.Metric, v quality.Verdict) quality.Metric {
	m.Status, m.Observed, m.Reason = v.Status, v.Observed, v.Reason
	switch v.Status {
	case quality.Pass:
		m.A, m.B = 1, 1
	case quality.Fail:
		m.B, m.Failed = 1, 1
	}
	return m
}
