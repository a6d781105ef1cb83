package returned

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/quality/worklist"
)

// The columns of the sheet of disagreements that tell which value is meant.
const (
	entityColumn  worklist.Field = "entity"
	subjectColumn worklist.Field = "subject"
	elementColumn worklist.Field = "element"
)

// kind is what a sheet holds.
type kind int

const (
	other kind = iota
	problems
	disagreements
)

// layout is a sheet's header.
type layout struct {
	kind    kind
	row     int // the header's
	columns map[worklist.Field]int
	twice   worklist.Field // a column that stands twice
}

// fieldOf is a column by its header, those of disagreements included.
func fieldOf(header string) (worklist.Field, bool) {
	if f, ok := worklist.FieldOf(header); ok {
		return f, true
	}
	for _, f := range []worklist.Field{entityColumn, subjectColumn, elementColumn} {
		for _, lang := range []text.Lang{text.ZH, text.EN} {
			if plain(header) == plain(text.Format(lang, text.Key("report.con."+string(f)))) {
				return f, true
			}
		}
	}
	return "", false
}

// headerIn reads a row as a header; ok is false where it is none.
func headerIn(number int, cells []Cell) (l layout, ok bool) {
	l = layout{row: number, columns: map[worklist.Field]int{}}
	for _, c := range cells {
		f, known := fieldOf(c.Text)
		if !known {
			continue
		}
		if _, there := l.columns[f]; there {
			l.twice = f
		}
		l.columns[f] = c.Column
	}
	switch answers := l.answers(); {
	case l.has(entityColumn, subjectColumn, elementColumn) && answers > 0:
		l.kind = disagreements
	case l.has(worklist.Number) && answers > 0, answers == len(worklist.Answers()):
		l.kind = problems
	}
	return l, l.kind != other
}

func (l layout) has(fields ...worklist.Field) bool {
	for _, f := range fields {
		if _, ok := l.columns[f]; !ok {
			return false
		}
	}
	return true
}

func (l layout) answers() (n int) {
	for _, f := range worklist.Answers() {
		if l.has(f) {
			n++
		}
	}
	return n
}

// complete refuses a header that lacks a column that is read, or has one twice
// (fault.Data): which answers were lost nobody could tell.
func (l layout) complete(book Book, sheet string, lang text.Lang) error {
	wanted := worklist.Answers()
	if l.kind == problems {
		wanted = append([]worklist.Field{worklist.Number}, wanted...)
	} else {
		wanted = append([]worklist.Field{worklist.Resource}, wanted...)
	}
	var missing []string
	for _, f := range wanted {
		if !l.has(f) {
			missing = append(missing, f.Header(lang))
		}
	}
	if len(missing) > 0 {
		return fault.New(fault.Data, "returned.missing", book.Name(), sheet, l.row, strings.Join(missing, "、")).Try("returned.missing.hint")
	}
	if l.twice != "" {
		return fault.New(fault.Data, "returned.twice", book.Name(), sheet, l.row, l.twice.Header(lang)).Try("returned.twice.hint")
	}
	return nil
}

// letters is a column's name in a spreadsheet: A, B … AA.
func letters(column int) string {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err != nil {
		return "" // no sheet has that many
	}
	return name
}
