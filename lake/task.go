package lake

import (
	"strings"
	"time"

	"guiji/internal/text"
)

// The kinds of catalogue tasks.
const (
	TaskColumnNew     = "column_new"     // the source has a column that its entry does not know
	TaskColumnMissing = "column_missing" // a collected column is gone
	TaskColumnRetyped = "column_retyped" // a collected column has another type
	TaskTableMissing  = "table_missing"  // the table is gone

	TaskAuthorityMissing     = "authority_missing"     // nobody has the authority over a data element: one is to be designated
	TaskAuthorityUnpublished = "authority_unpublished" // the entry (Resource) that has the authority over one is not published

	TaskDuplicateUndecided = "duplicate_undecided" // the entry and another (Is, of Name) seem to hold the same data: to be merged, or said why not

	TaskCleanUp = "clean_up" // an item (of Name) held beside its authority (Was) is to be cleaned up: listed from the catalogue, in no release
)

// OfTable tells a task about a source's table, which a run that looked at the table tells
// anew; all others come from the catalogue.
func (t Task) OfTable() bool {
	switch t.Kind {
	case TaskColumnNew, TaskColumnMissing, TaskColumnRetyped, TaskTableMissing:
		return true
	}
	return false
}

// Departments are the ids of those who are to mend it; none: the bureau.
func (t Task) Departments() []string {
	if t.Resource == "" || len(t.For) > 0 {
		return t.For
	}
	id, _, _ := strings.Cut(t.Resource, "/")
	return []string{id}
}

// In says what a task is about, as part of a sentence: column phone (varchar(20)) is new
// at the source and not collected.
func (t Task) In(lang text.Lang) string {
	switch t.Kind {
	case TaskColumnNew:
		return text.Format(lang, "lake.task.column_new", t.Column, t.Is)
	case TaskColumnMissing:
		return text.Format(lang, "lake.task.column_missing", t.Column)
	case TaskColumnRetyped:
		return text.Format(lang, "lake.task.column_retyped", t.Column, t.Was, t.Is)
	case TaskDuplicateUndecided:
		return text.Format(lang, "lake.task.duplicate_undecided", t.Is, t.Name)
	case TaskAuthorityMissing:
		return text.Format(lang, "lake.task.authority_missing", t.Element, t.Name)
	case TaskAuthorityUnpublished:
		return text.Format(lang, "lake.task.authority_unpublished", t.Element, t.Name)
	case TaskCleanUp:
		return text.Format(lang, "lake.task.clean_up", t.Name, t.Element, t.Was)
	}
	return text.Format(lang, "lake.task.table_missing", t.Was)
}

// Overdue reports whether a task should have been mended before a day.
func (t Task) Overdue(day time.Time) bool {
	return t.Due != "" && t.Due < day.Format(time.DateOnly)
}
