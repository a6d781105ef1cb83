package lake

import (
	"time"

	"guiji/internal/state/audit"
)

// Release is one version of everything: release/v%012d.json. It is written once,
// by one put with create-if-absent, and never changed.
type Release struct {
	Version    uint64              `json:"version"`
	Previous   *Link               `json:"previous,omitempty"` // nil for the first
	Nonce      string              `json:"nonce"`              // tells my own put after a lost response
	Created    time.Time           `json:"created"`
	RunID      string              `json:"run"`
	Pipeline   string              `json:"pipeline"`
	Slots      []string            `json:"slots"` // pipeline@scheduled time, manual@start
	Generation int64               `json:"lease_generation"`
	Guiji      string              `json:"guiji"`           // version of the program
	Audit      *audit.Head         `json:"audit,omitempty"` // where the audit chain ended: an anchor for its verification
	Sources    []string            `json:"sources"`
	Datasets   map[string]Dataset  `json:"datasets"`
	Resources  map[string]Resource `json:"resources"`          // state of each resource ever landed
	Entities   map[string]Entity   `json:"entities,omitempty"` // how each entity was made
	Tasks      []Task              `json:"tasks,omitempty"`    // what departments are to mend in the catalogue
	Erasures   []Erasure           `json:"erasures,omitempty"` // what was taken out of this release after it was made
	Rewrites   []Rewrite           `json:"rewrites,omitempty"` // earlier releases that changed with this one: expired, or without what was erased
	Expired    *Expired            `json:"expired,omitempty"`  // its data is gone; what is left keeps its place in the chain
}

// Rewrite pins the new content of an earlier release's object. From the hash that the
// release after it names, its rewrites lead step by step to what is there now.
type Rewrite struct {
	Version uint64 `json:"version"`
	Was     string `json:"was"`    // SHA-256 of the object before
	SHA256  string `json:"sha256"` // and since
}

// Expired says why a release's data is gone. Its object stays as a stub: whoever
// still holds an old head finds the versions after it taken.
type Expired struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Task is a catalogue task (目录维护任务): the source and its entry no longer agree, or
// departments have to decide something of the catalogue. It stands in every release
// from the one that found it until one finds it mended.
type Task struct {
	ID       string   `json:"id"`                // resource or element, kind and column: stable
	Resource string   `json:"resource"`          // "" of one that is about no single resource
	Kind     string   `json:"kind"`              // column_new, column_missing, column_retyped, table_missing, authority_missing, authority_unpublished, duplicate_undecided
	Element  string   `json:"element,omitempty"` // code of the data element it is about
	Name     string   `json:"name,omitempty"`    // of the element, or of the other entry
	For      []string `json:"for,omitempty"`     // ids of the departments asked, where not that of the resource; none: the bureau
	Column   string   `json:"column,omitempty"`
	Was      string   `json:"was,omitempty"` // the source's type as it was; of a duplicate what told: catalogue or data
	Is       string   `json:"is,omitempty"`  // and as it is; of a duplicate the other resource
	Since    uint64   `json:"since"`         // the release that first told
	Opened   string   `json:"opened"`        // date
	Due      string   `json:"due"`           // date, in working days by the profile
	Basis    string   `json:"basis,omitempty"`
	Stops    bool     `json:"stops"` // the resource, or the item to be cleaned up, is not collected until it is mended
	// Provisional says that Due reaches into a year whose working days are not announced.
	Provisional bool `json:"provisional,omitempty"`
}

// Erasure says that records were taken out of a release that had been made, and why.
type Erasure struct {
	At       time.Time `json:"at"`
	Reason   string    `json:"reason"`
	Datasets []string  `json:"datasets"`
	Rows     int64     `json:"rows"`
}

// Link names the previous release and pins its content.
type Link struct {
	Version uint64 `json:"version"`
	SHA256  string `json:"sha256"`
}

