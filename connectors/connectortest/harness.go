// Package connectortest is the suite every connector passes: what it reads is
// what the source holds, once, in order, and it stops, cleans up and complains as
// connectors.Source promises. Tests of connectors import it.
package connectortest

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
)

// Harness is what the suite needs of a connector under test.
type Harness struct {
	// Open opens a source on what Load made; the suite closes it.
	Open func(t testing.TB, alloc memory.Allocator) connectors.Source
	// Load makes a table, replacing an older one, and returns the name a request gives it.
	Load func(t testing.TB, table Table) string
	// Extremes are the type's ends, one column each, in the source's own words.
	Extremes []Extreme
	// Bad makes a table with rows that the source's types cannot represent.
	Bad func(t testing.TB) BadCase
	// Running counts the reader's statements that still run on the server; nil without a server.
	Running func(t testing.TB) int
	// Insert adds rows to a loaded table, for all to see when it returns; nil where Cannot.Cursor
	// says that nothing of it is asked.
	Insert func(t testing.TB, table string, rows [][]Value)
	// Kill ends one of the reader's connections on the server, and returns when it is gone; nil
	// without a server.
	Kill func(t testing.TB)
	// Cannot declares what this kind of source is unable to do. The suite logs it and asks
	// for what is left.
	Cannot Inability
}

// Inability is what a kind of source cannot do, by its nature.
type Inability struct {
	Null  bool // tell NULL from an empty text: NULL is written as such a text
	Parts bool // read a table in several parts
	Keys  bool // know a table's primary key

	Cursor   bool // read by a cursor, or stream keys alone
	Identity bool // name a moment
}

// Table is a table to make.
type Table struct {
	Name    string
	Columns []Column
	Rows    [][]Value
}

// Column of a table to make.
type Column struct {
	Name string
	Kind Kind
	Type string // the source's own type; "" is the harness's usual one for Kind
	Key  bool   // part of the primary key, where the source has such a thing

	Index bool // an index begins with it, where the source has such a thing
}

// Kind is a family of columns that every source can hold in some form.
type Kind int

// The kinds.
const (
	Text    Kind = iota // up to 200 characters
	Integer             // 64 bits, signed
	Long                // text of any length
)

// Value is a value as the source's own text; nil is NULL.
type Value = *string

// V is the value of a text.
func V(s string) Value { return &s }

// Extreme is one value that a type must carry unharmed.
type Extreme struct {
	Type  string // the source's own: decimal(65,30); "" is text
	Value Value  // as Load writes it
	Want  Value  // as the suite's Cell tells it out of Arrow
	Arrow string // the Arrow type's String(); "" is not asked
}

// BadCase is a loaded table with bad rows.
type BadCase struct {
	Table   string
	Columns []string
	Good    int
	Bad     int
	Column  string // the one that is bad, "" if it is the record
	// Text is what quarantine shows of the first bad row's value.
	Text string
}
