// Package quality is the contract of checks: what a check is, how it is bound to
// a resource as a rule, and what it counts. Checks are in quality/checks, one
// file each. Row checks are kernels over Arrow columns; set and table checks are SQL. This
// package and quality/checks compile without DuckDB; quality/sets runs the SQL.
// pipelines and cmd import it; it imports lake, catalog and internal only.
package quality

import (
	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
)

// Severity is for readers: what a failure means.
type Severity string

// Severities. Only errors count for a gate.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// OnFail is what a failure does.
type OnFail string

// What a failure does: Warn reports it; Quarantine keeps the row in raw but out of
// standard; Block shuts the gate at the first failure.
const (
	Warn       OnFail = "warn"
	Quarantine OnFail = "quarantine"
	Block      OnFail = "block"
)

// Check is one kind of check: a value in a file of its own in quality/checks.
type Check struct {
	Name      string // as written in YAML
	Title     string // default title in Chinese, %s is the items' labels
	Subjects  int    // how many items the title speaks of, from the first: the others say where or when to look; 0: all
	Doc       string // one paragraph: exact semantics, NULL handling, source of the rule
	Indicator string // GB/T 36344-2018 indicator, four digits
	Advice    string // 整改建议, in Chinese
	Example   string // 规范示例, in Chinese; "" if none
	Sample    string // as written in an entry, one check a line; "" if it cannot be written
	// Params returns a pointer to the parameters' struct with defaults, or nil if
	// the check takes none.
	Params func() any
	// Validate refuses parameters that make no sense for the items. Nil: no rule.
	Validate func(r *Rule, env *Env) error
	// Row makes a kernel; nil for others.
	Row func(r *Rule, env *Env) (Kernel, error)
	// Set makes SQL over rows; nil for others.
	Set func(r *Rule, env *Env) (SetSQL, error)
	// Table makes SQL over the resource as a whole; nil for others. Of Row, Set and
	// Table a check has one.
	Table func(r *Rule, env *Env) (TableSQL, error)
}

// Env is what binding a rule may look at.
type Env struct {
	Project  *catalog.Project
	Resource *catalog.Resource
	Today    string        // 2006-01-02, the run's date
	Schema   *arrow.Schema // of the batches; NewRowSet sets it for kernels
	Table    []string      // the columns of the source's table, in its order; nil where no source was looked at
}

// Uses is implemented by parameters that name further items. own is the item the
// check is written at, "" at the resource. The first name is where failures show.
type Uses interface {
	Uses(own string, res *catalog.Resource) []string
}

// Defined is implemented by parameters whose meaning lies elsewhere too, such as
// in a code table: the definition goes into the rule's version.
type Defined interface {
	Definition(env *Env) string
}

// Varied is implemented by parameters that make a part of a check a rule of its
// own, so that the rule says which part failed: the variant goes into the default
// id, and the title, with %s for the items, replaces the check's.
type Varied interface {
	Variant() (name, title string) // "" is the whole check
}

// Rule is one check bound to one resource.
type Rule struct {
	ID        string // unique in the resource: <item>.<check>, or as written
	Version   string // 8 hex digits of the definition's SHA-256: a changed rule has another
	Check     *Check
	Items     []*catalog.Item // the first is where the failure shows; a table rule may have none
	Params    any             // as returned by Check.Params and decoded; nil without
	Title     string
	Indicator string
	Severity  Severity
	OnFail    OnFail
	AtMost    float64 // the share of evaluated elements that may fail while the rule passes
	Bit       int     // row rules: bit among all mask columns; -1 for set rules and where Reason is set
	Reason    string  // why it cannot be evaluated in this run, without values; "" if it can
	Numbered  bool    // its id tells it from others of its kind by its place among them alone: one dropped before it takes it away
	At        catalog.Pos
	where     []condition // the rows it judges; nil: all
}

// Kernel evaluates a row check on one batch. It appends the failing rows'
// indexes, ascending, to fails and returns it with the number of rows evaluated
// (B of GB/T 36344); NULL passes and is not evaluated, but for not_null. A
// kernel is used by one goroutine at a time and keeps no batch.
type Kernel interface {
	Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64)
}

// TypeFed is a kernel that must know which cells of the rule's first item did not
// fit the catalogue type: their column holds NULL, yet they are not empty. The
// rows are given before each Eval, ascending.
type TypeFed interface {
	Kernel
	TypeFails(rows []int32)
}

// SetSQL is a set check as SQL over relations the evaluator provides: {raw} is
// the resource's current image, {ref:department/name} another resource's. It is
// either On and Bad, or RowExpr. Rows are found by their values, not by their
// keys, so that rows with an equal key are counted one by one.
type SetSQL struct {
	// On are the columns judged together; a row with a NULL among them passes and
	// is not evaluated.
	On []string
	// Bad selects the distinct failing tuples of the columns On, none of them NULL.
	Bad string
	// Among selects the distinct tuples of the columns On that are evaluated, where
	// these are not all without a NULL; "" where they are.
	Among string
	// RowExpr is a boolean expression over {raw}'s columns: true if the row passes,
	// NULL if it is not evaluated. All such rules of a resource are evaluated in
	// one pass.
	RowExpr string
}

// Status of a rule in one run.
type Status string

// A check that could not run is NOT EVALUATED, never a pass.
const (
	Pass         Status = "pass"
	Fail         Status = "fail"
	NotEvaluated Status = "not_evaluated"
)

// Metric is what one rule counted in one run: the dataset quality/<resource>/metrics.
type Metric struct {
	Rule      string
	Version   string
	Kind      string
	Item      string // names, joined by a comma
	Title     string
	Indicator string
	Severity  Severity
	OnFail    OnFail
	Status    Status
	A, B      int64  // elements that meet the requirement; elements evaluated
	Failed    int64  // rows failing: B − A; Status is Pass within the rule's tolerance
	Reason    string // why it was not evaluated; no values
	Observed  string // table rules: the number judged, "" where it would be a record's value
	Past      string // the numbers judged by earlier runs, the oldest first, parted by blanks
}
