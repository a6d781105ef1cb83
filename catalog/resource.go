package catalog

import (
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Resource is one catalogue entry: one dataset of one department
// (政务信息资源目录编制指南, 发改高技〔2017〕1272号).
type Resource struct {
	ID   string `yaml:"-"` // department/name, from the file's path
	File string `yaml:"-"`

	Code        string   `yaml:"code"` // 目录代码, e.g. 307001/000012
	Name        string   `yaml:"name"`
	Version     int      `yaml:"version"`
	Status      Status   `yaml:"status"`
	Provider    string   `yaml:"provider"`
	Category    []string `yaml:"category"` // 类, 项
	Summary     string   `yaml:"summary,omitempty"`
	Format      string   `yaml:"format"`
	Cycle       string   `yaml:"update_cycle"`
	Published   string   `yaml:"published,omitempty"`
	PurposeEnds string   `yaml:"purpose_ends,omitempty"` // last day of the purpose it is collected for: from the next day on it counts as withdrawn
	Related     []string `yaml:"related,omitempty"`
	LegalBasis  string   `yaml:"legal_basis"`
	Share       Terms    `yaml:"share"`
	Open        Terms    `yaml:"open"`

	Source     Source      `yaml:"source"`
	Items      []Item      `yaml:"items"`
	Checks     []CheckSpec `yaml:"checks,omitempty"` // over several items
	Subjects   []Subject   `yaml:"subjects,omitempty"`
	Duplicates *Duplicates `yaml:"duplicates,omitempty"`
	Vote       *KeepRule   `yaml:"vote,omitempty"`  // which row of a subject votes
	Gate       *Gate       `yaml:"gate,omitempty"`  // wins over the pipeline's
	Serve      Serve       `yaml:"serve,omitempty"` // view (default) or table
	LookupKey  []string    `yaml:"lookup_key,omitempty"`
	History    bool        `yaml:"history,omitempty"` // keep every version of a row with valid_from and valid_to
}

// Status of an entry; only published ones run.
type Status string

// The life of an entry.
const (
	Draft      Status = "draft"
	Submitted  Status = "submitted"
	Returned   Status = "returned"
	Registered Status = "registered"
	Published  Status = "published"
	Withdrawn  Status = "withdrawn"
)

// Serve says how a dataset is served.
type Serve string

// How a dataset is served.
const (
	ServeView  Serve = "view"
	ServeTable Serve = "table"
)

// Terms are the terms of sharing (art. 19) or opening (art. 22).
type Terms struct {
	Class     string   `yaml:"class"` // 无条件, 有条件, 不予
	Condition string   `yaml:"condition,omitempty"`
	Reason    string   `yaml:"reason,omitempty"`
	Basis     string   `yaml:"basis,omitempty"`
	Mode      []string `yaml:"mode,omitempty"`
}

// Source says where a resource's rows are.
type Source struct {
	Connection      string        `yaml:"connection"`
	Table           string        `yaml:"table"`                      // a table, or a file or folder of files
	Mode            Mode          `yaml:"mode,omitempty"`             // full, incremental (default where there is a cursor and a key), or new_files: of a folder, the files that no release has taken up
	Cursor          string        `yaml:"cursor,omitempty"`           // an item's name or column that grows with every change
	Lookback        string        `yaml:"lookback,omitempty"`         // how far behind the cursor an increment reads again, for late commits: 1h, 2d, or a number for a numeric cursor
	Refresh         time.Duration `yaml:"refresh,omitempty"`          // an incremental resource is read in full at least this often; 0 is never
	Key             []string      `yaml:"key,omitempty"`              // item names; none: a hash of the row
	DeleteDetection bool          `yaml:"delete_detection,omitempty"` // rows gone from the source are recorded, and taken out of an incremental image
	MaxDeletes      *Rate         `yaml:"max_deletes,omitempty"`      // with delete_detection: more than this share gone stops the resource and asks; default 10%
}

// Mode is how a resource is read.
type Mode string

// The modes. Full reads the whole table; incremental what the cursor says has
// changed since the last release, merged into the image by key.
const (
	ModeFull        Mode = "full"
	ModeIncremental Mode = "incremental"
	ModeNewFiles    Mode = "new_files" // of a folder, the files that no release has taken up yet
)

// Item is a column of a resource (信息项).
type Item struct {
	Name        string      `yaml:"name"`             // ASCII
	Label       string      `yaml:"label,omitempty"`  // 中文名
	Column      string      `yaml:"column,omitempty"` // in the source; default Name
	Type        Type        `yaml:"type"`
	Element     string      `yaml:"element,omitempty"`
	Privacy     Privacy     `yaml:"privacy,omitempty"`
	Role        Role        `yaml:"role,omitempty"`
	HeldSince   string      `yaml:"held_since,omitempty"`  // of a fallback or copy
	CleanUpBy   string      `yaml:"clean_up_by,omitempty"` // of a fallback or copy
	CopiedFrom  ItemRef     `yaml:"copied_from,omitempty"` // of a fallback or copy: the item its values are taken over from; it is no witness of its own then
	LegalBasis  string      `yaml:"legal_basis,omitempty"`
	Unfit       Unfit       `yaml:"unfit,omitempty"`
	Standardize []StepSpec  `yaml:"standardize,omitempty"` // nil: by type and checks
	Checks      []CheckSpec `yaml:"checks,omitempty"`
}

// Privacy of an item, for masking and grading.
type Privacy string

// Privacy classes.
const (
	PrivacyNone      Privacy = ""
	PrivacyDirect    Privacy = "direct"
	PrivacyQuasi     Privacy = "quasi"
	PrivacySensitive Privacy = "sensitive"
)

// Role of an item beside its element's authority.
type Role string

// RoleCopy is read for comparison alone: never in standard, shared or opened.
// RoleTemporary is a column outside the catalogue that an authorisation covers for a
// time: in raw alone. No entry may write it.
const (
	RoleCopy      Role = "copy"
	RoleTemporary Role = "temporary"
)

// RawOnly tells an item that is read but never in standard, shared or opened.
func (it *Item) RawOnly() bool { return it.Role != "" }

// Unfit says what happens to a value that does not fit the catalogue type.
type Unfit string

// UnfitRow sends the row to quarantine (default for keys); UnfitCell stores NULL,
// keeps the text in <item>_raw and records a failure of rule type.
const (
	UnfitRow  Unfit = "row"
	UnfitCell Unfit = "cell"
)

// Subject is one of the subjects a row speaks of.
type Subject struct {
	Entity string            `yaml:"entity"`
	As     string            `yaml:"as,omitempty"`
	Key    string            `yaml:"key"`             // item name
	Items  map[string]string `yaml:"items,omitempty"` // element code → item; default: items by their element
}

// Duplicates says which records are the same and which one stays.
type Duplicates struct {
	By   []string `yaml:"by"`
	Keep KeepRule `yaml:"keep"`
}

// KeepRule is latest(item), earliest(item) or first; ties go to the smallest key.
type KeepRule struct {
	Fn   string // latest, earliest, first
	Item string
}

// CheckSpec is a check as written: a bare name, or {name: parameters, title: …}.
// quality binds it to a check; catalog only keeps the node and where it stands.
type CheckSpec struct {
	Kind      string
	Params    ast.Node // nil for a bare name
	ID        string   // default <item>.<kind>
	Title     string
	Indicator string // GB/T 36344-2018, four digits
	Severity  string // error (default), warning
	OnFail    string // warn (default), quarantine, block
	AtMost    Rate   // the share of failing elements the rule bears and still passes
	Where     Where  // the rows it judges; all where empty
	At        Pos
	decode    func(into any) error
}

// StepSpec is a standardising step as written: a bare name, or {name: parameter}.
type StepSpec struct {
	Name  string
	Param string
	At    Pos
}

// Pos is a place in a project file.
type Pos struct {
	File string
	Line int
}

// KeyItems are the items of the declared key, in order; nil without one.
func (r *Resource) KeyItems() []*Item {
	var out []*Item
	for _, k := range r.Source.Key {
		if it := r.Item(k); it != nil {
			out = append(out, it)
		}
	}
	return out
}

// Item finds an item by name; nil if there is none.
func (r *Resource) Item(name string) *Item {
	for i := range r.Items {
		if r.Items[i].Name == name {
			return &r.Items[i]
		}
	}
	return nil
}
