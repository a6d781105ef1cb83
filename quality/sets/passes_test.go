package sets_test

import (
	"context"
	"fmt"
	"testing"

	"guiji/quality"
	"guiji/quality/sets"
)

// However many expressions and numbers over the resource there are, its rows are read as
// often as for one of them.
func TestRowsAreReadAsOftenForManyRules(t *testing.T) {
	for _, c := range []struct {
		name, written string
		most          int64
	}{
		{"expressions", "{sql: 'n <> %d AND id > -%[1]d', id: r%[1]d}", 2},
		{"aggregates", "{sum: {min: -%d}, id: r%[1]d}", 3},
		{"both kinds of table rules", "{sql_table: 'count(*) > -%d AND sum(n) > -%[1]d', id: r%[1]d}", 3},
	} {
		one, many := timesRead(t, c.written, 1), timesRead(t, c.written, 100)
		if one != many || many > c.most {
			t.Errorf("%s: rows are read %d times for one, %d times for a hundred, at most %d", c.name, one, many, c.most)
		}
	}
}

// timesRead evaluates so many rules, and tells how often each row of the image was read:
// reading one takes a number of a sequence.
func timesRead(t *testing.T, written string, n int) int64 {
	t.Helper()
	ctx, s := context.Background(), session(t)
	var own []string
	for i := range n {
		own = append(own, fmt.Sprintf(written, i))
	}
	env, rules := resident(t, []string{"id"}, map[string][]string{"n": own})
	rows := make([]row, 500)
	for i := range rows {
		rows[i] = row{id: int64(i), n: p(int64(i)), mask: make([]int64, quality.Masks(rules))}
	}
	load(t, s, rows, quality.Masks(rules))
	if err := s.Exec(ctx, "t", "CREATE SEQUENCE looked"); err != nil {
		t.Fatal(err)
	}
	out, err := sets.Evaluate(ctx, sets.Input{
		Session: s, Env: env, Raw: "(SELECT * FROM image WHERE nextval('looked') > 0)", Keys: []string{"id"}, Rules: rules, Rows: int64(len(rows)), Unique: true, Counts: map[string]quality.Count{},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range out.Metrics {
		if m.Rule[0] == 'r' && m.Status == quality.NotEvaluated {
			t.Errorf("%s: %s", m.Rule, m.Reason)
		}
	}
	var last int64
	if err := s.Row(ctx, "t", "SELECT nextval('looked') - 1", &last); err != nil {
		t.Fatal(err)
	}
	return last / int64(len(rows))
}
