package connectortest

import "testing"

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Logf("this source cannot: %+v", h.Cannot)
	for _, test := range []struct {
		name string
		run  func(Harness, *testing.T)
	}{
		{"Discovery", Harness.discovery},
		{"Extremes", Harness.extremes},
		{"Nulls", Harness.nulls},
		{"EmptyTable", Harness.emptyTable},
		{"OneRow", Harness.oneRow},
		{"WideTable", Harness.wideTable},
		{"LongText", Harness.longText},
		{"Identifiers", Harness.identifiers},
		{"ColumnsAsAsked", Harness.columnsAsAsked},
		{"BatchesAndLimit", Harness.batchesAndLimit},
		{"PartsCoverOnce", Harness.partsCoverOnce},
		{"PartsAtOnce", Harness.partsAtOnce},
		{"PartsSurviveJSON", Harness.partsSurviveJSON},
		{"SameOrderTwice", Harness.sameOrderTwice},
		{"Cancel", Harness.cancel},
		{"SinkStops", Harness.sinkStops},
		{"BadRows", Harness.badRows},
		{"Places", Harness.places},
		{"MissingTable", Harness.missingTable},
		{"MissingColumn", Harness.missingColumn},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(h, t) })
	}
}
