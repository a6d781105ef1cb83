package report

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// doubt is one row of entity/<e>/doubts with its names resolved: a value of the
// department's that others agree against (存疑).
type doubt struct {
	Entity, Subject, Record string
	Element, Label          string
	Own, Other              string // the department's value; that of the others, masked where it is private
	Time                    string
	Resource                party
	Holders                 int64
	HeldBy                  []party
	Since                   uint64
	Term                    *term
}

// doubted counts doubts of one element of one resource.
type doubted struct {
	Element, Label string
	Resource       party
	Count, New     int64
	Late           int64
	Examples       []*doubt
}

// doubts streams the values of a department's that others agree against.
func (b *builder) doubts(ctx context.Context, d *department, row func(*doubt) error) error {
	own := b.numbers(func(n int) bool { return b.sources[n].Department == d.Entry.ID })
	if own == "" {
		return nil
	}
	for _, e := range b.Project.Entities {
		t, err := b.table(ctx, b.Release, "entity/"+e.ID+"/doubts")
		if err != nil {
			return err
		}
		if t == nil {
			continue
		}
		query := "SELECT entity_key, coalesce(record_key, ''), element, authority, coalesce(authority_value, ''), coalesce(" + minute("authority_time") + ", ''), coalesce(other_value, ''), holders, held_by, since FROM " +
			t.sql + " WHERE authority IN (" + own + ") ORDER BY element, authority, entity_key, other_value, held_by"
		err = b.stream(ctx, "report doubts", query, func(scan scanner) error {
			x := doubt{Entity: e.Name}
			var record, held string
			var authority int
			if err := scan(&x.Subject, &record, &x.Element, &authority, &x.Own, &x.Time, &x.Other, &x.Holders, &held, &x.Since); err != nil {
				return err
			}
			x.Record, x.Resource, x.Label = readableKey(record), b.sources[authority], x.Element
			x.Own, x.Other = b.named(x.Element, x.Own), b.named(x.Element, x.Other)
			if el := b.labels[x.Element]; el != nil {
				if x.Label = el.Name; el.Privacy != catalog.PrivacyNone {
					x.Other = masked(x.Other)
				}
			}
			for _, name := range strings.Split(held, ",") {
				resource, _, _ := strings.Cut(name, "#")
				x.HeldBy = append(x.HeldBy, b.party(resource))
			}
			var err error
			if x.Term, err = b.termSince(ctx, x.Since); err != nil {
				return err
			}
			return row(&x)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// minute is a time column as an office writes it.
func minute(column string) string { return "strftime(" + engine.Ident(column) + ", '%Y-%m-%d %H:%M')" }

// heldBy names who agrees, each department with its resource.
func (b *builder) heldBy(x *doubt) string {
	parts := make([]string, len(x.HeldBy))
	for i, p := range x.HeldBy {
		parts[i] = p.DepartmentName + "《" + p.Resource + "》"
	}
	return strings.Join(parts, "、")
}

// fillDoubts writes the doubts into the work list and counts them.
func (b *builder) fillDoubts(ctx context.Context, d *department, list *workList) error {
	return b.doubts(ctx, d, func(x *doubt) error {
		d.Doubtful++
		d.owe(x.Term, &d.DoubtfulLate, b.today())
		var g *doubted
		for _, have := range d.Doubts {
			if have.Element == x.Element && have.Resource == x.Resource {
				g = have
			}
		}
		if g == nil {
			g = &doubted{Element: x.Element, Label: x.Label, Resource: x.Resource}
			d.Doubts = append(d.Doubts, g)
		}
		if g.Count++; x.Since == b.Release.Version {
			g.New++
		}
		if x.Term.Late {
			g.Late++
		}
		if len(g.Examples) < examples {
			g.Examples = append(g.Examples, x)
		}
		return list.add(sheetDoubts, b.cell(x.Entity), b.cell(x.Subject), b.cell(x.Resource.Resource), b.cell(x.Record), b.cell(x.Label), b.cell(x.Own), b.cell(x.Time),
			b.cell(x.Other), fmt.Sprint(x.Holders), b.cell(b.heldBy(x)), b.sinceText(x.Since), x.Term.Text)
	})
}

// sinceText says since when a release has told of a conflict or doubt.
func (b *builder) sinceText(since uint64) string {
	switch {
	case b.Previous == nil:
		return b.t("report.fate.first")
	case since == b.Release.Version:
		return b.t("report.fate.new")
	}
	return b.t("report.since", since)
}

// doubtedBy is the condition that a conflict c is part of a doubt: its holder is among
// those who agree, so that it is the authority who is asked to look. "false" where the
// release has no doubts.
func (b *builder) doubtedBy(ctx context.Context, entity string) (string, error) {
	t, err := b.table(ctx, b.Release, "entity/"+entity+"/doubts")
	if err != nil || t == nil {
		return "false", err
	}
	names := "CASE c.holder"
	for _, n := range slices.Sorted(maps.Keys(b.sourceNames)) {
		names += fmt.Sprintf(" WHEN %d THEN %s", n, engine.Lit(b.sourceNames[n]))
	}
	return "EXISTS (SELECT 1 FROM " + t.sql + " d WHERE d.entity_key = c.entity_key AND d.element = c.element AND d.authority = c.authority AND d.kind = c.kind AND " +
		"list_contains(string_split(d.held_by, ','), " + names + " END))", nil
}

// DoubtText says what is doubtful, and what the department is asked to do.
func (p page) DoubtText(g *doubted) string {
	s := p.t("report.doubt", count(g.Count), strings.TrimSpace(g.Resource.Resource))
	if g.New > 0 && p.Previous != nil {
		s += p.t("report.conflict.new", count(g.New))
	}
	if g.Late > 0 {
		s += p.t("report.conflict.late", count(g.Late))
	}
	return s
}

// HeldByText names who agrees.
func (p page) HeldByText(x *doubt) string { return p.heldBy(x) }
