package report

import (
	"context"
	"fmt"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
)

// Told is what a report says of one record and one rule.
type Told struct {
	Basis   string // 判定依据
	Advice  string // 整改建议
	Example string // 规范示例
	Value   string // as pulled, or that it is empty or cannot be found; "" where the record passes
	Words   bool   // Value is words of the report, not a value
	Suggest string // 建议值; "" where none is known
}

// Tell says of one record and rule what the department's report says. The key is as
// orders.Number takes it. A rule that the release did not count has no basis.
func Tell(ctx context.Context, in Input, id, ruleID string, key []string) (Told, error) {
	failures, relation := "quality/"+id+"/failures", in.Relation
	in.Relation = func(ctx context.Context, rel *lake.Release, dataset string) (string, bool, error) {
		sql, ok, err := relation(ctx, rel, dataset)
		if ok && dataset == failures {
			sql = oneOf(sql, keysIn(rel, failures), ruleID, key)
		}
		return sql, ok, err
	}
	entry := in.Project.Resource(id)
	b, err := newBuilder(ctx, in)
	if err != nil || entry == nil {
		return Told{}, err
	}
	r := &resource{Entry: entry, Now: in.Release.Resources[id], rules: map[[2]string]*rule{}, bound: b.bound(entry)}
	if err := b.readRules(ctx, r); err != nil {
		return Told{}, err
	}
	var out Told
	for _, x := range r.Rules {
		if x.Rule == ruleID {
			out.Basis, out.Advice, out.Example = x.Basis, x.Advice, x.Sample
		}
	}
	err = b.problems(ctx, r, func(p *problem) error {
		out.Value, out.Suggest, out.Words = b.shownValue(p), p.suggest, !p.known || strings.TrimSpace(p.value) == ""
		return nil
	})
	return out, err
}

// keysIn are the key columns of a release's failures.
func keysIn(rel *lake.Release, dataset string) []string {
	var out []string
	for _, c := range rel.Datasets[dataset].Columns {
		if c.Name != "rule" && c.Name != "version" {
			out = append(out, c.Name)
		}
	}
	return out
}

// oneOf are the failures of one record and rule.
func oneOf(failures string, keys []string, rule string, key []string) string {
	if len(keys) != len(key) {
		return "(SELECT * FROM " + failures + " WHERE false)"
	}
	cond := []string{"rule = " + engine.Lit(rule)}
	for i, k := range keys {
		cond = append(cond, fmt.Sprintf("coalesce(%s::VARCHAR, '') = %s", engine.Ident(k), engine.Lit(key[i])))
	}
	return "(SELECT * FROM " + failures + " WHERE " + strings.Join(cond, " AND ") + ")"
}
