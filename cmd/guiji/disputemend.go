package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/state"
	"guiji/lake"
	"guiji/transforms/onesource"
)

// repair is what an upheld dispute asks of the authority: to mend its record.
type repair struct {
	Authority string       `json:"authority"` // resource
	Since     string       `json:"since"`     // the day it was upheld
	Due       string       `json:"due,omitempty"`
	Overdue   bool         `json:"overdue"`
	Terms     []answerTerm `json:"terms,omitempty"`
	Mended    uint64       `json:"mended_release,omitempty"` // that brought another value
	On        string       `json:"mended_on,omitempty"`
}

// repairOf is a dispute's task for the authority; nil where it was not upheld, nobody is
// accountable, or its subject was erased.
func (w *workspace) repairOf(d state.Dispute) *repair {
	at, mended := d.UpheldAt(), d.Mended()
	if at.IsZero() || d.Authority == "" || d.Forgotten() {
		return nil
	}
	at = at.In(w.zone)
	out := &repair{Authority: d.Authority, Since: at.Format(time.DateOnly), Terms: w.terms(at)}
	if len(out.Terms) == 0 { // no active profile has a term: as with all that a report names
		due, provisional := w.project.MendBy(at)
		out.Terms = []answerTerm{{Due: due.Format(time.DateOnly), Days: w.project.Config.Defaults.MendDays, Provisional: provisional}}
	}
	out.Due = out.Terms[0].Due
	until := w.now()
	if mended != nil {
		until = mended.At.In(w.zone)
		out.Mended, out.On = mended.Release, until.Format(time.DateOnly)
	}
	out.Overdue = until.Format(time.DateOnly) > out.Due
	return out
}

// terms are by when the active profiles want a correction from a day on, the strictest
// first.
func (w *workspace) terms(from time.Time) []answerTerm {
	var out []answerTerm
	for _, t := range w.project.Deadlines("correction", from) {
		out = append(out, answerTerm{Due: t.Due.Format(time.DateOnly), Days: t.Days, Basis: t.Basis, Provisional: t.Provisional, Unverified: t.Unverified})
	}
	return out
}

// mendDisputes closes the tasks of upheld disputes of which a release has another value
// than the disputed one, or no longer has the subject. It is called before the release's
// reports are written, which tell of those that are left.
func (a *app) mendDisputes(ctx context.Context, w *workspace, rel *lake.Release) error {
	all, err := w.disputes(ctx)
	if err != nil {
		return err
	}
	var mended []string
	err = w.each(ctx, rel, all, func(l *onlooking, d state.Dispute) error {
		if !d.ToMend() || !d.Known || rel.Version <= d.Release {
			return nil
		}
		stands, err := l.stands(ctx, d)
		if err == nil && !stands {
			mended = append(mended, d.Number)
		}
		return err
	})
	if err != nil || len(mended) == 0 {
		return err
	}
	s, err := w.decided(ctx)
	if err != nil {
		return err
	}
	for _, number := range mended {
		_, err = s.Act(ctx, number, state.Act{Verb: state.Mend, At: w.now(), Release: rel.Version}, func(d state.Dispute) error {
			return a.audit(w, "dispute.mend", d.Number+" "+releaseName(rel.Version), "")
		})
		if err != nil {
			break
		}
	}
	return errors.Join(err, s.Close())
}

// each calls f with every dispute and one look at a release; none is opened where there
// is no dispute.
func (w *workspace) each(ctx context.Context, rel *lake.Release, all []state.Dispute, f func(*onlooking, state.Dispute) error) (err error) {
	if len(all) == 0 {
		return nil
	}
	l, err := w.lookAt(ctx, rel, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	for _, d := range all {
		if err := f(l, d); err != nil {
			return fmt.Errorf("dispute %s: %w", d.Number, err)
		}
	}
	return nil
}

// stands tells whether a release still has the disputed value, compared as holders'
// values are: without blanks, width and case.
func (l *onlooking) stands(ctx context.Context, d state.Dispute) (bool, error) {
	el := l.w.project.Element(l.w.project.CurrentCode(d.Element))
	if el == nil || !l.has("entity/"+d.Entity, el.Column) {
		return true, nil // nothing is known of it
	}
	from, err := l.relation(ctx, "entity/"+d.Entity)
	if err != nil {
		return false, err
	}
	id, err := l.current(ctx, d.Entity, d.GoldenID)
	if err != nil {
		return false, err
	}
	text := catalog.Type{Kind: catalog.Text}
	now, then := onesource.Comparable("CAST("+engine.Qualified("g", el.Column)+" AS VARCHAR)", text), onesource.Comparable("d.value", text)
	rows, err := l.texts(ctx, "disputed value", "SELECT CAST("+now+" IS NOT DISTINCT FROM "+then+" AS VARCHAR) FROM "+from+
		" g, (SELECT CAST(? AS VARCHAR) AS value) d WHERE g.golden_id = ? OR g.entity_key = ? ORDER BY g.golden_id = ? DESC LIMIT 1", d.Value, id, d.Key, id)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	return *rows[0][0] == "true", nil
}

// repairsText lists the tasks of authorities, those due first in front.
func (a *app) repairsText(w *workspace, list []shownDispute) string {
	t := newTable()
	t.AppendHeader(table.Row{a.say("dispute.col.number"), a.say("dispute.col.element"), a.say("dispute.col.authority"), a.say("dispute.col.upheld"), a.say("dispute.col.mend")})
	n, late := 0, 0
	for _, d := range list {
		if d.Repair == nil || d.Repair.Mended > 0 {
			continue
		}
		if n++; d.Repair.Overdue {
			late++
		}
		t.AppendRow(table.Row{d.Number, w.elementName(d.Entity, d.Element), a.authorityName(w, d.Authority), d.Repair.Since, a.repairDue(d.Repair)})
	}
	if n == 0 {
		return ""
	}
	return strings.Join([]string{a.say("dispute.repair.title"), t.Render(), a.say("dispute.repair.sum", n, late)}, "\n")
}

// repairDue is by when the authority is to mend its record, or when it had.
func (a *app) repairDue(r *repair) string {
	switch {
	case r.Mended > 0:
		return a.say("dispute.repair.mended", r.On, releaseName(r.Mended))
	case r.Overdue:
		return a.say("dispute.due.over", r.Due)
	case r.Terms[0].Provisional:
		return a.say("dispute.due.provisional", r.Due)
	}
	return r.Due
}
