package report

import "guiji/internal/text"

// columns makes plain columns out of pairs of a message and a width.
func (b *builder) columns(pairs ...any) []column {
	var out []column
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, column{Head: b.t(text.Key(pairs[i].(string))), Width: float64(pairs[i+1].(int))})
	}
	return out
}

// answers are the columns the department fills in.
func (b *builder) answers() []column {
	out := b.columns("report.col.state", 12, "report.col.note", 16, "report.col.waive", 16, "report.col.dispute", 18)
	out[0].Choices = []string{b.t("report.state.done"), b.t("report.state.doing"), b.t("report.state.waive"), b.t("report.state.dispute")}
	for i := range out {
		out[i].Fill = true
	}
	return out
}

func (b *builder) problemColumns() []column {
	return append(b.columns("report.col.number", 15, "report.col.resource", 22, "report.col.keyname", 17, "report.col.key", 20,
		"report.col.item", 13, "report.col.value", 21, "report.col.problem", 26, "report.col.suggest", 19, "report.col.severity", 6,
		"report.col.fate", 9, "report.col.found", 19, "report.col.periods", 9, "report.col.due", 15), b.answers()...)
}

func (b *builder) conflictColumns() []column {
	return append(b.columns("report.con.entity", 9, "report.con.subject", 20, "report.col.resource", 20, "report.con.record", 18,
		"report.con.element", 13, "report.con.own", 22, "report.con.own_time", 16, "report.con.other", 22, "report.con.other_time", 16, "report.con.authority", 24, "report.con.who", 20,
		"report.con.kind", 16, "report.con.since", 10, "report.col.due", 15), b.answers()...)
}

func (b *builder) doubtColumns() []column {
	return append(b.columns("report.con.entity", 9, "report.con.subject", 20, "report.col.resource", 20, "report.col.key", 18, "report.con.element", 13,
		"report.dou.own", 22, "report.dou.time", 16, "report.dou.other", 22, "report.dou.holders", 9, "report.dou.heldby", 34, "report.con.since", 10, "report.col.due", 15), b.answers()...)
}

func (b *builder) ruleColumns() []column {
	out := b.columns("report.col.resource", 22, "report.rule.id", 18, "report.col.item", 13, "report.col.problem", 26, "report.rule.basis", 30,
		"report.col.severity", 6, "report.rule.b", 11, "report.rule.a", 11, "report.rule.rate", 9, "report.rule.count", 9, "report.fate.first", 9,
		"report.fate.new", 8, "report.fate.open", 8, "report.outcome.mended", 8, "report.rule.state", 20, "report.rule.advice", 34, "report.rule.sample", 22)
	for _, i := range []int{6, 7, 8, 9, 10, 11, 12, 13} {
		out[i].Number = true
	}
	return out
}
