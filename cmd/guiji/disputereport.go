package main

import (
	"context"

	"guiji/quality/report"
)

// corrections are what the authorities are to mend after upheld disputes, for their
// reports.
func (w *workspace) corrections(ctx context.Context) ([]report.Correction, error) {
	all, err := w.disputes(ctx)
	var out []report.Correction
	for _, d := range all {
		r := w.repairOf(d)
		if r == nil || r.Mended > 0 {
			continue
		}
		out = append(out, report.Correction{Number: d.Number, Entity: d.Entity, GoldenID: d.GoldenID, Subject: d.Key, Element: d.Element, Resource: d.Authority,
			FiledBy: d.Department, Value: d.Value, Known: d.Known, Upheld: r.Since, Due: r.Due, Overdue: r.Overdue, Provisional: r.Terms[0].Provisional})
	}
	return out, err
}
