package report

import (
	"context"
	"database/sql"

	"guiji/internal/text"
)

// unlinked is what could not be linked to a subject, or only in doubt, and why; no values.
type unlinked struct {
	Entity, Kind, Reason string
	Resource             party  // the zero value where it is of no one source
	Record               string // readable; "" where it is of all, or none
	Element              string
	Decision             string
	Records              int64
}

// unlinkedGroup counts them for a page.
type unlinkedGroup struct {
	Entity, Kind, Element string
	Resource              party
	Count                 int64
}

// problemsOfSubjects streams the problems of linking that a department can mend: those of
// its own records; mine "" are those of no department, for the bureau.
func (b *builder) problemsOfSubjects(ctx context.Context, mine string, row func(*unlinked) error) error {
	for _, e := range b.Project.Entities {
		t, err := b.table(ctx, b.Release, "entity/"+e.ID+"/problems")
		if err != nil {
			return err
		}
		if t == nil {
			continue
		}
		where := "source IS NULL"
		if mine != "" {
			own := b.numbers(func(n int) bool { return b.sources[n].Department == mine })
			if own == "" {
				continue
			}
			where = "source IN (" + own + ")"
		}
		query := "SELECT kind, coalesce(reason, ''), source, coalesce(record_key, ''), coalesce(element, ''), coalesce(decision, ''), coalesce(records, 0) FROM " + t.sql +
			" WHERE " + where + " ORDER BY kind, source, element, record_key, reason, decision, records"
		err = b.stream(ctx, "report problems of subjects", query, func(scan scanner) error {
			x := unlinked{Entity: e.Name}
			var source sql.NullInt64
			var record string
			if err := scan(&x.Kind, &x.Reason, &source, &record, &x.Element, &x.Decision, &x.Records); err != nil {
				return err
			}
			if source.Valid {
				x.Resource = b.sources[int(source.Int64)]
			}
			x.Record = readableKey(record)
			if el := b.labels[x.Element]; el != nil {
				x.Element = el.Name
			}
			return row(&x)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fillSubjects writes them into the work list and counts them.
func (b *builder) fillSubjects(ctx context.Context, d *department, list *workList) error {
	return b.problemsOfSubjects(ctx, d.Entry.ID, func(x *unlinked) error {
		d.Unlinked = group(d.Unlinked, x)
		return list.add(sheetSubjects, b.cell(x.Entity), b.cell(x.Resource.Resource), b.cell(x.Record), b.cell(x.Element), b.linkText(x.Kind), b.linkReason(x), x.Records, b.linkAdvice(x.Kind))
	})
}

// group counts a problem under its entity, kind, element and resource, which come together.
func group(list []*unlinkedGroup, x *unlinked) []*unlinkedGroup {
	for _, g := range list {
		if g.Entity == x.Entity && g.Kind == x.Kind && g.Element == x.Element && g.Resource == x.Resource {
			g.Count++
			return list
		}
	}
	return append(list, &unlinkedGroup{x.Entity, x.Kind, x.Element, x.Resource, 1})
}

func (b *builder) linkText(kind string) string { return b.t(text.Key("report.link." + kind)) }

func (b *builder) linkAdvice(kind string) string { return b.t(text.Key("report.link." + kind + ".do")) }

// linkReason says why, where more than the kind is known.
func (b *builder) linkReason(x *unlinked) string {
	switch {
	case x.Decision != "":
		return b.t("report.link.decision", x.Decision)
	case (x.Kind == "invalid_key" || x.Kind == "invalid_route") && (x.Reason == "check" || x.Reason == "form"):
		return b.t(text.Key("report.link.reason." + x.Reason))
	}
	return ""
}

// LinkText says what could not be linked.
func (p page) LinkText(g *unlinkedGroup) string { return p.linkText(g.Kind) }

// LinkAdvice says what is to be done.
func (p page) LinkAdvice(g *unlinkedGroup) string { return p.linkAdvice(g.Kind) }
