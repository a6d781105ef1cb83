package connectortest

import "testing"

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Logf("this source cannot: %+v", h.Cannot)
	for _, test := range append(always(), h.able()...) {
		t.Run(test.name, func(t *testing.T) { test.run(h, t) })
	}
}

// concern is one test of the suite.
type concern struct {
	name string
	run  func(Harness, *testing.T)
}

// able is what is asked of those who have not declared that they cannot.
func (h Harness) able() []concern {
	var out []concern
	if h.Cannot.Cursor {
		out = append(out, concern{"NoCursor", Harness.noCursor})
	} else {
		out = append(out, []concern{
			{"WindowEnds", Harness.windowEnds},
			{"WindowInParts", Harness.windowInParts},
			{"WrongWindow", Harness.wrongWindow},
			{"Cursor", Harness.cursor},
			{"WindowUnderWriters", Harness.windowUnderWriters},
			{"Keys", Harness.keys},
			{"Indexed", Harness.indexed},
		}...)
	}
	if !h.Cannot.Identity {
		out = append(out, concern{"Identity", Harness.identity})
	}
	if h.Kill != nil {
		out = append(out, concern{"PartAgain", Harness.partAgain}, concern{"Gone", Harness.gone})
	}
	return out
}

// always is what is asked of every source.
func always() []concern {
	return []concern{
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
	}
}
