// Package sets runs the set steps of quality as SQL on DuckDB over a resource's
// Parquet: uniqueness, references, the user's own expressions, then failures and
// counts out of these and the kernels' masks. pipelines and cmd import it.
package sets

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"guiji/internal/engine"
	"guiji/quality"
)

// Input is what one evaluation looks at.
type Input struct {
	Session *engine.Session
	Env     *quality.Env             // the one the rules were bound with
	Raw     string                   // SQL relation with the items, the keys and the mask columns
	Keys    []string                 // key columns: the declared key's items, or _key (Raw may have only _hash then, which is cheaper)
	Rules   []*quality.Rule          // of quality.Bind
	Counts  map[string]quality.Count // of the row rules, merged over all parts
	Rows    int64                    // rows read
	Unique  bool                     // no two rows share a key: known already, so key_unique need not look
	Refs    map[string]string        // resource id → SQL relation; one that is absent has no data yet
	Past    string                   // SQL relation of the resource's metrics of the release before; "" if there are none
	Limit   time.Duration            // of a statement with users' expressions; 0 is DefaultLimit
}

// DefaultLimit is how long one pass with users' expressions may take.
const DefaultLimit = 15 * time.Minute

// Outcome is what was found. Rows are rows of Raw: two rows with one key count
// twice, whatever they fail.
type Outcome struct {
	Metrics      []quality.Metric // one a rule, by rule
	FailedRows   int64            // rows that fail a rule
	ErrorRows    int64            // rows that fail a rule of severity error: the gate's numerator
	WithheldRows int64            // rows whose key is in the table withheld: those with a failure of on_fail: quarantine, and those that share a key with one
	Blocked      []string         // rules with on_fail: block that fail or broke off, so that nobody can say they pass; by rule
}

// Evaluate runs the set rules and gathers all rules' results. It leaves two
// temporary tables in the session: failures(<keys>, rule, version), one row a
// record key and rule, and withheld(<keys>), the distinct keys of rows to keep
// out of standard. A key of which one row is withheld is withheld whole, so that
// rows = standard + WithheldRows + duplicates whatever keys are shared.
//
// A rule that cannot be evaluated is NotEvaluated in its Metric and holds up no
// other; an error means that nothing can be said.
func Evaluate(ctx context.Context, in Input) (Outcome, error) {
	e := &evaluation{Input: in, failed: map[*quality.Rule]int64{}, evaluated: map[*quality.Rule]int64{}, reason: map[*quality.Rule]string{}, verdicts: map[*quality.Rule]quality.Verdict{}, past: map[*quality.Rule][]string{}}
	if e.Env == nil {
		e.Env = &quality.Env{}
	}
	e.Limit = cmp.Or(e.Limit, DefaultLimit)
	for _, step := range []func(context.Context) error{
		e.settings, e.columns, e.plan, e.tuples, e.gather, e.count, e.failures, e.withheld, e.clean, e.table,
	} {
		if err := step(ctx); err != nil {
			return Outcome{}, err
		}
	}
	return e.outcome(), nil
}

// evaluation is the state between the steps.
type evaluation struct {
	Input
	names     []string // columns of Raw
	set       []*setRule
	tables    []string // temporary tables to drop
	all       int64    // rows of Raw
	rows      rowCounts
	failed    map[*quality.Rule]int64
	evaluated map[*quality.Rule]int64
	reason    map[*quality.Rule]string
	broken    []*quality.Rule
	whole     []*tableRule
	verdicts  map[*quality.Rule]quality.Verdict
	past      map[*quality.Rule][]string // what earlier runs observed, the oldest first
}

// rowCounts are rows of Raw.
type rowCounts struct{ failed, errors, withheld int64 }

// setRule is a set rule that can run. Its verdicts are two bits in a word: 0 the
// row passes, 1 it fails, 3 it is not evaluated.
type setRule struct {
	rule  *quality.Rule
	sql   quality.SetSQL
	table string // of failing tuples; "" if there are none or it is an expression
	slot  int    // among the rules gathered
}

func (s *setRule) expression() bool { return s.sql.RowExpr != "" }

// settings makes a division by zero NULL, of floats too: infinity is above every
// limit, and a check would pass on it.
func (e *evaluation) settings(ctx context.Context) error {
	return e.Session.Exec(ctx, "settings", "SET ieee_floating_point_ops = false")
}

// columns learns what Raw has.
func (e *evaluation) columns(ctx context.Context) error {
	rows, err := e.Session.Query(ctx, "columns", "SELECT * FROM "+e.Raw+" LIMIT 0")
	if err != nil {
		return err
	}
	defer rows.Close()
	if e.names, err = rows.Columns(); err != nil {
		return err
	}
	return rows.Err()
}

// plan makes the SQL of the set rules and sets those aside that cannot run.
func (e *evaluation) plan(ctx context.Context) error {
	for _, r := range e.Rules {
		if r.Reason != "" {
			e.reason[r] = r.Reason
			continue
		}
		if r.Check.Set == nil {
			continue
		}
		q, err := r.Check.Set(r, e.Env)
		if err != nil {
			e.broke(r, err.Error())
			continue
		}
		s := &setRule{rule: r, sql: q, slot: -1}
		if s.expression() {
			if reason, err := e.vet(ctx, q.RowExpr, ofRow); err != nil {
				return err
			} else if reason != "" {
				e.broke(r, reason)
				continue
			}
		} else if missing := e.resolve(e.chosen(r), &s.sql.Bad, &s.sql.Among); missing != "" {
			e.reason[r] = e.say("quality.noref", missing)
			continue
		}
		e.set = append(e.set, s)
	}
	return nil
}

// chosen is the relation of the rows a rule judges.
func (e *evaluation) chosen(r *quality.Rule) string {
	if c := r.Condition("_r"); c != "" {
		return "(SELECT * FROM " + e.Raw + " _r WHERE " + c + ")"
	}
	return e.Raw
}

// resolve puts relations in the place of their names; a resource without data is
// returned.
func (e *evaluation) resolve(raw string, queries ...*string) (missing string) {
	for _, q := range queries {
		*q = strings.ReplaceAll(*q, "{raw}", raw)
		for {
			before, after, ok := strings.Cut(*q, "{ref:")
			if !ok {
				break
			}
			id, after, _ := strings.Cut(after, "}")
			ref, ok := e.Refs[id]
			if !ok {
				return id
			}
			*q = before + ref + after
		}
	}
	return ""
}

// broke sets a rule aside whose own SQL could not be run to its end. A rule that had
// nothing to look at, or no past to compare with, did not break.
func (e *evaluation) broke(r *quality.Rule, reason string) {
	e.reason[r] = reason
	e.broken = append(e.broken, r)
}

// drop forgets a rule that turned out unable to run.
func (e *evaluation) drop(s *setRule, reason string) {
	e.broke(s.rule, reason)
	e.set = slices.DeleteFunc(e.set, func(o *setRule) bool { return o == s })
}

func (e *evaluation) clean(ctx context.Context) error {
	for _, t := range e.tables {
		if err := e.Session.Exec(ctx, "clean", "DROP TABLE IF EXISTS "+t); err != nil {
			return err
		}
	}
	return nil
}
