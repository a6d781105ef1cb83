package report

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"guiji/quality"
	"guiji/quality/orders"
)

// problem is one record that fails one rule.
type problem struct {
	rule    *rule
	key     []string // as in failures: the number is made of it
	shown   string   // as the officer's own system shows it
	value   string
	empty   bool // the value is NULL
	known   bool // the record was found in the image
	suggest string
	open    bool // was there in the release before
	standing
}

// problems streams a resource's failures, joined to the values as pulled, in the
// order of the rules' rank and the key.
func (b *builder) problems(ctx context.Context, r *resource, row func(*problem) error) error {
	q, err := b.failureQuery(ctx, r)
	if err != nil || q == nil {
		return err
	}
	var p problem
	var id, version string
	p.key = make([]string, len(q.keys))
	dest := make([]any, 0, len(q.keys)+24)
	for i := range p.key {
		dest = append(dest, &p.key[i])
	}
	var place string
	means := suggesters{}
	dest = append(dest, &id, &version, &p.known, &p.value, &p.empty, &p.suggest, &p.open, &p.shown, &place)
	dest = append(dest, p.standing.dest()...)
	return b.inParts(ctx, q, func(scan scanner) error {
		if err := scan(dest...); err != nil {
			return err
		}
		if p.rule = r.rules[[2]string{id, version}]; p.rule == nil {
			p.rule = b.addRule(r, quality.Metric{Rule: id, Version: version, Title: id, Severity: quality.Error, Status: quality.Fail})
		}
		if len(r.Entry.Source.Key) > 0 {
			p.shown = strings.Join(p.key, "、")
		}
		if place != "" {
			p.shown = "[" + place + "] " + p.shown
		}
		means.complete(b, r, &p)
		return row(&p)
	})
}

// part is how many failures are joined to their values and work orders at once: the joins
// of all of them would not fit a session's memory.
const part = 250_000

// inParts runs a failure query over the failures in their order, a part at a time.
func (b *builder) inParts(ctx context.Context, q *failureQuery, row func(scanner) error) (err error) {
	const step, all, some = "report failures", "report_failures", "report_part"
	if err := b.Session.Exec(ctx, step, "CREATE OR REPLACE TEMP TABLE "+all+" AS SELECT f.* FROM "+q.fails.sql+" f ORDER BY "+q.order()); err != nil {
		return err
	}
	defer func() {
		end := b.Session.Exec(ctx, step, "DROP TABLE "+all)
		err = errors.Join(err, end, b.Session.Exec(ctx, step, "DROP TABLE IF EXISTS "+some))
	}()
	var rows int64
	if err := b.Session.Row(ctx, step, "SELECT count(*) FROM "+all, &rows); err != nil {
		return err
	}
	q.fails.sql = some
	for from := int64(0); from < rows; from += part {
		next := fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s AS SELECT * FROM %s WHERE rowid >= %d AND rowid < %d", some, all, from, from+part)
		if err := b.Session.Exec(ctx, step, next); err != nil {
			return err
		}
		if err := b.stream(ctx, step, q.text(), row); err != nil {
			return err
		}
	}
	return nil
}

// entry is a problem as the work list and the pages show it.
type entry struct {
	*problem
	number, shown, value string
	fate, found, due     string
	periods              any // a count, or words where it is not known
}

// entries turns a resource's problems into what is shown, counts them, and hands on those
// that are to be mended and those that need not be.
func (b *builder) entries(ctx context.Context, r *resource, due string, mend, exempt func(*entry) error) error {
	pen := b.fatePen(r, due)
	e := entry{}
	return b.problems(ctx, r, func(p *problem) error {
		e.problem = p
		if e.number = p.number; e.number == "" {
			e.number = orders.Number(r.Entry.ID, p.rule.Rule, p.key)
		}
		e.shown, e.value = visible(p.shown), b.shownValue(p)
		if p.status == orders.Exempted {
			p.rule.Exempt++
			r.Exempt++
			return exempt(&e)
		}
		pen.write(&e)
		p.rule.Count++
		if len(p.rule.Examples) < examples {
			p.rule.Examples = append(p.rule.Examples, example{Key: e.shown, Value: e.value, Late: p.overdue})
		}
		if p.overdue {
			r.Overdue++
		} else if p.due.Valid {
			day := p.due.Time
			if near := nearest(r.Nearest, day, b.today()); near.Equal(day) {
				r.Nearest, r.NearestSoft = near, p.soft
			}
		}
		return mend(&e)
	})
}

// shownValue is the value, or words for none.
func (b *builder) shownValue(p *problem) string {
	switch {
	case !p.known:
		return b.t("report.value.unknown")
	case p.empty || p.value == "":
		return b.t("report.value.empty")
	case strings.TrimSpace(p.value) == "":
		return b.t("report.value.blank")
	}
	return visible(p.value)
}

// today is the report's day, without a zone.
func (b *builder) today() time.Time {
	return time.Date(b.Now.Year(), b.Now.Month(), b.Now.Day(), 0, 0, 0, 0, time.UTC)
}

// fatePen words since when a problem is known.
type fatePen struct {
	b           *builder
	due         string // where there is no work order
	first, open entry
	fresh       string
}

func (b *builder) fatePen(r *resource, due string) *fatePen {
	day := b.date(r.Now.Pulled.In(b.Now.Location()))
	f := &fatePen{b: b, due: due, fresh: b.t("report.fate.new"), first: entry{fate: b.t("report.fate.first"), found: day, periods: int64(1)}}
	f.open = entry{fate: b.t("report.fate.open"), periods: b.t("report.periods.more")}
	if r.HasThen {
		f.open.found = b.date(r.Then.Pulled.In(b.Now.Location()))
		if r.Before.Previous == nil {
			f.open.periods = int64(2) // the first release: nothing can be older
		} else {
			f.open.found = b.t("report.found.before", f.open.found)
		}
	}
	if r.Stale && !r.HasThen && b.Earlier == nil {
		f.first = entry{fate: b.t("report.fate.stale"), found: day}
	}
	return f
}

// write sets an entry's fate, dates and periods, and counts its fate.
func (f *fatePen) write(e *entry) {
	x, b := e.rule, f.b
	switch {
	case e.again:
		e.fate, e.found, e.periods = b.t("report.fate.again"), f.first.found, int64(1)
		x.Fate.Again++
	case e.open || e.before:
		e.fate, e.found, e.periods = f.open.fate, f.open.found, f.open.periods
		x.Fate.Open++
	case x.Before != nil:
		e.fate, e.found, e.periods = f.fresh, f.first.found, f.first.periods
		x.Fate.New++
	default:
		e.fate, e.found, e.periods = f.first.fate, f.first.found, f.first.periods
		x.Fate.First++
	}
	e.due = f.due
	if !e.there() {
		return
	}
	if e.due = b.term(&e.standing); e.opened.Valid && !e.open { // an order made after its problem was known does not know how old it is
		e.found, e.periods = b.date(e.opened.Time), e.standing.periods
	}
	if said := b.progress(&e.standing); said != "" {
		e.fate = b.t("report.fate.said", e.fate, said)
	}
}
