package sets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/quality"
)

// fails is the condition on _hits that a row fails a rule.
func (e *evaluation) fails(r *quality.Rule) string {
	if r.Bit >= 0 {
		return fmt.Sprintf("(%s >> %d) & 1 = 1", quality.MaskColumn(r.Bit/quality.MaskBits), r.Bit%quality.MaskBits)
	}
	return e.coded(r, 1)
}

// coded is the condition on _hits that a set rule's verdict is code.
func (e *evaluation) coded(r *quality.Rule, code int) string {
	for _, s := range e.set {
		if s.rule == r && s.slot >= 0 {
			return fmt.Sprintf("(_set%d >> %d) & 3 = %d", s.slot/perWord, 2*(s.slot%perWord), code)
		}
	}
	return "false"
}

// anyOf is the condition on _hits that a row fails one of the rules that match.
func (e *evaluation) anyOf(match func(*quality.Rule) bool) string {
	masks := make([]int64, quality.Masks(e.Rules))
	var conditions []string
	for _, r := range e.Rules {
		switch {
		case !match(r):
		case r.Bit >= 0:
			masks[r.Bit/quality.MaskBits] |= 1 << (r.Bit % quality.MaskBits)
		default:
			if c := e.coded(r, 1); c != "false" {
				conditions = append(conditions, c)
			}
		}
	}
	for w, m := range masks {
		if m != 0 {
			conditions = append(conditions, fmt.Sprintf("%s & %d <> 0", quality.MaskColumn(w), m))
		}
	}
	return or(conditions)
}

func withholds(r *quality.Rule) bool { return r.OnFail == quality.Quarantine }

// count counts rows and failures out of _hits, in one query.
func (e *evaluation) count(ctx context.Context) error {
	counts := []string{
		filtered(e.anyOf(func(*quality.Rule) bool { return true })),
		filtered(e.anyOf(func(r *quality.Rule) bool { return r.Severity == quality.Error })),
		filtered(e.anyOf(withholds)),
	}
	for _, r := range e.Rules {
		counts = append(counts, filtered(e.fails(r)), filtered(e.coded(r, 3)))
	}
	n, err := e.numbers(ctx, "count", counts, "_hits")
	if err != nil {
		return err
	}
	e.rows = rowCounts{failed: n[0], errors: n[1], withheld: n[2]}
	for i, r := range e.Rules {
		e.failed[r] = n[3+2*i]
		for _, s := range e.set {
			if s.rule == r && s.expression() {
				e.evaluated[r] = e.all - n[4+2*i]
			}
		}
	}
	return nil
}

func filtered(condition string) string { return "count(*) FILTER (WHERE " + condition + ")" }

// failures makes the table failures, a row a record key and rule.
func (e *evaluation) failures(ctx context.Context) error {
	keys := engine.Idents(e.Keys)
	parts := []string{"SELECT " + keys + ", '' AS rule, '' AS version FROM _hits WHERE false"}
	for _, r := range e.Rules {
		if e.failed[r] > 0 {
			parts = append(parts, fmt.Sprintf("SELECT %s, %s, %s FROM _hits WHERE %s", keys, engine.Lit(r.ID), engine.Lit(r.Version), e.fails(r)))
		}
	}
	all := strings.Join(parts, " UNION ALL ")
	if !e.keyIsUnique() {
		all = "SELECT DISTINCT * FROM (" + all + ")"
	}
	return e.Session.Exec(ctx, "failures", "CREATE OR REPLACE TEMP TABLE failures AS "+all)
}

// keyIsUnique reports whether no two rows are known to share a key: a row's hash
// and ordinal never do, a declared key does not where its rule says so.
func (e *evaluation) keyIsUnique() bool {
	if slices.Equal(e.Keys, []string{"_key"}) {
		return true
	}
	for _, r := range e.Rules {
		if r.Check.Name == quality.KeyCheck && e.reason[r] == "" && e.failed[r] == 0 && e.evaluated[r] == e.all {
			return true
		}
	}
	return false
}

// withheld makes the table withheld and counts the rows kept out by it: where
// rows share a key, those beside a failing one too, for no one can say which of
// them the key stands for.
func (e *evaluation) withheld(ctx context.Context) error {
	err := e.Session.Exec(ctx, "withheld", fmt.Sprintf("CREATE OR REPLACE TEMP TABLE withheld AS SELECT DISTINCT %s FROM _hits WHERE %s",
		engine.Idents(e.Keys), e.anyOf(withholds)))
	if err != nil || e.rows.withheld == 0 || e.Unique || e.keyIsUnique() {
		return err
	}
	same := make([]string, len(e.Keys))
	for i, k := range e.Keys {
		same[i] = engine.Qualified("r", k) + " IS NOT DISTINCT FROM " + engine.Qualified("w", k)
	}
	return e.Session.Row(ctx, "withheld", "SELECT count(*) FROM "+e.Raw+" r SEMI JOIN withheld w ON "+strings.Join(same, " AND "), &e.rows.withheld)
}
