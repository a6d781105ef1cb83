// Package returned reads a department's work list (问题整改清单) that comes back filled in,
// and says what is to be done about its work orders: what the department answered, and
// what cannot be taken over, with its place. It reads and judges; it keeps nothing. cmd
// imports it; it imports quality/orders, quality/worklist, catalog and internal.
package returned

import (
	"guiji/internal/text"
	"guiji/quality/worklist"
)

// Book is a workbook as its reader gives it.
type Book interface {
	Name() string
	Sheets() []string
	// Rows hands over the rows of a sheet in order; cells hold until row returns.
	Rows(sheet int, row func(number int, cells []Cell) error) error
	// Merged tells the blocks of merged cells: columns from 0, rows from 1, ends included.
	Merged(sheet int, f func(left, top, right, bottom int)) error
}

// Cell is one cell of a row.
type Cell struct {
	Column  int // from 0
	Text    string
	Formula bool // calculated
	Wrong   bool // an error value, or none that could be told
}

// Place is where in the returned files something stands.
type Place struct {
	File   string `json:"file"`
	Sheet  string `json:"sheet"`
	Row    int    `json:"row"`              // from 1
	Column string `json:"column,omitempty"` // the sheet's letter: N; "" is the row as a whole
}

// Finding is a row that is not taken over, and what is to be done. It holds no value.
type Finding struct {
	Place
	Number string   `json:"number,omitempty"` // of the problem, "" where it has none that can be read
	Key    text.Key `json:"reason"`
	Args   []any    `json:"-"`
	Text   string   `json:"text"` // filled in for who reads it
}

// Entry is one problem's answer.
type Entry struct {
	Place
	Number  string
	State   Answer
	Note    string // 整改说明
	Waive   string // why it should not be mended, "" where that is not asked for
	Dispute string // the objection, "" without one
}

// Objection is one to a disagreement between departments: such a row has no number.
type Objection struct {
	Place
	Entity, Subject, Resource, Element string // as the sheet names them
	Reason                             string
}

// List is what the files of one list hold.
type List struct {
	Owners     []string // names that the files' first sheets give the list, each once
	Release    uint64   // that it was made of, the oldest of the files'; 0 unknown
	Rows       int64    // problems listed
	Blank      int64    // of those, without any answer
	Skipped    int64    // rows of disagreements answered in a way that needs no entry: the next run compares the values itself
	Entries    []Entry
	Objections []Objection
	Findings   []Finding
}

// Answer is what a department says of a problem.
type Answer string

// The answers. Those of the sheet's list, and Not, which people write.
const (
	None     = Answer("")
	Done     = Answer(worklist.Done)
	Doing    = Answer(worklist.Doing)
	Waived   = Answer(worklist.Waived)
	Objected = Answer(worklist.Object)
	Not      = Answer("not") // 未整改
)

// Limits on what people write.
const (
	// MostText is how many characters an answer may have: an office's reason fits in it.
	MostText = 2000
	// MostHeader is how many rows may stand above a header.
	MostHeader = 10
)

func (l *List) refuse(p Place, number string, key text.Key, args ...any) {
	l.Findings = append(l.Findings, Finding{Place: p, Number: number, Key: key, Args: args})
}
