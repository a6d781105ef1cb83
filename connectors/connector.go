// Package connectors is the contract between guiji and the systems departments
// hold data in. A connector is one folder with a Connector value and one line in
// connectors/all; connectors/connectortest tells its author when it is done.
// pipelines and cmd import it; implementations import only it, lake, catalog and internal.
package connectors

import (
	"context"
	"encoding/json"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/lake"
)

// Connector is one kind of source system.
type Connector struct {
	Name string // as in guiji.yaml: mysql, csvfile
	Doc  string // one sentence
	Kind Kind   // what its sources are able to do
	// Settings returns a pointer to the connector's settings struct filled with
	// defaults; it has a method Validate() error. guiji schema describes it.
	Settings func() any
	// Open makes a Source out of settings that were decoded and validated. It
	// may dial; errors are of kind fault.Unreachable, fault.Refused or fault.Config.
	Open func(ctx context.Context, settings any, env Env) (Source, error)
}

// Env is what the runner hands to every source.
type Env struct {
	Dir      string // the project's folder: relative paths start here
	Timezone string // the project's; sessions are set to it
	Alloc    memory.Allocator
	Scratch  string // folder for what a source must put aside while it is read; "" is the system's
}

// Source is one opened connection of a project. Its methods may be called from
// several goroutines.
type Source interface {
	// Discover describes tables: those named, or all the account can see. A
	// table that is not there is an error of kind fault.Config naming it. Where none
	// was named, one that cannot be described may be told with its Problem.
	Discover(ctx context.Context, tables ...string) ([]Table, error)
	// Snapshot opens one consistent view of a table and plans its parts. Columns
	// or a table that are not there give fault.Config.
	Snapshot(ctx context.Context, req Request) (Snapshot, error)
	// Close releases everything; it is safe to call twice.
	Close() error
}

// Doctor is the optional ability to tell about the account and the server.
type Doctor interface {
	// Doctor returns findings for guiji doctor, worst first.
	Doctor(ctx context.Context) ([]Finding, error)
}

// Finding is one thing doctor tells of.
type Finding struct {
	OK      bool
	Key     string // of internal/text
	Args    []any
	Warning bool // not OK, yet no obstacle
}

// Table is what a source says of one table.
type Table struct {
	Name    string
	Comment string
	Rows    int64 // an estimate, -1 if unknown
	Key     []string
	Columns []Column
	Problem error // why it could not be described, which leaves no more than its name; nil where it was named
}

// Column is what a source says of one column.
type Column struct {
	Name       string
	SourceType string // the source's own words: bigint(20) unsigned
	Type       arrow.DataType
	Nullable   bool
	Indexed    bool // an index begins with it
	Comment    string
	Charset    string // of a text, in the source's words: latin1, gb18030; "" where it says none
	Unreadable bool   // no batch can hold its values: lists, records
}

// Request asks for a snapshot of one table.
type Request struct {
	Table     string
	Columns   []string // the source's names, in the order the schema must have; never empty
	Key       []string // the source's names of the declared key; may be empty
	Parts     int      // how many parts are wanted; the source may plan fewer
	BatchRows int      // rows per batch, at most
	Limit     int64    // at most so many rows in all (a sample); 0 is all
	Window    *Window  // only rows of this window; nil is all. For sources whose Snapshot is Cursored

	Deliveries *Deliveries // only files of these deliveries; nil is all. For sources whose Snapshot is a Deliverer
}

// Deliveries asks for the files of a table that no release has taken up yet.
type Deliveries struct {
	Taken string // the manifest that the last release holds; "" if there is none
	All   bool   // read those that were taken up too, in the order they were
}

// Deliverer is the optional ability of a Snapshot of files to tell new ones from those that
// were taken up before.
type Deliverer interface {
	// Delivered is the answer to Request.Deliveries.
	Delivered() Delivered
}

// Delivered is what a source of files says of them. Names are the table's own.
type Delivered struct {
	Manifest string   // what Taken is to be when this snapshot has landed: opaque to all but its source
	New      []string // read: not in Taken
	Changed  []string // read: in Taken with another size, time or tag; all rows of the file come again
	Kept     []string // not read: in Taken as they are, or not there any more
	Gone     []string // not there any more, and told for the first time
	Missing  int      // not there any more, those told before included
}