// Dataset is one table of a release: raw/<resource>, standard/<resource>,
// quality/<resource>/failures, entity/<entity>, meta/<name>. See docs/layout.md.
type Dataset struct {
	Layer   string   `json:"layer"` // raw, standard, entity, quality, meta
	Table   string   `json:"table"` // in DuckDB: department__name, or with a suffix
	Label   string   `json:"label,omitempty"`
	Files   []File   `json:"files"`
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
	Sorted  []string `json:"sorted,omitempty"`
	Serve   string   `json:"serve,omitempty"` // view (default) or table
	Lookup  []string `json:"lookup,omitempty"`
	Since   uint64   `json:"since"` // the release that first carried these files
}

// Entity says what an entity's datasets were made of, so that a later release knows
// whether it may take them over, or make again only what changed. All are digests.
type Entity struct {
	Basis  string    `json:"basis"`  // of all but rows: catalogue, register, decisions, program
	Images string    `json:"images"` // of the files of its members' images
	Made   string    `json:"made"`   // of its own files: others have been rewritten since
	Counts RunEntity `json:"counts"`
}

// File is one immutable object.
type File struct {
	Key    string `json:"key"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
}

// DigestColumn is the column of a member's raw image that tells whether a row is as it was
// (docs/layout.md). It is no name of an item, which begins with a letter.
const DigestColumn = "_digest"

// Column describes a column for readers.
type Column struct {
	Name    string `json:"name"`
	Type    string `json:"type"` // DuckDB's name
	Label   string `json:"label,omitempty"`
	Privacy string `json:"privacy,omitempty"`
	Element string `json:"element,omitempty"`
}

// Resource is the state of one resource as of a release.
type Resource struct {
	Outcome      string         `json:"outcome"` // ok, gated
	Since        uint64         `json:"since"`   // the release of the last good data
	Slot         string         `json:"slot"`
	Pulled       time.Time      `json:"pulled"` // when the snapshot was opened
	Read         int64          `json:"read"`
	Quarantined  int64          `json:"quarantined"`
	Withheld     int64          `json:"withheld"` // kept in raw, out of standard, by on_fail: quarantine
	Duplicates   int64          `json:"duplicates"`
	FailedRows   int64          `json:"failed_rows"` // rows with at least one failure of any severity
	ErrorRows    int64          `json:"error_rows"`  // rows with at least one error-severity failure
	Landed       int64          `json:"landed"`
	Added        int64          `json:"added"`
	Removed      int64          `json:"removed"`
	Changed      int64          `json:"changed"`
	Inconsistent bool           `json:"inconsistent,omitempty"` // its parts did not see one moment of the source
	Mode         string         `json:"mode,omitempty"`         // full, incremental or backfill: how it was last pulled
	ModeReason   string         `json:"mode_reason,omitempty"`  // why it was read in full although it is incremental
	Full         time.Time      `json:"full,omitzero"`          // when it was last read in full
	Cursor       string         `json:"cursor,omitempty"`       // where the next increment begins: never ahead of this release's data
	CursorKind   string         `json:"cursor_kind,omitempty"`
	Image        string         `json:"image,omitempty"`   // fingerprint of what the catalogue says of the image: an increment merges into none but its own
	Columns      []SourceColumn `json:"columns,omitempty"` // the source's table as the catalogue entry knows it: what drift is compared with
	Entry        int            `json:"entry,omitempty"`   // the entry's version that Columns belong to
	Fetched      int64          `json:"fetched,omitempty"` // rows the source gave; with an increment fewer than Read
	Deleted      int64          `json:"deleted,omitempty"` // keys gone from the source, by delete detection
	Gate         string         `json:"gate,omitempty"`    // why it is shut
	Refused      []string       `json:"refused,omitempty"` // items not collected, department/name.item
}

// SourceColumn is a column of a source's table.
type SourceColumn struct {
	Name  string `json:"name"`
	Type  string `json:"type"`            // in the source's own words
	Class string `json:"class,omitempty"` // what kind of values: integer, decimal, float, text, bytes, …
}
