package report

import (
	"cmp"
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
		if err := b.fillReview(ctx, r, list); err != nil {
			return err
		}
		if err := b.fillReleased(ctx, d, r, list); err != nil {
			return err
		}
	}
	if err := b.fillConflicts(ctx, d, list); err != nil {
		return err
	}
	if err := b.fillDoubts(ctx, d, list); err != nil {
		return err
	}
	if err := b.fillCorrections(ctx, d, list); err != nil {
		return err
	}
	return b.fillSubjects(ctx, d, list)
}

// fillProblems writes a resource's problems into the work list and onto the pages.
func (b *builder) fillProblems(ctx context.Context, r *resource, list *workList, due string) error {
	system, keyName := b.cell(b.system(r)), b.cell(b.keyName(r))
	return b.entries(ctx, r, due, func(e *entry) error {
		x := e.rule
		if err := list.pages.add(e); err != nil {
			return err
		}
		return list.add(sheetProblems, e.number, system, keyName, b.cell(e.problem.shown), b.cell(x.itemLabels()),
			b.cell(e.value), b.cell(x.Title), b.cell(e.suggest), b.severity(x), e.fate, e.found, e.periods, e.due)
	}, func(e *entry) error {
		return list.add(sheetExempt, e.number, system, b.cell(e.problem.shown), b.cell(e.rule.itemLabels()), b.cell(e.value), b.cell(e.rule.Title),
			b.cell(e.reason), b.cell(e.approver), b.date(e.until.Time))
	})
}

// fillReview writes what became of the problems of earlier runs.
func (b *builder) fillReview(ctx context.Context, r *resource, list *workList) error {
	system := b.cell(b.system(r))
	if r.orders != "" && r.folded {
		return b.reviewOrders(ctx, r, func(x *reviewed) error {
			return list.add(sheetReview, x.number, system, b.cell(b.earlierKey(r, x.key)), b.cell(cmp.Or(x.title, r.title(x.rule))), b.cell(x.outcome))
		})
	}
	return b.review(ctx, r, func(id string, key []string, outcome string) error {
		return list.add(sheetReview, orders.Number(r.Entry.ID, id, key), system, b.cell(b.earlierKey(r, key)), b.cell(r.title(id)), b.t(text.Key("report.outcome."+outcome)))
	})
}

func (b *builder) fillConflicts(ctx context.Context, d *department, list *workList) error {
	return b.conflicts(ctx, d, func(c *conflict) error {
		term := ""
		if b.tally(d, c) {
			term = c.term.Text
		}
		who := b.t("report.who.holder", c.Holder.DepartmentName)
		switch {
		case c.Doubted:
			who = b.t("report.who.doubt", c.Authority.DepartmentName)
		case c.Kind == copyHas:
			who = b.t("report.who.authority", c.Authority.DepartmentName)
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
