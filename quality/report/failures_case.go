package report

import (
	"fmt"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
)

// valueByRule picks the value a rule is about: one item's, or several with their
// names.
func (q *failureQuery) valueByRule() string {
	column := map[string]int{}
	for i, it := range q.items() {
		column[it.Name] = i
	}
	return q.byRule(func(r *rule) string {
		var parts []string
		for _, it := range r.Items {
			i, ok := column[it.Name]
			switch {
			case ok && len(r.Items) == 1:
				return fmt.Sprintf("r.v%d", i)
			case ok:
				parts = append(parts, fmt.Sprintf("%s || coalesce(r.v%d, '')", engine.Lit(label(it)+"："), i))
			}
		}
		if len(parts) == 0 {
			return ""
		}
		return "concat_ws('；', " + strings.Join(parts, ", ") + ")"
	})
}

// elementByRule is the data element a rule's one item carries.
func (q *failureQuery) elementByRule() string {
	return q.byRule(func(r *rule) string {
		if len(r.Items) != 1 || r.Items[0].Element == "" {
			return ""
		}
		return engine.Lit(r.Items[0].Element)
	})
}

func (q *failureQuery) byRule(pick func(*rule) string) string {
	var s strings.Builder
	for _, r := range q.rules {
		if v := pick(r); v != "" && r.Failed > 0 {
			fmt.Fprintf(&s, " WHEN %s THEN %s", engine.Lit(r.Rule), v)
		}
	}
	if s.Len() == 0 {
		return "NULL::VARCHAR"
	}
	return "CASE f.rule" + s.String() + " END"
}

// order is the rules' rank, then the key as its type sorts: total and stable.
func (q *failureQuery) order() string {
	var s strings.Builder
	s.WriteString("CASE f.rule")
	for i, r := range q.rules {
		fmt.Fprintf(&s, " WHEN %s THEN %d", engine.Lit(r.Rule), i)
	}
	fmt.Fprintf(&s, " ELSE %d END, f.rule, f.version", len(q.rules))
	if len(q.rules) == 0 {
		s.Reset()
		s.WriteString("f.rule, f.version")
	}
	for _, k := range q.keys {
		s.WriteString(", " + engine.Qualified("f", k))
	}
	return s.String()
}

// sameText compares keys as text, so that a key whose type changed between two
// releases is compared, not an error.
func sameText(a, b string, keys []string) string {
	conds := make([]string, len(keys))
	for i, k := range keys {
		conds[i] = fmt.Sprintf("%s::VARCHAR = %s::VARCHAR", engine.Qualified(a, k), engine.Qualified(b, k))
	}
	return strings.Join(conds, " AND ")
}

// recordKey is the record key in one column: the JSON array of the key columns as
// text (docs/layout.md).
func recordKey(alias string, keys []string) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = engine.Qualified(alias, k) + "::VARCHAR"
	}
	return "to_json([" + strings.Join(parts, ", ") + "])::VARCHAR"
}

// label is an item's Chinese name, or its name.
func label(it *catalog.Item) string {
	if it.Label != "" {
		return it.Label
	}
	return it.Name
}
