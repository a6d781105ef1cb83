package report

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/text"
	"guiji/quality"
	"guiji/quality/orders"
)

// fill streams all that a department is to mend into its work list and counts it
// on the way: what the page says is what the list holds.
func (b *builder) fill(ctx context.Context, d *department, list *workList) error {
	due := ""
	if b.Deadline != nil {
		t, soft := b.Deadline(b.Now)
		if due = b.date(t); soft {
			due = b.t("report.provisional", due)
		}
	}
	for _, r := range d.Resources {
		if err := b.fillProblems(ctx, r, list, due); err != nil {
			return err
		}
		system := b.system(r)
		err := b.quarantine(ctx, r, func(x badRow) error {
			return list.add(sheetBadRows, b.cell(system), b.cell(x.Place), b.cell(x.Key), b.cell(x.Column), b.cell(x.Text), b.cell(x.Reason))
		})
		if err != nil {
			return err
		}
		err = b.duplicates(ctx, r, func(key, kept string) error {
			return list.add(sheetDuplicates, b.cell(system), b.cell(key), b.cell(kept))
		})
		if err != nil {
			return err
		}
		err = b.review(ctx, r, func(id string, key []string, outcome string) error {
			return list.add(sheetReview, orders.Number(r.Entry.ID, id, key), b.cell(system), b.cell(b.earlierKey(r, key)), b.cell(r.title(id)), b.t(text.Key("report.outcome."+outcome)))
		})
		if err != nil {
			return err
		}
	}
	if err := b.fillConflicts(ctx, d, list, due); err != nil {
		return err
	}
	return b.fillDoubts(ctx, d, list, due)
}

// found is when a problem was found, and for how many periods.
type found struct{ fate, date, periods any }

func (b *builder) fillProblems(ctx context.Context, r *resource, list *workList, due string) error {
	system, keyName := b.cell(b.system(r)), b.cell(b.keyName(r))
	first := found{b.t("report.fate.first"), b.date(r.Now.Pulled.In(b.Now.Location())), 1}
	fresh := found{b.t("report.fate.new"), first.date, 1}
	open := found{fate: b.t("report.fate.open"), periods: b.t("report.periods.more")}
	if r.HasThen {
		open.date = b.date(r.Then.Pulled.In(b.Now.Location()))
		if r.Before.Previous == nil {
			open.periods = 2 // the first release: nothing can be older
		} else {
			open.date = b.t("report.found.before", open.date)
		}
	}
	if r.Stale && !r.HasThen && b.Earlier == nil {
		first = found{fate: b.t("report.fate.stale"), date: first.date}
	}
	return b.problems(ctx, r, func(p *problem) error {
		x, f := p.rule, first
		switch {
		case p.open:
			f = open
			x.Fate.Open++
		case x.Before != nil:
			f = fresh
			x.Fate.New++
		default:
			x.Fate.First++
		}
		x.Count++
		value := p.value
		switch {
		case !p.known:
			value = b.t("report.value.unknown")
		case p.empty || value == "":
			value = b.t("report.value.empty")
		case strings.TrimSpace(value) == "":
			value = b.t("report.value.blank")
		}
		if len(x.Examples) < examples {
			x.Examples = append(x.Examples, example{Key: visible(p.shown), Value: visible(value)})
		}
		return list.add(sheetProblems, orders.Number(r.Entry.ID, x.Rule, p.key), system, keyName, b.cell(p.shown), b.cell(x.itemLabels()),
			b.cell(value), b.cell(x.Title), b.cell(p.suggest), b.severity(x), f.fate, f.date, f.periods, due)
	})
}

func (b *builder) fillConflicts(ctx context.Context, d *department, list *workList, due string) error {
	return b.conflicts(ctx, d, func(c *conflict) error {
		d.tally(c, b.Release.Version)
		who := b.t("report.who.holder", c.Holder.DepartmentName)
		switch {
		case c.Doubted:
			who = b.t("report.who.doubt", c.Authority.DepartmentName)
		case c.Kind == copyHas:
			who = b.t("report.who.authority", c.Authority.DepartmentName)
		}
		term := due
		if c.mine && (c.Doubted || c.Kind == copyHas) {
			term = "" // the authority's to confirm
		}
		authority := ""
		if c.Authority.Department != "" {
			authority = fmt.Sprintf("%s《%s》", c.Authority.DepartmentName, c.Authority.Resource)
		}
		return list.add(sheetConflicts, b.cell(c.Entity), b.cell(c.Subject), b.cell(c.Holder.Resource), b.cell(c.Record), b.cell(c.Label),
			b.cell(c.HolderValue), b.cell(c.HolderTime), b.cell(c.AuthorityValue), b.cell(c.AuthorityTime), b.cell(authority), b.cell(who),
			b.t(text.Key("report.kind."+c.Kind)), b.sinceText(c.Since), term)
	})
}

// system names a resource as the officer knows it: its name and its table.
func (b *builder) system(r *resource) string {
	if t := r.Entry.Source.Table; t != "" {
		return r.Entry.Name + "（" + t + "）"
	}
	return r.Entry.Name
}

// keyName names the columns of the key as in the department's own system.
func (b *builder) keyName(r *resource) string {
	var names []string
	for _, it := range r.Entry.KeyItems() {
		column := it.Column
		if column == "" {
			column = it.Name
		}
		if it.Label != "" && it.Label != column {
			column = it.Label + "（" + column + "）"
		}
		names = append(names, column)
	}
	if len(names) == 0 {
		return b.t("report.key.none")
	}
	return strings.Join(names, "、")
}

// earlierKey shows a key of the release before; a record without a key is not
// there to be shown any more, so only its number tells it.
func (b *builder) earlierKey(r *resource, key []string) string {
	if len(r.Entry.Source.Key) == 0 {
		return b.t("report.key.none")
	}
	return strings.Join(key, "、")
}

// title is a rule's title by its id, whatever its version.
func (r *resource) title(id string) string {
	for _, x := range r.Rules {
		if x.Rule == id {
			return x.Title
		}
	}
	return id
}

func (r *rule) itemLabels() string {
	out := make([]string, len(r.Items))
	for i, it := range r.Items {
		out[i] = label(it)
	}
	return strings.Join(out, "、")
}

func (b *builder) severity(x *rule) string {
	if x.Severity == quality.Warning {
		return b.t("report.severity.warning")
	}
	return b.t("report.severity.error")
}