// Window asks for the rows whose cursor lies in it, ends included. Rows whose cursor
// is NULL always belong to it: nobody can tell when they changed.
type Window struct {
	Column string // the source's name
	From   string // in the source's own text form; "" is from the first
	To     string // "" is to the last
}

// Cursored is the optional ability of a Snapshot to read by a cursor.
type Cursored interface {
	// Cursor tells of a column in the snapshot's own moment; fault.Config if it has
	// none of that name or of no type that has an order.
	Cursor(ctx context.Context, column string) (Cursor, error)
}

// Cursor is what a source says of a cursor column.
type Cursor struct {
	Kind    CursorKind
	Max     string // the largest value, in the text form Window takes; "" if all are NULL
	Now     string // the source's clock in the same form; "" for a number. Values behind it are some clock's mistake
	Nulls   bool   // whether there are rows without a value
	Indexed bool   // whether an index begins with it
}

// CursorKind says how cursors are compared and how far a look-back reaches.
type CursorKind string

// The kinds: a whole number, a day (2006-01-02), a time (2006-01-02 15:04:05.999999,
// wall clock of the project's zone).
const (
	CursorNumber CursorKind = "number"
	CursorDay    CursorKind = "day"
	CursorTime   CursorKind = "time"
)

// KeyReader is the optional ability of a Snapshot to stream the keys of all rows,
// whatever the window, in the same moment as its parts: batches of Request.Key's
// columns alone, in that order. It is what delete detection asks for.
type KeyReader interface {
	ReadKeys(ctx context.Context, sink Sink) error
}

// Identified is the optional ability of a Snapshot to name its moment.
type Identified interface {
	// Identity is a text that two snapshots of equal requests share only if they
	// give the same rows in the same parts; "" if that cannot be promised. Parts that
	// another process finished under the same identity need not be read again.
	Identity() string
}

// Mortal is the optional ability of a Snapshot to be gone before it is closed: its
// moment is held by connections that can break. One without it lives until Close.
type Mortal interface {
	// Alive reports whether parts can still be read in the snapshot's moment. After an
	// error of kind fault.Unreachable a part is worth another try in the same snapshot
	// while this is true; else the resource starts again with a new one. It may ask the
	// server, for a few seconds at most.
	Alive() bool
}

// Snapshot is one consistent view of a table. Parts may be read at once, each by
// one goroutine; all see the same moment where the source can (Consistent).
type Snapshot interface {
	// Schema is that of every batch: the source's own types. Dates and times of
	// any kind are utf8, as is everything that comes from a text file.
	Schema() *arrow.Schema
	// Parts cover all rows once. Their IDs are stable for the snapshot.
	Parts() []Part
	// Read streams one part into the sink and returns when it is whole. A part
	// that was cut short is an error, never a normal end. It stops when ctx ends,
	// and on the server too, within 2 s.
	Read(ctx context.Context, part Part, sink Sink) error
	// Consistent reports whether all parts see one moment.
	Consistent() bool
	// Close ends the snapshot; it is safe to call twice.
	Close() error
}

// Placer is the optional ability of a Snapshot to say where a row stands, for
// rows that turn out unfit only behind the connector.
type Placer interface {
	// Place names the place of a row of the batch that the part's sink has
	// borrowed, as BadRow.Place does: file:line. Rows are counted from 0 over all
	// batches of the part's reading. A row of another batch gives "".
	Place(part Part, row int64) string
}

// Part is a plain value that survives JSON and can be read by another process
// that opens a snapshot of the same request.
type Part struct {
	ID   string          `json:"id"`
	Spec json.RawMessage `json:"spec,omitempty"` // the connector's own
	Rows int64           `json:"rows"`           // an estimate, -1 if unknown
}

// Sink takes what a part yields. Calls come from one goroutine.
type Sink interface {
	// Batch takes a batch. The sink borrows it: the caller releases it after the
	// call; a sink that keeps it retains it.
	Batch(rec arrow.RecordBatch) error
	// Bad takes a row that the source's types cannot represent.
	Bad(row lake.BadRow) error
}
