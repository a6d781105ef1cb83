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
		AddsUp, Agrees, CitizenID, Columns, Compare, CreditCode, Date, DateFormat,
		DistinctCount, DistinctItems, DistinctSet, Drift, ForeignKey, Fresh, InCodes, InOrder,
		InSet, IsNull, Length, Like, MaxValue, Mean, Median, MinValue,
		Monotonic, MostCommon, NotInSet, NotNull, PermanentResidence, Phone, ProportionUnique, Quantile, Range,
		Regex, RowCount, SameRowCount, SQL, SQLTable, Stdev, Sum, Unique,
		VolumeDrift,
		Type, KeyUnique,
	}
}
