package worklist

import "guiji/catalog"

// Summary is what a department's report comes to: counts, dates and names, never a
// value or a key of a record. The overall report has one too, Department "".
type Summary struct {
	Department string          `json:"department"` // id; "" is the whole district
	Name       string          `json:"name"`
	Release    uint64          `json:"release"`
	Date       string          `json:"date"`     // of the report, 2006-01-02
	Sentence   string          `json:"sentence"` // the report's first, in its language
	Contact    catalog.Contact `json:"contact,omitzero"`

	Checked      int64  `json:"checked"`         // records read
	Problems     int64  `json:"problems"`        // open ones, one a record and rule
	Delta        *int64 `json:"delta,omitempty"` // against the run before, over the rules of both; nil where nothing can be compared
	New          int64  `json:"new"`             // 新增, those of a first check included
	Open         int64  `json:"open"`            // 未整改: there before
	Returned     int64  `json:"returned"`        // 再次出现
	Mended       int64  `json:"mended"`          // 已整改 since the run before
	Gone         int64  `json:"gone"`            // 记录已删除 since the run before
	Overdue      int64  `json:"overdue"`         // 逾期未整改
	Exempt       int64  `json:"exempt"`          // 不予整改（已审批）, not among Problems
	Released     int64  `json:"released"`        // 暂准入库: records in the clean table, as approved, although they fail a rule
	Conflicts    int64  `json:"conflicts"`       // values that disagree with their authority
	Doubts       int64  `json:"doubts"`          // own values that others agree against
	Quarantined  int64  `json:"quarantined"`     // records that could not be read
	NotEvaluated int    `json:"not_evaluated"`   // rules that did not run
	Wholes       int    `json:"wholes"`          // rules of a resource as a whole that fail: they name no record
	Gated        int    `json:"gated"`           // resources whose gate is shut
	Stale        bool   `json:"stale,omitempty"` // nothing was checked anew in this release

	ConflictsOverdue int64 `json:"conflicts_overdue"` // of Conflicts, past their term
	DoubtsOverdue    int64 `json:"doubts_overdue"`    // of Doubts

	Due         string   `json:"due,omitempty"`         // 整改期限, 2006-01-02; "" where nothing is to be mended or no term is known
	Provisional bool     `json:"provisional,omitempty"` // the term reaches into a year whose working days are not announced
	Score       *float64 `json:"score,omitempty"`       // 0..100; nil where nothing was evaluated
	Grade       string   `json:"grade,omitempty"`
	Files       []File   `json:"files,omitempty"` // of the department's folder, the pages first
}

// File is one file of a report, by its name in the department's folder.
type File struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows,omitempty"` // of a work list: its problems
	Values bool   `json:"values"`         // holds values and keys of records: for the owner alone
}
