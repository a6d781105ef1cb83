package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"

	"guiji/internal/engine"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality"
	"guiji/transforms/mask"
)

// quarantined reads what a release keeps out of the clean tables.
type quarantined struct {
	app    *app
	w      *workspace
	s      *engine.Session
	rel    *lake.Release
	rule   string // "" for all, and rows that could not be read
	limit  int    // places shown of each reason; 0: none
	masked mask.Projection
}

func (q *quarantined) list(ctx context.Context, args []string) ([]apart, error) {
	out := []apart{}
	for _, id := range within(q.rel, args) {
		if q.rule == "" {
			bad, err := q.unreadable(ctx, id)
			if err != nil {
				return nil, err
			}
			out = append(out, bad...)
		}
		held, err := q.held(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, held...)
	}
	return out, nil
}

// unreadable are rows that a connector, or a key's type, could not represent, by column
// and reason.
func (q *quarantined) unreadable(ctx context.Context, id string) ([]apart, error) {
	name := "quality/" + id + "/quarantine"
	relation, ok, err := q.w.relation(ctx, q.rel, name)
	if err != nil || !ok {
		return nil, err
	}
	var out []apart
	err = q.each(ctx, `SELECT coalesce("column", ''), coalesce(reason, ''), count(*)::VARCHAR FROM `+relation+" GROUP BY ALL ORDER BY ALL", func(v []string) {
		one := apart{Resource: id, Kind: apartUnreadable, Column: v[0], Reason: v[1]}
		_, _ = fmt.Sscan(v[2], &one.Rows) // a count as DuckDB writes it
		out = append(out, one)
	})
	if err != nil || q.limit == 0 {
		return q.worded(out), err
	}
	for i := range out {
		one := &out[i]
		where := fmt.Sprintf(` WHERE coalesce("column", '') = %s AND coalesce(reason, '') = %s`, engine.Lit(one.Column), engine.Lit(one.Reason))
		err := q.each(ctx, fmt.Sprintf("SELECT coalesce(place, ''), coalesce(CAST(%s AS VARCHAR), '') FROM (FROM %s%s ORDER BY ALL LIMIT %d)", q.show(name, "key"), relation, where, q.limit), func(v []string) {
			one.Places = append(one.Places, placed{Place: v[0], Key: []string{v[1]}})
		})
		if err != nil {
			return nil, err
		}
		one.More = one.Rows > int64(len(one.Places))
	}
	return q.worded(out), nil
}

// worded says the reasons in words.
func (q *quarantined) worded(all []apart) []apart {
	for i := range all {
		if _, ok := text.Messages(text.Key(all[i].Reason)); ok {
			all[i].Reason = q.app.say(text.Key(all[i].Reason))
		}
	}
	return all
}

