package orders

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
)

// bound is the last row of a range: a rule, and a key's first column as text, nil for NULL.
type bound struct {
	rule string
	key  *string
}

// ranges are conditions that part a relation's rows into ranges of about size rows, in the
// order of the columns rule and key, NULL last: what would be too much
// to join and sort at once is handled range by range. One condition that is "" where there
// are no more rows than that. Where the ranges end is looked up in one of many rows.
func ranges(ctx context.Context, s *engine.Session, relation, key string, size int64) ([]string, error) {
	var rows int64
	if err := s.Row(ctx, "orders", "SELECT count(*) FROM "+relation, &rows); err != nil || rows <= size {
		return []string{""}, err
	}
	id, kind := engine.Ident(key), ""
	if err := s.Row(ctx, "orders", "SELECT column_type FROM (DESCRIBE SELECT "+id+" FROM "+relation+")", &kind); err != nil {
		return nil, err
	}
	// Only what reads back from its text can be named in a condition.
	some := fmt.Sprintf("SELECT rule, %[1]s, row_number() OVER w AS nth, ntile(%[2]d) OVER w AS part FROM %[3]s WHERE hash(rule, %[1]s) %% %[4]d = 0 AND "+
		"TRY_CAST(%[1]s::VARCHAR AS %[5]s) IS NOT DISTINCT FROM %[1]s AND NOT coalesce(contains(%[1]s::VARCHAR, chr(0)), false) WINDOW w AS (ORDER BY rule, %[1]s)",
		id, (rows+size-1)/size, relation, max(1, size/1000), kind)
	var ends []bound
	err := s.Each(ctx, "orders", "SELECT arg_max(rule, nth), arg_max_null("+id+"::VARCHAR, nth) FROM ("+some+") GROUP BY part ORDER BY part", func(scan engine.Scanner) error {
		var b bound
		if err := scan(&b.rule, &b.key); err != nil {
			return fmt.Errorf("ranges of orders: %w", err)
		}
		if n := len(ends); n == 0 || !ends[n-1].equal(b) {
			ends = append(ends, b)
		}
		return nil
	})
	if err != nil || len(ends) < 2 {
		return []string{""}, err
	}
	out := make([]string, len(ends))
	for i := range ends {
		var from, to *bound
		if i > 0 {
			from = &ends[i-1]
		}
		if i+1 < len(ends) { // the last range has no end
			to = &ends[i]
		}
		out[i] = between(id, kind, from, to)
	}
	return out, nil
}

func (b bound) equal(o bound) bool {
	return b.rule == o.rule && (b.key == nil) == (o.key == nil) && (b.key == nil || *b.key == *o.key)
}

// between is the condition of the rows behind from and up to to, nil for no end.
func between(id, kind string, from, to *bound) string {
	value := func(b *bound) string { return "CAST(" + engine.Lit(*b.key) + " AS " + kind + ")" }
	if from != nil && to != nil && from.rule == to.rule && from.key != nil && to.key != nil { // as files can be searched
		return "rule = " + engine.Lit(to.rule) + " AND " + id + " > " + value(from) + " AND " + id + " <= " + value(to)
	}
	var conds []string
	if from != nil {
		rule := engine.Lit(from.rule)
		if from.key == nil {
			conds = append(conds, "rule > "+rule)
		} else {
			conds = append(conds, "rule >= "+rule, "(rule > "+rule+" OR "+id+" > "+value(from)+" OR "+id+" IS NULL)")
		}
	}
	if to != nil {
		rule := engine.Lit(to.rule)
		if conds = append(conds, "rule <= "+rule); to.key != nil {
			conds = append(conds, "(rule < "+rule+" OR "+id+" <= "+value(to)+")")
		}
	}
	return strings.Join(conds, " AND ")
}

// among are a relation's rows of a range.
func among(relation, cond string) string {
	if cond == "" {
		return relation
	}
	return "(SELECT * FROM " + relation + " WHERE " + cond + ")"
}
