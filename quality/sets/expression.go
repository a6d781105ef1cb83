package sets

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/internal/text"
)

// place is where a user's expression stands: what it may call, and what it is
// bound with.
type place struct {
	functions  []string // sorted
	aggregates bool
	having     string
}

var (
	ofRow   = place{functions: functions()}
	ofTable = place{functions: slices.Sorted(slices.Values(slices.Concat(functions(), aggregates()))), aggregates: true, having: " HAVING true"}
)

// The stand-in a user's expression is parsed with.
const parsed = "FROM _row SELECT "

// vet says why an expression of a user may not run, or "". DuckDB parses it and
// nothing of it is executed: the statement must be a plain SELECT of one
// expression out of operators, CASE, casts, constants, Raw's items and pure
// functions. Parsed in round and in square brackets, it must be whole in both, so
// that it can close neither and say something else where it is put to use. Then
// it is bound to Raw, and must be a truth value.
func (e *evaluation) vet(ctx context.Context, expr string, at place) (string, error) {
	if strings.ContainsRune(expr, 0) { // would end the statement it is put into
		return e.say("quality.sqlrefused", e.say("quality.sqlsyntax")), nil
	}
	ast, err := e.parse(ctx, "(\n"+expr+"\n)")
	if err != nil {
		return "", err
	}
	list, err := e.parse(ctx, "[\n"+expr+"\n]")
	if err != nil {
		return "", err
	}
	frame, err := e.parse(ctx, "(\n1\n)")
	if err != nil {
		return "", err
	}
	one, rest := selected(ast)
	inner, listed := selected(list)
	_, want := selected(frame)
	if one == nil || children(inner) != 1 || !reflect.DeepEqual(rest, want) || !reflect.DeepEqual(listed, want) {
		return e.say("quality.sqlrefused", e.say("quality.sqlsyntax")), nil
	}
	if key, arg := e.refused(one, at); key != "" {
		return e.say("quality.sqlrefused", e.say(key, arg)), nil
	}
	return e.bindable(ctx, expr, at)
}

// bindable asks DuckDB for the expression's type without running it.
func (e *evaluation) bindable(ctx context.Context, expr string, at place) (string, error) {
	var kind string
	q := "SELECT column_type FROM (DESCRIBE SELECT (\n" + expr + "\n) FROM " + e.Raw + at.having + ")"
	if err := e.Session.Row(ctx, "sql", q, &kind); err != nil {
		return e.explain(err)
	}
	if kind != "BOOLEAN" && kind != `"NULL"` {
		return e.say("quality.sqlrefused", e.say("quality.sqlbool")), nil
	}
	return "", nil
}

// parse is DuckDB's syntax tree of a SELECT; nil if it is none.
func (e *evaluation) parse(ctx context.Context, what string) (any, error) {
	var s string
	if err := e.Session.Row(ctx, "parse", "SELECT json_serialize_sql("+engine.Lit(parsed+what)+")::VARCHAR", &s); err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal([]byte(s), &tree); err != nil {
		return nil, fmt.Errorf("read DuckDB's syntax tree: %w", err)
	}
	return tree, nil
}

// selected splits a tree into its one selected expression and all the rest, which
// is equal for all plain SELECTs of one expression: there is no second statement
// and no clause.
func selected(tree any) (expr, rest any) {
	root, _ := tree.(map[string]any)
	statements, _ := root["statements"].([]any)
	if len(statements) != 1 {
		return nil, nil
	}
	statement, _ := statements[0].(map[string]any)
	node, _ := statement["node"].(map[string]any)
	list, _ := node["select_list"].([]any)
	if len(list) != 1 {
		return nil, nil
	}
	expr = list[0]
	node["select_list"] = nil
	return expr, tree
}

func children(expr any) int {
	m, _ := expr.(map[string]any)
	list, _ := m["children"].([]any)
	return len(list)
}

// refused finds the first part of an expression that is not allowed, as a message.
func (e *evaluation) refused(v any, at place) (text.Key, string) {
	switch v := v.(type) {
	case []any:
		for _, c := range v {
			if key, arg := e.refused(c, at); key != "" {
				return key, arg
			}
		}
	case map[string]any:
		if key, arg := e.refusedNode(v, at); key != "" {
			return key, arg
		}
		for _, k := range sorted(v) {
			if k == "value" || k == "cast_type" { // a constant, a type
				continue
			}
			if key, arg := e.refused(v[k], at); key != "" {
				return key, arg
			}
		}
	}
	return "", ""
}

