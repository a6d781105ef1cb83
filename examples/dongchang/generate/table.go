package generate

import (
	"strconv"
	"time"
)

// Value is one cell: text as the source writes it, or NULL.
type Value struct {
	Text string
	Null bool
}

// Row is one record, cells in the order of the columns.
type Row []Value

// Column of a table or file: its name in the source, its Chinese name, and its
// type in MySQL.
type Column struct{ Name, Comment, SQL string }

// Table is one table of a MySQL source.
type Table struct {
	Database, Name, Comment string
	Columns                 []Column
	Key                     string // a column
	Rows                    []Row
}

// File is one file of a CSV source, as bytes, relative to the drop folder.
type File struct {
	Path  string
	Bytes []byte
}

var null = Value{Null: true}

func str(s string) Value         { return Value{Text: s} }
func num(n int) Value            { return Value{Text: strconv.Itoa(n)} }
func date(t time.Time) Value     { return Value{Text: t.Format(time.DateOnly)} }
func datetime(t time.Time) Value { return Value{Text: t.Format(time.DateTime)} }

// record is a row on its way: with the subjects it speaks of, so that no two
// defects meet in one subject.
type record struct {
	cells    Row
	subjects []*subject
	who      *person       // whom it speaks of, where it is one person
	org      *organisation // or an enterprise
	alone    bool          // the only record of its subject in this resource
	line     []byte        // the bytes to write instead of the cells, of a broken CSV record
	planted  string        // kind of defect, "" for a clean row
}

// resource is one catalogue entry's rows before they are written.
type resource struct {
	department, name string
	table            *Table   // MySQL
	csv              *csvForm // or a file source
	columns          []string // item names, in the order of the cells
	key              string   // item
	keyText          func(cell string) string
	records          []*record
	clean            int // records before defects added others
	defects          []defect
}

func (r *resource) at(item string) int {
	for i, c := range r.columns {
		if c == item {
			return i
		}
	}
	panic("no item " + item + " in " + r.name) // a slip of this package, not of its input
}

func (r *resource) get(rec *record, item string) string { return rec.cells[r.at(item)].Text }

func (r *resource) set(rec *record, item string, v Value) { rec.cells[r.at(item)] = v }
