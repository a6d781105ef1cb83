package catalog

import (
	"slices"
	"strings"
)

// keyNames keeps the names of key items apart from the columns that stand beside
// the keys in a release's quality datasets (docs/layout.md).
func (j *judge) keyNames(r *Resource) {
	for i, k := range r.Source.Key {
		if ReservedKey(k) {
			j.breaks(indexed("source.key", i), "", "catalog.check.key.reserved", k)
		}
	}
}

// ReservedKey reports whether a column of that name stands beside the keys in a dataset
// of quality, or beside those of work orders as they are shown.
func ReservedKey(name string) bool {
	return slices.Contains([]string{
		"kept", "rule", "version", "severity", "reason", "approver", "until",
		"order_number", "order_state", "because", "opened", "opened_at", "due", "provisional", "seen", "seen_at", "periods", "returns", "reopened", "reopened_at",
		"closed", "closed_at", "rule_item", "rule_title", "standardised",
		"shown_status", "shown_overdue", "shown_unverified", "act_assigned", "act_approver", "act_reason", "act_dispute", "act_note", "act_done", "act_requested",
		"act_refused", "act_until",
	}, strings.ToLower(name))
}

// Virtual reports whether a name is that of a column that DuckDB adds to a file's
// or table's rows by itself. An item of such a name would hide it, and what looks
// at positions would look at values.
func Virtual(name string) bool {
	return slices.Contains([]string{"rowid", "file_row_number", "file_index", "filename"}, strings.ToLower(name))
}

// cursor warns of a cursor that is not among what is collected.
func (j *judge) cursor(r *Resource) {
	of := func(it Item) bool { return it.Column == r.Source.Cursor || it.Name == r.Source.Cursor }
	if r.Source.Cursor != "" && !slices.ContainsFunc(r.Items, of) {
		j.tell(Warning, j.p.at(r.File, "source.cursor"), "", "catalog.check.cursor", r.Source.Cursor)
	}
}

// elementColumn keeps an element's column apart from those that a golden table has
// besides (docs/layout.md).
func (j *judge) elementColumn(e *Element, path string) {
	if lower := strings.ToLower(e.Column); lower == "golden_id" || lower == "entity_key" || lower == "disputed" || strings.HasSuffix(lower, "__from") {
		j.file(elementsFile, path+".column", "", "catalog.check.element.column.reserved", e.Code, e.Column)
	}
}

// fallbackType refuses a fallback whose values cannot stand in a column of the
// authority's type.
func (j *judge) fallbackType(e *Element, ref ItemRef, at string) {
	_, own := j.p.Find(ref)
	if own == nil {
		return
	}
	for _, term := range e.Authority.ActiveOn(j.date) {
		if _, it := j.p.Find(term.Item); it != nil && it.Type.Kind != own.Type.Kind {
			j.file(elementsFile, at, guide, "catalog.check.fallback.type", e.Code, string(ref), own.Type.String(), string(term.Item), it.Type.String())
		}
	}
}
