package connectortest

import "testing"

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Logf("this source cannot: %+v", h.Cannot)
	for _, test := range append(append(always(), h.able()...), concern{"LongText", Harness.longText}) {
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
	for _, a := range []struct {
		asked    bool
		concerns []concern
	}{
		{h.Cannot.Cursor, []concern{{"NoCursor", Harness.noCursor}}},
		{!h.Cannot.Cursor, increments()},
		{!h.Cannot.Identity, []concern{{"Identity", Harness.identity}}},
		{!h.Cannot.Moment && h.Insert != nil, []concern{{"MomentHolds", Harness.momentHolds}}},
		{!h.Cannot.Places, []concern{{"Places", Harness.places}}},
		{h.Kill != nil, []concern{{"PartAgain", Harness.partAgain}, {"Gone", Harness.gone}}},
		{h.Wire != nil, []concern{{"CutAnywhere", Harness.cutAnywhere}, {"CutOnce", Harness.cutOnce}}},
		{h.File != nil, []concern{{"CutShort", Harness.cutShort}, {"CutWhileRead", Harness.cutWhileRead}}},
	} {
		if a.asked {
			out = append(out, a.concerns...)
		}
	}
	return out
}

// increments is what is asked of those who can read by a cursor.
func increments() []concern {
	return []concern{
		{"WindowEnds", Harness.windowEnds},
		{"WindowInParts", Harness.windowInParts},
		{"WrongWindow", Harness.wrongWindow},
		{"Cursor", Harness.cursor},
		{"WindowUnderWriters", Harness.windowUnderWriters},
		{"Keys", Harness.keys},
		{"Indexed", Harness.indexed},
	}
}

// always is what is asked of every source.
func always() []concern {
	return []concern{
		{"Declared", Harness.declared},
		{"Abilities", Harness.abilities},
		{"Discovery", Harness.discovery},
		{"Extremes", Harness.extremes},
		{"Nulls", Harness.nulls},
		{"EmptyTable", Harness.emptyTable},
		{"OneRow", Harness.oneRow},
		{"WideTable", Harness.wideTable},
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
		{"MissingTable", Harness.missingTable},
		{"MissingColumn", Harness.missingColumn},
	}
}
