package sets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/quality"
)

// tuples finds the failing values of each tuple rule and counts what was
// evaluated. Rules that ask the same share one table: a key that is declared
// unique as well is grouped once.
func (e *evaluation) tuples(ctx context.Context) error {
	asked := map[string]string{}
	for _, s := range slices.Clone(e.set) {
		if s.expression() {
			continue
		}
		table, ok := asked[s.sql.Bad]
		if !ok {
			var err error
			if table, err = e.badTuples(ctx, s); err != nil {
				reason, fatal := e.explain(err)
				if fatal != nil {
					return fatal
				}
				e.drop(s, reason)
				continue
			}
			asked[s.sql.Bad] = table
		}
		s.table = table
	}
	return e.evaluatedTuples(ctx)
}

// badTuples makes the table of a rule's failing values: _c0, _c1, …, _hit. It
// returns "" if there are none.
func (e *evaluation) badTuples(ctx context.Context, s *setRule) (string, error) {
	if e.Unique && s.rule.Check.Name == quality.KeyCheck {
		return "", nil
	}
	table := fmt.Sprintf("_bad%d", len(e.tables))
	names := make([]string, len(s.sql.On))
	for i := range names {
		names[i] = fmt.Sprintf("_c%d", i)
	}
	e.tables = append(e.tables, table)
	err := e.Session.Exec(ctx, s.rule.ID, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s AS SELECT *, true AS _hit FROM (%s) t(%s)",
		table, s.sql.Bad, strings.Join(names, ", ")))
	if err != nil {
		return "", err
	}
	var n int64
	if err := e.Session.Row(ctx, s.rule.ID, "SELECT count(*) FROM "+table, &n); err != nil || n == 0 {
		return "", err
	}
	return table, nil
}

// evaluatedTuples counts the rows of Raw, and for each rule those whose columns are
// all there.
func (e *evaluation) evaluatedTuples(ctx context.Context) error {
	counts := []string{"count(*)"}
	var rules []*setRule
	for _, s := range e.set {
		if s.expression() {
			continue
		}
		if s.sql.Among != "" {
			if err := e.among(ctx, s); err != nil {
				return err
			}
			continue
		}
		var present []string
		for _, c := range s.sql.On {
			present = append(present, engine.Qualified("r", c)+" IS NOT NULL")
		}
		if chosen := s.rule.Condition("r"); chosen != "" {
			present = append(present, chosen)
		}
		counts = append(counts, "count(*) FILTER (WHERE "+strings.Join(present, " AND ")+")")
		rules = append(rules, s)
	}
	values, err := e.numbers(ctx, "evaluated", counts, e.Raw+" r")
	if err != nil {
		return err
	}
	e.all = values[0]
	for i, s := range rules {
		e.evaluated[s.rule] = values[1+i]
	}
	return nil
}

// among counts the rows a rule evaluates by their tuples.
func (e *evaluation) among(ctx context.Context, s *setRule) error {
	names := make([]string, len(s.sql.On))
	same := make([]string, len(s.sql.On))
	for i, c := range s.sql.On {
		names[i] = fmt.Sprintf("_c%d", i)
		same[i] = "t." + names[i] + " = " + engine.Qualified("r", c)
	}
	n, err := e.numbers(ctx, s.rule.ID, []string{"count(*)"},
		fmt.Sprintf("%s r SEMI JOIN (%s) t(%s) ON %s", e.chosen(s.rule), s.sql.Among, strings.Join(names, ", "), strings.Join(same, " AND ")))
	if err == nil {
		e.evaluated[s.rule] = n[0]
	}
	return err
}

// numbers runs one aggregate query.
func (e *evaluation) numbers(ctx context.Context, step string, counts []string, from string) ([]int64, error) {
	values := make([]int64, len(counts))
	into := make([]any, len(counts))
	for i := range values {
		into[i] = &values[i]
	}
	return values, e.Session.Row(ctx, step, "SELECT "+strings.Join(counts, ", ")+" FROM "+from, into...)
}

// explain tells a rule's own error, as a reason without values, from one that
// ends the evaluation.
func (e *evaluation) explain(err error) (reason string, fatal error) {
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != "engine.query" || f.Err == nil {
		return "", err
	}
	said, _, _ := strings.Cut(f.Err.Error(), "\n") // the engine's errors hold no values
	return e.say("quality.sqlfailed", said), nil
}

// limited runs a statement with users' expressions, within their time.
func (e *evaluation) limited(ctx context.Context, on bool, run func(context.Context) error) error {
	if !on {
		return run(ctx)
	}
	short, stop := context.WithTimeout(ctx, e.Limit)
	defer stop()
	return run(short)
}

// blamed is explain for a statement of users' expressions, which may also take too
// long or too much memory: that holds up no other rule.
func (e *evaluation) blamed(ctx context.Context, err error) (reason string, fatal error) {
	var f *fault.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return e.say("quality.sqlslow", e.Limit.String()), nil
	case errors.As(err, &f) && f.Key == "engine.memory":
		return e.say("quality.sqlmemory"), nil
	}
	return e.explain(err)
}

func (e *evaluation) say(key text.Key, args ...any) string {
	return text.Format(e.Env.Lang(), key, args...)
}