func (e *evaluation) refusedNode(m map[string]any, at place) (text.Key, string) {
	class, ok := m["class"].(string)
	if !ok {
		return "", ""
	}
	switch class {
	case "CONSTANT", "COMPARISON", "CONJUNCTION", "BETWEEN", "OPERATOR", "CASE", "CAST":
		return "", ""
	case "COLUMN_REF":
		return e.refusedColumn(m)
	case "FUNCTION":
		name, _ := m["function_name"].(string)
		_, found := slices.BinarySearch(at.functions, strings.ToLower(name))
		schema, _ := m["schema"].(string)
		if !found || !at.aggregates && (m["distinct"] != false || m["filter"] != nil) || m["catalog"] != "" || schema != "" && schema != "main" {
			return "quality.sqlfunction", name
		}
		if padding := strings.ToLower(name); (padding == "lpad" || padding == "rpad") && !short(m["children"]) {
			return "quality.sqlwidth", name
		}
		return "", ""
	}
	return "quality.sqlnode", class
}

// widest is how many characters a text may be padded to.
const widest = 1000

// short tells whether the second of a function's arguments is a plain number of at
// most widest: what is filled up to a length out of the data could take all memory.
func short(arguments any) bool {
	list, _ := arguments.([]any)
	if len(list) < 2 {
		return true // DuckDB refuses it
	}
	length, _ := list[1].(map[string]any)
	value, _ := length["value"].(map[string]any)
	n, ok := value["value"].(float64)
	return ok && length["class"] == "CONSTANT" && n <= widest
}

// refusedColumn admits Raw's items, by their bare name.
func (e *evaluation) refusedColumn(m map[string]any) (text.Key, string) {
	path, _ := m["column_names"].([]any)
	name := strings.Trim(fmt.Sprint(path...), " ")
	if len(path) == 1 && !strings.HasPrefix(name, "_") &&
		slices.ContainsFunc(e.names, func(n string) bool { return strings.EqualFold(n, name) }) {
		return "", ""
	}
	return "quality.sqlcolumn", name
}

func sorted(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// functions are the scalar functions a user's expression may call, sorted: pure,
// of their arguments alone, and of bounded output.
func functions() []string {
	return []string{
		"!~~", "!~~*", "%", "&", "*", "**", "+", "-", "/", "//", "<<", ">>", "^", "abs", "age", "ascii", "bit_count", "cbrt",
		"ceil", "ceiling", "century", "char_length", "character_length", "chr", "concat", "concat_ws", "contains",
		"damerau_levenshtein", "date_add", "date_diff", "date_part", "date_sub", "date_trunc", "datediff", "datepart",
		"datesub", "datetrunc", "day", "dayname", "dayofmonth", "dayofweek", "dayofyear", "days_in_month", "decade",
		"ends_with", "epoch", "epoch_ms", "epoch_us", "exp", "floor", "gcd", "greatest", "hamming", "hash", "hex", "hour",
		"ilike_escape", "instr", "isfinite", "isinf", "isnan", "isodow", "isoyear", "jaccard", "jaro_similarity",
		"jaro_winkler_similarity", "julian", "last_day", "lcase", "lcm", "least", "left", "len", "length", "levenshtein",
		"like_escape", "list_contains", "list_value", "ln", "log", "log10", "log2", "lower", "lpad", "ltrim", "make_date",
		"make_time", "make_timestamp", "md5", "microsecond", "millisecond", "minute", "mod", "month", "monthname",
		"nfc_normalize", "not_ilike_escape", "not_like_escape", "nullif", "ord", "position", "pow", "power", "prefix", "quarter",
		"regexp_extract", "regexp_full_match", "regexp_matches", "regexp_replace", "replace", "reverse", "right", "round",
		"rpad", "rtrim", "second", "sha256", "sign", "split_part", "sqrt", "starts_with", "strftime", "strip_accents", "strlen",
		"strpos", "strptime", "substr", "substring", "suffix", "to_days", "to_hours", "to_microseconds", "to_minutes",
		"to_months", "to_seconds", "to_weeks", "to_years", "translate", "trim", "trunc", "try_strptime", "ucase", "unhex",
		"unicode", "upper", "week", "weekday", "weekofyear", "xor", "year", "yearweek", "|", "||", "~", "~~", "~~*", "~~~",
	}
}

// aggregates are those an expression over a whole resource may call besides: of
// bounded memory, and of one result whatever the order of the rows.
func aggregates() []string {
	return []string{
		"avg", "bool_and", "bool_or", "count", "count_if", "count_star", "countif", "max", "mean", "min", "stddev", "stddev_pop", "stddev_samp",
		"sum", "var_pop", "var_samp", "variance",
	}
}
