package sets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/quality"
)

// tableRule is a table rule that can run, and the results of its SQL.
type tableRule struct {
	rule *quality.Rule
	sql  quality.TableSQL
	got  []*string
}

// table judges the resource as a whole: the aggregates of all rules that judge the
// same rows in one pass, then the queries, each once.
func (e *evaluation) table(ctx context.Context) error {
	if err := e.lookBack(ctx); err != nil {
		return err
	}
	if err := e.planTable(ctx); err != nil {
		return err
	}
	byRows := map[string][]*tableRule{}
	var order []string
	for _, t := range e.whole {
		if len(t.sql.Aggregates) == 0 {
			continue
		}
		from := e.chosen(t.rule)
		if byRows[from] == nil {
			order = append(order, from)
		}
		byRows[from] = append(byRows[from], t)
	}
	for _, from := range order {
		if err := e.aggregate(ctx, from, byRows[from]); err != nil {
			return err
		}
	}
	if err := e.queries(ctx); err != nil {
		return err
	}
	for _, t := range e.whole {
		if e.reason[t.rule] == "" {
			e.verdicts[t.rule] = t.sql.Judge(t.got, e.past[t.rule])
		}
	}
	return nil
}

// planTable makes the SQL of the table rules and sets those aside that cannot run.
func (e *evaluation) planTable(ctx context.Context) error {
	for _, r := range e.Rules {
		if r.Check.Table == nil || r.Reason != "" {
			continue
		}
		q, err := r.Check.Table(r, e.Env)
		if err != nil {
			e.broke(r, err.Error())
			continue
		}
		if q.Written != "" {
			reason, err := e.vet(ctx, q.Written, ofTable)
			if err != nil {
				return err
			}
			if reason != "" {
				e.broke(r, reason)
				continue
			}
			q.Aggregates = append(q.Aggregates, "(\n"+q.Written+"\n)")
		}
		t := &tableRule{rule: r, sql: q}
		t.sql.Queries = slices.Clone(q.Queries)
		for i := range t.sql.Queries {
			if missing := e.resolve(e.chosen(r), &t.sql.Queries[i]); missing != "" {
				e.reason[r] = e.say("quality.noref", missing)
			}
		}
		if e.reason[r] == "" {
			e.whole = append(e.whole, t)
		}
	}
	return nil
}

// aggregate runs one pass for many rules; where it fails, it halves them until each
// that raises stands alone.
func (e *evaluation) aggregate(ctx context.Context, from string, rules []*tableRule) error {
	if len(rules) == 0 {
		return nil
	}
	var columns []string
	for _, t := range rules {
		for _, a := range t.sql.Aggregates {
			columns = append(columns, "("+a+")::VARCHAR")
		}
	}
	got, err := e.texts(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+from+" HAVING true")
	if err == nil {
		for _, t := range rules {
			n := len(t.sql.Aggregates)
			t.got, got = append(t.got, got[:n]...), got[n:]
		}
		return nil
	}
	reason, fatal := e.blamed(ctx, err)
	if fatal != nil {
		return fatal
	}
	if len(rules) == 1 {
		e.broke(rules[0].rule, reason)
		return nil
	}
	half := len(rules) / 2
	if err := e.aggregate(ctx, from, rules[:half]); err != nil {
		return err
	}
	return e.aggregate(ctx, from, rules[half:])
}

// queries runs what needs a statement of its own.
func (e *evaluation) queries(ctx context.Context) error {
	known := map[string]*string{}
	for _, t := range e.whole {
		for _, q := range t.sql.Queries {
			if e.reason[t.rule] != "" {
				break
			}
			if _, ok := known[q]; !ok {
				got, err := e.texts(ctx, "SELECT ("+q+")::VARCHAR")
				if err != nil {
					reason, fatal := e.blamed(ctx, err)
					if fatal != nil {
						return fatal
					}
					e.broke(t.rule, reason)
					break
				}
				known[q] = got[0]
			}
			t.got = append(t.got, known[q])
		}
	}
	return nil
}

// texts runs a statement of one row of texts, within the time of users' expressions.
func (e *evaluation) texts(ctx context.Context, query string) (out []*string, err error) {
	err = e.limited(ctx, true, func(ctx context.Context) error {
		err := e.Session.EachText(ctx, "table", query, func(row []*string) error {
			out = row
			return nil
		})
		if err == nil && out == nil {
			return errors.New("no row of aggregates")
		}
		return err
	})
	return out, err
}

// lookBack reads what earlier runs observed. A rule that cannot run this time hands
// it on all the same.
func (e *evaluation) lookBack(ctx context.Context) error {
	byName := map[string]*quality.Rule{}
	for _, r := range e.Rules {
		if r.Check.Table == nil {
			continue
		}
		if q, err := r.Check.Table(r, e.Env); err == nil && q.LooksBack {
			byName[r.ID+"@"+r.Version] = r
		}
	}
	if e.Past == "" || len(byName) == 0 {
		return nil
	}
	return e.Session.Each(ctx, "past", "SELECT rule || '@' || version, coalesce(past, ''), coalesce(observed, '') FROM "+e.Past, func(scan engine.Scanner) error {
		var rule, past, last string
		if err := scan(&rule, &past, &last); err != nil {
			return fmt.Errorf("read earlier metrics: %w", err)
		}
		if r := byName[rule]; r != nil {
			seen := append(strings.Fields(past), strings.Fields(last)...)
			e.past[r] = seen[max(0, len(seen)-quality.Remembered):]
		}
		return nil
	})
}
