package report

import (
	"time"

	"guiji/catalog"
	"guiji/lake"
	"guiji/quality"
	"guiji/quality/worklist"
)

// examples is how many records a page shows of each rule; the work list has all.
const examples = 20

// department is all that a department's page says; the overall page sums it.
type department struct {
	Entry      *catalog.Department
	Sentence   string
	Resources  []*resource
	Absent     []*catalog.Resource // published, never landed
	Dimensions []dimension
	Overall    score
	Conflicts  []*dispute // this department's value loses, or is missing
	Against    []*dispute // others' values lose against this department's
	Unlinked   []*unlinkedGroup
	Doubts     []*doubted // this department's values that others agree against
	// Corrections are this department's values that disputes found wrong.
	Corrections []*correction
	LetIn       []*letIn // records in the clean table although they fail a rule
	Fate        fate
	Files       []workFile
	Notice      bool     // a letter was written
	Pages       []string // of the list of problems
	Unpaged     int64    // problems that no page lists

	Read, Problems, FailedRows, Quarantined, Duplicates int64
	Disputed, ToConfirm                                 int64 // conflict rows to mend; to confirm as the authority
	Doubtful, Awaiting                                  int64 // values to check as the authority; own conflicts that wait for another's check
	DisputedLate, DoubtfulLate                          int64 // of Disputed and Doubtful, overdue
	Withheld, Landed                                    int64
	Exempt, Overdue, Released                           int64
	NotEvaluated                                        int
	Wholes                                              int // rules of resources as a whole that fail
	// Compared says whether any rule ran in both releases; Delta is then the number of
	// problems now less the number before, over those rules.
	Compared bool
	Stale    bool // no resource was checked anew
	Partial  bool // some rules or resources could not be compared
	Delta    int64
	Due      string // "" where no term is known
	Term     time.Time
	DueSoft  bool // provisional
	Card     quality.Scorecard
	Trend    []point // of the score, the newest last
	Summary  worklist.Summary
}

// resource is one resource's part of a report.
type resource struct {
	Entry    *catalog.Resource
	Now      lake.Resource
	Then     lake.Resource
	Before   *lake.Release // the release Then is of
	HasThen  bool          // Then is of an earlier run than Now
	Stale    bool          // this release did not check the resource anew
	Rules    []*rule
	Fate     fate
	Bad      []badRow // examples of quarantined rows
	BadRows  int64
	Released int64 // let into the clean table by a person
	Card     quality.Scorecard

	Exempt, Overdue int64     // work orders that need not be mended; past their term, those not judged this time too
	Nearest         time.Time // the next term of what is open and not overdue; zero where none is known
	NearestSoft     bool      // it is provisional

	orders string // work orders, as orders.Book.Shown; "" without
	run    uint64 // the release of the run that judged the resource last
	folded bool   // the run before made work orders too

	rules map[[2]string]*rule         // by id and version
	bound map[[2]string]*quality.Rule // the same, as the catalogue defines them
}

// Gated reports whether the gate is shut: consumers keep the old data.
func (r *resource) Gated() bool { return r.Now.Outcome == "gated" }

// rule is what one rule counted, and what became of its problems.
type rule struct {
	quality.Metric
	Before   *quality.Metric // of the release before, same version, evaluated; else nil
	Items    []*catalog.Item
	Count    int64 // problems listed
	Exempt   int64 // not among them: they need not be mended
	Fate     fate
	Examples []example
	Advice   string
	Sample   string        // 规范示例
	Basis    string        // 判定依据
	Only     string        // 适用范围: the records it judges; "" for all
	Bound    *quality.Rule // as the catalogue has it now; nil where that is another version
	Resource *resource

	Page, Anchor string // where its problems begin
	Paged        int64  // of them, those on pages
}

// tolerance is the share of elements that may fail while the rule passes.
func (r *rule) tolerance() float64 {
	if r.Bound == nil {
		return 0
	}
	return r.Bound.AtMost
}

// evaluated reports whether the rule ran.
func (r *rule) evaluated() bool { return r.Status != quality.NotEvaluated }

// example is one failing record on a page.
type example struct {
	Key, Value string
	Late       bool
}

// fate counts what became of problems between two releases.
type fate struct {
	First  int64 // found by a rule that did not run before
	New    int64 // the record passed before
	Open   int64 // was there before
	Again  int64 // mended once, and found again
	Mended int64 // the rule ran again and the record passes
	Gone   int64 // the record is no longer there
	Wait   int64 // the rule did not run again, or was changed: nothing is known
	Ended  int64 // the rule is no longer there
}

func (f *fate) add(o fate) {
	f.First += o.First
	f.New += o.New
	f.Open += o.Open
	f.Mended += o.Mended
	f.Gone += o.Gone
	f.Wait += o.Wait
	f.Again += o.Again
	f.Ended += o.Ended
}

// score is one rate of GB/T 36344: A of B elements meet the requirement.
type score struct {
	A, B         int64
	ThenA, ThenB int64 // over the rules that ran in both releases, then
	NowA, NowB   int64 // the same rules, now
}

func (s *score) add(o score) {
	s.A += o.A
	s.B += o.B
	s.ThenA += o.ThenA
	s.ThenB += o.ThenB
	s.NowA += o.NowA
	s.NowB += o.NowB
}

// dimension is one of the six.
type dimension struct {
	Code string // first two digits of the indicator
	score
	Card       quality.Measure
	Indicators []quality.Measure // those with a rule
}

// badRow is one row that could not be read.
type badRow struct{ Place, Key, Column, Text, Reason string }

// dispute counts conflicts of one element between a holder and an authority.
type dispute struct {
	Element, Label    string
	Kind              string // differs, copy_has, authority_has
	Holder, Authority party
	Count             int64
	New               int64 // first carried by this release
	Late              int64
	Next              *term // the first that is not late; nil for none
	Examples          []clash
}

// party is the resource and department on one side of a conflict.
type party struct{ Department, DepartmentName, Resource string }

// clash is one conflict as the reader may see it.
type clash struct {
	Record, Subject, Own, OwnTime, Other, OtherTime string
	Term                                            *term
}
