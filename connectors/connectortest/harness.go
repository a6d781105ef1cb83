// Package connectortest is the suite every connector passes: what it reads is
// what the source holds, once, in order, and it stops, cleans up and complains as
// connectors.Source promises. Tests of connectors import it.
package connectortest

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
)

// Harness is what the suite needs of a connector under test. Whatever is left out must be
// declared in Cannot: the suite fails with a sentence for each that is not.
type Harness struct {
	// Connector is the one under test: what it says it can is held against what it does.
	Connector connectors.Connector
	// Open opens a source on what Load made; the suite closes it.
	Open func(t testing.TB, alloc memory.Allocator) connectors.Source
	// Load makes a table, replacing an older one, and returns the name a request gives it.
	Load func(t testing.TB, table Table) string
	// Extremes are each type's ends, one column each, in the source's own words.
	Extremes []Extreme
	// Bad makes a table with rows that the source's types cannot represent.
	Bad func(t testing.TB) BadCase
	// Running counts what the reader still runs outside of this process: statements, requests.
	Running func(t testing.TB) int
	// Connections counts the reader's connections as the other side sees them.
	Connections func(t testing.TB) int
	// Insert adds rows to a loaded table, for all to see when it returns.
	Insert func(t testing.TB, table string, rows [][]Value)
	// Kill ends one of the reader's connections on the server, and returns when it is gone.
	Kill func(t testing.TB)
	// Wire lets the suite come between the source and its server.
	Wire *Wire
	// File lets the suite cut a file short.
	File *File
	// Cannot declares what this kind of source is unable to do. The suite logs it and asks
	// for what is left.
	Cannot Inability
}

// Wire is how a source is reached over a network.
type Wire struct {
	Server string // host:port
	// Open opens a source on another address than Server; what Load made is behind it.
	Open func(t testing.TB, alloc memory.Allocator, address string) (connectors.Source, error)
	// Ends are the places where messages of the protocol end in what one connection was answered;
	// nil has the suite cut where the server paused.
	Ends func(answers []byte) []int
}

// File is how a source of files is made to read a broken one.
type File struct {
	// Path is the one file that holds a loaded table of less than 100 rows, or the first rows of
	// a longer one.
	Path func(t testing.TB, table string) string
	// Open is Harness.Open where that may be an error.
	Open func(t testing.TB, alloc memory.Allocator) (connectors.Source, error)
}

// Inability is what a kind of source cannot do, by its nature.
type Inability struct {
	Null  bool // tell NULL from an empty text: NULL is written as such a text
	Parts bool // read a table in several parts
	Keys  bool // know a table's primary key

	Cursor   bool // read by a cursor, or stream keys alone
	Identity bool // name a moment
	Moment   bool // hold one moment against writers: Insert is nil, or what it adds may be seen
	Places   bool // tell where a row stands

	Remote bool // leave anything running outside of this process: Running is nil
	Mortal bool // lose a moment with a connection: Kill is nil
	Wire   bool // be cut off from a server: Wire and Connections are nil
	File   bool // read a file that is cut short: File is nil
	End    bool // tell where a file must end: one that is cut short reads as one with less in it
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
