// Package checks holds the checks, one file and one exported value each; All is
// their list. Row checks are kernels that allocate nothing a value; set checks
// give SQL as text. The package compiles without DuckDB; pipelines and cmd import
// it and hand All to quality.Bind.
package checks

import "guiji/quality"

// All lists the checks by name. The last two are bound to every item and every
// declared key and cannot be written.
func All() []*quality.Check {
	return []*quality.Check{
		AddsUp, CitizenID, Compare, CreditCode, Date, DateFormat, DistinctItems, ForeignKey, InCodes, InOrder, InSet, IsNull, Length,
		Like, NotInSet, NotNull, Phone, Range, Regex, SQL, Unique,
		Type, KeyUnique,
	}
}
