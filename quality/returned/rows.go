package returned

import (
	"strings"

	"guiji/internal/text"
	"guiji/quality/worklist"
)

// row reads one row behind the header.
func (r *reading) row(number int, cells []Cell) error {
	texts := map[worklist.Field]string{}
	at := Place{File: r.book.Name(), Sheet: r.name, Row: number}
	var wrong []Finding
	for _, c := range cells {
		f, ok := r.fieldAt(c.Column)
		if !ok {
			continue
		}
		texts[f] = c.Text
		here := at
		here.Column = letters(c.Column)
		switch {
		case c.Formula && r.reads(f):
			wrong = append(wrong, Finding{Place: here, Key: "returned.formula"})
		case c.Wrong && r.reads(f):
			wrong = append(wrong, Finding{Place: here, Key: "returned.error_cell"})
		}
	}
	no, known := numberOf(texts[worklist.Number])
	answered := len(wrong) > 0 || r.merged[number]
	for _, f := range worklist.Answers() {
		answered = answered || strings.TrimSpace(texts[f]) != ""
	}
	if !known {
		no = ""
	}
	if r.layout.kind == problems && (known || answered) {
		r.list.Rows++
	}
	switch {
	case !answered:
		if known {
			r.list.Blank++
		}
	case len(wrong) > 0:
		wrong[0].Number = no
		r.list.Findings = append(r.list.Findings, wrong[0])
	case r.merged[number]:
		r.list.refuse(at, no, "returned.merged")
	case r.layout.kind == disagreements:
		r.disagreement(at, texts)
	case !known:
		r.refuse(at, worklist.Number, "", "returned.number")
	default:
		r.problem(at, no, texts)
	}
	return nil
}

// reads reports whether a column's content is taken over.
func (r *reading) reads(f worklist.Field) bool {
	switch f {
	case worklist.Number, worklist.State, worklist.Note, worklist.Waive, worklist.Dispute:
		return true
	case entityColumn, subjectColumn, elementColumn, worklist.Resource:
		return r.layout.kind == disagreements
	}
	return false
}

func (r *reading) fieldAt(column int) (worklist.Field, bool) {
	for f, c := range r.layout.columns {
		if c == column {
			return f, true
		}
	}
	return "", false
}

// refuse tells what is wrong with a cell of a row.
func (r *reading) refuse(at Place, f worklist.Field, no string, key text.Key, args ...any) {
	if column, ok := r.layout.columns[f]; ok {
		at.Column = letters(column)
	}
	r.list.refuse(at, no, key, append([]any{f.Header(r.lang)}, args...)...)
}

// problem reads a problem's answer.
func (r *reading) problem(at Place, no string, texts map[worklist.Field]string) {
	e := Entry{Place: at, Number: no, Note: strings.TrimSpace(unescaped(texts[worklist.Note]))}
	var ok bool
	if e.State, ok = answerOf(texts[worklist.State]); !ok {
		r.refuse(at, worklist.State, no, "returned.state")
		return
	}
	if long(e.Note) {
		r.refuse(at, worklist.Note, no, "returned.long", MostText)
		return
	}
	for _, w := range []struct {
		field worklist.Field
		state Answer
		into  *string
	}{{worklist.Waive, Waived, &e.Waive}, {worklist.Dispute, Objected, &e.Dispute}} {
		text, is := wished(unescaped(texts[w.field]))
		if key := unfit(is, e.State == w.state); key != "" {
			r.refuse(at, w.field, no, key, MostText)
			return
		}
		*w.into = text
	}
	if e.State == Done && (e.Waive != "" || e.Dispute != "") {
		r.refuse(at, worklist.State, no, "returned.contradicts")
		return
	}
	if e.State == None && e.Note == "" && e.Waive == "" && e.Dispute == "" {
		r.list.Blank++ // "no" in a column that asks is no answer
		return
	}
	r.list.Entries = append(r.list.Entries, e)
}

// unfit says why what stands in a column that asks cannot be taken; "" if it can. chosen:
// the state says that it is asked for.
func unfit(is wish, chosen bool) text.Key {
	switch {
	case is == tooLarge:
		return "returned.long"
	case is == unclear:
		return "returned.unclear"
	case is == bare, is == nothing && chosen:
		return "returned.reason"
	}
	return ""
}

// disagreement reads a row of a disagreement between departments. Whether its value was
// mended the next run finds by itself; an objection is taken over.
func (r *reading) disagreement(at Place, texts map[worklist.Field]string) {
	state, ok := answerOf(texts[worklist.State])
	if !ok {
		r.refuse(at, worklist.State, "", "returned.state")
		return
	}
	said, is := wished(unescaped(texts[worklist.Dispute]))
	if key := unfit(is, state == Objected); key != "" {
		r.refuse(at, worklist.Dispute, "", key, MostText)
		return
	}
	if said == "" {
		r.list.Skipped++
		return
	}
	r.list.Objections = append(r.list.Objections, Objection{
		Place: at, Entity: texts[entityColumn], Subject: unescaped(texts[subjectColumn]), Resource: texts[worklist.Resource], Element: texts[elementColumn], Reason: said,
	})
}
