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
	out := b.columns("report.col.state", 14, "report.col.note", 22, "report.col.waive", 22, "report.col.dispute", 24)
	out[0].Choices = []string{b.t("report.state.done"), b.t("report.state.doing"), b.t("report.state.waive"), b.t("report.state.dispute")}
	for i := range out {
		out[i].Fill = true
	}
	return out
}

func (b *builder) problemColumns() []column {
	return append(b.columns("report.col.number", 16, "report.col.resource", 26, "report.col.keyname", 16, "report.col.key", 24,
		"report.col.item", 16, "report.col.value", 26, "report.col.problem", 30, "report.col.suggest", 22, "report.col.severity", 8,
		"report.col.fate", 12, "report.col.found", 18, "report.col.periods", 12, "report.col.due", 16), b.answers()...)
}

func (b *builder) conflictColumns() []column {
	return append(b.columns("report.con.entity", 12, "report.con.subject", 24, "report.col.resource", 26, "report.con.record", 22,
		"report.con.element", 16, "report.con.own", 28, "report.con.other", 28, "report.con.authority", 30, "report.con.who", 26,
		"report.con.kind", 24, "report.con.since", 14, "report.col.due", 16), b.answers()...)
}
