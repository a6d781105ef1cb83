package report

import (
	"path/filepath"
	"slices"
	"time"

	"guiji/quality/worklist"
)

// summarise is the department's report in counts, once its files are known.
func (d *department) summarise(b *builder) {
	s := b.summary(d.Entry.ID, d.Entry.Name, d.Sentence)
	s.Contact = d.Entry.Contact
	s.Checked, s.Problems, s.New, s.Open, s.Mended, s.Gone = d.Read, d.Problems, d.Fate.New+d.Fate.First, d.Fate.Open, d.Fate.Mended, d.Fate.Gone
	s.Wholes, s.Returned, s.Overdue, s.Exempt, s.Released = d.Wholes, d.Fate.Again, d.Overdue, d.Exempt, d.Released
	s.Conflicts, s.Doubts, s.Quarantined, s.NotEvaluated, s.Stale = d.Disputed, d.Doubtful, d.Quarantined, d.NotEvaluated, d.Stale
	s.ConflictsOverdue, s.DoubtsOverdue = d.DisputedLate, d.DoubtfulLate
	if d.Compared {
		s.Delta = &d.Delta
	}
	for _, r := range d.Resources {
		if r.Gated() {
			s.Gated++
		}
	}
	if d.toMend() && !d.Term.IsZero() {
		s.Due, s.Provisional = d.Term.Format(time.DateOnly), d.DueSoft
	}
	if d.Card.Evaluated {
		s.Score, s.Grade = &d.Card.Score, d.Card.Grade
	}
	s.Files = append(s.Files, worklist.File{Name: pageFile, Values: true, Rows: d.Problems})
	for _, f := range d.Files {
		s.Files = append(s.Files, worklist.File{Name: f.Name, Rows: f.Rows, Values: true})
	}
	if d.Notice {
		s.Files = append(s.Files, worklist.File{Name: noticeHTML}, worklist.File{Name: noticeDOCX})
	}
	if len(d.Pages) > 0 {
		s.Files = append(s.Files, worklist.File{Name: indexFile, Values: true})
		for _, name := range d.Pages {
			s.Files = append(s.Files, worklist.File{Name: name, Values: true})
		}
	}
	s.Files = append(s.Files, worklist.File{Name: jsonFile})
	d.Summary = s
}

// written are the department's files in the folder they come to lie in.
func (d *department) written(dir string) []Written {
	out := make([]Written, len(d.Summary.Files))
	for i, f := range d.Summary.Files {
		out[i] = Written{Department: d.Entry.ID, Path: filepath.Join(dir, f.Name), Rows: f.Rows, Page: slices.Contains(d.Pages, f.Name)}
	}
	return out
}

// toMend reports whether the department has anything to mend.
func (d *department) toMend() bool {
	return d.Problems+d.Disputed+d.Doubtful+d.Quarantined > 0 || d.Wholes > 0
}

// summarise sums the departments' summaries.
func (o *overall) summarise(b *builder) {
	s := b.summary("", b.Project.Config.Bureau.Name, b.overallSentence(o))
	for _, d := range o.Departments {
		x := d.Summary
		s.Checked, s.Problems, s.New, s.Open = s.Checked+x.Checked, s.Problems+x.Problems, s.New+x.New, s.Open+x.Open
		s.Returned, s.Mended, s.Gone, s.Overdue, s.Exempt = s.Returned+x.Returned, s.Mended+x.Mended, s.Gone+x.Gone, s.Overdue+x.Overdue, s.Exempt+x.Exempt
		s.Conflicts, s.Doubts, s.Quarantined = s.Conflicts+x.Conflicts, s.Doubts+x.Doubts, s.Quarantined+x.Quarantined
		s.Released, s.ConflictsOverdue, s.DoubtsOverdue = s.Released+x.Released, s.ConflictsOverdue+x.ConflictsOverdue, s.DoubtsOverdue+x.DoubtsOverdue
		s.NotEvaluated, s.Gated, s.Wholes = s.NotEvaluated+x.NotEvaluated, s.Gated+x.Gated, s.Wholes+x.Wholes
	}
	if o.Compared {
		s.Delta = &o.Delta
	}
	if o.Card.Evaluated {
		s.Score, s.Grade = &o.Card.Score, o.Card.Grade
	}
	s.Files = []worklist.File{{Name: pageFile, Rows: o.Problems}, {Name: jsonFile}, {Name: junitFile}}
	o.Summary = s
}

func (b *builder) summary(id, name, sentence string) worklist.Summary {
	return worklist.Summary{Department: id, Name: name, Sentence: sentence, Release: b.Release.Version, Date: b.Now.Format(time.DateOnly)}
}

// overallSentence is the first of the overall page.
func (b *builder) overallSentence(o *overall) string {
	checked := 0
	for _, d := range o.Departments {
		if len(d.Resources) > 0 {
			checked++
		}
	}
	s := b.t("report.overall.found", checked, o.Read, o.Problems)
	if o.Compared {
		s += b.t("report.comma") + b.change(o.Delta)
		if o.Partial {
			s += b.t("report.sentence.partial")
		}
	}
	if o.Disputed > 0 {
		s += b.t("report.overall.conflicts", o.Disputed) + b.lateOf(o.Late)
	}
	if rest := len(o.Departments) - checked; rest > 0 {
		s += b.t("report.overall.absent", rest)
	}
	return s + b.t("report.full")
}
