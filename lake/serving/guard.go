package serving

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"

	"guiji/internal/engine"
	"guiji/internal/fault"
)

// allowed lets a query pass that is one SELECT and names nothing but the
// reader's tables and its own WITH clauses. DuckDB's own parser says what a
// query names: its syntax tree is walked, the text is not searched.
func (r *Reader) allowed(ctx context.Context, query string) error {
	var out string
	if err := r.s.Row(ctx, "parse", "SELECT json_serialize_sql("+engine.Lit(query)+")::VARCHAR", &out); err != nil {
		return err
	}
	var tree struct {
		Error      bool
		Message    string `json:"error_message"`
		Type       string `json:"error_type"`
		Statements []any
	}
	if err := json.Unmarshal([]byte(out), &tree); err != nil {
		return err
	}
	switch {
	case tree.Error && tree.Type == "parser":
		return fault.New(fault.Config, "lake.query.failed").Because(errors.New(tree.Message))
	case tree.Error || len(tree.Statements) != 1:
		return fault.New(fault.Config, "lake.query.select").Try("lake.query.select.hint")
	}
	g := guard{tables: r.tables, withs: map[string]bool{}}
	g.clauses(tree.Statements)
	g.walk(tree.Statements)
	return g.err
}

type guard struct {
	tables map[string]bool
	withs  map[string]bool // names of WITH clauses, lower case
	err    error
}

// clauses collects the names of WITH clauses.
func (g *guard) clauses(node any) {
	each(node, func(n map[string]any) {
		m, ok := n["cte_map"].(map[string]any)
		if !ok {
			return
		}
		list, _ := m["map"].([]any)
		for _, e := range list {
			entry, _ := e.(map[string]any)
			name := str(entry, "key")
			if !isName(name) { // 'x.parquet' would be read as a file outside of its clause
				g.refuse(name)
			}
			g.withs[strings.ToLower(name)] = true
		}
	})
}

// walk refuses what reads anything but the tables.
func (g *guard) walk(node any) {
	each(node, func(n map[string]any) {
		switch str(n, "type") {
		case "BASE_TABLE":
			g.table(str(n, "catalog_name"), str(n, "schema_name"), str(n, "table_name"))
		case "TABLE_FUNCTION":
			f, _ := n["function"].(map[string]any)
			name := strings.ToLower(str(f, "function_name"))
			if !slices.Contains([]string{"range", "generate_series", "unnest", "json_each", "json_tree"}, name) {
				g.refuse(name + "()")
			}
		case "FUNCTION":
			// A plan shows what stands behind a view: how a column is masked.
			if name := strings.ToLower(str(n, "function_name")); strings.HasPrefix(name, "json_serialize_") {
				g.refuse(name + "()")
			}
		case "SHOW_REF": // DESCRIBE or SUMMARIZE of a query that is walked itself
			if name := str(n, "table_name"); name != "" || n["query"] == nil {
				g.refuse(name)
			}
		case "COLUMN_DATA", "DELIM_GET", "BOUND_TABLE_REF", "CTE", "INVALID":
			if _, ref := n["sample"]; ref {
				g.refuse(str(n, "type"))
			}
		}
	})
}

func (g *guard) table(catalog, schema, name string) {
	switch {
	case catalog == "" && g.tables[strings.ToLower(schema+"."+name)]:
	case catalog == "" && schema == "" && g.withs[strings.ToLower(name)]:
	default:
		g.refuse(strings.TrimLeft(catalog+"."+schema+"."+name, "."))
	}
}

func (g *guard) refuse(what string) {
	if g.err == nil {
		g.err = fault.New(fault.Config, "lake.query.name", what).Try("lake.query.name.hint")
	}
}

// each visits every object of a tree, map keys in order.
func each(node any, visit func(map[string]any)) {
	switch n := node.(type) {
	case []any:
		for _, e := range n {
			each(e, visit)
		}
	case map[string]any:
		visit(n)
		keys := make([]string, 0, len(n))
		for k := range n {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			each(n[k], visit)
		}
	}
}

func str(n map[string]any, key string) string {
	s, _ := n[key].(string)
	return s
}

func isName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) < 0
}