// held are rows that rules keep out, by rule, and how many of them a person let in.
func (q *quarantined) held(ctx context.Context, id string) ([]apart, error) {
	metrics, err := q.metrics(ctx, id)
	if err != nil {
		return nil, err
	}
	failures, ok, err := q.w.relation(ctx, q.rel, "quality/"+id+"/failures")
	if err != nil || !ok {
		return nil, err
	}
	let, some, err := q.w.relation(ctx, q.rel, "quality/"+id+"/released")
	if err != nil {
		return nil, err
	}
	var out []apart
	for _, m := range metrics {
		if !holds(m) || q.rule != "" && q.rule != m.Rule {
			continue
		}
		one := apart{Resource: id, Kind: apartHeld, Rule: m.Rule, Title: m.Title}
		if err := q.s.Row(ctx, "quarantine", "SELECT count(*) FROM "+failures+" WHERE rule = "+engine.Lit(m.Rule), &one.Rows); err != nil {
			return nil, err
		}
		others := ""
		if some {
			others = q.others(id, metrics, failures, let)
			if err := q.s.Row(ctx, "quarantine", "SELECT count(*) FILTER (WHERE others IS NULL), count(others) FROM (SELECT "+others+" AS others FROM "+let+" l WHERE l.rule = "+engine.Lit(m.Rule)+")", &one.Released, &one.Others); err != nil {
				return nil, err
			}
		}
		if q.limit > 0 {
			if err := q.places(ctx, &one, failures, let, others); err != nil {
				return nil, err
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// others is SQL of the rules that keep a row out although it was released from one: those
// of l's row that it was not released from; NULL without any.
func (q *quarantined) others(id string, metrics []quality.Metric, failures, let string) string {
	var holding, of, again []string
	for _, m := range metrics {
		if holds(m) {
			holding = append(holding, engine.Lit(m.Rule))
		}
	}
	for _, c := range keyColumnsOf(q.rel, id) {
		of = append(of, engine.Qualified("o", c)+" IS NOT DISTINCT FROM "+engine.Qualified("l", c))
		again = append(again, engine.Qualified("i", c)+" IS NOT DISTINCT FROM "+engine.Qualified("o", c))
	}
	return "(SELECT string_agg(DISTINCT o.rule, ', ' ORDER BY o.rule) FROM " + failures + " o WHERE o.rule IN (" + strings.Join(holding, ", ") + ") AND " + strings.Join(of, " AND ") +
		" AND NOT EXISTS (FROM " + let + " i WHERE i.rule = o.rule AND " + strings.Join(again, " AND ") + "))"
}

// places shows rows that a rule holds by their masked keys.
func (q *quarantined) places(ctx context.Context, one *apart, failures, let, others string) error {
	name := "quality/" + one.Resource + "/failures"
	var keys, shown, same []string
	for _, c := range keyColumnsOf(q.rel, one.Resource) {
		keys = append(keys, c)
		shown = append(shown, "coalesce(CAST("+q.show(name, c)+" AS VARCHAR), '****')")
		same = append(same, engine.Qualified("l", c)+" IS NOT DISTINCT FROM "+engine.Qualified("f", c))
	}
	from, act := failures+" f", ", '' AS reason, '' AS approver, '' AS until, '' AS others"
	if let != "" {
		from += " LEFT JOIN (SELECT *, " + others + " AS others FROM " + let + " l) l ON l.rule = f.rule AND " + strings.Join(same, " AND ")
		act = ", coalesce(l.reason, '') AS reason, coalesce(l.approver, '') AS approver, coalesce(l.until::VARCHAR, '') AS until, coalesce(l.others, '') AS others"
	}
	query := fmt.Sprintf("SELECT %s, reason, approver, until, others FROM (SELECT f.*%s FROM %s WHERE f.rule = %s ORDER BY %s LIMIT %d)",
		strings.Join(shown, ", "), act, from, engine.Lit(one.Rule), aliased("f", keys), q.limit)
	err := q.each(ctx, query, func(v []string) {
		n := len(keys)
		one.Places = append(one.Places, placed{Key: slices.Clone(v[:n]), Reason: v[n], Approver: v[n+1], Until: v[n+2], Others: v[n+3]})
	})
	one.More = one.Rows > int64(len(one.Places))
	return err
}

func aliased(alias string, columns []string) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = engine.Qualified(alias, c)
	}
	return strings.Join(out, ", ")
}

// show is a column of a dataset as it may be seen.
func (q *quarantined) show(dataset, column string) string {
	for _, c := range q.rel.Datasets[dataset].Columns {
		if c.Name == column {
			return q.masked.Column(q.rel, dataset, c)
		}
	}
	return "NULL"
}

// metrics are those of a resource.
func (q *quarantined) metrics(ctx context.Context, id string) (out []quality.Metric, err error) {
	relation, ok, err := q.w.relation(ctx, q.rel, "quality/"+id+"/metrics")
	if err != nil || !ok {
		return nil, err
	}
	err = q.each(ctx, "SELECT rule, title, on_fail, failed::VARCHAR FROM "+relation+" ORDER BY rule", func(v []string) {
		m := quality.Metric{Rule: v[0], Title: v[1], OnFail: quality.OnFail(v[2])}
		_, _ = fmt.Sscan(v[3], &m.Failed) // a count as DuckDB writes it
		out = append(out, m)
	})
	return out, err
}

// each calls f with every row of a query over texts, "" for NULL.
func (q *quarantined) each(ctx context.Context, query string, f func([]string)) error {
	return q.s.EachText(ctx, "quarantine", query, func(row []*string) error {
		out := make([]string, len(row))
		for i, v := range row {
			if v != nil {
				out[i] = *v
			}
		}
		f(out)
		return nil
	})
}

func (a *app) quarantineText(all []apart, rel *lake.Release) string {
	if len(all) == 0 {
		return a.say("quarantine.none", releaseName(rel.Version))
	}
	t := newTable()
	t.AppendHeader(table.Row{a.say("command.col.resource"), a.say("quarantine.col.kind"), a.say("recheck.col.rule"), a.say("quarantine.col.reason"), a.say("quarantine.col.rows"), a.say("quarantine.col.released")})
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 5, Align: prettytext.AlignRight}, {Number: 6, Align: prettytext.AlignRight}})
	for _, one := range all {
		by, released := one.Rule, thousands(one.Released)
		if one.Kind == apartUnreadable {
			by, released = one.Column, "–"
		}
		if one.Others > 0 {
			released += a.say("quarantine.others", one.Others)
		}
		t.AppendRow(table.Row{one.Resource, a.say(text.Key("quarantine.kind." + one.Kind)), by, one.Title + one.Reason, thousands(one.Rows), released})
		for _, p := range one.Places {
			let := ""
			switch {
			case p.Others != "":
				let = a.say("quarantine.let.others", p.Reason, p.Approver, p.Until, p.Others)
			case p.Reason != "":
				let = a.say("quarantine.let", p.Reason, p.Approver, p.Until)
			}
			t.AppendRow(table.Row{"", "", strings.Join(slices.DeleteFunc([]string{p.Place, strings.Join(p.Key, " ")}, func(s string) bool { return s == "" }), "  "), let})
		}
		if one.More && len(one.Places) > 0 {
			t.AppendRow(table.Row{"", "", "…"})
		}
	}
	return t.Render()
}
