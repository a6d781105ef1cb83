package pipelines

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
	"guiji/quality"
	"guiji/quality/orders"
	"guiji/quality/sets"
)

// letIn takes the rows that a person released out of those that rules keep out of
// standard. A row stays out as long as one rule keeps it that it was not released from. It
// makes the table let_in of the failures that are released; there is none without releases.
func (r *run) letIn(ctx context.Context, s *engine.Session, p *pulled, o *sets.Outcome) error {
	held := withholding(p.rules)
	acts, err := r.actsOn(ctx, p, held)
	if err != nil || acts == "" {
		return err
	}
	k := keys(p.plan.res)
	parts := make([]string, len(k))
	for i, c := range k {
		parts[i] = engine.Qualified("f", c)
	}
	lits := make([]string, len(held))
	for i, id := range held {
		lits[i] = engine.Lit(id)
	}
	for _, query := range []string{
		"CREATE OR REPLACE TEMP TABLE let_in AS SELECT f.*, a.reason, a.approver, a.until FROM failures f JOIN " + acts + " a" +
			" ON a.rule = f.rule AND (a.number = '' OR a.number = " + orders.NumberSQL(p.plan.Resource, "f.rule", parts) + ")" +
			" QUALIFY row_number() OVER (PARTITION BY f.rule, " + strings.Join(parts, ", ") + " ORDER BY a.until DESC, a.number DESC, a.reason, a.approver) = 1",
		"DELETE FROM withheld w WHERE NOT EXISTS (FROM failures f WHERE f.rule IN (" + strings.Join(lits, ", ") + ") AND " + alikeKeys("f", "w", k) +
			" AND NOT EXISTS (FROM let_in l WHERE l.rule = f.rule AND " + alikeKeys("l", "f", k) + "))",
	} {
		if err := s.Exec(ctx, "release", query); err != nil {
			return err
		}
	}
	raw := rawRelation(k, engine.Parquet(p.files))
	return s.Row(ctx, "release", "SELECT count(*) FROM "+raw+" r SEMI JOIN withheld w ON "+alikeKeys("r", "w", k), &o.WithheldRows)
}

// actsOn are the releases of a resource's rows as SQL; "" for none. One that names a row
// holds for the problem that it was made about: where the key has changed since, another
// record may have that number.
func (r *run) actsOn(ctx context.Context, p *pulled, held []string) (string, error) {
	var acts []string
	for _, a := range r.released {
		if a.Resource == p.plan.Resource && slices.Contains(held, a.Rule) && (a.Number == "" || !r.rekeyed(p.plan.res)) {
			acts = append(acts, fmt.Sprintf("(%s, %s, %s, %s, DATE %s, TIMESTAMP %s)", engine.Lit(a.Rule), engine.Lit(a.Number), engine.Lit(a.Reason), engine.Lit(a.Approver), engine.Lit(a.Until),
				engine.Lit(r.wallClock(a.At).Format("2006-01-02 15:04:05.000000"))))
		}
	}
	if len(acts) == 0 || r.head == nil {
		return "", nil
	}
	known, err := r.relation(ctx, r.head, orders.Dataset(p.plan.Resource))
	if err != nil {
		return "", err
	}
	about := "number = ''"
	if known != "" {
		about += " OR EXISTS (FROM " + known + " o WHERE o.order_number = v.number AND o.opened_at <= v.made)"
	}
	return "(SELECT rule, number, reason, approver, until FROM (VALUES " + strings.Join(acts, ", ") + ") v(rule, number, reason, approver, until, made) WHERE " + about + ")", nil
}

// writeLetIn writes what was let in, where anything was.
func (r *run) writeLetIn(ctx context.Context, s *engine.Session, out *settled) error {
	var there int64
	if err := s.Row(ctx, "release", "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'let_in'", &there); err != nil || there == 0 {
		return err
	}
	k := engine.Idents(keys(out.res))
	d, err := write(ctx, s, out.dir, "released", "SELECT "+k+", rule, version, reason, approver, until FROM let_in ORDER BY rule, "+k, lake.Dataset{
		Layer: "quality", Table: table(out.res.ID) + "__released", Label: out.res.Name + "（经批准放行的记录）", Sorted: append([]string{"rule"}, keys(out.res)...),
	}, itemLabels(out.res))
	if err == nil {
		out.datasets[datasetName("quality", out.res.ID, "released")] = d
	}
	return err
}

// withholding are the rules that keep rows out of standard.
func withholding(rules []*quality.Rule) []string {
	var out []string
	for _, r := range rules {
		if r.OnFail == quality.Quarantine {
			out = append(out, r.ID)
		}
	}
	return out
}

// alikeKeys joins two relations by a key that may have NULLs.
func alikeKeys(a, b string, keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = engine.Qualified(a, k) + " IS NOT DISTINCT FROM " + engine.Qualified(b, k)
	}
	return strings.Join(out, " AND ")
}

// readReleased learns what people have released; it holds for the whole run.
func (r *run) readReleased(ctx context.Context) (err error) {
	if r.Released != nil {
		r.released, err = r.Released(ctx)
	}
	return err
}
