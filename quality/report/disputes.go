package report

import (
	"context"
	"fmt"
	"strings"
)

// Correction is a value of an authority's that a dispute about it found wrong (数据异议,
// upheld) and that still stands: the authority is to mend its record.
type Correction struct {
	Number      string // of the dispute
	Entity      string // id
	GoldenID    string
	Subject     string  // entity key when the dispute was filed
	Element     string  // code
	Resource    string  // the authority's, department/name
	FiledBy     string  // department
	Value       *string // the disputed one; nil: it was empty
	Known       bool    // Value was kept
	Upheld, Due string  // days
	Provisional bool    // Due reaches into a year whose working days are not announced
	Overdue     bool
}

// correction is one of them as the authority reads it.
type correction struct {
	Correction
	EntityName, Label string
	Records           string // its records of the subject, by their keys
	Of                party
	Filer             string
}

// corrections are those that a department is to mend, in the order of their numbers.
func (b *builder) corrections(ctx context.Context, d *department) ([]*correction, error) {
	var out []*correction
	for _, c := range b.Corrections {
		x := &correction{Correction: c, EntityName: c.Entity, Label: c.Element, Of: b.party(c.Resource), Filer: b.names[c.FiledBy]}
		if x.Of.Department != d.Entry.ID {
			continue
		}
		if e := b.Project.Entity(c.Entity); e != nil {
			x.EntityName = e.Name
		}
		if el := b.labels[b.Project.CurrentCode(c.Element)]; el != nil {
			x.Label = el.Name
		}
		if c.Value != nil {
			value := b.named(c.Element, *c.Value)
			x.Value = &value
		}
		var err error
		if x.Records, err = b.recordsOf(ctx, c); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// recordsOf are the keys of a resource's records of a subject, as the release links them;
// the first few where there are many.
func (b *builder) recordsOf(ctx context.Context, c Correction) (string, error) {
	t, err := b.table(ctx, b.Release, "entity/"+c.Entity+"/crosswalk")
	if err != nil || t == nil {
		return "", err
	}
	of := b.numbers(func(n int) bool {
		resource, _, _ := strings.Cut(b.sourceNames[n], "#")
		return resource == c.Resource
	})
	if of == "" {
		return "", nil
	}
	var keys []string
	err = b.Session.Each(ctx, "report disputed records", "SELECT record_key FROM "+t.sql+" WHERE source IN ("+of+") AND (golden_id = ? OR entity_key = ?) ORDER BY record_key LIMIT 5", func(scan scanner) error {
		var key string
		if err := scan(&key); err != nil {
			return fmt.Errorf("report disputed records: %w", err)
		}
		keys = append(keys, readableKey(key))
		return nil
	}, c.GoldenID, c.Subject)
	return strings.Join(keys, "；"), err
}

// fillCorrections writes them into the work list.
func (b *builder) fillCorrections(ctx context.Context, d *department, list *workList) (err error) {
	if d.Corrections, err = b.corrections(ctx, d); err != nil {
		return err
	}
	for _, x := range d.Corrections {
		err := list.add(sheetCorrections, b.cell(x.Number), b.cell(x.EntityName), b.cell(x.Subject), b.cell(x.Of.Resource), b.cell(x.Records), b.cell(x.Label),
			b.cell(b.disputedText(x)), b.cell(x.Filer), x.Upheld, b.mendText(x))
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) correctionColumns() []column {
	return append(b.columns("report.cor.number", 14, "report.con.entity", 9, "report.con.subject", 20, "report.col.resource", 22, "report.col.key", 18, "report.con.element", 13,
		"report.cor.value", 22, "report.cor.filer", 22, "report.cor.upheld", 12, "report.col.due", 17), b.answers()...)
}

// disputedText is the value that was found wrong.
func (b *builder) disputedText(x *correction) string {
	switch {
	case !x.Known:
		return b.t("report.cor.unknown")
	case x.Value == nil:
		return b.t("report.value.empty")
	}
	return *x.Value
}

// mendText is by when it is to be mended.
func (b *builder) mendText(x *correction) string {
	due := x.Due
	if x.Provisional {
		due = b.t("report.provisional", due)
	}
	if x.Overdue {
		return b.t("report.cor.over", due)
	}
	return due
}

// CorrectionsText says how many there are, and what is asked.
func (p page) CorrectionsText(list []*correction) string {
	return p.t("report.corrections", count(int64(len(list))))
}

// DisputedText is the value that was found wrong.
func (p page) DisputedText(x *correction) string { return p.disputedText(x) }

// MendText is by when it is to be mended.
func (p page) MendText(x *correction) string { return p.mendText(x) }
