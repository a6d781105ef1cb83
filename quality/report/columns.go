package report

import (
	"slices"

	"guiji/internal/text"
	"guiji/quality/worklist"
)

// columns makes plain columns out of pairs of a message and a width.
func (b *builder) columns(pairs ...any) []column {
	var out []column
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, column{Head: b.t(text.Key(pairs[i].(string))), Width: float64(pairs[i+1].(int))})
	}
	return out
}

// shared are columns of the work list that others read again by their headers.
func (b *builder) shared(fields []worklist.Field) []column {
	width := map[worklist.Field]float64{
		worklist.Number: 15, worklist.Resource: 22, worklist.KeyName: 17, worklist.Key: 20, worklist.Item: 13, worklist.Value: 21, worklist.Problem: 26,
		worklist.Suggest: 19, worklist.Severity: 6, worklist.Fate: 9, worklist.Found: 19, worklist.Periods: 9, worklist.Due: 15,
		worklist.State: 12, worklist.Note: 16, worklist.Waive: 16, worklist.Dispute: 18,
	}
	out := make([]column, len(fields))
	for i, f := range fields {
		out[i] = column{Head: f.Header(b.Lang), Width: width[f], Fill: slices.Contains(worklist.Answers(), f)}
		if f == worklist.State {
			for _, a := range worklist.States() {
				out[i].Choices = append(out[i].Choices, a.Text(b.Lang))
			}
		}
	}
	return out
}

// answers are the columns the department fills in.
func (b *builder) answers() []column { return b.shared(worklist.Answers()) }

func (b *builder) problemColumns() []column { return b.shared(worklist.Fields()) }

func (b *builder) conflictColumns() []column {
	return append(b.columns("report.con.entity", 9, "report.con.subject", 20, "report.col.resource", 20, "report.con.record", 18,
		"report.con.element", 13, "report.con.own", 22, "report.con.own_time", 16, "report.con.other", 22, "report.con.other_time", 16, "report.con.authority", 24, "report.con.who", 20,
		"report.con.kind", 16, "report.con.since", 10, "report.col.due", 15), b.answers()...)
}

func (b *builder) doubtColumns() []column {
	return append(b.columns("report.con.entity", 9, "report.con.subject", 20, "report.col.resource", 20, "report.col.key", 18, "report.con.element", 13,
		"report.dou.own", 22, "report.dou.time", 16, "report.dou.other", 22, "report.dou.holders", 9, "report.dou.heldby", 34, "report.con.since", 10, "report.col.due", 15), b.answers()...)
}

func (b *builder) subjectColumns() []column {
	out := b.columns("report.con.entity", 9, "report.col.resource", 24, "report.col.key", 24, "report.con.element", 16, "report.link.kind", 30, "report.link.why", 24, "report.link.records", 9, "report.rule.advice", 44)
	out[6].Number = true
	return out
}

func (b *builder) ruleColumns() []column {
	out := b.columns("report.col.resource", 22, "report.rule.id", 18, "report.col.item", 13, "report.col.problem", 26, "report.rule.basis", 30, "report.rule.only", 20, "report.rule.borne", 9, "report.rule.observed", 12,
		"report.col.severity", 6, "report.rule.b", 11, "report.rule.a", 11, "report.rule.rate", 9, "report.rule.count", 9, "report.fate.first", 9,
		"report.fate.new", 8, "report.fate.open", 8, "report.outcome.mended", 8, "report.rule.state", 20, "report.rule.advice", 34, "report.rule.sample", 22)
	for _, i := range []int{9, 10, 11, 12, 13, 14, 15, 16} {
		out[i].Number = true
	}
	return out
}
