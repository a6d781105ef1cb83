package report

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"guiji/internal/engine"
	"guiji/quality"
)

// letIn counts the records of a resource that a person let into the clean table although
// they fail a rule, by what was decided of them.
type letIn struct {
	Resource *resource
	Title    string // of the rule
	Approver string
	Reason   string
	Until    time.Time // a day
	Count    int64
}

// fillReleased writes a resource's records that were let in into the work list and counts
// them. There are no more groups than people made decisions.
func (b *builder) fillReleased(ctx context.Context, d *department, r *resource, list *workList) error {
	t, err := b.table(ctx, b.Release, "quality/"+r.Entry.ID+"/released")
	if err != nil || t == nil {
		return err
	}
	fails, err := b.table(ctx, b.Release, "quality/"+r.Entry.ID+"/failures")
	if err != nil || fails == nil {
		return err
	}
	query, keys, err := b.releasedQuery(ctx, r, t, fails)
	if err != nil {
		return err
	}
	type decision struct {
		rule, approver, reason string
		until                  time.Time
	}
	groups, system := map[decision]*letIn{}, b.cell(b.system(r))
	key := make([]string, keys)
	var c decision
	var until sql.NullTime
	dest := []any{&c.rule, &c.reason, &c.approver, &until}
	for i := range key {
		dest = append(dest, &key[i])
	}
	return b.stream(ctx, "report released", query, func(scan scanner) error {
		if err := scan(dest...); err != nil {
			return err
		}
		c.until = until.Time
		g := groups[c]
		if g == nil {
			g = &letIn{Resource: r, Title: r.title(c.rule), Approver: c.approver, Reason: c.reason, Until: c.until}
			groups[c] = g
			d.LetIn = append(d.LetIn, g)
		}
		g.Count++
		r.Released++
		d.Released++
		return list.add(sheetReleased, system, b.cell(visible(strings.Join(key, "、"))), b.cell(g.Title), b.cell(c.reason), b.cell(c.approver), b.date(c.until))
	})
}

// releasedQuery is rule, reason, approver, until and the columns that name a record, as
// the list of problems names it; a record without a key is named by what is in it. One
// that another rule still keeps out is not in the clean table.
func (b *builder) releasedQuery(ctx context.Context, r *resource, t, fails *table) (query string, keys int, err error) {
	q := &failureQuery{fails: t, entry: r.Entry, keys: keyColumns(fails)}
	names, order := make([]string, len(q.keys)), make([]string, len(q.keys))
	for i, k := range q.keys {
		order[i] = engine.Qualified("f", k)
		names[i] = "coalesce(" + order[i] + "::VARCHAR, '')"
	}
	join := b.keptOut(r, q.keys, t, fails)
	if q.keyless() {
		if q.image, err = b.image(ctx, r); err != nil {
			return "", 0, err
		}
		names[0] = "''"
		if q.joins() {
			names[0] = "coalesce(r._shown, '')"
			join += " LEFT JOIN (" + q.values() + ") r ON " + q.on("f", "r")
		}
	}
	return fmt.Sprintf("SELECT coalesce(f.rule, ''), coalesce(f.reason, ''), coalesce(f.approver, ''), f.until, %s FROM %s f%s ORDER BY f.rule, f.until, f.approver, f.reason, %s",
		strings.Join(names, ", "), t.sql, join, strings.Join(order, ", ")), len(q.keys), nil
}

// keptOut leaves out the records that fail a rule which keeps them out and which nobody
// let them off.
func (b *builder) keptOut(r *resource, keys []string, t, fails *table) string {
	var holding []string
	for _, x := range r.Rules {
		if x.OnFail == quality.Quarantine {
			holding = append(holding, engine.Lit(x.Rule))
		}
	}
	if len(holding) == 0 {
		return ""
	}
	same, list := make([]string, len(keys)), engine.Idents(keys)
	for i, k := range keys {
		same[i] = engine.Qualified("h", k) + " IS NOT DISTINCT FROM " + engine.Qualified("f", k)
	}
	return fmt.Sprintf(" ANTI JOIN (SELECT %s, rule FROM %s WHERE rule IN (%s) EXCEPT SELECT %s, rule FROM %s) h ON %s",
		list, fails.sql, strings.Join(holding, ", "), list, t.sql, strings.Join(same, " AND "))
}

// Day is a day as an office writes it.
func (p page) Day(t time.Time) string { return p.date(t) }
