package main

import (
	"context"
	"errors"
	"time"

	"guiji/catalog"
	"guiji/publish/deliver"
	"guiji/quality/orders"
	"guiji/quality/report"
)

// standings are the departments' open tasks in counts, work orders, conflicts and doubts
// alike; nothing where nobody is to be reminded.
func (a *app) standings(ctx context.Context, w *workspace, release uint64) (out []deliver.Orders, err error) {
	set := w.project.Config.Delivery.Remind
	if set == (catalog.Remind{}) {
		return nil, nil
	}
	book, err := w.orderBook(ctx, release)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, book.close()) }()
	days := w.dueDays(set)
	list, err := book.Counts(ctx, int((days.soon.Sub(days.today)+12*time.Hour)/(24*time.Hour)))
	if err != nil {
		return nil, err
	}
	late, err := book.Late(ctx, days.late)
	if err != nil {
		return nil, err
	}
	owing, err := report.Owing(ctx, report.Input{
		Project: w.project, Release: book.rel, Session: book.s, Relation: w.relation, Now: w.now().In(w.zone), Deadline: w.project.MendBy, Made: w.chain.Made, Lang: a.lasting(),
	})
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		out = append(out, days.standing(c, late[c.Department], owing))
	}
	return out, nil
}

// dueDays are the days by which reminders tell what is due, each at its beginning.
type dueDays struct {
	today time.Time
	soon  time.Time // the last day that is within the working days of a reminder
	late  time.Time // the newest day of which the department above is told
}

func (w *workspace) dueDays(set catalog.Remind) dueDays {
	y, m, day := w.now().Date()
	today := time.Date(y, m, day, 0, 0, 0, 0, w.zone)
	soon, _ := catalog.AddWorkdays(today, set.Before)
	return dueDays{today: today, soon: soon, late: workdaysAgo(today, set.Parent)}
}

// standing is how one department stands: its work orders, and what it owes besides.
func (d dueDays) standing(c orders.Counts, late int64, owing []report.Owed) deliver.Orders {
	o := deliver.Orders{Department: c.Department, Open: c.Open, Soon: c.Soon, Overdue: c.Overdue, Late: late, SoonDue: c.SoonDue}
	if c.Overdue > 0 {
		o.FirstDue = c.Due
	}
	for _, x := range owing {
		if x.Department != c.Department {
			continue
		}
		kind := func(k *deliver.Kinds) *int64 { return &k.Conflicts }
		if x.Doubts {
			kind = func(k *deliver.Kinds) *int64 { return &k.Doubts }
		}
		add := func(all *int64, of *deliver.Kinds) { *all, *kind(of) = *all+x.Count, *kind(of)+x.Count }
		add(&o.Open, &o.OpenOf)
		switch {
		case x.Due == "":
		case x.Due < d.today.Format(time.DateOnly):
			add(&o.Overdue, &o.OverdueOf)
			o.FirstDue = earlier(o.FirstDue, x.Due)
			if x.Due <= d.late.Format(time.DateOnly) {
				add(&o.Late, &o.LateOf)
			}
		case x.Due <= d.soon.Format(time.DateOnly):
			add(&o.Soon, &o.SoonOf)
			o.SoonDue = earlier(o.SoonDue, x.Due)
		}
	}
	return o
}

// earlier is the earlier of two days; "" is none.
func earlier(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// workdaysAgo is the newest day that lies more than so many working days back.
func workdaysAgo(today time.Time, n int) time.Time {
	day := today.AddDate(0, 0, -1)
	for catalog.Workdays(day, today) <= n {
		day = day.AddDate(0, 0, -1)
	}
	return day
}
